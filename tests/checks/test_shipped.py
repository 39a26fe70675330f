"""What is shipped is sound, and so is what each place makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.checks import check, severity
from workflow.loading import load_path, read_profile

DEFINITIONS = Path(__file__).parents[2] / "definitions"
PLACES = [None, *sorted(path.stem for path in (DEFINITIONS / "profiles").glob("*.yaml"))]


@pytest.mark.parametrize("name", ["proposal", "opinion"])
@pytest.mark.parametrize("place", PLACES)
def test_no_warning_is_told_of_what_is_shipped(name: str, place: str | None) -> None:
    settings = read_profile(DEFINITIONS / "profiles" / f"{place}.yaml").get(name) if place else None

    found = check(load_path(DEFINITIONS / f"{name}.yaml", settings=settings))

    assert [] == [problem.say("en") for problem in found if severity(problem.code) != "note"]
