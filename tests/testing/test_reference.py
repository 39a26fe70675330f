"""The page about scenarios says what can be said."""

from pathlib import Path

from workflow.testing.reference import written
from workflow.testing.sentences import CHAPTERS, sentences

PAGE = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text("utf-8")


def test_the_list_of_steps_is_current():
    assert written(PAGE) == PAGE, "run: python -m workflow.testing.reference docs/scenarios.md"


def test_every_sentence_is_on_the_page():
    assert [] == [each.text for each in sentences() if f"* {each.shown}\n" not in PAGE]


def test_everything_can_be_said_in_both_languages():
    for chapter in CHAPTERS:
        said = {
            language: [each.do for each in chapter.sentences if each.language == language] for language in ("zh", "en")
        }
        assert list(dict.fromkeys(said["zh"])) == list(dict.fromkeys(said["en"]))
