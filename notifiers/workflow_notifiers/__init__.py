"""The notifiers that casework brings, each registered as a stranger's would be."""
