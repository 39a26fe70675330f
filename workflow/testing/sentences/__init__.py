"""Everything that can be said in a scenario, chapter by chapter. Fits every lifecycle; nothing here knows one."""

from __future__ import annotations

from workflow.testing.phrases import Chapter, Sentence
from workflow.testing.sentences import acting, figures, people, seeing, telling, time

CHAPTERS: tuple[Chapter, ...] = (
    time.CHAPTER, people.CHAPTER, acting.CHAPTER, acting.REFUSALS, seeing.CHAPTER, telling.CHAPTER, telling.DEADLINES,
    figures.CHAPTER,
)  # fmt: skip


def sentences() -> tuple[Sentence, ...]:
    """All of them, in order."""
    return tuple(each for chapter in CHAPTERS for each in chapter.sentences)
