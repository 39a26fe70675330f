"""What a scenario found to be otherwise."""

from __future__ import annotations

from workflow.core.model import Language, Text


class StepFailed(AssertionError):
    """A step of a scenario does not hold: the sentence, and where there are such, what was expected and what there is."""

    def __init__(self, text: Text, expected: Text | None = None, actual: Text | None = None) -> None:
        super().__init__(f"{text.zh}\n{text.en}")
        self.text = text
        self.expected = expected
        self.actual = actual

    def say(self, language: Language = "zh") -> str:
        """The sentence in one language."""
        return self.text.say(language)


class RefusalLeft(StepFailed):
    """An earlier step was refused, and no later one expected it."""


def hold(truth: object, zh: str, en: str) -> None:
    """Raises StepFailed with this sentence where `truth` is not so."""
    if not truth:
        raise StepFailed(Text(zh, en))


def same(expected: str | int, actual: str | int, what: Text) -> None:
    """Raises StepFailed where the two differ; `what` names the thing they are said of."""
    if expected != actual:
        raise otherwise(what, str(expected), str(actual))


def otherwise(what: Text, expected: str, actual: str, actual_en: str | None = None) -> StepFailed:
    """What to raise where `what` is not as it was expected."""
    real = Text(actual, actual if actual_en is None else actual_en)
    return StepFailed(
        Text(
            f"{what.zh}是“{real.zh or '（空）'}”，不是“{expected}”",
            f"{what.en} is {real.en or '(empty)'!r}, not {expected!r}",
        ),
        Text(expected, expected),
        real,
    )
