"""`lifecycle simulate` tells an administrator what would go wrong, where, and how to see it again."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from tests.cli.conftest import Casework
from workflow.cli.lifecycle.simulated import write_csv
from workflow.simulating import report

PLANTED = Path(__file__).parent.parent / "simulating" / "errand.yaml"


@pytest.fixture
def errand(here: Path) -> Path:
    """The lifecycle with two planted faults, in the working folder."""
    return Path(copyfile(PLANTED, here / "errand.yaml"))


@pytest.fixture
def sound(errand: Path) -> Path:
    """The same without them."""
    text = errand.read_text("utf-8").replace('j.state == "done"', "!j.open").replace("case.urgent != true", "true")
    errand.write_text(text, "utf-8")
    return errand


def test_what_is_wrong_is_told_with_its_place_and_exit_code_2(run: Casework, errand: Path) -> None:
    said = run("lifecycle", "simulate", "errand.yaml", "--cases", "30")

    assert 2 == said.code
    told = [line.split()[:2] for line in said.err.splitlines() if line.startswith("errand.yaml:")]
    assert [["errand.yaml:17:5", "simulated_starved"], ["errand.yaml:44:17", "simulated_invariant"]] == told
    assert "--seed 1 --case" in said.err
    assert "谢绝" in said.out.partition("最短经过")[2]


def test_the_case_that_is_named_shows_the_fault_again(run: Casework, errand: Path) -> None:
    data = run("lifecycle", "simulate", "errand.yaml", "--cases", "30", "--seed", "5", "--json").out
    finding = json.loads(data)["findings"][0]

    alone = run("lifecycle", "simulate", "errand.yaml", "--seed", "5", "--case", str(finding["first"]), "--lang", "en")

    assert 2 == alone.code
    assert finding["en"] in alone.out


def test_a_sound_lifecycle_is_said_to_be_sound(run: Casework, sound: Path) -> None:
    said = run("lifecycle", "simulate", "errand.yaml", "--cases", "30", "--lang", "en")

    assert (0, "") == (said.code, said.err)
    assert "nothing is wrong" in said.out
    assert "100.00%" in said.out


def test_the_figures_are_there_for_a_spreadsheet(run: Casework, sound: Path, here: Path) -> None:
    assert 0 == run("lifecycle", "simulate", "errand.yaml", "--cases", "30", "--csv", "out.csv").code

    with (here / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert ["table", "about", "figure", "value"] == rows[0]
    assert ["outcomes", "done successful", "cases", "30"] in rows


def test_a_csv_file_that_is_there_is_left_alone(run: Casework, sound: Path, here: Path) -> None:
    (here / "out.csv").write_text("mine", "utf-8")

    said = run("lifecycle", "simulate", "errand.yaml", "--cases", "3", "--csv", "out.csv")

    assert (2, "mine") == (said.code, (here / "out.csv").read_text("utf-8"))


def test_two_lifecycles_are_compared_case_by_case(run: Casework, sound: Path, here: Path) -> None:
    copyfile(PLANTED, here / "before.yaml")

    same = run("lifecycle", "simulate", "errand.yaml", "--cases", "30", "--compare", "errand.yaml", "--json").json
    differs = run("lifecycle", "simulate", "errand.yaml", "--cases", "30", "--compare", "before.yaml", "--json").json

    assert [] == same["differs"]
    assert ["outcomes", "done successful", "cases"] in [each[:3] for each in differs["differs"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--arrivals", "weekly"], "exponential 5bd"),
        (["--durations", "lognormal 10bd 3bd"], "--durations"),
        (["--since", "gestern"], "gestern"),
        (["--since", "0200-01-01"], "1950"),
        (["--cases", "0"], "--cases"),
        (["--weights", "none.yaml"], "none.yaml"),
        (["--fit"], "casework.db"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_simulated(
    run: Casework, sound: Path, words: list[str], said: str
) -> None:
    answer = run("lifecycle", "simulate", "errand.yaml", *words)

    assert answer.code in (2, 5, 6)
    assert (True, "") == (said in answer.err, answer.out)


def test_habits_come_from_a_file(run: Casework, sound: Path, here: Path) -> None:
    (here / "habits.yaml").write_text("casework-habits: 1\nusual: fixed 2bd\nweights: {job.decline: 0}\n", "utf-8")

    data = run("lifecycle", "simulate", "errand.yaml", "--cases", "30", "--weights", "habits.yaml", "--json").json

    assert {2.0} == {each["median"] for each in data["states"] if each["state"] != "out"}
    assert {"kind": "job", "action": "decline"} in data["never_taken"]


def test_an_office_s_own_records_are_replayed(office: Casework, letter: str, here: Path) -> None:
    said = office("lifecycle", "simulate", str(Path(__file__).parent / "letter.yaml"), "--fit", "--json")

    assert (1, "letter") == (said.json["cases"], said.json["lifecycle"])


def test_a_cell_that_begins_like_a_formula_is_written_as_a_text(tmp_path: Path) -> None:
    data: dict[str, Any] = {name: [] for name in report.TABLES}
    data["outcomes"] = [{"state": "=cmd|' /c calc'!A0", "outcome": "", "cases": 1}]

    write_csv(tmp_path / "out.csv", data)

    assert "outcomes,'=cmd|' /c calc'!A0,cases,1" in (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
