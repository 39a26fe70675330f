"""A lifecycle as a page for people who read no YAML: what may happen, who may do it, what is asked, what follows."""

from workflow.pages.page import page

__all__ = ["page"]
