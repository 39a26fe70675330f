"""The county's year from the command line: made in a terminal, reported to people and programs, verified, exported."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import copyfile

import pytest
from click.testing import CliRunner
from wcwidth import wcswidth

from tests.cli.conftest import Said, in_a_terminal
from workflow.cli.progress import progress
from workflow.cli.root import casework

DISPOSITIONS = {  # as the county printed them: 条 and 条次
    "report_up": (22, 22), "dept_transfer": (87, 87), "oral_reply": (10, 10), "to_consultation": (2, 2), "publish": (19, 19),
}  # fmt: skip


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The database of the year, and what the terminal was sent while it was made."""
    database = tmp_path_factory.mktemp("county") / "county.db"
    return database, in_a_terminal("demo", "--db", str(database), "--lang", "zh")


def at(database: Path, *args: str) -> Said:
    result = CliRunner().invoke(casework, ["--db", str(database), "--lang", "zh", *args])
    return Said(result.exit_code, result.stdout, result.stderr)


def test_a_terminal_is_shown_how_far_the_year_is(county: tuple[Path, str]) -> None:
    assert "办理 2022 年" in county[1]
    assert "100%" in county[1]


def test_nothing_is_left_beside_the_database(county: tuple[Path, str]) -> None:
    assert [county[0]] == list(county[0].parent.iterdir())


def test_what_is_no_terminal_is_shown_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("label") as move:
        move(1, 2, "word")

    assert ("", "") == tuple(capsys.readouterr())


def test_the_printed_figures_come_out_and_the_invented_is_called_so(county: tuple[Path, str]) -> None:
    assert "相符" in county[1]
    assert "虚构部分" in county[1]


def test_each_command_that_the_year_ends_with_shows_what_it_says(county: tuple[Path, str]) -> None:
    found = [line.split(str(county[0]), 1)[1].split() for line in county[1].splitlines() if " --db " in line]
    shown = {" ".join(args[:2]) + str(n): at(county[0], *args) for n, args in enumerate(found)}
    late, extended, suspended, promise = (said.out for name, said in shown.items() if name.startswith("clock explain"))

    assert {0} == {said.code for said in shown.values()}
    assert "逾期办结" in late.splitlines()[0]
    assert "延期 1 个月：" in extended
    assert "停计，补还（12 天）" in suspended
    assert "已逾期" in promise.splitlines()[0]
    assert "期限是固定日期：2022年10月31日" in promise
    (overdue,) = (said.out for name, said in shown.items() if name.startswith("clock list"))
    assert {"逾期"} == {line.split()[1] for line in overdue.splitlines()[2:]}
    (notices,) = (said.out for name, said in shown.items() if name.startswith("notice list"))
    assert ["reply_overdue"] * 2 + ["due_soon"] * 2 == [
        word for word in notices.split() if word in ("reply_overdue", "due_soon")
    ]
    units = shown[list(shown)[-1]].out
    assert ["1", "75.00%"] == next(
        line.split()[-2:] for line in units.splitlines() if "办复期限" in line and "100.00%" not in line
    )


def test_a_second_year_does_not_replace_a_file_unasked(county: tuple[Path, str]) -> None:
    said = at(county[0], "demo")

    assert 2 == said.code
    assert "已经存在；示例要建在新文件里：用 --db 另指一个，或用 --force 替换它" in said.err


def test_a_program_reads_the_tallies_in_cases_and_items(county: tuple[Path, str]) -> None:
    report = json.loads(at(county[0], "report", "opinion", "--year", "2022", "--json").out)

    found = {part: (row["cases"], row["items"]) for part, row in report["tallies"]["dispositions"].items()}
    assert ("opinion", "2022", DISPOSITIONS) == (report["lifecycle"], report["period"], found)


def test_a_person_reads_each_rate_with_count_total_and_definition(county: tuple[Path, str]) -> None:
    lines = at(county[0], "report", "提案", "--year", "2022").out.splitlines()

    rate = next(number for number, line in enumerate(lines) if line.startswith("办结率"))
    _, count, of, value = lines[rate].split()
    assert count == of
    assert value == "100.00%"
    assert "÷" in lines[rate + 1]
    assert "截至" in lines[0]


def test_cases_and_items_are_two_columns(county: tuple[Path, str]) -> None:
    lines = at(county[0], "report", "opinion", "--year", "2022").out.splitlines()

    heading = next(number for number, line in enumerate(lines) if line.split()[-2:] == ["条", "条次"])
    assert ["转交部门办理答复", "87", "87"] == next(line.split() for line in lines[heading:] if "转交部门" in line)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--year", "2022", "--since", "2022-01-01"], "请只给年份或起止日期之一"),
        (["--since", "开年"], "“开年”不是日期；请写成 2022-03-01"),
        (["--since", "2022-05-01", "--until", "2022-01-01"], "止日 2022-01-01 早于起日 2022-05-01；请对调"),
        (["--year", "0"], "年份 0 不在 1 至 9998 之间"),
    ],
)
def test_a_period_that_cannot_be_is_refused(county: tuple[Path, str], args: list[str], expected: str) -> None:
    said = at(county[0], "report", "opinion", *args)

    assert 2 == said.code
    assert expected in said.err


def test_the_trail_of_the_year_agrees(county: tuple[Path, str]) -> None:
    said = at(county[0], "audit", "verify", "--json")

    assert (3, True, []) == (said.code, said.json["good"], said.json["findings"])  # no checkpoint proves it


def test_the_trail_of_a_case_is_exported_a_record_a_line(county: tuple[Path, str], tmp_path: Path) -> None:
    out = tmp_path / "records.jsonl"
    said = at(county[0], "audit", "export", "011-1-001", "--out", str(out), "--as", "clerk01", "--json")
    again = at(county[0], "audit", "export", "011-1-001", "--out", str(out), "--as", "clerk01")

    records = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert said.json["records"] == len(records)
    assert list(range(1, len(records) + 1)) == [record["seq"] for record in records]
    assert 2 == again.code


def test_a_page_of_cases_follows_another(county: tuple[Path, str]) -> None:
    first = at(county[0], "list", "proposal", "--limit", "2", "--json").json
    second = at(county[0], "list", "proposal", "--limit", "2", "--after", first[-1]["id"], "--json").json
    both = at(county[0], "list", "proposal", "--limit", "4", "--json").json

    assert [each["id"] for each in both] == [each["id"] for each in (*first, *second)]


def test_a_table_is_cut_to_the_width_of_a_terminal(county: tuple[Path, str]) -> None:
    shown = in_a_terminal("list", "proposal", "--lang", "zh", "--db", str(county[0]), COLUMNS="80", NO_COLOR="1")

    assert max(wcswidth(line) for line in shown.splitlines()) <= 80
    assert "…" in shown


def test_a_changed_record_is_named_with_case_time_and_person(county: tuple[Path, str], tmp_path: Path) -> None:
    database = tmp_path / "changed.db"
    copyfile(county[0], database)
    with closing(sqlite3.connect(database)) as sql, sql:
        sql.execute(
            "UPDATE records SET body = replace(body, '一事一案', '二事一案') WHERE actor = 'clerk01' AND action = 'pre_review'"
        )

    said = at(database, "audit", "verify")

    assert 1 == said.code
    assert re.match(r"011-1-\d{3} 第 \d+ 条记录 \(2022-\d\d-\d\d \d\d:\d\d, clerk01\)：", said.out)
    assert "请保留现场" in said.err
