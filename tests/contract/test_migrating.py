"""Running cases come over to another version on every database: completely or not at all, proved, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ANN, DAN, of_unit
from workflow.core.calendar import OFFICE_ZONE, micros
from workflow.core.errors import InputInvalid, NotFound, Refused, Retired, Stale, VersionTaken
from workflow.core.migrating import Hop
from workflow.core.model import Actor, File
from workflow.engine import Engine
from workflow.loading import load
from workflow.migrating import apply, between, plan, undo
from workflow.notices import listed, park, retry
from workflow.reporting import report
from workflow.store.tables import metadata, timers
from workflow.testing import FrozenClock
from workflow.timers import fire_all
from workflow.versions import retire, versions

ERRAND = (Path(__file__).parents[1] / "clocked.yaml").read_text(encoding="utf-8")
DAY = 86_400_000_000


def second(text: str, *changes: tuple[str, str], migrate: str = "") -> str:
    """The lifecycle with these texts replaced, as version 2."""
    for old, new in (("version: 1\n", "version: 2\n"), *changes):
        assert old in text, old
        text = text.replace(old, new)
    return text + (f"migrate: {migrate}\n" if migrate else "")


DELIVERED = (
    ("  sent: {label: {zh: 已送出, en: Sent}}", "  delivered: {label: {zh: 已送达, en: Delivered}}"),
    ("to: sent,", "to: delivered,"), ("from: sent\n", "from: delivered\n"), ("[draft, sent]", "[draft, delivered]"),
    ("[sent, out]", "[delivered, out]"),
    ("weight: {type: int, index: true}", "load: {type: int, index: true}"), ("urgent, weight, tags", "urgent, load, tags"),
    ("story: text", "story: {type: text, index: true}"),
)  # fmt: skip
MAPPING = "{from: 1, states: {sent: delivered}, fields: {weight: load}}"


@pytest.fixture
def way(engine: Engine, ticket_text: str) -> Hop:
    """Cases in three states under version 1, and version 2, in which one of the states has another name."""
    draft = engine.open("ticket", ANN, {"title": "in draft", "weight": 3, "story": "once"}).case.id
    for title in ("sent", "out"):
        case = engine.open("ticket", ANN, {"title": title, "weight": 5}).case.id
        engine.fire(case, "send", ANN)
    engine.fire(case, "give", DAN, {"units": ["u1", "u2"]})
    engine.fire(f"{case}/task:u1", "reply", of_unit("u1"), {"answer": "yes", "result": "A"})
    with pytest.raises(Refused):
        engine.fire(draft, "send", DAN)
    engine.publish(second(ticket_text, *DELIVERED, migrate=MAPPING))
    return between(engine, "ticket", 1, 2)


def content(engine: Engine, *without: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    with engine.looking() as sql:
        return {
            table.name: sorted(map(str, sql.execute(sa.select(table)).all()))
            for table in metadata.sorted_tables
            if table.name not in without
        }


def files(engine: Engine) -> list[File]:
    return [engine.case(case.id) for case in engine.find()]


def facts(file: File) -> list[tuple[Any, ...]]:
    """Everything of a file but how often it was changed."""
    return [
        (c.id, c.version, c.kind, c.state, c.origin, c.outcome, c.entered_at, c.values, c.visits, c.clocks, c.acted)
        for c in file
    ]


# ------------------------------------------------------------ plan and apply


def test_a_plan_sorts_the_cases_and_writes_nothing(engine: Engine, way: Hop) -> None:
    before = content(engine)
    lines = {line.title: (line.sort, line.source, line.target) for line in plan(engine, way)}

    assert {
        "in draft": ("mapped", "draft", "draft"),
        "sent": ("mapped", "sent", "delivered"),
        "out": ("mapped", "out", "out"),
    } == lines
    assert before == content(engine)


def test_what_was_resolved_by_hand_stands_in_nobody_s_way(engine: Engine, way: Hop) -> None:
    for each in listed(engine, state="pending"):
        park(engine, each.key, DAN, "不必再送")
    lines = list(apply(engine, way, DAN, note="年度换版"))
    assert [True] * 3 == [line.moved for line in lines]
    for each in listed(engine, state="parked"):
        retry(engine, each.key, DAN, "还是要送")

    assert [True] * 3 == [line.moved for line in undo(engine, way, DAN, note="撤回")]
    assert engine.verify().good


def test_the_cases_come_over_with_a_record_each(engine: Engine, way: Hop) -> None:
    records = {file.root.id: file.records for file in files(engine)}
    lines = list(apply(engine, way, DAN, note="年度换版"))
    found = files(engine)

    assert [True] * 3 == [line.moved for line in lines]
    assert {2} == {case.version for file in found for case in file}
    assert ["draft", "delivered", "out"] == [file.root.state for file in found]
    assert {id: n + 1 for id, n in records.items()} == {file.root.id: file.records for file in found}
    last = engine.history(found[1].root.id)[-1]
    assert ("migration", "migrate", "sent", "delivered", "dan", "年度换版", 1, 2) == (
        last["kind"], last["action"], last["from"], last["to"], last["who"]["id"], last["note"],
        last["source"]["version"], last["lifecycle"]["version"],
    )  # fmt: skip
    assert engine.verify().good
    assert [] == list(apply(engine, way, DAN))


def test_what_is_searched_and_who_is_waited_for_are_the_new_versions(engine: Engine, way: Hop) -> None:
    list(apply(engine, way, DAN))

    assert ["in draft"] == [case.values["title"] for case in engine.find(where={"load": 3})]
    assert ["in draft"] == [case.values["title"] for case in engine.find(where={"story": "once"})]
    assert () == engine.find(where={"weight": 3})
    assert ["draft", "delivered"] == [waiting.case.state for waiting in engine.todo(DAN) if not waiting.case.kind]


def test_the_case_goes_on_by_the_new_version(engine: Engine, way: Hop) -> None:
    list(apply(engine, way, DAN))
    sent = next(case for case in engine.find() if case.values["title"] == "sent")
    engine.fire(sent.id, "give", DAN, {"units": ["u3"]})
    outcome = engine.fire(f"{sent.id}/task:u3", "reply", of_unit("u3"), {"answer": "yes"})

    assert "done" == outcome.file.root.state
    assert engine.verify().good


def test_whoever_looked_before_is_told_that_the_version_changed(engine: Engine, way: Hop) -> None:
    seen = next(case for case in engine.find() if case.values["title"] == "sent")
    list(apply(engine, way, DAN))

    with pytest.raises(Stale) as stale:
        engine.fire(seen.id, "give", DAN, {"units": ["u3"]}, expect=seen.revision)
    assert ["migrate"] == [record["action"] for record in stale.value.changes]  # type: ignore[index, call-overload]


def test_a_request_is_answered_the_same_after_its_case_came_over(engine: Engine, way: Hop) -> None:
    sent = next(case for case in engine.find() if case.values["title"] == "sent").id
    first = engine.fire(sent, "comment", ANN, note="one", request_id="r1")
    list(apply(engine, way, DAN))
    second_ = engine.fire(sent, "comment", ANN, note="two", request_id="r2")

    assert first == engine.fire(sent, "comment", ANN, note="one", request_id="r1")
    assert second_ == engine.fire(sent, "comment", ANN, note="two", request_id="r2")


def test_reports_count_a_case_under_what_its_state_was_called_then(engine: Engine, way: Hop) -> None:
    before = report(engine, "ticket").cases
    list(apply(engine, way, DAN))

    assert (2, 2) == (before, report(engine, "ticket").cases)


def test_what_differs_stays_unless_it_is_asked_for(engine: Engine, ticket_text: str) -> None:
    case = engine.open("ticket", ANN, {"title": "a title of some length"}).case.id
    engine.fire(case, "send", ANN)
    engine.publish(second(ticket_text, ("size() < 60", "size() < 10")))
    way = between(engine, "ticket", 1, 2)
    (stayed,) = apply(engine, way, DAN)
    before = engine.case(case)
    (moved,) = apply(engine, way, DAN, also=("differs",))

    assert (False, "differs", "send", ["标题太长"]) == (
        stayed.moved, stayed.sort, stayed.action, [each.text.zh for each in stayed.reasons],
    )  # fmt: skip
    assert 1 == before.root.version
    assert (True, 2) == (moved.moved, engine.case(case).root.version)
    assert engine.verify().good


def test_what_is_held_back_never_moves(engine: Engine, ticket_text: str) -> None:
    engine.fire(engine.open("ticket", ANN, {"title": "lamp"}).case.id, "send", ANN)
    engine.publish(second(ticket_text, *DELIVERED))
    before = content(engine)
    (line,) = apply(engine, between(engine, "ticket", 1, 2), DAN, also=("differs", "held"))

    assert ("held", False) == (line.sort, line.moved)
    assert "migrate: states:" in line.reasons[0].text.zh
    assert before == content(engine)


def test_a_join_that_holds_by_the_new_version_is_taken_with_the_migration(engine: Engine, ticket_text: str) -> None:
    case = engine.open("ticket", ANN, {"title": "lamp"}).case.id
    engine.fire(case, "send", ANN)
    engine.fire(case, "give", DAN, {"units": ["u1", "u2"]})
    engine.fire(f"{case}/task:u1", "reply", of_unit("u1"), {"answer": "yes"})
    sooner = ('parts.task.all(t, !t.open)", take: finish', 'parts.task.exists(t, !t.open)", take: finish')
    closing = ("by: [engine], number: {letter_no", "by: [engine], close: [task], number: {letter_no")
    engine.publish(second(ticket_text, sooner, closing))
    (line,) = apply(engine, between(engine, "ticket", 1, 2), DAN, also=("differs",))

    assert line.moved
    assert ["migrate", "finish"] == [record["action"] for record in engine.history(case)[-2:]]
    assert "done" == engine.case(case).root.state
    assert engine.verify().good


def test_parts_come_over_under_another_name(engine: Engine, ticket_text: str) -> None:
    case = engine.open("ticket", ANN, {"title": "lamp"}).case.id
    engine.fire(case, "send", ANN)
    engine.fire(case, "give", DAN, {"units": ["u1", "u2"]})
    before = facts(engine.case(case))
    renamed = (
        ("  task:\n", "  errand:\n"),
        ("part: task", "part: errand"),
        ("parts.task", "parts.errand"),
        ("[task]", "[errand]"),
    )
    engine.publish(second(ticket_text, *renamed, migrate="{from: 1, parts: {errand: {from: task}}}"))
    way = between(engine, "ticket", 1, 2)
    (line,) = apply(engine, way, DAN)
    kinds = [part.kind for part in engine.case(case).parts]

    assert ("mapped", ["errand", "errand"]) == (line.sort, kinds)
    assert engine.verify().good
    assert ["undone"] == [line.sort for line in undo(engine, way, DAN)]
    assert before == facts(engine.case(case))
    list(apply(engine, way, DAN))
    assert "reply" == engine.fire(f"{case}/errand:u1", "reply", of_unit("u1"), {"answer": "yes"}).records[0]["action"]
    assert engine.verify().good


def test_one_case_alone(engine: Engine, way: Hop) -> None:
    first, *others = engine.find()
    list(apply(engine, way, DAN, case=first.id))

    assert [2, 1, 1] == [engine.case(case.id).root.version for case in (first, *others)]


def test_a_case_that_is_worked_on_at_the_same_time_is_not_overwritten(engine: Engine, way: Hop) -> None:
    sent = next(case for case in engine.find() if case.values["title"] == "sent").id

    def work() -> int:
        return sum(bool(engine.fire(sent, "comment", ANN, note=str(n))) for n in range(8))

    with ThreadPoolExecutor(2) as pool:
        working, moving = pool.submit(work), pool.submit(lambda: list(apply(engine, way, DAN)))
        assert 8 == working.result()
        assert 3 == sum(line.moved for line in moving.result())

    assert 8 == sum(record["action"] == "comment" for record in engine.history(sent))
    assert engine.verify().good


def test_two_who_migrate_at_once_move_each_case_once(engine: Engine, way: Hop) -> None:
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: [line.case for line in apply(engine, way, DAN) if line.moved], range(2)))

    assert 3 == len(found[0] + found[1]) == len({*found[0], *found[1]})
    assert engine.verify().good


# ------------------------------------------------------------ taken back


def test_undoing_gives_back_the_same_files_with_two_more_records(engine: Engine, way: Hop) -> None:
    before = files(engine)
    tables = content(engine, "cases", "contents", "records", "chains")
    list(apply(engine, way, DAN))
    assert engine.verify().good
    lines = list(undo(engine, way, DAN, note="有误"))
    after = files(engine)

    assert ["undone"] * 3 == [line.sort for line in lines]
    assert [facts(file) for file in before] == [facts(file) for file in after]
    assert [file.records + 2 for file in before] == [file.records for file in after]
    assert tables == content(engine, "cases", "contents", "records", "chains")
    assert engine.verify().good
    assert [] == list(undo(engine, way, DAN))
    assert 3 == sum(line.moved for line in apply(engine, way, DAN))
    assert engine.verify().good


def test_what_has_moved_on_stays_and_is_told(engine: Engine, way: Hop) -> None:
    list(apply(engine, way, DAN))
    sent = next(case for case in engine.find() if case.values["title"] == "sent").id
    engine.fire(sent, "comment", ANN, note="go on")
    lines = {line.title: line for line in undo(engine, way, DAN)}

    assert ("moved_on", False) == (lines["sent"].sort, lines["sent"].moved)
    assert "迁移后又有 1 条记录，最近是 Ann" in lines["sent"].reasons[0].text.zh
    assert 2 == engine.case(sent).root.version
    assert engine.verify().good


def test_after_a_time_nothing_is_taken_back(engine: Engine, way: Hop, clock: FrozenClock) -> None:
    list(apply(engine, way, DAN))
    clock.advance(days=15)

    assert {"too_late"} == {line.sort for line in undo(engine, way, DAN)}


# ------------------------------------------------------------ clocks


@pytest.fixture
def office(database: str, make_engine: Callable[..., Engine], clock: FrozenClock) -> Engine:
    """An errand that was given to a unit on the first of March."""
    clock.set(micros(datetime(2022, 3, 1, 10, tzinfo=OFFICE_ZONE)))
    engine = make_engine(database)
    engine.publish(ERRAND)
    case = engine.open("errand", DAN).case.id
    engine.fire(case, "give", DAN, {"unit": "edu"})
    clock.advance(days=10)
    return engine


def due(engine: Engine) -> dict[str, str]:
    with engine.looking() as sql:
        rows = sql.execute(sa.select(timers.c.deadline, timers.c.due_at)).all()
    return {name: datetime.fromtimestamp(at / 1e6, OFFICE_ZONE).strftime("%m-%d %H:%M") for name, at in rows}


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("recompute", "04-02 00:00"),
        ("keep", "06-02 00:00"),
        ("restart", "04-12 00:00"),
    ],
)
def test_a_running_clock_is_recomputed_kept_or_begun_anew(
    office: Engine, clock: FrozenClock, way: str, expected: str
) -> None:
    shorter = ("within: {type: duration, default: 3mo}", "within: {type: duration, default: 1mo}")
    before, facts_before = due(office), [facts(file) for file in files(office)]
    office.publish(second(ERRAND, shorter, migrate=f"{{from: 1, deadlines: {{reply_due: {way}}}}}"))
    hop = between(office, "errand", 1, 2)
    (line,) = apply(office, hop, DAN)

    assert ("same", "06-02 00:00", expected) == (line.sort, before["reply_due"], due(office)["reply_due"])
    assert office.verify().good
    list(undo(office, hop, DAN))
    assert (before, facts_before) == (due(office), [facts(file) for file in files(office)])
    assert office.verify().good


def test_a_clock_that_keeps_its_period_fires_by_it(office: Engine, clock: FrozenClock) -> None:
    shorter = ("within: {type: duration, default: 3mo}", "within: {type: duration, default: 1mo}")
    office.publish(second(ERRAND, shorter, migrate="{from: 1, deadlines: {reply_due: keep}}"))
    list(apply(office, between(office, "errand", 1, 2), DAN))
    clock.set(micros(datetime(2022, 6, 1, 10, tzinfo=OFFICE_ZONE)))
    early = [fired.event for fired in fire_all(office) if fired.deadline == "reply_due"]
    clock.set(micros(datetime(2022, 6, 2, 10, tzinfo=OFFICE_ZONE)))

    assert "overdue" not in early
    assert "overdue" in [fired.event for fired in fire_all(office) if fired.deadline == "reply_due"]
    assert office.verify().good


def test_a_deadline_that_is_gone_holds_the_case_unless_it_is_given_up(office: Engine) -> None:
    gone = ("  plan_due: {latest: [settings.by_day, 1mo], until: done}\n", "")
    new = load(second(ERRAND, gone))
    (held,) = plan(office, between(office, "errand", 1, new))
    office.publish(second(ERRAND, gone, migrate="{from: 1, deadlines: {plan_due: drop}}"))
    (moved,) = apply(office, between(office, "errand", 1, 2), DAN)

    assert "plan_due: drop" in held.reasons[0].text.zh
    assert (True, {"reply_due"}) == (moved.moved, set(due(office)))
    assert office.verify().good


@pytest.mark.parametrize(("unit", "runs"), [("edu", True), ("health", False)])
def test_the_conditions_of_a_new_version_say_which_clocks_a_case_would_have_had(
    office: Engine, unit: str, runs: bool
) -> None:
    new = f"  sign_due: {{of: task, when: 'case.key == \"{unit}\"', from: opened, until: handling, within: 30d}}\n  check_due:"
    office.publish(second(ERRAND, ("  check_due:", new)))
    list(apply(office, between(office, "errand", 1, 2), DAN))

    assert runs == ("sign_due" in due(office))
    assert office.verify().good


def test_a_deadline_that_is_new_counts_as_if_it_had_always_been_there(office: Engine) -> None:
    office.publish(
        second(
            ERRAND, ("  check_due:", "  sign_due: {of: task, from: opened, until: handling, within: 30d}\n  check_due:")
        )
    )
    list(apply(office, between(office, "errand", 1, 2), DAN))

    assert "04-01 00:00" == due(office)["sign_due"]
    assert office.verify().good


# ------------------------------------------------------------ versions


def test_a_version_is_retired_when_nothing_runs_by_it(engine: Engine, way: Hop) -> None:
    with pytest.raises(Retired) as held:
        retire(engine, "ticket", 1, DAN)
    list(apply(engine, way, DAN))
    retired = retire(engine, "ticket", 1, DAN)
    again = retire(engine, "ticket", 1, ANN)

    assert "还有 3 件在办" in held.value.say("zh")
    assert ("dan", retired) == (retired.retired_by, again)
    assert [(1, 0), (2, 3)] == [(each.version, each.running) for each in versions(engine, "ticket")]
    with pytest.raises(Retired):
        engine.open("ticket", ANN, {"title": "lamp"}, version=1)
    with pytest.raises(Retired):
        list(undo(engine, way, DAN))
    assert 2 == engine.open("ticket", ANN, {"title": "lamp"}).case.version
    assert engine.verify().good


def test_where_the_newest_is_retired_the_one_before_opens_cases(engine: Engine, ticket_text: str) -> None:
    engine.publish(second(ticket_text))
    retire(engine, "ticket", 2, DAN)

    assert 1 == engine.open("ticket", ANN, {"title": "lamp"}).case.version
    with pytest.raises(Retired):
        list(plan(engine, between(engine, "ticket", 1, 2)))
    with pytest.raises(Retired):
        retire(engine, "ticket", 1, DAN)


def test_a_version_that_every_case_has_left_is_replayed_for_ever(engine: Engine, way: Hop) -> None:
    list(apply(engine, way, DAN))
    retire(engine, "ticket", 1, DAN)
    with pytest.raises(VersionTaken):
        engine.publish(engine.lifecycle("ticket", 1).source.replace("max: 2000", "max: 1999"))

    assert engine.verify().good


def test_versions_between_which_nothing_can_move_are_told(engine: Engine, way: Hop, ticket_text: str) -> None:
    for source, target, error in (
        (1, 1, InputInvalid),
        (1, 9, NotFound),
        (9, 2, NotFound),
        (1, load(ERRAND), InputInvalid),
    ):
        with pytest.raises(error):
            between(engine, "ticket", source, target)  # type: ignore[arg-type]
    with pytest.raises(VersionTaken):
        between(engine, "ticket", 1, load(second(ticket_text)))
    with pytest.raises(NotFound):
        between(engine, "tickt", 1, 2)
    unpublished = load(second(ticket_text).replace("version: 2", "version: 3"))
    with pytest.raises(NotFound):
        list(apply(engine, between(engine, "ticket", 1, unpublished), DAN))


def test_values_that_are_blind_stay_so_in_the_record_of_the_migration(engine: Engine, ticket_text: str) -> None:
    case = engine.open("ticket", ANN, {"title": "lamp"}).case.id
    engine.fire(case, "rate", DAN, {"raters": ["r1"]})
    renamed = (("score: int, remark: text", "score: int, words: text"), ("set: {remark:", "set: {words:"))
    engine.publish(second(ticket_text, *renamed, migrate="{from: 1, parts: {sheet: {fields: {remark: words}}}}"))
    list(apply(engine, between(engine, "ticket", 1, 2), DAN))
    record = engine.history(case, Actor("somebody"))[-1]

    assert record["withheld"]
    assert "about r1" not in str(record)
    assert "about r1" in str(engine.history(case)[-1])


# ------------------------------------------------------------ whatever was done

STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["send", "give", "reply", "return", "hand_back", "withdraw", "comment", "urge", "edit"]),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_was_done_the_same_lifecycle_agrees_and_can_be_taken_back(
    desk: Engine, ticket_text: str, steps: list[tuple[int, str]]
) -> None:
    opened = [desk.open("ticket", ANN, {"title": f"lamp {n}"}, version=1).case.id for n in range(3)]
    desk.publish(second(ticket_text))
    for number, action in steps:
        _try(desk, opened[number], action)
    way = between(desk, "ticket", 1, 2)
    running = [id for id in opened if desk.case(id).root.open]
    before = [desk.case(id) for id in opened]

    assert {"same"} >= {line.sort for id in running for line in plan(desk, way, case=id)}
    assert before == [desk.case(id) for id in opened]
    assert [True] * len(running) == [line.moved for id in running for line in apply(desk, way, DAN, case=id)]
    assert ["undone"] * len(running) == [line.sort for id in running for line in undo(desk, way, DAN, case=id)]
    assert [facts(file) for file in before] == [facts(desk.case(id)) for id in opened]
    assert all(desk.verify(id).good for id in opened)


def _try(engine: Engine, case: str, action: str) -> None:
    unit = of_unit("u1")
    on = f"{case}/task:u1" if action in ("reply", "return", "hand_back") else case
    actor = {"send": ANN, "withdraw": ANN, "edit": ANN, "reply": unit, "return": unit}.get(action, DAN)
    given = {"give": {"units": ["u1", "u2"]}, "reply": {"answer": "yes"}, "edit": {"weight": 3}}.get(action, {})
    try:
        engine.fire(on, action, actor, given, note="because")
    except (Refused, NotFound):
        return
