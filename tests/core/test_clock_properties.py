"""What holds for every clock, whatever happens to its case."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.test_clocks import DESK, EDU, Errand
from workflow.core import clocks
from workflow.core.calendar import OFFICE_ZONE, Calendar, china, micros
from workflow.core.explaining import Account, explain, explain_duration
from workflow.core.fold import fold
from workflow.core.model import Duration, File, Micros
from workflow.core.reckoning import Pause, Reckoned, reckon
from workflow.loading import load_path

ERRAND = load_path(Path(__file__).parents[1] / "clocked.yaml")
HOUR = 3_600_000_000
COUNTED = ("start", "counted", "off", "paused", "moved")  # the kinds of line that speak of days
quickly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

moments = st.builds(
    lambda day, hour: micros(datetime.combine(day, time(hour), OFFICE_ZONE)),
    st.dates(date(2021, 1, 1), date(2027, 6, 30)),
    st.integers(0, 23),
)
days = st.builds(Duration, st.integers(1, 60), st.sampled_from(["d", "bd"]))
lengths = st.builds(Duration, st.integers(1, 40), st.sampled_from(["d", "bd"]))


@st.composite
def pauses_from(draw: st.DrawFn, since: Micros) -> list[Pause]:
    """Up to three pauses, one after the other."""
    found, at = [], since
    for _ in range(draw(st.integers(0, 3))):
        begin = at + draw(st.integers(1, 40 * 24)) * HOUR
        at = begin + draw(st.integers(1, 20 * 24)) * HOUR
        found.append((begin, at))
    return found


@st.composite
def periods(draw: st.DrawFn) -> tuple[Micros, Duration, list[Duration], list[Pause], bool]:
    since = draw(moments)
    return since, draw(days), draw(st.lists(lengths, max_size=2)), draw(pauses_from(since)), draw(st.booleans())


def still(pauses: list[Pause]) -> set[date]:
    """The days of the pauses but the first of each, by the office's calendar: written out anew."""
    found = set()
    for begin, end in pauses:
        first = datetime.fromtimestamp(begin / 1e6, OFFICE_ZONE).date()
        last = datetime.fromtimestamp(end / 1e6, OFFICE_ZONE).date()
        found |= {first + timedelta(days=n) for n in range(1, (last - first).days + 1)}
    return found


def reckoned(
    since: Micros, term: Duration, extensions: list[Duration], pauses: list[Pause], calendar: Calendar, *, roll: bool
) -> Reckoned:
    return reckon(since, [term], calendar, roll=roll, extensions=extensions, pauses=pauses)


@given(periods())
@quickly
def test_every_day_on_the_way_is_one_thing_and_the_counted_ones_are_the_term(
    period: tuple[Micros, Duration, list[Duration], list[Pause], bool],
) -> None:
    since, term, extensions, pauses, roll = period
    end = reckoned(since, term, extensions, pauses, china(), roll=roll)
    walked = [day.day for day in end.days]

    assert {timedelta(days=1)} >= {after - before for before, after in pairwise(walked)}
    assert end.last == walked[-1]
    assert term.n + sum(each.n for each in extensions) == sum(day.kind == "counted" for day in end.days)
    assert still(pauses) & set(walked[1:]) >= {day.day for day in end.days if day.kind == "paused"}
    if roll:
        assert china().works(end.last)


@given(periods())
@quickly
def test_a_pause_gives_back_each_of_its_days_once_and_no_more(
    period: tuple[Micros, Duration, list[Duration], list[Pause], bool],
) -> None:
    since, term, extensions, pauses, _ = period
    term = Duration(term.n, "d")
    extensions = [Duration(each.n, "d") for each in extensions]
    without = reckoned(since, term, extensions, [], china(), roll=False)
    end = reckoned(since, term, extensions, pauses, china(), roll=False)
    reached = {day for day in still(pauses) if end.days[0].day < day <= end.last}

    assert timedelta(days=len(reached)) == end.last - without.last


@given(moments, st.integers(1, 60), st.data())
@quickly
def test_working_days_not_worked_are_not_given_back_a_second_time(since: Micros, n: int, data: st.DataObject) -> None:
    pauses = data.draw(pauses_from(since))
    end = reckoned(since, Duration(n, "bd"), [], pauses, china(), roll=True)
    given_back = still(pauses)
    expected, left = end.days[0].day, n
    while left:
        expected += timedelta(days=1)
        left -= expected not in given_back and china().works(expected)

    while not china().works(expected):
        expected += timedelta(days=1)
    assert expected == end.last


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["rest", "resume", "sign", "wait", "go_on", "ask_return", "reject", "reply", "extend", "tick"]),
        st.integers(0, 30 * 24),
        st.sampled_from(["3d", "5bd", "1mo", "20bd", "2mo", "3mo"]),
    ),
    max_size=14,
)


def lived(events: list[tuple[str, int, str]], begun: Micros) -> Errand:
    """An errand to which these things happened, as far as each could."""
    one = Errand(ERRAND, begun)
    for each in events:
        happen(one, *each)
    return one


def happen(one: Errand, action: str, hours: int, length: str) -> None:
    """So many hours later, if it can."""
    one.now += hours * HOUR
    if action == "tick":
        one.tick()
    elif action == "extend":
        one.do("extend_reply_due", DESK, length=length)
    else:
        one.do(action, DESK if action in ("rest", "resume", "reject") else EDU)


def spoken_days(account: Account) -> list[date]:
    """Every day that the account speaks of, in its order."""
    lines = [line for line in account.lines if line.kind in COUNTED and line.text.en.find("if it went on") < 0]
    return [line.first + timedelta(days=n) for line in lines for n in range((line.last - line.first).days + 1)]


@given(EVENTS, moments)
@quickly
def test_the_days_that_are_told_add_up_to_the_end(events: list[tuple[str, int, str]], begun: Micros) -> None:
    one = lived(events, begun)
    deadline = one.deadline("reply_due")
    facts = one.task.clocks["reply_due"]
    account = explain(deadline, facts, china(), one.now)
    end = account.end or clocks.reading(deadline, facts, china(), one.now)
    told = spoken_days(account)

    assert end is not None
    assert {timedelta(days=1)} >= {after - before for before, after in pairwise(told)}, "no day twice, none left out"
    assert (datetime.fromtimestamp(begun / 1e6, OFFICE_ZONE).date(), end.last) == (told[0], told[-1])
    assert (account.end is None) == (account.standing == "paused")


@given(EVENTS, moments)
@quickly
def test_extensions_never_lead_beyond_their_cap(events: list[tuple[str, int, str]], begun: Micros) -> None:
    """Counted when one is granted, and to the beginning of a pause that lasts: what the pause adds moves both ends, over
    different months perhaps.
    """
    one = Errand(ERRAND, begun)
    deadline = one.deadline("reply_due")
    assert deadline.extend is not None
    granted = 0
    for each in (*events, ("extend", 1, "1mo"), ("extend", 1, "20bd")):
        happen(one, *each)
        facts = one.task.clocks["reply_due"]
        if len(facts.get("extended", ())) == granted:
            continue
        granted += 1
        now = facts["pauses"][-1][0] if clocks.paused(facts) else None
        capped = {**facts, "extended": [str(deadline.extend.up_to)]}
        end, most = (clocks.reading(deadline, each, china(), now) for each in (facts, capped))

        assert end is not None
        assert most is not None
        assert end.due <= most.due
    assert granted <= deadline.extend.times


@given(EVENTS, moments)
@quickly
def test_whatever_happened_the_records_give_the_same_clocks(events: list[tuple[str, int, str]], begun: Micros) -> None:
    one = lived(events, begun)
    replayed: File | None = None
    for entry in one.entries:
        replayed = fold(replayed, entry, ERRAND)

    assert replayed is not None
    assert [case.clocks for case in one.file] == [case.clocks for case in replayed]


@given(moments, days)
@quickly
def test_a_date_plus_a_duration_is_told_without_a_case(since: Micros, length: Duration) -> None:
    end, lines = explain_duration(since, length, china())

    assert end == reckon(since, [length], china())
    assert ("start", "due") == (lines[0].kind, lines[-1].kind)
