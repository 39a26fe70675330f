from __future__ import annotations

from pathlib import Path

import pytest

from tests.loading.texts import LEAVE
from workflow.core.errors import LifecycleInvalid, NotFound
from workflow.core.model import Place
from workflow.loading import load, parse_profile, read_profile

NORTH = """\
casework-profile: 1
place: north
label: 北县
lifecycles:
  leave:
    settings:
      term: 13
      longest: 2mo
      grounds:
        ill: {label: {zh: 病, en: Ill}, means: health}
"""
DEFINITIONS = Path(__file__).parents[2] / "definitions"


def refused(profile: str) -> list[str]:
    try:
        load(LEAVE, file="leave.yaml", settings=parse_profile(profile, file="north.yaml")["leave"])
    except LifecycleInvalid as invalid:
        return [p.say("en") for p in invalid.problems]
    return []


def test_a_profile_says_what_differs_for_each_lifecycle() -> None:
    assert {
        "leave": {
            "term": 13,
            "longest": "2mo",
            "grounds": {"ill": {"label": {"zh": "病", "en": "Ill"}, "means": "health"}},
        }
    } == parse_profile(NORTH)


def test_the_settings_of_a_place_are_in_force_over_the_defaults() -> None:
    lifecycle = load(LEAVE, settings=parse_profile(NORTH, file="north.yaml")["leave"])

    assert {
        "longest": "2mo",
        "grounds": {"ill": {"label": {"zh": "病", "en": "Ill"}, "means": "health"}},
        "term": 13,
    } == lifecycle.values()
    assert ("ill",) == lifecycle.root.fields["ground"].choices
    assert Place("north.yaml", 7, 13) == lifecycle.settings["term"].place


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("term: 13", "term: many", 'north.yaml:7:13: setting "term" (int): "many" cannot stand here'),
        ("term: 13", "trem: 13", 'north.yaml:7:13: this lifecycle has no setting "trem"'),
        ("longest: 2mo", "longest: 60 days", 'north.yaml:8:16: setting "longest" (duration): "60 days" cannot'),
        (
            "ill: {label: {zh: 病, en: Ill}",
            "ill: {laabel: 病",
            'north.yaml:10:9: setting "grounds" (codes): "laabel" is not',
        ),
    ],
)
def test_a_setting_that_does_not_fit_is_told_at_its_place_in_the_profile(old: str, new: str, expected: str) -> None:
    found = refused(NORTH.replace(old, new))

    assert found
    assert found[0].startswith(expected), found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("casework-profile: 1", "casework-profile: 2", "n.yaml:1:19: "),
        ("place: north\n", "", 'n.yaml:1:1: "place" is missing here'),
        (
            "    settings:",
            "    settinggs:",
            'n.yaml:6:5: "settinggs" is not known here; allowed here: settings; did you mean',
        ),
        ("  leave:\n", "  leave: 3\n  x:\n", 'n.yaml:5:10: here stands "3"; a mapping (settings) is expected'),
    ],
)
def test_a_profile_that_is_wrong_in_itself_is_told_when_it_is_read(old: str, new: str, expected: str) -> None:
    with pytest.raises(LifecycleInvalid) as caught:
        parse_profile(NORTH.replace(old, new), file="n.yaml")

    assert any(p.say("en").startswith(expected) for p in caught.value.problems), caught.value


def test_a_profile_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "north.yaml"
    path.write_text(NORTH, encoding="utf-8")

    assert 13 == read_profile(path)["leave"]["term"]
    with pytest.raises(NotFound):
        read_profile(tmp_path / "south.yaml")


@pytest.mark.parametrize("path", sorted((DEFINITIONS / "profiles").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_profiles_we_ship_fit_the_lifecycles_we_ship(path: Path) -> None:
    for name, settings in read_profile(path).items():
        text = (DEFINITIONS / f"{name}.yaml").read_text(encoding="utf-8")

        assert name == load(text, file=name, settings=settings, check=False).name
