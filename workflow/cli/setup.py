"""`init` and `demo`: making a database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from workflow.cli import times
from workflow.cli.command import command, option
from workflow.cli.desk import DATABASE, Desk, sqlite_file
from workflow.cli.language import said, say, spoken
from workflow.cli.phrases import both
from workflow.cli.progress import progress
from workflow.cli.table import print_table
from workflow.cli.width import wrap
from workflow.core.errors import InputInvalid, WorkflowError
from workflow.core.hashing import hash_name
from workflow.core.model import Text

if TYPE_CHECKING:
    from workflow import Engine
    from workflow.demo import Year, YearClock


@command(
    option("--log-hash", "hash", type=click.Choice(["sha256", "sm3"]), zh="审计日志用哪种摘要算法（默认 sha256）；只能在有记录之前选定", en="the hash of the audit log (sha256); chosen before anything is recorded, and never changed"),
    zh="再次运行没有害处：已有的表和数据不动，旧版的表升级到新版。要求国密算法的系统，首次运行时加 --log-hash sm3。",
    en="Running it again does no harm: what is there stays; tables of an older release are brought up to date. A system that must use the Chinese "
    "hash SM3 says --log-hash sm3 the first time.",
    gives='`{"database", "ready", "log", "hash"}`; `log` is the origin of the audit log.',
)  # fmt: skip
def init(desk: Desk, hash: Literal["sha256", "sm3"] | None) -> None:
    """Create the tables, or bring them up to date."""
    engine = desk.prepare()
    engine.create()
    if hash is not None:
        from workflow.trail import begin

        begin(engine, hash)
    chosen = hash_name(engine.origin)

    def human() -> None:
        click.echo(say(f"数据库已就绪：{desk.shown_db}", f"the database is ready: {desk.shown_db}"))
        if chosen != "sha256":
            click.echo(say(f"审计日志用 {chosen.upper()}", f"the hash of its audit log is {chosen.upper()}"))
        click.echo(say("接下来：", "next:"))
        for line in ("lifecycle publish proposal opinion", "people add …", "open proposal --as … title=…"):
            click.echo(f"  {_command(desk, line)}")

    desk.answer({"database": desk.shown_db, "ready": True, "log": engine.origin, "hash": chosen}, human)


@command(
    option("--seed", type=int, default=2022, metavar="N", zh="种子：同一种子得到同样的一年（默认 2022）", en="the same seed makes the same year (2022)"),
    option("--force", is_flag=True, zh="替换已有的数据库文件", en="replace the database file that is there"),
    zh="用公开的接口、按 2022 年的日期，一条命令一条命令地办完一年，再从记录算出统计。",
    en="The year goes through the public API, command by command on the dates of 2022; then the figures are computed "
    "from the records.",
    gives='`{"database", "commands", "refused", "agrees", "figures": [{"label", "computed", "printed", "agrees"}], "invented", '
    '"looks": [{"command", "zh", "en"}], "reports"}`; `reports` are two as from `casework report`.',
)  # fmt: skip
def demo(desk: Desk, seed: int, force: bool) -> None:
    """Build the county's year, and print its figures beside the computed ones."""
    from workflow.demo import YearClock, build_year

    clock = YearClock(seed)
    with _building_site(desk, force) as url, progress(say("办理 2022 年", "the year 2022")) as move:
        engine = _engine(url, clock)
        try:
            engine.create()
            _must_be_empty(engine)
            year = build_year(
                engine, clock.set, seed=seed, progress=lambda done, of, at: move(done, of, times.stamp(at)[:10])
            )
        finally:
            engine.close()
    data = {
        "database": desk.shown_db,
        "commands": year.commands,
        "refused": year.refused,
        "agrees": year.agrees,
        "figures": [
            {"label": both(each.label), "computed": each.computed, "printed": both(each.printed), "agrees": each.agrees}
            for each in year.lines
        ],
        "invented": both(year.invented),
        "looks": [{"command": _command(desk, each.command), **both(each.about)} for each in year.looks],
        "reports": [each.as_json(spoken()) for each in (year.opinions, year.proposals)],
    }
    desk.answer(data, lambda: _print(desk, year))
    if not year.agrees:
        raise WorkflowError(Text(zh="有数字与原文不符", en="a figure differs from what the county printed"))


@contextmanager
def _building_site(desk: Desk, force: bool) -> Iterator[str]:
    """The address to build at: beside the SQLite file, which is put in place when the year is whole."""
    path = sqlite_file(desk.db)
    if path is None:
        from workflow.store.addresses import address

        yield address(desk.db)
        return
    if path.exists() and not force:
        raise InputInvalid(
            Text(
                zh=f"{path} 已经存在；示例要建在新文件里：用 --db 另指一个，或用 --force 替换它",
                en=f"{path} is there already; the demonstration needs a file of its own: name another with --db, "
                "or replace this one with --force",
            )
        )
    site = path.with_name(f"{path.name}.building")
    _clear(site)
    try:
        yield f"sqlite:///{site}"
        _clear(path)
        site.replace(path)
    finally:
        _clear(site)


def _must_be_empty(engine: Engine) -> None:
    if engine.find(limit=1) or engine.people.list():
        raise InputInvalid(
            Text(
                zh="数据库里已有人员或办件；示例须建在空的数据库里，请用 --db 另指一个",
                en="the database has people or cases already; the demonstration needs an empty one: name another with --db",
            )
        )


def _clear(path: Path) -> None:
    for each in (path, *(path.with_name(path.name + tail) for tail in ("-wal", "-shm", "-journal"))):
        each.unlink(missing_ok=True)


def _engine(url: str, clock: YearClock) -> Engine:
    from workflow import Engine

    return Engine(url, clock=clock, ids=clock.new_id)


def _print(desk: Desk, year: Year) -> None:
    click.echo(
        say(
            f"一年办完：{year.commands} 条命令，其中 {year.refused} 条按规定被拒绝。",
            f"the year is done: {year.commands} commands, {year.refused} of them refused as they must be.",
        )
    )
    click.echo()
    headings = say("指标 由记录算出 依据 原文印出 相符", "figure computed basis printed agrees").split()
    rows = [
        [
            said(each.label),
            each.computed,
            said(each.basis),
            said(each.printed),
            say("是", "yes") if each.agrees else say("否", "NO"),
        ]
        for each in year.lines
    ]
    print_table(headings, rows, numbers=(1,))
    click.echo()
    for line in wrap(said(year.invented), 80):
        click.echo(line)
    click.echo()
    click.echo(say("再看：", "go on with:"))
    for line in ("report opinion --year 2022", "report proposal --year 2022", "list proposal", "people list"):
        click.echo(f"  {_command(desk, line)}")
    click.echo()
    click.echo(say("期限、提醒和逾期：", "deadlines, reminders and what is overdue:"))
    for look in year.looks:
        click.echo(f"  {_command(desk, look.command)}")
        click.echo(click.style(f"      {said(look.about)}", dim=True))


def _command(desk: Desk, line: str) -> str:
    """`line` as a command for this desk's database."""
    return f"casework {line}" if desk.db == DATABASE else f"casework --db {desk.shown_db} {line}"
