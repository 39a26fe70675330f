"""The county's year: its figures come out of the database, and nothing about it is left to chance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from workflow import Refused
from workflow.core.calendar import china, local
from workflow.core.migrating import forecast, hop
from workflow.core.model import Lifecycle
from workflow.demo import Year, YearClock, build_year, plan_size, plan_year
from workflow.demo.county import everybody
from workflow.demo.plan import Step
from workflow.demo.year import _Book
from workflow.engine import Engine
from workflow.loading import load
from workflow.reporting import report


@dataclass
class Built:
    engine: Engine
    year: Year
    progress: list[tuple[int, int, int]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    clock = YearClock()
    engine = Engine(f"sqlite:///{tmp_path_factory.mktemp('year') / 'county.db'}", clock=clock, ids=clock.new_id)
    engine.create()
    progress: list[tuple[int, int, int]] = []
    year = build_year(engine, clock.set, progress=lambda *step: progress.append(step))
    yield Built(engine, year, progress)
    engine.close()


# ---------------------------------------------------------------- the figures


def test_140_items_were_received_and_each_was_disposed_of_as_the_county_printed(built: Built) -> None:
    opinions = report(built.engine, "opinion", year=2022).as_json()
    assert 140 == {each["id"]: each["count"] for each in opinions["metrics"]}["received"]  # type: ignore[index, union-attr, call-overload]
    counted = {
        part: (row["cases"], row["items"])  # type: ignore[index, call-overload]
        for part, row in opinions["tallies"]["dispositions"].items()  # type: ignore[index, union-attr, call-overload]
    }
    assert {
        "report_up": (22, 22),
        "dept_transfer": (87, 87),
        "oral_reply": (10, 10),
        "to_consultation": (2, 2),
        "publish": (19, 19),
    } == counted


@pytest.mark.parametrize("id", ["replied_rate", "closed_rate", "satisfaction"])
def test_the_three_rates_of_the_session_are_100_percent_of_something(built: Built, id: str) -> None:
    figure = built.year.proposals.figure(id)
    assert "100.00%" == figure.value
    assert (figure.of or 0) >= 86


@pytest.mark.parametrize("id", ["quality_excellent", "handling_excellent"])
def test_more_than_95_percent_of_either_side_of_the_evaluation_are_excellent_and_not_all(built: Built, id: str) -> None:
    figure = built.year.proposals.figure(id)
    assert figure.of is not None
    assert 95 * figure.of < 100 * figure.count < 100 * figure.of


def test_the_proposals_of_the_session_end_as_planned(built: Built) -> None:
    expected = {"received": 100, "filed": 89, "merged": 3, "refused": 3, "converted": 2, "letters": 1, "withdrawn": 1}
    assert expected == {id: built.year.proposals.figure(id).count for id in expected}


def test_the_summary_says_that_every_figure_of_the_county_came_out(built: Built) -> None:
    assert built.year.agrees
    assert ["140", "22", "2", "87", "10", "19"] == [line.computed for line in built.year.lines[:6]]
    assert 11 == len(built.year.lines)


def test_the_summary_says_what_is_invented(built: Built) -> None:
    assert "不是真实的" in built.year.invented.zh
    assert "Invented" in built.year.invented.en


def test_the_summary_points_to_commands_about_cases_that_there_are(built: Built) -> None:
    named = [each.command.split()[2].partition("/")[0] for each in built.year.looks if "explain" in each.command]
    assert 4 == len(named)
    assert all(built.engine.case(number) for number in named)


def test_the_audit_trail_of_the_year_is_whole(built: Built) -> None:
    verdict = built.engine.verify()
    assert () == tuple(verdict.findings)
    assert len(plan_year()) < verdict.records


# ---------------------------------------------------------------- what an office meets


def test_a_second_year_from_the_same_seed_has_the_same_records(built: Built, tmp_path: Path) -> None:
    clock = YearClock()
    again = Engine(f"sqlite:///{tmp_path / 'again.db'}", clock=clock, ids=clock.new_id)
    again.create()
    build_year(again, clock.set)
    assert [each[-1]["prev"] for each in built.engine.trails()] == [each[-1]["prev"] for each in again.trails()]
    again.close()


def test_the_one_late_return_request_was_refused_and_recorded(built: Built) -> None:
    refusals = [record for trail in built.engine.trails("proposal") for record in trail if record["kind"] == "refusal"]
    assert [("request_return", "too_late")] == [(each["action"], each["blockers"][0]["code"]) for each in refusals]
    assert 1 == built.year.refused


def test_whoever_did_not_answer_an_invitation_is_no_proposer(built: Built) -> None:
    closed_from_above = [
        (part.key, file.root.values["proposers"])
        for file in (built.engine.case(trail[0]["file"]) for trail in built.engine.trails("proposal"))
        for part in file.parts
        if part.kind == "cosign" and part.state == "invited"
    ]
    assert closed_from_above
    assert [] == [key for key, proposers in closed_from_above if key in proposers]  # type: ignore[operator]


def test_the_year_meets_what_an_office_meets(built: Built) -> None:
    seen = Counter(
        (trail[0]["lifecycle"]["name"], record["action"])
        for trail in built.engine.trails()
        for record in trail
        if record["kind"] in ("open", "move", "act")
    )
    met = {
        "proposal": [
            "invite", "decline", "refuse", "merge", "answer_merged", "consent", "forward_letter", "withdraw", "send_back",
            "mark_key", "suspend", "resume", "approve_return", "reject_return", "send_opinion", "record_contact",
            "reject_reply", "lapse", "settle", "decide_publication", "report", "verify", "urge",
        ],
        "opinion": ["receive", "approve_return", "reject", "urge", "adopt", "instruct", "pass_on", "accept", "release"],
    }  # fmt: skip
    missing = [(name, action) for name, actions in met.items() for action in actions if not seen[name, action]]
    assert [] == missing


def test_an_unsatisfied_proposer_gets_a_second_round_and_is_satisfied_with_it(built: Built) -> None:
    again = [
        {(part.key, part.round): part.values["result"] for part in file.parts if part.kind == "feedback"}
        for file in (built.engine.case(trail[0]["file"]) for trail in built.engine.trails("proposal"))
        if file.root.values.get("rehandlings")
    ]
    assert 2 == len(again)
    for results in again:
        assert "unsatisfied" in {result for (_, round), result in results.items() if round == 1}
        assert {"satisfied"} == {result for (_, round), result in results.items() if round == 2}


def test_promises_outlive_the_closed_case(built: Built) -> None:
    states = Counter(
        part.state
        for file in (built.engine.case(trail[0]["file"]) for trail in built.engine.trails("proposal"))
        for part in file.parts
        if part.kind == "tracking" and file.root.state == "closed"
    )
    assert {"fulfilled", "open"} == set(states)


def test_papers_of_the_last_days_wait_on_the_desks(built: Built) -> None:
    people = built.engine.people
    assert 4 == len(built.engine.todo(people.actor("clerk01")))
    assert 4 == len(built.engine.todo(people.actor("committee01")))
    drafts = [(case.lifecycle, case.number) for case in built.engine.find(state="draft")]
    assert [("opinion", None), ("proposal", None)] == sorted(drafts)


# ---------------------------------------------------------------- the plan


def steps(action: str, part: str = "") -> list[Step]:
    return [step for step in plan_year() if step.action == action and step.part == part]


def test_progress_is_told_after_each_command(built: Built) -> None:
    size = plan_size()
    assert (size, size) == (len(built.progress), built.year.commands)
    assert [(n, size, step.at) for n, step in enumerate(plan_year(), 1)] == built.progress


def test_every_command_is_given_on_a_working_day_of_2022_in_office_hours() -> None:
    off = [step for step in plan_year() if not china().works(local(step.at).date())]
    outside = [step for step in plan_year() if not 8 <= local(step.at).hour < 19 or local(step.at).year != 2022]
    assert ([], []) == (off, outside)


def test_commands_come_in_the_order_of_time() -> None:
    moments = [step.at for step in plan_year()]
    assert sorted(moments) == moments


def test_units_get_their_cases_within_thirty_days_of_the_session_and_reply_within_three_months_but_for_one() -> None:
    assigned = {step.case: local(step.at).date() for step in steps("assign")}
    plenary = {day for day in assigned.values() if day < date(2022, 6, 1)}
    assert {date(2022, 1, 24)} == plenary
    first: dict[tuple[str, str], date] = {}
    for step in steps("reply", "assignment"):
        first.setdefault((step.case, step.key), local(step.at).date())
    (late,) = [case for (case, _), day in first.items() if (day - assigned[case]).days > 90 and case not in extended()]
    assert date(2022, 4, 28) <= first[next(each for each in first if each[0] == late)]


def extended() -> set[str]:
    return {step.case for step in steps("extend_reply_due", "assignment")}


def test_deadlines_are_missed_extended_and_stopped_as_in_an_office(built: Built) -> None:
    figures = {
        id: (figure.count, figure.of)
        for id in ("replied_on_time", "replied_overdue", "opinions_on_time")
        for figure in [built.year.proposals.figure(id)]
    }
    assert {"replied_on_time": (97, 98), "replied_overdue": (1, None), "opinions_on_time": (29, 30)} == figures
    told = Counter(
        (record["action"], record["timer"]["event"])
        for trail in built.engine.trails("proposal")
        for record in trail
        if record["kind"] == "timer"
    )
    assert 1 == told["reply_due", "overdue"]
    assert 1 == told["opinion_due", "overdue"]
    assert 4 <= told["reply_due", "warn:15d"] + told["reply_due", "warn:7d"]
    assert 1 <= told["promise_due", "overdue"]
    assert 1 == len(extended())


def test_no_two_papers_have_one_title() -> None:
    titles = [step.input["title"] for step in steps("open")]
    assert len(titles) == len(set(titles))  # type: ignore[arg-type]
    assert 96 + 138 + 6 == len(titles)


def test_another_seed_gives_another_year_with_the_same_numbers() -> None:
    here, there = plan_year(), plan_year(7)
    assert here != there
    fates = [
        Counter(step.action for step in plan if step.action in ("file", "refuse", "sign_off")) for plan in (here, there)
    ]
    assert fates[0] == fates[1]


def test_a_command_that_must_be_refused_and_is_not_stops_the_year(built: Built) -> None:
    book = _Book(built.engine)
    book.take(Step(0, "X", "open", "m001", {"title": "x"}, lifecycle="opinion"))
    with pytest.raises(AssertionError, match="should have been refused"):
        book.take(Step(0, "X", "comment", "m001", note="x", refused="role"))
    with pytest.raises(Refused):
        book.take(Step(0, "X", "close", "m001"))
    with pytest.raises(LookupError, match="no open feedback"):
        book.take(Step(0, "X", "answer", "m001", part="feedback"))


def test_no_two_people_have_one_id() -> None:
    from random import Random

    ids = [body.id for body in everybody(Random(2022))]
    assert len(ids) == len(set(ids))


# ---------------------------------------------------------------- the same lifecycle once more


@pytest.mark.parametrize("name", ["proposal", "opinion"])
def test_every_record_of_the_year_is_what_the_same_lifecycle_as_a_new_version_would_have_made(
    built: Built, name: str
) -> None:
    engine = built.engine
    old = engine.lifecycle(name)
    new = load(re.sub("(?m)^version: 1$", "version: 2", old.source), settings=old.values())
    found: dict[int, Lifecycle] = {1: old, 2: new}
    sorts: Counter[str] = Counter()
    for case in engine.find(name, limit=1_000):
        file, told = engine.case(case.id), engine.history(case.id)
        forecasted = forecast(hop(old, new), file, told, found.__getitem__, engine.calendar(), engine.now())
        sorts[forecasted.sort] += 1
        assert forecasted.after is not None
        for was, now in zip(file, forecasted.after, strict=True):
            assert replace(was, version=2, revision=was.revision + 1) == now

    assert {"same": sorts.total()} == sorts
    assert sorts.total() > 90
