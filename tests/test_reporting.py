"""Figures: what is counted, how a rate is printed, and what a cut-off changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import create_engine

from workflow import LifecycleInvalid, NotFound, WorkflowError, load
from workflow.core.calendar import OFFICE_ZONE, china, micros
from workflow.core.model import Actor, Selector, Tally
from workflow.counting import COUNTING_RULE, Counted, definition, rate, selected, tallied
from workflow.engine import Engine
from workflow.figures import Period
from workflow.reporting import punctuality, report
from workflow.testing import FrozenClock

ERRANDS = """
casework: 1
lifecycle: errand
version: 1
label: {zh: 差事, en: Errand}
initial: draft
counted_from: received
settings:
  classes: {type: codes, default: {A: {label: 已解决, means: resolved}, B: {label: 列入计划, means: planned}}}
roles:
  clerk: {group: clerks}
fields:
  title: {type: text, required: true}
  topics: {type: list, item: {type: choice, of: [road, water]}, default: []}
  urgent: {type: bool, default: false, label: {zh: 加急, en: Urgent}}
states:
  draft: {}
  received: {label: {zh: 已收, en: Received}}
  sent:
    initial: out
    states: {out: {}, overdue: {label: {zh: 逾期, en: Overdue}}}
    join: {when: 'parts.leg.all(p, !p.open)', take: finish}
  done: {label: {zh: 办结, en: Done}, final: successful}
transitions:
  receive: {from: draft, to: received, by: [clerk]}
  send:
    from: received
    to: sent
    by: [clerk]
    ask: {units: {type: list, item: {type: party}, required: true}}
    open: {part: leg, each: input.units, as: u, key: u, holder: u}
  mark: {from: sent.out, to: sent.overdue, by: [clerk]}
  finish: {from: sent, to: done, by: [engine]}
acts:
  send_again: {in: sent, by: [clerk], ask: {unit: {type: party, required: true}}, open: {part: leg, key: input.unit, holder: input.unit}}
parts:
  leg:
    label: {zh: 转办件, en: Leg}
    initial: open
    fields: {class: {type: code, of: settings.classes, label: {zh: 类别, en: Class}}}
    states: {open: {}, answered: {final: successful}, returned: {final: cancelled}}
    transitions:
      answer: {from: open, to: answered, by: [clerk], require: [class]}
      give_back: {from: open, to: returned, by: [clerk]}
deadlines:
  leg_due: {label: {zh: 转办期限, en: Time for the leg}, of: leg, within: 5bd}
metrics:
  received: {label: {zh: 收到, en: Received}, count: {reached: received}}
  done_rate: {label: {zh: 办结率, en: Done}, count: {reached: done}, of: {reached: received}}
  waiting: {count: {in: received}}
  urgent: {count: {where: {urgent: ['true']}}}
  roads: {count: {where: {topics: [road]}}}
  solved: {label: {zh: 解决率, en: Solved}, count: {part: leg, where: {class: [resolved]}}, of: {part: leg, reached: answered}}
  last_solved: {count: {part: leg, latest: true, where: {class: [resolved]}}, of: {part: leg, latest: true}}
  sent_out: {count: {part: leg, distinct: true}}
  at_work: {count: {in: sent}}
  were_sent: {count: {reached: sent}}
  planned: {count: {part: leg, where: {class: [B]}}}
  given_back: {count: {part: leg, outcome: [cancelled]}}
  in_time: {label: {zh: 按期率, en: In time}, count: {part: leg, on_time: leg_due}, of: {part: leg, due: leg_due}}
  late: {count: {part: leg, overdue: leg_due}}
  late_elsewhere: {count: {part: leg, overdue: leg_due, not: {where: {class: [resolved]}, outcome: successful}}}
tallies:
  legs: {parts: [leg], label: {zh: 转办, en: Legs}}
  solved_legs: {parts: [leg], where: {class: [resolved]}}
"""

CLERK = Actor("ann", "Ann", groups=frozenset({"clerks"}))


def day(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=OFFICE_ZONE))


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(date(2021, 12, 1))


@pytest.fixture
def engine(database: str, make_engine: Callable[..., Engine]) -> Engine:
    made = make_engine(database)
    made.publish(ERRANDS)
    return made


@pytest.fixture
def errand(engine: Engine, clock: FrozenClock) -> Callable[..., str]:
    def make(on: str, *units: str, **values: object) -> str:
        clock.set(day(f"{on}T09:00"))
        case = engine.open("errand", CLERK, {"title": "x", **values}).case.id
        engine.fire(case, "receive", CLERK)
        if units:
            engine.fire(case, "send", CLERK, {"units": list(units)})
        return case

    return make


def leg(engine: Engine, case: str, unit: str) -> str:
    return next(part.id for part in reversed(engine.case(case).parts) if part.key == unit)


def answer(engine: Engine, case: str, unit: str, given: str = "A") -> None:
    engine.fire(leg(engine, case, unit), "answer", CLERK, {"class": given})


# ---------------------------------------------------------------- rates and periods


@pytest.mark.parametrize(
    ("count", "of", "printed"),
    [
        (41, 43, "95.35%"),
        (1, 3, "33.33%"),
        (2, 3, "66.67%"),
        (1, 800, "0.13%"),  # 0.125: half goes up, not to the even neighbour
        (89, 89, "100.00%"),
        (9999, 10000, "99.99%"),
        (199_999, 200_000, "100.00%"),
        (0, 7, "0.00%"),
        (23, 16, "143.75%"),
        (0, 0, None),
    ],
)
def test_a_rate_is_rounded_half_up_to_two_places_and_is_none_of_nothing(
    count: int, of: int, printed: str | None
) -> None:
    assert printed == rate(count, of)


def test_a_year_is_its_days_on_the_office_clock() -> None:
    year = Period.of(2022)
    assert (True, True) == (year.holds(day("2022-01-01T00:00")), year.holds(day("2022-12-31T23:59:59")))
    assert (False, False) == (year.holds(day("2021-12-31T23:59:59")), year.holds(day("2023-01-01T00:00")))


@pytest.mark.parametrize(
    ("period", "printed"),
    [
        (Period.of(2022), "2022"),
        (Period.of(since=date(2022, 1, 1), until=date(2022, 12, 31)), "2022"),
        (Period.of(since=date(2022, 1, 1), until=date(2022, 6, 30)), "2022-01-01/2022-06-30"),
        (Period.of(since=date(2022, 1, 1)), "2022-01-01/.."),
        (Period.of(), "../.."),
    ],
)
def test_a_period_prints_as_a_year_or_an_interval(period: Period, printed: str) -> None:
    assert printed == str(period)


@pytest.mark.parametrize(
    "given",
    [
        {"year": 2022, "since": date(2022, 1, 1)},
        {"since": date(2022, 2, 1), "until": date(2022, 1, 1)},
        {"year": 0},
        {"year": 10_000},
    ],
)
def test_a_period_that_cannot_be_is_refused_with_a_sentence(given: dict[str, object]) -> None:
    with pytest.raises(WorkflowError) as problem:
        Period.of(**given)  # type: ignore[arg-type]
    assert problem.value.say("zh")
    assert 2 == problem.value.exit_code


def test_a_definition_says_in_words_what_is_declared() -> None:
    errands = load(ERRANDS)
    solved = definition(errands.metrics["solved"], errands)
    assert "转办件（类别为已解决）数 ÷ 转办件（到过answered）数" == solved.zh
    assert "Leg (Class is 已解决) ÷ Leg (reached answered)" == solved.en
    assert "差事（到过已收）数" == definition(errands.metrics["received"], errands).zh
    assert "cases with at least one Leg" == definition(errands.metrics["sent_out"], errands).en


def test_the_lifecycle_of_these_tests_is_valid() -> None:
    try:
        load(ERRANDS)
    except LifecycleInvalid as invalid:
        pytest.fail(invalid.say("en"))


# ---------------------------------------------------------------- counting


def test_a_case_belongs_to_the_period_in_which_it_first_entered_the_counted_state(
    engine: Engine, errand: Callable[..., str], clock: FrozenClock
) -> None:
    errand("2021-12-31")
    errand("2022-01-01")
    errand("2022-12-31")
    errand("2023-01-01")
    engine.open("errand", CLERK, {"title": "a draft"})
    counted = {year: report(engine, "errand", year=year).figure("received").count for year in (2021, 2022, 2023)}
    assert {2021: 1, 2022: 2, 2023: 1} == counted
    assert 4 == report(engine, "errand").cases


def test_what_happened_earlier_than_it_was_recorded_counts_where_it_happened(
    engine: Engine, clock: FrozenClock
) -> None:
    clock.set(day("2023-01-05T09:00"))
    case = engine.open("errand", CLERK, {"title": "on paper"}).case.id
    engine.fire(case, "receive", CLERK, happened=day("2022-12-30T15:00"))
    assert (1, 0) == tuple(report(engine, "errand", year=year).cases for year in (2022, 2023))


def test_the_cut_off_decides_what_is_known(engine: Engine, errand: Callable[..., str], clock: FrozenClock) -> None:
    case = errand("2022-03-01", "roads")
    clock.set(day("2023-02-01T09:00"))
    answer(engine, case, "roads")
    at_new_year = report(engine, "errand", year=2022, as_of=day("2023-01-01T00:00"))
    assert ("0.00%", "100.00%") == (
        at_new_year.figure("done_rate").value,
        report(engine, "errand", year=2022).figure("done_rate").value,
    )
    clock.set(day("2024-01-01T00:00"))
    again = report(engine, "errand", year=2022, as_of=day("2023-01-01T00:00"))
    assert at_new_year == again


def test_in_time_and_overdue_are_counted_by_one_rule_for_metrics_and_units(
    engine: Engine, errand: Callable[..., str], clock: FrozenClock
) -> None:
    case = errand("2022-03-01", "roads", "water", "parks", "docks")
    answer(engine, case, "roads")
    clock.set(day("2022-03-09T09:00"))
    answer(engine, case, "water")
    answer(engine, case, "parks", "B")
    found = report(engine, "errand", year=2022, ids=True)
    units = {(each.unit, each.on_time, each.overdue) for each in punctuality(engine, "errand", year=2022)}

    assert (1, 4, "25.00%") == (lambda f: (f.count, f.of, f.value))(found.figure("in_time"))
    assert {leg(engine, case, unit) for unit in ("water", "parks", "docks")} == set(found.figure("late").count_ids)
    assert {leg(engine, case, unit) for unit in ("parks", "docks")} == set(found.figure("late_elsewhere").count_ids)
    assert {("roads", 1, 0), ("water", 0, 1), ("parks", 0, 1), ("docks", 0, 1)} == units


def test_what_is_not_due_yet_or_was_given_back_in_time_does_not_count(
    engine: Engine, errand: Callable[..., str], clock: FrozenClock
) -> None:
    case = errand("2022-03-01", "roads", "water")
    engine.fire(leg(engine, case, "roads"), "give_back", CLERK)
    at_once = report(engine, "errand", year=2022).figure("in_time")
    clock.set(day("2022-03-09T09:00"))
    later = report(engine, "errand", year=2022).figure("in_time")

    assert ((0, 0, "—"), (0, 1, "0.00%")) == tuple((f.count, f.of, f.printed) for f in (at_once, later))


def test_a_figure_that_judges_says_by_which_rule_and_a_report_by_which_calendar(engine: Engine) -> None:
    found = report(engine, "errand", year=2022)
    errands = engine.lifecycle("errand")

    assert (COUNTING_RULE, None) == (found.figure("in_time").rule, found.figure("received").rule)
    assert "转办件（按期：转办期限）数 ÷ 转办件（按期或逾期：转办期限）数" == found.figure("in_time").definition.zh
    assert (
        "Leg (in time for Time for the leg) ÷ Leg (in time or overdue for Time for the leg)"
        == definition(errands.metrics["in_time"], errands).en
    )
    assert (
        "转办件（逾期：转办期限，除去结果为successful且类别为已解决的）数"
        == found.figure("late_elsewhere").definition.zh
    )
    assert china().version == found.as_json()["calendar"]


def test_one_case_with_three_transfers_is_one_case_and_three_items(engine: Engine, errand: Callable[..., str]) -> None:
    errand("2022-03-01", "roads", "water", "parks")
    errand("2022-03-02", "roads")
    row = report(engine, "errand", year=2022).row("legs", "leg")
    assert (2, 4) == (row.cases, row.items)


def test_an_item_that_was_given_back_is_no_item_and_what_replaced_it_is(
    engine: Engine, errand: Callable[..., str]
) -> None:
    case = errand("2022-03-01", "roads", "water")
    back = leg(engine, case, "roads")
    engine.fire(case, "send_again", CLERK, {"unit": "parks"})
    engine.fire(back, "give_back", CLERK)
    found = report(engine, "errand", year=2022, ids=True)
    assert (1, 2) == (found.row("legs", "leg").cases, found.row("legs", "leg").items)
    assert back not in found.row("legs", "leg").item_ids
    assert (back,) == found.figure("given_back").count_ids


def test_rates_count_the_meaning_of_a_code_and_only_the_latest_round_where_that_is_asked(
    engine: Engine, errand: Callable[..., str]
) -> None:
    case = errand("2022-03-01", "roads", "water")
    answer(engine, case, "roads", "B")
    engine.fire(case, "send_again", CLERK, {"unit": "roads"})
    answer(engine, case, "roads", "A")
    found = report(engine, "errand", year=2022)
    assert (1, 2, "50.00%") == (lambda f: (f.count, f.of, f.value))(found.figure("solved"))
    assert (1, 2, "50.00%") == (lambda f: (f.count, f.of, f.value))(found.figure("last_solved"))
    assert 1 == found.figure("sent_out").count
    assert 1 == found.figure("planned").count
    assert ((1, 3), (1, 1)) == tuple(
        (row.cases, row.items) for row in (found.row(t, "leg") for t in ("legs", "solved_legs"))
    )


def test_yes_and_no_and_the_items_of_a_list_can_be_counted(errand: Callable[..., str], engine: Engine) -> None:
    errand("2022-03-01", urgent=True, topics=["road", "water"])
    errand("2022-03-02", topics=["water"])
    found = report(engine, "errand", year=2022)
    assert (1, 1, 2) == tuple(found.figure(id).count for id in ("urgent", "roads", "waiting"))


def test_a_state_with_states_within_it_counts_them_all(errand: Callable[..., str], engine: Engine) -> None:
    late, done = errand("2022-03-01", "roads"), errand("2022-03-02", "roads")
    engine.fire(late, "mark", CLERK)
    answer(engine, done, "roads")
    found = report(engine, "errand", year=2022)
    assert (1, 2) == (found.figure("at_work").count, found.figure("were_sent").count)


def test_a_part_that_the_version_of_a_case_does_not_have_is_not_counted(
    errand: Callable[..., str], engine: Engine
) -> None:
    case = errand("2022-03-01", "roads")
    counted = Counted(engine.case(case), engine.lifecycle("errand"), china(), day("2022-04-01T00:00"))
    assert () == selected(Selector(part="page"), counted)
    assert () == selected(Selector(part="leg", due=("page_due",)), counted)
    assert [] == list(tallied(Tally("pages", ("page",)), counted))


def test_a_report_can_be_made_inside_the_transaction_of_the_host(
    errand: Callable[..., str], engine: Engine, database: str
) -> None:
    errand("2022-03-01")
    host = create_engine(database)
    with host.begin() as connection:
        inside = engine.on(connection)
        inside.open("errand", CLERK, {"title": "not committed yet"})
        assert 1 == report(inside, "errand", year=2022).cases
    host.dispose()


def test_a_rate_of_nothing_prints_as_a_dash_and_is_null_for_programs(engine: Engine) -> None:
    empty = report(engine, "errand", year=2022)
    assert ("—", None, 0) == (
        empty.figure("done_rate").printed,
        empty.figure("done_rate").value,
        empty.figure("done_rate").of,
    )
    assert ("0", None, None) == (
        empty.figure("received").printed,
        empty.figure("received").value,
        empty.figure("received").of,
    )
    assert (0, 0) == (empty.row("legs", "leg").cases, empty.row("legs", "leg").items)


def test_a_refused_command_changes_no_figure(engine: Engine, errand: Callable[..., str]) -> None:
    case = errand("2022-03-01", "roads")
    before = report(engine, "errand", year=2022, as_of=day("2022-04-01T00:00"))
    with pytest.raises(WorkflowError):
        engine.fire(case, "receive", CLERK)
    assert before == report(engine, "errand", year=2022, as_of=day("2022-04-01T00:00"))


def test_the_ids_behind_a_figure_can_be_asked_for(engine: Engine, errand: Callable[..., str]) -> None:
    first, second = errand("2022-03-01", "roads"), errand("2022-03-02")
    answer(engine, first, "roads")
    found = report(engine, "errand", year=2022, ids=True)
    assert ({first}, {first, second}) == (
        set(found.figure("done_rate").count_ids),
        set(found.figure("done_rate").of_ids),
    )
    assert () == report(engine, "errand", year=2022).figure("done_rate").of_ids
    assert {"count": [first], "of": sorted((first, second))} == found.as_json()["metrics"][1]["ids"]  # type: ignore[index, call-overload]


def test_the_json_of_a_report(engine: Engine, errand: Callable[..., str], clock: FrozenClock) -> None:
    case = errand("2022-03-01", "roads", "water")
    answer(engine, case, "roads")
    clock.set(day("2022-12-31T18:00"))
    found = report(engine, "errand", year=2022).as_json("en")
    assert ("errand", "2022", "2022-12-31T18:00:00+08:00", 1) == tuple(
        found[name] for name in ("lifecycle", "period", "cut_off", "cases")
    )
    assert {"label": "Leg", "cases": 1, "items": 2} == found["tallies"]["legs"]["leg"]  # type: ignore[index, call-overload]
    rates = {each["id"]: each for each in found["metrics"]}  # type: ignore[union-attr, index, call-overload]
    assert {
        "id": "done_rate", "label": "Done", "count": 0, "of": 1, "value": "0.00%",
        "definition": "Errand (reached Done) ÷ Errand (reached Received)", "rule": None,
    } == rates["done_rate"]  # fmt: skip


def test_an_unknown_lifecycle_is_named_with_what_is_near(engine: Engine) -> None:
    with pytest.raises(NotFound) as problem:
        report(engine, "errands", year=2022)
    assert ("errand",) == problem.value.near


def test_many_files_are_read_in_pages(
    engine: Engine, errand: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import workflow.reporting

    for n in range(7):
        errand(f"2022-03-{n + 1:02d}", "roads")
    whole = report(engine, "errand", year=2022, as_of=day("2022-04-01T00:00"))
    monkeypatch.setattr(workflow.reporting, "PAGE", 2)
    assert whole == report(engine, "errand", year=2022, as_of=day("2022-04-01T00:00"))
    assert 7 == whole.cases
