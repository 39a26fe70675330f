"""`python -m workflow.testing.reference docs/scenarios.md`: the list of all steps in that page, made from the sentences
themselves. A test holds the page to it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from workflow.testing.sentences import CHAPTERS

_MARKED = re.compile(r"(<!-- steps -->\n).*(<!-- end -->)", re.DOTALL)


def written(page: str) -> str:
    """The page with the list between `<!-- steps -->` and `<!-- end -->` as it should be."""
    listed = "\n".join(_steps())
    return _MARKED.sub(lambda found: f"{found[1]}\n{listed}\n\n{found[2]}", page)


def _steps() -> Iterator[str]:
    for number, chapter in enumerate(CHAPTERS):
        yield f"{chr(10) if number else ''}### {chapter.heading.zh} / {chapter.heading.en}\n"
        if chapter.about.zh:
            yield f"{chapter.about.zh}\n\n{chapter.about.en}\n"
        yield "```gherkin"
        for language in ("zh", "en"):
            yield from (f"* {each.shown}" for each in chapter.sentences if each.language == language)
        yield "```"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(written(file.read_text(encoding="utf-8")), encoding="utf-8")
