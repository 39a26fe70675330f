"""`lifecycle simulate`: thousands of cases that nobody has, before a lifecycle meets the first real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workflow.cli import times
from workflow.cli.command import argument, command, option
from workflow.cli.desk import Desk
from workflow.cli.language import say
from workflow.cli.lifecycle.files import PROFILE, load_file, paths
from workflow.cli.progress import progress
from workflow.core.errors import InputInvalid, LifecycleInvalid, Problem
from workflow.core.model import Lifecycle, Micros, Place, Text

if TYPE_CHECKING:
    from workflow.simulating.checks import Fault
    from workflow.simulating.habits import Habits, Pace
    from workflow.simulating.simulation import Order, Simulated

CASES = 1000
YEARS = (1950, 2200)


@command(
    argument("file", metavar="FILE", zh="流程文件，或自带流程的名称（proposal、opinion）", en="a lifecycle file, or the name of a shipped one"),
    PROFILE,
    option("--cases", type=click.IntRange(1, 10_000_000), metavar="N", zh="多少件（默认 1000；--fit 时为记录里的件数）", en="how many cases (1000; with --fit as many as were recorded)"),
    option("--seed", type=click.IntRange(0), default=1, metavar="N", zh="随机种子：相同则结果相同（默认 1）", en="the seed: the same one gives the same result (1)"),
    option("--case", type=click.IntRange(0), metavar="N", zh="只走第 N 件（从 0 起），列出全部经过", en="walk case N alone (from 0), and list its whole course"),
    option("--weights", metavar="FILE", zh="办事习惯：权重、时长、取值（YAML）", en="habits: weights, durations, values (YAML)"),
    option("--arrivals", metavar="PACE", zh="两件之间隔多久，如 'exponential 0.25bd'", en="the time between two arrivals, e.g. 'exponential 0.25bd'"),
    option("--durations", metavar="PACE", zh="没有另写的动作要多久，如 'lognormal 3bd 10bd'", en="how long a step takes, e.g. 'lognormal 3bd 10bd'"),
    option("--fit", is_flag=True, zh="从数据库（--db）的记录学习习惯和来件节奏", en="learn habits and arrivals from the records of the database (--db)"),
    option("--since", metavar="DATE", zh="从哪天开始（默认日历里最近公布的一年）", en="the first day (by default of the last year announced)"),
    option("--jobs", type=click.IntRange(1, 256), default=1, metavar="N", zh="用几个进程（不影响结果）", en="how many processes (the result is the same)"),
    option("--csv", "csv_file", type=click.Path(path_type=Path), metavar="FILE", zh="另把全部数字写到这个 CSV 文件", en="also write all figures to this CSV file"),
    option("--compare", metavar="FILE", zh="同样的件再走另一份流程，列出不同的数字", en="walk the same cases through another lifecycle too, and list what differs"),
    zh="人按流程的角色生成，时间按工作日历走；每走一步都检查约束、记录、时限、通知和待办。查出问题时退出码为 2。"
    "习惯未说明时：通向办结的动作权重 1，其他去向 0.05；人手不够不会排队，忙闲是结果。",
    en="People are made up from the roles, time runs by the office's calendar; after each step the invariants, the records, "
    "the clocks, the notices and the to-do lists are checked. Exit code 2 where something is wrong. Without habits, what "
    "leads towards a successful end has the weight 1, other ways 0.05; nobody queues: how busy people are is a result.",
    gives='`{"lifecycle", "version", "seed", "cases", "records", "unopened", "unfinished", "outcomes", "states", "deadlines", "roles", '
    '"months", "never_taken", "never_accepted", "findings": [{"code", "about", "zh", "en", "place", "cases", "first", "steps", "course"}]}`, '
    'times in working days; with `--compare` also `"compared"`, `"differs"`; with `--case` `{"case", "state", "outcome", "course", "faults"}`.',
)  # fmt: skip
def simulate(
    desk: Desk, file: str, profile: str | None, cases: int | None, seed: int, case: int | None, weights: str | None,
    arrivals: str | None, durations: str | None, fit: bool, since: str | None, jobs: int, csv_file: Path | None,
    compare: str | None,
) -> None:  # fmt: skip
    """Walk the cases, print what came of it, and fail where anything was wrong."""
    from workflow.cli.lifecycle.simulated import print_compared, print_course, print_report, write_csv
    from workflow.simulating.report import alone, compared, report
    from workflow.simulating.simulation import walk_alone

    lifecycle = load_file(_one(file), profile)
    other = None if compare is None else load_file(_one(compare), profile)
    if csv_file is not None and csv_file.exists():
        raise InputInvalid(
            Text(zh=f"{csv_file} 已经存在；请另取一个名字", en=f"{csv_file} is there already; take another name")
        )
    order = _order(desk, lifecycle, cases, seed, _habits(weights, lifecycle, arrivals, durations), since, fit=fit)
    if case is not None:
        walked = walk_alone(order, case)
        desk.answer(alone(walked, case), lambda: print_course(walked, case))
        _complain(_one(file), [(fault, 1, case) for fault in walked.faults.values()], seed)
        return
    done = _walk(order, jobs)
    data = report(done)
    if other is not None:
        second = report(_walk(replace(order, lifecycle=other), jobs))
        data |= {"compared": str(compare), "differs": [list(each) for each in compared(data, second)]}
    if csv_file is not None:
        write_csv(csv_file, data)

    def human() -> None:
        print_report(lifecycle, data, done)
        if other is not None:
            print_compared(lifecycle, str(compare), data["differs"])

    desk.answer(data, human)
    _complain(_one(file), [(each.fault, each.cases, each.first) for each in done.findings], seed)


def _one(name: str) -> Path:
    found = paths([name])
    if len(found) != 1:
        raise InputInvalid(
            Text(zh=f"{name} 里不止一个流程；请写出文件", en=f"{name} has several lifecycles; name the file")
        )
    return found[0]


def _habits(weights: str | None, lifecycle: Lifecycle, arrivals: str | None, durations: str | None) -> Habits:
    from workflow.simulating.habits import Habits
    from workflow.simulating.habits_file import read_habits

    habits = Habits() if weights is None else read_habits(weights, lifecycle)
    if arrivals is not None:
        habits = replace(habits, arrivals=_pace("--arrivals", arrivals))
    return habits if durations is None else replace(habits, usual=_pace("--durations", durations))


def _pace(name: str, text: str) -> Pace:
    from workflow.simulating.habits import Pace
    from workflow.simulating.habits_file import PACE_RULE

    try:
        return Pace.parse(text)
    except ValueError:
        raise InputInvalid(
            Text(zh=f"{name} 的“{text}”看不懂{PACE_RULE.zh}", en=f"cannot make sense of {name} {text!r}{PACE_RULE.en}")
        ) from None


def _order(
    desk: Desk, lifecycle: Lifecycle, cases: int | None, seed: int, habits: Habits, since: str | None, *, fit: bool
) -> Order:
    from workflow.core.calendar import OFFICE_ZONE, china, micros
    from workflow.simulating.simulation import Order

    calendar = china()
    begins = micros(datetime.combine(date(calendar.last, 1, 1), time(), OFFICE_ZONE))
    if fit:
        from workflow.simulating.fitting import fit as learn

        calendar = desk.engine.calendar()
        learnt = learn(desk.engine, lifecycle, habits)
        habits, begins, cases = learnt.habits, learnt.begins, cases or learnt.cases
    return Order(lifecycle, habits, calendar, begins if since is None else _day(since), seed, cases or CASES)


def _day(since: str) -> Micros:
    from workflow.core.calendar import local

    at = times.moment(since)
    if not YEARS[0] <= local(at).year <= YEARS[1]:
        raise InputInvalid(
            Text(
                zh=f"--since 的年份须在 {YEARS[0]} 至 {YEARS[1]} 之间",
                en=f"--since: a year from {YEARS[0]} to {YEARS[1]}",
            )
        )
    return at


def _walk(order: Order, jobs: int) -> Simulated:
    from workflow.simulating.simulation import simulate as walk

    with progress(say("模拟", "simulating")) as move:
        return walk(order, jobs=jobs, progress=lambda done, of: move(done, of, f"{done}/{of}"))


def _complain(file: Path, faults: Sequence[tuple[Fault, int, int]], seed: int) -> None:
    """Exit as for any file with problems; each says in how many cases it was met, and how to see it again."""
    problems = [
        Problem(
            fault.place if fault.place.line else Place(str(file), 1, 1),
            f"simulated_{fault.code}",
            Text(
                zh=f"{fault.text.zh}；{cases} 件遇到，用 --seed {seed} --case {first} 可重现第一件",
                en=f"{fault.text.en}; in {cases} cases, the first is seen again with --seed {seed} --case {first}",
            ),
        )
        for fault, cases, first in faults
    ]
    if problems:
        raise LifecycleInvalid(problems)
