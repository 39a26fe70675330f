"""A lifecycle as a diagram: SVG drawn here, and Mermaid's text."""

from workflow.diagrams.mermaid import mermaid
from workflow.diagrams.svg import svg

__all__ = ["mermaid", "svg"]
