"""What stands beside the cases, requests, published lifecycles, working days, is held against the records as well."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import ANN, DAN
from workflow.calendars import load_notice
from workflow.core.errors import Refused, Tampered, WorkflowError
from workflow.engine import Engine
from workflow.store.calendar_days import digest_of
from workflow.store.tables import (
    OFFICE,
    calendar_days,
    case_values,
    cases,
    chains,
    contents,
    lifecycles,
    notices,
    records,
    requests,
)
from workflow.versions import retire

# Invented for the test: no notice for 2027 has been issued.
NOTICE = """
casework-calendar: 1
year: 2027
source: 假想的通知（测试用）
off: [2027-01-01, 2027-02-05]
work: [2027-01-02]
"""


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Engine:
    """An office in which everything was done once: a request answered and one refused, a version retired, days loaded."""
    first = engine.open("ticket", ANN, {"title": "lamp"}, request_id="open it").case.id
    engine.fire(first, "send", ANN, request_id="send it")
    with pytest.raises(Refused):
        engine.fire(first, "send", ANN, request_id="once more")
    with pytest.raises(WorkflowError):
        engine.open("ticket", ANN, {}, request_id="without a title")
    engine.fire(engine.open("ticket", ANN, {"title": "bulb"}).case.id, "send", ANN)
    path = tmp_path / "2027.yaml"
    path.write_text(NOTICE, encoding="utf-8")
    load_notice(engine, path, DAN)
    with engine.looking() as sql:
        text = sql.execute(sa.select(lifecycles.c.source)).scalar_one()
    engine.publish(text.replace("version: 1", "version: 2", 1), actor=DAN)
    retire(engine, "ticket", 2, DAN)
    assert engine.verify().good
    return engine


def found(engine: Engine, *statements: sa.Executable) -> list[str]:
    """What verifying says after somebody has changed the database by hand."""
    with engine.writing() as sql:
        for statement in statements:
            sql.execute(statement)
    return [finding.text.en for finding in engine.verify().findings]


def one(id: str) -> sa.ColumnElement[bool]:
    return requests.c.id == id


# ------------------------------------------------------------ requests


@pytest.mark.parametrize("id", ["open it", "send it", "once more", "without a title"])
def test_a_request_that_was_forgotten_is_named(desk: Engine, id: str) -> None:
    (said,) = found(desk, sa.delete(requests).where(one(id)))

    assert f"request {id} of " in said
    assert "the tables say —, the records record" in said


@pytest.mark.parametrize(
    "values", [{"seq": 1, "last": 1}, {"last": 99}, {"file": OFFICE}, {"case_id": "another"}, {"last": 0}], ids=str
)
def test_a_request_that_is_remembered_with_other_records_is_named(desk: Engine, values: dict[str, object]) -> None:
    said = found(desk, sa.update(requests).where(one("send it")).values(values))

    assert any(each.startswith("the request send it is remembered with the records") for each in said)


def test_a_request_that_nobody_made_is_named(desk: Engine) -> None:
    with desk.looking() as sql:
        row = sql.execute(sa.select(requests).where(one("send it"))).one()._asdict()

    assert ["the request mine is remembered with the records 2 to 2, which are not its own"] == found(
        desk, sa.insert(requests).values({**row, "id": "mine"})
    )


def test_what_a_damaged_record_says_of_a_request_is_not_believed(desk: Engine) -> None:
    said = found(desk, sa.update(records).where(records.c.seq == 2, records.c.file != OFFICE).values(body="[]"))

    assert "the request send it is remembered with the records 2 to 2, which are not its own" in said


# ------------------------------------------------------------ lifecycles, working days


@pytest.mark.parametrize(
    ("version", "values", "said"),
    [
        (1, {"published_at": 5}, "published_at of ticket 1: the tables say 5, the records"),
        (1, {"published_by": "eve"}, "published_by of ticket 1: the tables say eve, the records"),
        (1, {"retired_at": 5}, "retired_at of ticket 1: the tables say 5, the records —"),
        (2, {"retired_at": None}, "retired_at of ticket 2: the tables say —, the records"),
        (2, {"retired_by": "eve"}, "retired_by of ticket 2: the tables say eve, the records dan"),
    ],
)
def test_who_published_and_who_retired_a_version_stands_in_the_records(
    desk: Engine, version: int, values: dict[str, object], said: str
) -> None:
    told = found(desk, sa.update(lifecycles).where(lifecycles.c.version == version).values(values))

    assert [True] == [each.startswith(said) for each in told]


@pytest.mark.parametrize("day", ["2022-01-03", "2027-02-05"])
def test_a_working_day_that_was_made_free_or_the_other_way_round_is_named_by_its_year(desk: Engine, day: str) -> None:
    one_day = calendar_days.c.day == day
    turned = sa.update(calendar_days).where(one_day).values(works=1 - calendar_days.c.works)

    assert [f"calendar_days of cn {day[:4]}"] == [each.partition(":")[0] for each in found(desk, turned)]


def test_days_that_were_taken_out_or_put_in_are_named_by_their_year(desk: Engine) -> None:
    put_in = sa.insert(calendar_days).values(region="nx", day="2022-06-01", works=0, source="", version="nx-2022")
    taken_out = sa.delete(calendar_days).where(calendar_days.c.region == "cn", calendar_days.c.day.startswith("2022"))

    told = [each.partition(":")[0] for each in found(desk, put_in, taken_out)]

    assert ["calendar_days of cn 2022", "calendar_days of nx 2022"] == told


def test_a_record_of_earlier_which_says_only_the_beginning_of_the_hash_holds_as_well(desk: Engine) -> None:
    version = f"nx-2022-{digest_of([('2022-06-01', False), ('2022-06-04', True)])[:8]}"
    told = {"region": "nx", "year": 2022, "source": "测试", "version": version}
    desk.carry_out(lambda work: desk.note_in_office(work, "calendar", DAN, {"input": told}))
    days = [{"region": "nx", "day": f"2022-06-0{day}", "works": works, "source": "测试", "version": version}
            for day, works in ((4, 1), (1, 0))]  # fmt: skip

    assert [] == found(desk, sa.insert(calendar_days).values(days))
    assert ["calendar_days of nx 2022"] == [
        each.partition(":")[0]
        for each in found(desk, sa.delete(calendar_days).where(calendar_days.c.day == "2022-06-04"))
    ]


def test_a_day_that_is_none_stops_what_needs_the_calendar_with_a_sentence_and_is_named(desk: Engine) -> None:
    nonsense = sa.update(calendar_days).where(calendar_days.c.day == "2022-01-03").values(day="2022-01-3x")

    told = [each.partition(":")[0] for each in found(desk, nonsense)]

    assert ["calendar_days of cn 2022"] == told
    desk.forget_calendar()
    with pytest.raises(Tampered, match="'2022-01-3x' for cn, which is no date: somebody changed the database by hand"):
        desk.calendar()
    assert told == [each.text.en.partition(":")[0] for each in desk.verify().findings]


def test_a_day_that_is_none_is_put_right_by_loading_the_notice_of_its_year(desk: Engine, tmp_path: Path) -> None:
    nonsense = sa.update(calendar_days).where(calendar_days.c.day == "2027-02-05").values(day="2027-02-0x")
    assert 1 == len(found(desk, nonsense))
    desk.forget_calendar()

    load_notice(desk, tmp_path / "2027.yaml", DAN)

    assert () == desk.verify().findings


def test_a_record_that_names_a_request_which_nobody_could_make_is_named(desk: Engine) -> None:
    for odd in (5, "a\x00b"):
        desk.carry_out(lambda work, odd=odd: desk.note_in_office(work, "export", DAN, {"request": odd}))

    said = [each.text.en for each in desk.verify().findings]

    assert ["request 5 of office", "request a\x00b of office"] == [each.partition(":")[0] for each in said]


# ------------------------------------------------------------ what belongs to nothing


def test_what_belongs_to_no_case_is_named(desk: Engine) -> None:
    said = found(
        desk,
        sa.insert(case_values).values(case_id="nobody", field="title", value="x"),
        sa.insert(contents).values(case_id="nobody", body="{}"),
        sa.insert(chains).values(file="nobody", records=1, head="0"),
    )

    assert [
        "a value is of a case that does not exist",
        "there are contents of a case that does not exist",
        "there is a chain that belongs to nothing",
    ] == said


def test_contents_beside_the_values_of_a_case_are_named(desk: Engine) -> None:
    query = sa.select(cases.c.id, sa.literal("{}")).where(cases.c.number == "T-001")

    assert ["the values of this case are in two places"] == found(
        desk, sa.insert(contents).from_select(["case_id", "body"], query)
    )


def test_two_cases_of_one_number_are_named(desk: Engine) -> None:
    said = found(desk, sa.update(cases).where(cases.c.number == "T-002").values(number="T-001"))

    assert "more than one case has the number T-001" in said


def test_a_notice_of_a_case_does_not_hide_among_the_digests(desk: Engine) -> None:
    with desk.looking() as sql:
        case = sql.execute(sa.select(cases.c.id).where(cases.c.number == "T-001")).scalar_one()
    forged = {"id": "forged.1.1", "file": OFFICE, "seq": 1, "case_id": case, "party": "eve", "template": "sent",
              "state": "pending", "attempt": 0, "next_at": 1}  # fmt: skip

    assert ["the notice forged.1.1 is told of by no record, and is no digest of others"] == found(
        desk, sa.insert(notices).values(forged)
    )
