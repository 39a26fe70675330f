"""`python -m workflow.diagrams FOLDER`: the pictures of the shipped lifecycles, as NAME.svg (Chinese) and NAME.en.svg."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from workflow.diagrams import svg
from workflow.loading import load_path
from workflow.shipped import shipped_definitions


def pictures() -> Iterator[tuple[str, str]]:
    """The file name and the text of each picture."""
    for path in sorted(shipped_definitions().glob("*.yaml")):
        lifecycle = load_path(path)
        yield f"{path.stem}.svg", svg(lifecycle)
        yield f"{path.stem}.en.svg", svg(lifecycle, language="en")


if __name__ == "__main__":
    for name, text in pictures():
        Path(sys.argv[1], name).write_text(text, encoding="utf-8")
