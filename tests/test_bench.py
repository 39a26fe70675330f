"""The benchmarks run, compare like with like, and count exactly. Never is a time asserted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.__main__ import BENCHMARKS, main
from bench.contenders import AT_ONCE, OURS, RAW, Contender, postgres_contenders, sqlite_contenders
from bench.counting import counted
from bench.places import SERVER, Places, places
from bench.report import Table
from bench.rounds import race, ratio, repeated
from bench.walk import ROAD, opened
from workflow.store.tables import case_values, cases, holders, notices, records

NEED_A_SERVER = [
    name
    for name in BENCHMARKS
    if name in ("postgres", "clients", "growth-postgres", "notices", "timers-postgres", "day", "day-mariadb")
]
_ID, _HASH, _TIME = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{64}"), re.compile(r"\d{16}")


@pytest.fixture
def quick() -> Iterator[Places]:
    with places(quick=True) as found:
        yield found


@pytest.fixture
def quick_with_server(postgresql_server: sa.URL, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    monkeypatch.setenv(SERVER, postgresql_server.render_as_string(hide_password=False))
    with places(quick=True) as found:
        yield found


def rows_after_the_walk(contender: Contender) -> dict[str, list[tuple[str, ...]]]:
    """Everything in the tables that a step writes, without what is different each time: ids, hashes, moments."""
    (case,) = opened(contender.engine, 1)
    for leg in ROAD:
        contender.step(case, leg)
    with contender.engine.looking() as sql:
        found = {
            table.name: [tuple(map(_without_chance, row)) for row in sql.execute(sa.select(table).order_by(key))]
            for table, key in (
                (cases, cases.c.id),
                (holders, holders.c.case_id),
                (records, records.c.seq),
                (notices, notices.c.id),
                (case_values, case_values.c.case_id),
            )
        }
    contender.close()
    return found


def _without_chance(value: object) -> str:
    text = _HASH.sub("HASH", str(value))
    return _TIME.sub("TIME", _ID.sub("ID", text))


def assert_same_rows(contenders: list[Contender]) -> None:
    found = {each.name: rows_after_the_walk(each) for each in contenders}
    for name, rows in found.items():
        assert found[OURS] == rows, name


def test_every_contender_on_sqlite_leaves_the_same_rows(quick: Places) -> None:
    assert_same_rows(sqlite_contenders(quick, "NORMAL"))


def test_every_contender_on_postgresql_leaves_the_same_rows(quick_with_server: Places) -> None:
    assert_same_rows(postgres_contenders(quick_with_server))


def test_what_is_written_by_hand_is_a_chain_that_we_verify(quick: Places) -> None:
    for contender in sqlite_contenders(quick, "NORMAL"):
        for case in opened(contender.engine, 2):
            for leg in ROAD:
                contender.step(case, leg)
        assert () == contender.engine.verify().findings, contender.name
        contender.close()


def test_a_step_of_every_contender_on_sqlite_is_one_commit_and_compiles_nothing(quick: Places) -> None:
    for each in sqlite_contenders(quick, "NORMAL"):
        found = counted(each, opened(each.engine, 7))
        assert (None, 1, 0) == (found.trips, found.commits, found.compilations), (each.name, found.texts)
        assert found.statements == len(found.texts)
        each.close()


def test_the_limit_on_postgresql_is_six_round_trips_and_the_least_is_two(quick_with_server: Places) -> None:
    expected = {RAW: 6, AT_ONCE: 2, OURS: 2}
    for each in postgres_contenders(quick_with_server):
        found = counted(each, opened(each.engine, 7))
        assert (1, 0) == (found.commits, found.compilations), each.name
        assert expected.get(each.name, found.trips) == found.trips, each.name
        each.close()


@pytest.mark.parametrize("name", [name for name in BENCHMARKS if name not in (*NEED_A_SERVER, "counts", "start")])
def test_a_benchmark_runs(name: str, quick: Places) -> None:
    table = BENCHMARKS[name](quick)
    assert table.title in table.text()
    assert table.rows


@pytest.mark.parametrize("name", NEED_A_SERVER)
def test_a_benchmark_on_a_server_runs(name: str, quick_with_server: Places, request: pytest.FixtureRequest) -> None:
    if name == "day-mariadb":
        request.getfixturevalue("mariadb_server")
    table = BENCHMARKS[name](quick_with_server)
    assert table.rows
    assert not any(found for name, found in table.data.items() if name.startswith("errors"))


def test_results_are_printed_and_written_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "results.json"
    assert 0 == main(["decide", "--quick", "--json", str(file)])
    assert "Deciding in memory" in capsys.readouterr().out
    assert ["decide"] == list(json.loads(file.read_text())["results"])


def test_a_benchmark_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["decode"])
    assert "there is no benchmark 'decode'" in capsys.readouterr().err


def test_contenders_take_turns_and_each_round_begins_with_another() -> None:
    order: list[str] = []
    units = {name: lambda _, name=name: order.append(name) or 1 for name in "ab"}
    race(units, rounds=2, count=2)
    assert list("ababbaba") == order


def test_a_ratio_is_the_median_over_the_rounds() -> None:
    found = ratio([10, 10, 10], [20, 10, 40])
    assert (0.5, 0.25, 1.0) == (found.middle, found.low, found.high)


def test_repeated_work_counts_as_often_as_it_was_done() -> None:
    done: list[int] = []
    assert 3 == repeated(lambda: done.append(1), 3)(0)
    assert 3 == len(done)


def test_a_goal_that_is_missed_is_said_to_be_missed() -> None:
    table = Table("A title", ("", "µs"))
    table.add("ours", 70)
    table.at_most("decide", 60, 70, " µs")
    assert "missed  decide: goal ≤ 60 µs, here 70.00 µs" in table.text()
