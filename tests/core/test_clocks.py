"""The clocks of a case: what its records make of them, and what they tell when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from workflow.core import clocks
from workflow.core.calendar import OFFICE_ZONE, china, micros
from workflow.core.decide import why
from workflow.core.explaining import explain, explain_duration
from workflow.core.fold import fold
from workflow.core.migrating import forecast, hop
from workflow.core.model import Actor, Case, Command, Deadline, Duration, File, Lifecycle, Micros, Refusal
from workflow.core.run import Ran, Supply, note_moved, run, run_open, run_timer
from workflow.loading import load, load_path

DESK = Actor("dan", "Dan", groups=frozenset({"desk"}))
EDU = Actor("eva", "Eva", unit="edu")


def at(year: int, month: int, day: int, hour: int = 10) -> Micros:
    return micros(datetime(year, month, day, hour, tzinfo=OFFICE_ZONE))


@pytest.fixture(scope="session")
def errand() -> Lifecycle:
    return load_path(Path(__file__).parents[1] / "clocked.yaml")


class Errand:
    """One errand, given to the unit edu, with a clock that is set by hand."""

    def __init__(self, lifecycle: Lifecycle, now: Micros) -> None:
        self.lifecycle = lifecycle
        self.now = now
        self.ids = count(1)
        self.entries: list[Mapping[str, Any]] = []
        opened = run_open(lifecycle, Command("open", DESK), self.supply())
        assert isinstance(opened, Ran)
        self.took(opened)
        self.do("give", DESK, unit="edu")

    def supply(self) -> Supply:
        return Supply(self.now, "test", lambda: f"c{next(self.ids)}", lambda wanted: wanted.format(1), china())

    def took(self, ran: Ran) -> None:
        self.file: File = ran.file
        self.entries += [step.entry for step in ran.steps]

    def do(self, action: str, actor: Actor, **input: Any) -> Refusal | None:
        kind = self.lifecycle.root if action in self.lifecycle.root.transitions else self.lifecycle.parts["task"]
        case = self.file.root if kind is self.lifecycle.root else self.task
        ran = run(self.lifecycle, self.file, case.id, Command(action, actor, input, "because"), self.supply())
        if isinstance(ran, Refusal):
            return ran
        self.took(ran)
        return None

    def tick(self, name: str = "reply_due") -> tuple[str, ...]:
        """What the clock told, with whom it told."""
        case = self.task if name in ("reply_due", "return_due") else self.file.root
        ran = run_timer(self.lifecycle, self.file, case.id, name, self.supply())
        if ran is None:
            return ()
        self.took(ran)
        told = [f"{notice.template}>{notice.to}" for step in ran.steps for notice in step.notices]
        return (ran.steps[0].entry["timer"]["event"], *told)

    @property
    def task(self) -> Case:
        return self.file.parts[0]

    def deadline(self, name: str) -> Deadline:
        return next(each for kind in self.lifecycle.clocks.values() for each in kind if each.name == name)

    def last(self, name: str = "reply_due") -> date | None:
        case = self.task if name in ("reply_due", "return_due") else self.file.root
        facts = case.clocks.get(name)
        if not clocks.running(facts):
            return None
        end = clocks.reading(self.deadline(name), facts, china())
        return None if end is None else end.last


@pytest.fixture
def one(errand: Lifecycle) -> Errand:
    return Errand(errand, at(2022, 7, 1))


def test_the_clock_begins_when_the_part_is_opened_not_when_it_is_signed_for(one: Errand) -> None:
    one.now = at(2022, 7, 20)
    one.do("sign", EDU)

    assert date(2022, 10, 8) == one.last()


def test_it_ends_with_the_reply(one: Errand) -> None:
    one.do("sign", EDU)
    one.do("reply", EDU)

    assert None is one.last()
    assert one.now == one.task.clocks["reply_due"]["ended"]


def test_it_ends_when_the_part_is_closed_from_above(one: Errand) -> None:
    one.do("drop", DESK)

    assert not clocks.running(one.task.clocks["reply_due"])


def test_it_stands_still_while_the_root_case_rests(one: Errand) -> None:
    one.now = at(2022, 8, 1)
    one.do("rest", DESK)
    assert None is one.last()
    one.now = at(2022, 8, 11)
    one.do("resume", DESK)

    assert date(2022, 10, 11) == one.last()
    assert 1 == one.task.revision, "the part itself was not touched"


def test_it_stands_still_while_the_part_says_so_and_once_for_both(one: Errand) -> None:
    one.do("sign", EDU)
    one.do("wait", EDU)
    one.now = at(2022, 7, 5)
    one.do("rest", DESK)
    one.now = at(2022, 7, 8)
    one.do("go_on", EDU)
    one.now = at(2022, 7, 11)
    one.do("resume", DESK)

    assert [[at(2022, 7, 1), at(2022, 7, 11)]] == one.task.clocks["reply_due"]["pauses"]
    assert date(2022, 10, 11) == one.last()
    one.do("rest", DESK)
    one.now = at(2022, 7, 12)
    one.do("resume", DESK)
    assert [[at(2022, 7, 1), at(2022, 7, 11)], [at(2022, 7, 11), one.now]] == one.task.clocks["reply_due"]["pauses"]


def test_a_clock_that_begins_again_starts_anew_or_goes_on(one: Errand) -> None:
    one.do("check", DESK)
    assert date(2022, 7, 11) == one.last("check_due")
    one.now = at(2022, 7, 5)
    one.do("recheck", DESK)
    assert date(2022, 7, 11) == one.last("check_due"), "it has no end but the case's"
    one.now = at(2022, 7, 6)
    one.do("check", DESK)

    assert date(2022, 7, 18) == one.last("check_due")


def test_a_clock_of_a_state_begins_anew_each_time(one: Errand) -> None:
    one.do("ask_return", EDU)
    one.now = at(2022, 7, 4)
    one.do("reject", DESK)
    assert None is one.last("return_due")
    one.now = at(2022, 7, 6)
    one.do("ask_return", EDU)

    assert date(2022, 7, 13) == one.last("return_due")


def test_a_clock_that_continues_gives_the_time_between_back(one: Errand) -> None:
    one.do("remind", DESK)
    one.now = at(2022, 7, 1, 20)
    one.do("check", DESK)
    one.now = at(2022, 7, 2, 20)
    one.do("recheck", DESK)
    end = clocks.reading(one.deadline("act_due"), one.file.root.clocks["act_due"], china())

    assert end is not None
    assert at(2022, 7, 4, 10) == end.due


def test_of_two_terms_the_later_one_counts(one: Errand) -> None:
    assert date(2022, 8, 1) == one.last("plan_due")


# ---------------------------------------------------------------- extending


def test_an_extension_moves_the_end_and_is_noticed(one: Errand) -> None:
    assert None is one.do("extend_reply_due", DESK, length="1mo")

    assert date(2022, 11, 1) == one.last()
    assert [{"to": "edu", "template": "extended"}] == one.entries[-1]["out"]
    assert "1mo" == one.entries[-1]["input"]["length"]


@pytest.mark.parametrize(
    ("length", "sentence"),
    [
        ("3mo", "延期合计最多 2 个月，最迟到 2022-12-01"),
        ("100bd", "延期合计最多 2 个月，最迟到 2022-12-01"),
        ("5h", "延长多久须写成 1mo、10bd 这样"),
        ("soon", "延长多久须写成 1mo、10bd 这样"),
        ("0d", "延长多久须写成 1mo、10bd 这样"),
    ],
)
def test_an_extension_too_long_or_badly_written_is_refused(one: Errand, length: str, sentence: str) -> None:
    refusal = one.do("extend_reply_due", DESK, length=length)

    assert refusal is not None
    assert [sentence] == [blocker.text.zh for blocker in refusal.blockers]


def test_extensions_have_a_cap_together_and_a_number(one: Errand) -> None:
    one.do("extend_reply_due", DESK, length="1mo")
    over = one.do("extend_reply_due", DESK, length="40d")
    one.do("extend_reply_due", DESK, length="20d")
    third = one.do("extend_reply_due", DESK, length="1d")

    assert over is not None
    assert third is not None
    assert [("invalid", "length"), ("guard", "reply_due")] == [
        (refusal.blockers[0].code, refusal.blockers[0].about) for refusal in (over, third)
    ]
    assert date(2022, 11, 21) == one.last()


def test_who_extends_and_what_has_ended(one: Errand) -> None:
    refused = one.do("extend_reply_due", EDU, length="1mo")
    one.do("drop", DESK)
    too_late = one.do("extend_reply_due", DESK, length="1mo")

    assert refused is not None
    assert too_late is not None
    assert "role" == refused.blockers[0].code
    assert "not_offered" == too_late.blockers[0].code


def test_a_clock_that_has_not_begun_cannot_be_extended(errand: Lifecycle) -> None:
    text = errand.source.replace("from: opened\n", "from: handling\n", 1)
    one = Errand(load(text, file="clocked.yaml"), at(2022, 7, 1))
    refusal = one.do("extend_reply_due", DESK, length="1mo")

    assert refusal is not None
    assert [("guard", "reply_due", "this deadline is not running; there is nothing to extend")] == [
        (blocker.code, blocker.about, blocker.text.en) for blocker in refusal.blockers
    ]


def test_a_clock_that_stands_still_can_be_extended(one: Errand) -> None:
    one.do("rest", DESK)

    assert None is one.do("extend_reply_due", DESK, length="1mo")


# ---------------------------------------------------------------- telling


def test_a_clock_tells_at_its_moments_and_never_before(one: Errand) -> None:
    told = {}
    for moment in (
        at(2022, 9, 23, 0) - 1, at(2022, 9, 23, 0), at(2022, 10, 1, 0), at(2022, 10, 9, 0) - 1, at(2022, 10, 9, 0),
        at(2022, 10, 15, 0), at(2022, 10, 19, 0), at(2022, 10, 22, 0),
    ):  # fmt: skip
        one.now = moment
        told[moment] = one.tick()
        assert () == one.tick(), "the same event is not told twice"

    assert [
        (), ("warn:15d", "due_soon>edu"), ("warn:7d", "due_soon>edu"), (), ("overdue", "late>edu", "late>desk"),
        ("repeat", "late>edu", "late>desk"), ("escalate:10d", "very_late>bosses"), ("repeat", "late>edu", "late>desk"),
    ] == list(told.values())  # fmt: skip


def test_after_weeks_down_only_what_still_matters_is_told(one: Errand) -> None:
    one.now = at(2022, 10, 5)
    assert "warn:7d" == one.tick()[0]
    one.now = at(2023, 11, 1)

    assert ["overdue", "repeat", "escalate:10d"] == [one.tick()[0] for _ in range(3)]
    assert () == one.tick()
    assert one.task.clocks["reply_due"]["fired"]["repeat"] > at(2023, 10, 25)


def test_an_event_is_stamped_with_the_moment_it_was_due(one: Errand) -> None:
    one.now = at(2022, 11, 1)
    one.tick()
    entry = one.entries[-1]

    assert ["timer", "reply_due", at(2022, 10, 9, 0), at(2022, 11, 1)] == [
        entry["kind"], entry["action"], entry["happened"], entry["at"],
    ]  # fmt: skip


def test_an_extension_after_the_end_lets_the_clock_tell_again(one: Errand) -> None:
    one.now = at(2022, 10, 10)
    one.tick()
    one.do("extend_reply_due", DESK, length="1mo")
    assert () == one.tick()
    one.now = at(2022, 11, 2)

    assert "overdue" == one.tick()[0]


def test_a_clock_takes_its_transition(one: Errand) -> None:
    one.do("ask_return", EDU)
    one.now = at(2022, 7, 9, 0) - 1
    assert () == one.tick("return_due")
    one.now = at(2022, 7, 9, 0)

    assert ("overdue",) == one.tick("return_due")
    assert "handling" == one.task.state
    assert ["timer", "move"] == [entry["kind"] for entry in one.entries[-2:]]


def test_a_transition_that_is_refused_is_not_taken_and_the_record_says_why(one: Errand) -> None:
    one.do("ask_return", EDU)
    one.do("hold", DESK)
    one.now = at(2022, 7, 9)
    one.tick("return_due")

    assert "asking" == one.task.state
    assert "正在复核" == one.entries[-1]["blockers"][0]["zh"]
    assert at(2022, 7, 9, 0) == one.entries[-1]["timer"]["due"]
    assert "正在复核" == one.task.clocks["return_due"]["stuck"][0]["zh"]
    assert () == one.tick("return_due")


def test_a_clock_that_is_not_there_tells_nothing(one: Errand) -> None:
    assert None is run_timer(one.lifecycle, one.file, one.task.id, "lunch", one.supply())


def test_replaying_the_records_gives_the_same_clocks(one: Errand) -> None:
    one.do("rest", DESK)
    one.now = at(2022, 7, 9)
    one.do("resume", DESK)
    one.do("extend_reply_due", DESK, length="5bd")
    one.now = at(2022, 12, 1)
    one.tick()
    replayed: File | None = None
    for entry in one.entries:
        replayed = fold(replayed, entry, one.lifecycle)

    assert replayed is not None
    assert [case.clocks for case in one.file] == [case.clocks for case in replayed]


# ---------------------------------------------------------------- explaining


def test_the_way_to_the_end_can_be_read_out(one: Errand) -> None:
    account = explain(one.deadline("reply_due"), one.task.clocks["reply_due"], china(), one.now)

    assert "running" == account.standing
    assert [
        "2022年7月1日（周五）：起算当天，不计",
        "2022年7月2日（周六）至 2022年10月1日（周六）：第 1 至 92 天",
        "期满遇休息日，顺延 7 天到 2022年10月8日（周六）",
        "到期：2022年10月8日（周六） 24 时",
    ] == [line.text.zh for line in account.lines]
    assert [
        "Fri 2022-07-01: the day it began, not counted",
        "Sat 2022-07-02 to Sat 2022-10-01: days 1 to 92",
        "the end falls on a day off and moves 7 days on, to Sat 2022-10-08",
        "due: the end of Sat 2022-10-08",
    ] == [line.text.en for line in account.lines]
    assert ["start", "counted", "moved", "due"] == [line.kind for line in account.lines]


@pytest.mark.parametrize(
    ("now", "actions", "standing"),
    [
        (at(2022, 8, 1), ["rest"], "paused"),
        (at(2022, 11, 1), [], "overdue"),
        (at(2022, 8, 1), ["drop"], "on_time"),
        (at(2022, 11, 1), ["drop"], "late"),
    ],
)
def test_how_a_clock_stands(one: Errand, now: Micros, actions: list[str], standing: str) -> None:
    one.now = now
    for action in actions:
        one.do(action, DESK)
    account = explain(one.deadline("reply_due"), one.task.clocks["reply_due"], china(), one.now)

    assert standing == account.standing
    assert (standing == "paused") == (account.end is None)
    assert at(2022, 7, 1) == account.since
    assert (now if "drop" in actions else None, now if "rest" in actions else None) == (account.ended, account.paused)


def test_working_days_are_told_one_group_after_the_other(one: Errand) -> None:
    facts = {"since": at(2022, 9, 29), "pauses": [[at(2022, 10, 10), at(2022, 10, 12)]]}
    bd = Deadline("x", "task", (Duration(6, "bd"),))
    account = explain(bd, facts, china(), one.now)

    assert [
        "2022年9月29日（周四）：起算当天，不计",
        "2022年9月30日（周五）：第 1 个工作日",
        "2022年10月1日（周六）至 2022年10月7日（周五）：休息，不计（7 天）",
        "2022年10月8日（周六）至 2022年10月9日（周日）：调休上班，第 2 至 3 个工作日",
        "2022年10月10日（周一）：第 4 个工作日",
        "2022年10月11日（周二）至 2022年10月12日（周三）：停计，补还（2 天）",
        "2022年10月13日（周四）至 2022年10月14日（周五）：第 5 至 6 个工作日",
        "到期：2022年10月14日（周五） 24 时",
    ] == [line.text.zh for line in account.lines]


def test_hours_fixed_dates_and_years_not_announced_are_told(one: Errand) -> None:
    hours = Deadline("h", "", (Duration(48, "h"),))
    fixed = Deadline("f", "", (date(2027, 3, 1),), roll=False)
    later = Deadline("l", "", (Duration(5, "bd"),))
    texts = [
        [line.text.zh for line in explain(each, {"since": at(2026, 12, 30)}, china(), one.now).lines]
        for each in (hours, fixed, later)
    ]

    assert ["48 小时，按钟点连续计算，不扣休息日", "到期：2027-01-01 10:00"] == texts[0]
    assert ["期限是固定日期：2027年3月1日（周一）", "到期：2027年3月1日（周一） 24 时"] == texts[1]
    assert "2027 年的放假安排尚未公布，暂按周末和日期固定的法定节日推算" in texts[2]
    assert texts[2][-1].endswith("（暂定）")


def test_what_a_moment_and_a_length_come_to_is_told_the_same_way() -> None:
    end, lines = explain_duration(at(2022, 9, 30), Duration(1, "bd"), china())

    assert date(2022, 10, 8) == end.last
    assert [
        ("start", "Fri 2022-09-30: the day it began, not counted"),
        ("off", "Sat 2022-10-01 to Fri 2022-10-07: off, not counted (7 days)"),
        ("counted", "Sat 2022-10-08: worked in exchange for a holiday, working day 1"),
        ("due", "due: the end of Sat 2022-10-08"),
    ] == [(line.kind, line.text.en) for line in lines]


def test_a_period_that_was_kept_once_is_kept_again(one: Errand) -> None:
    facts = one.task.clocks["reply_due"]
    kept = clocks.with_period(one.deadline("reply_due"), facts)

    assert {**facts, "period": {"terms": ["3mo"], "latest": False, "roll": True}} == kept
    assert kept == clocks.with_period(one.deadline("return_due"), kept)


def test_a_date_that_was_taken_from_the_case_is_kept_as_its_period() -> None:
    facts = {"since": at(2022, 7, 1), "on": "2022-10-08"}

    assert ["2022-10-08"] == clocks.with_period(Deadline("x", "task", (), field="by"), facts)["period"]["terms"]


@pytest.mark.parametrize(
    ("now", "actions", "kept"),
    [
        (at(2022, 8, 1), [], None),
        (at(2022, 10, 9, 0) - 1, [], None),
        (at(2022, 10, 9, 0), [], False),
        (at(2022, 8, 1), [("sign", EDU), ("reply", EDU)], True),
        (at(2022, 11, 1), [("sign", EDU), ("reply", EDU)], False),
        (at(2022, 8, 1), [("drop", DESK)], None),
        (at(2022, 11, 1), [("drop", DESK)], False),
        (at(2022, 8, 1), [("rest", DESK)], None),
    ],
)
def test_whether_a_deadline_was_kept(
    one: Errand, now: Micros, actions: list[tuple[str, Actor]], kept: bool | None
) -> None:
    one.now = now
    for action, actor in actions:
        one.do(action, actor)

    assert kept is clocks.kept_in_time(one.deadline("reply_due"), one.task, china(), one.now)
    assert None is clocks.kept_in_time(one.deadline("return_due"), one.task, china(), one.now), "it never began"


def test_word_that_the_end_has_moved_goes_to_those_whom_its_end_concerns(one: Errand) -> None:
    deadline = one.deadline("reply_due")
    _, step = note_moved(one.lifecycle, one.file, one.task.id, deadline, at(2022, 10, 1), at(2022, 10, 9), one.supply())

    assert [("edu", "due_moved", False), ("desk", "due_moved", False)] == [
        (notice.to, notice.template, notice.urgent) for notice in step.notices
    ]


def test_a_deadline_is_offered_for_extension_whatever_the_length(one: Errand) -> None:
    offered = why(one.lifecycle, one.file, one.task.id, "extend_reply_due", DESK, one.now, china())
    one.do("drop", DESK)
    ended = why(one.lifecycle, one.file, one.task.id, "extend_reply_due", DESK, one.now, china())

    assert () == offered
    assert ended


def test_what_a_clock_told_is_no_step_to_be_judged_by_another_version(one: Errand) -> None:
    one.now = at(2022, 9, 24)
    assert one.tick()[0].startswith("warn:")
    source = one.lifecycle.source.replace("version: 1\n", "version: 2\n", 1)
    new = load(source, file="clocked.yaml")
    versions = {1: one.lifecycle, 2: new}
    found = forecast(hop(one.lifecycle, new), one.file, one.entries, versions.__getitem__, china(), one.now)

    assert ("same", ()) == (found.sort, found.reasons)
    assert found.after is not None
    assert one.task.clocks == found.after.parts[0].clocks


def test_a_running_clock_that_another_version_does_not_have_holds_the_case_back(one: Errand) -> None:
    gone = "  plan_due: {latest: [settings.by_day, 1mo], until: done}\n"
    assert gone in one.lifecycle.source
    new = load(one.lifecycle.source.replace("version: 1\n", "version: 2\n", 1).replace(gone, ""), file="clocked.yaml")
    versions = {1: one.lifecycle, 2: new}
    found = forecast(hop(one.lifecycle, new), one.file, one.entries, versions.__getitem__, china(), one.now)

    assert ("held", [("deadline_gone", "plan_due")]) == (
        found.sort,
        [(each.code, each.about) for each in found.reasons],
    )
