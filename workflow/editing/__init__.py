"""Changes to the text of a lifecycle file that leave the author's comments where they are."""
