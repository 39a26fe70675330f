import pytest

from workflow.core.model import Case, Duration, File, Lifecycle, NumberWanted, Place, Text


def test_a_text_falls_back_to_the_other_language() -> None:
    assert ("甲", "甲", "b", "b") == (
        Text("甲").say("zh"),
        Text("甲").say("en"),
        Text(en="b").say("zh"),
        Text(en="b").say("en"),
    )


def test_things_are_written_as_people_write_them() -> None:
    assert ("a.yaml:3:7", "5bd") == (str(Place("a.yaml", 3, 7)), str(Duration(5, "bd")))
    assert "011-1-023" == NumberWanted(None, "011-1-", 3, "").format(23)


def test_a_case_that_is_not_in_the_file_is_an_error() -> None:
    file = File(Case("c1", "c1", "x", 1, "", "draft", "m1", 0, 0))

    with pytest.raises(KeyError):
        file.case("c2")


def test_the_settings_in_force_are_known_by_name(matter: Lifecycle, letter: Lifecycle) -> None:
    assert ["term", "window", "reasons"] == list(matter.values())
    assert (11, "5bd") == (matter.values()["term"], matter.values()["window"])
    assert {} == letter.values()
