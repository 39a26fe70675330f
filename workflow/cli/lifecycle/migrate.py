"""`lifecycle migrate`: running cases brought to another version; looked at first, then moved, and taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workflow.cli import names
from workflow.cli.command import argument, command, option, suggest
from workflow.cli.desk import Desk
from workflow.cli.language import said, say
from workflow.cli.lifecycle.files import PROFILE, load_file
from workflow.cli.lifecycle.versions import LIFECYCLE, NUMBER
from workflow.cli.phrases import blockers_json, both
from workflow.cli.progress import progress
from workflow.cli.table import print_table
from workflow.core.errors import InputInvalid, NotFound
from workflow.core.model import Blocker, Text

if TYPE_CHECKING:
    from workflow.core.migrating import Hop, Sort
    from workflow.migrating import Line

STAYED = 3  # exit code where cases stayed behind
EXAMPLES = 3  # cases named for each reason
REASONS = 20  # lines of reasons, unless all cases are listed

FROM = argument("source", metavar="FROM", type=NUMBER, zh="从哪一版", en="from which version")
TO = argument("target", metavar="TO", type=NUMBER, zh="到哪一版", en="to which version")
ONE = option("--case", metavar="CASE", shell_complete=suggest("cases"), zh="只这一件", en="only this case")
EVERY = option("--list", "every", is_flag=True, zh="逐件列出", en="list every case")
NOTE = option("--note", metavar="TEXT", zh="为什么，写入每一件的记录", en="why; it is recorded with every case")
SORTS = {
    "same": Text("状态不变", "same state"),
    "mapped": Text("按对照迁移", "moved as mapped"),
    "differs": Text("办法不同", "differs"),
    "held": Text("暂不能迁", "held back"),
    "undone": Text("已撤回", "taken back"),
    "moved_on": Text("已有后续办理", "moved on"),
    "too_late": Text("已过撤回期限", "too late"),
}
MOVING = ("same", "mapped", "differs", "held")
RETURNING = ("undone", "moved_on", "too_late")
_SHAPE = (
    '`{"lifecycle", "from", "to", "running", "moved", "counts", "reasons": [{"sort", "count", "action", "code", "about", "zh", "en", "examples"}], '
    '"cases": [{"case", "number", "title", "sort", "from", "to", "seq", "action", "reasons": [{"code", "about", "zh", "en"}], "moved"}]}`; '
    "`cases` only with --list. "
)


@dataclass
class Reason:
    """Why cases of a sort differ or stay: what was said of the first of them, how many, and some of their names."""

    sort: str
    action: str
    blocker: Blocker
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class Tally:
    """What is kept of the lines that pass: counts, reasons with some examples, and the lines themselves if asked for."""

    keep: bool
    counts: Counter[str] = field(default_factory=Counter)
    moved: int = 0
    reasons: dict[tuple[str, ...], Reason] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def take(self, line: Line) -> None:
        """One more case."""
        self.counts[line.sort] += 1
        self.moved += line.moved
        if self.keep:
            self.lines.append(line)
        if line.reasons:
            first = line.reasons[0]
            key = line.sort, line.action, first.code, first.about or ""
            reason = self.reasons.setdefault(key, Reason(line.sort, line.action, first))
            reason.count += 1
            if len(reason.examples) < EXAMPLES:
                reason.examples.append(names.root_called(line.number, line.case))

    @property
    def all(self) -> int:
        """How many cases there were."""
        return self.counts.total()


@command(
    LIFECYCLE,
    FROM,
    argument("target", metavar="TO", zh="到哪一版：版本号，或尚未发布的文件", en="to which version, or a file that is not published yet"),
    ONE,
    EVERY,
    PROFILE,
    zh="把每件在办的记录按新版重演一遍，分成四类：状态不变、按对照迁移（migrate:）、从某一步起办法不同、暂不能迁。只看不写。",
    en="Replays the records of every running case by the new version and sorts the cases: same state, moved as mapped "
    "(`migrate:`), differs from some record on, held back. Nothing is written.",
    gives=_SHAPE + "`counts` is by sort: same, mapped, differs, held.",
)  # fmt: skip
def plan(
    desk: Desk, lifecycle: str, source: int, target: str, case: str | None, every: bool, profile: str | None
) -> None:
    """What would become of the running cases."""
    from workflow import migrating

    to = int(target) if target.isdecimal() else load_file(_file(target), profile)
    way = migrating.between(desk.engine, names.lifecycle(desk.engine, lifecycle).name, source, to)
    tally = _run(desk, way, migrating.plan(desk.engine, way, case=case), case, every, say("核对", "looking"))

    def human() -> None:
        if _tell(way, tally, MOVING):
            click.echo(_advice(way, tally.counts, published=isinstance(to, int)))

    desk.answer(_json(way, tally), human)


def _file(target: str) -> Path:
    path = Path(target)
    if not path.is_file():
        raise InputInvalid(
            Text(
                f"“{target}”既不是版本号（如 2），也不是文件；casework lifecycle versions 列出各版",
                f"{target!r} is neither a version such as 2 nor a file; `casework lifecycle versions` lists them",
            )
        )
    return path


def _advice(way: Hop, counts: Mapping[str, int], *, published: bool) -> str:
    free = counts["same"] + counts["mapped"]
    zh = [f"可迁 {free} 件"]
    en = [f"{free} can move"]
    if counts["differs"]:
        zh.append(f"{counts['differs']} 件办法不同，看过后可加 --also differs 一并迁移，或在 migrate: states: 里写明")
        en.append(
            f"{counts['differs']} differ: move them with --also differs once you have looked, or map their states"
        )
    if counts["held"]:
        zh.append(f"{counts['held']} 件暂不能迁，请按上面的原因修改新文件（已发布的须另发一版）")
        en.append(
            f"{counts['held']} are held back: mend the new file as said above (a published one needs a new version)"
        )
    words = f"{way.old.name} {way.old.version} {way.new.version}"
    if not free and not counts["differs"]:
        return say("；".join(zh) + "。", "; ".join(en) + ".")
    if published:
        zh.append(f"下一步：casework lifecycle migrate apply {words}")
        en.append(f"next: casework lifecycle migrate apply {words}")
    else:
        zh.append(f"下一步：casework lifecycle publish {way.new.file}")
        en.append(f"next: casework lifecycle publish {way.new.file}")
    return say("；".join(zh) + "。", "; ".join(en) + ".")


@command(
    LIFECYCLE, FROM, TO, ONE,
    option("--also", type=click.Choice(("differs",)), metavar="differs", zh="办法不同的也迁", en="those that differ too"),
    NOTE, EVERY,
    zh="先用 plan 看。状态不变的和按对照的会迁；每件一笔事务、一条记录，须用 --as。中断后再运行一次即接着办。有件留下时退出码为 3。",
    en="Look with `plan` first. Cases in the same state and mapped ones move, each in its own transaction and with a record, "
    "so it needs --as. After an interruption, run it again: it goes on. The exit code is 3 where cases stayed behind.",
    gives=_SHAPE,
)  # fmt: skip
def apply(
    desk: Desk,
    lifecycle: str,
    source: int,
    target: int,
    case: str | None,
    also: str | None,
    note: str | None,
    every: bool,
) -> None:
    """Move the running cases."""
    from workflow import migrating

    actor = desk.actor()
    way = migrating.between(desk.engine, names.lifecycle(desk.engine, lifecycle).name, source, target)
    more: tuple[Sort, ...] = ("differs",) if also else ()
    lines = migrating.apply(desk.engine, way, actor, also=more, note=note, case=case)
    tally = _run(desk, way, lines, case, every, say("迁移", "moving"))
    left, come, stay = way.old.version, tally.moved, tally.all - tally.moved
    _answer(desk, way, tally, MOVING, say(
        f"已迁到第 {way.new.version} 版 {come} 件，留在第 {left} 版 {stay} 件。",
        f"{come} moved to version {way.new.version}, {stay} stayed in version {left}.",
    ))  # fmt: skip


@command(
    LIFECYCLE, FROM, TO, ONE, NOTE, EVERY,
    zh="FROM、TO 与迁移时相同。只撤回迁移以后没有任何办理的件，且须在期限之内（migrate: undo，默认 14 天）；"
    "其余列出，留在新版，退出码为 3。记录在案，须用 --as。",
    en="FROM and TO as when they moved. Only cases to which nothing has happened since are taken back, and only for a time "
    "(`migrate: undo`, 14 days); the others are listed and stay, and the exit code is 3. It is recorded, so it needs --as.",
    gives=_SHAPE + "`counts` is by sort: undone, moved_on, too_late.",
)  # fmt: skip
def undo(desk: Desk, lifecycle: str, source: int, target: int, case: str | None, note: str | None, every: bool) -> None:
    """Take a migration back."""
    from workflow import migrating

    actor = desk.actor()
    way = migrating.between(desk.engine, names.lifecycle(desk.engine, lifecycle).name, source, target)
    lines = migrating.undo(desk.engine, way, actor, note=note, case=case)
    tally = _run(desk, way, lines, case, every, say("撤回", "taking back"))
    _answer(desk, way, tally, RETURNING, say(
        f"撤回到第 {way.old.version} 版 {tally.moved} 件，留在第 {way.new.version} 版 {tally.all - tally.moved} 件。",
        f"{tally.moved} taken back to version {way.old.version}, {tally.all - tally.moved} stay in version {way.new.version}.",
    ))  # fmt: skip


def _run(desk: Desk, way: Hop, lines: Iterable[Line], case: str | None, every: bool, label: str) -> Tally:
    from workflow.migrating import count

    total = 1 if case is not None else count(desk.engine, way)
    tally = Tally(keep=every)
    with progress(label) as move:
        for line in lines:
            tally.take(line)
            move(tally.all, max(total, tally.all), names.root_called(line.number, line.case))
    if case is not None and not tally.all:
        raise NotFound(
            Text(
                f"第 {way.old.version} 版下可以这样办的件",
                f"case of version {way.old.version} for which this can be done",
            ),
            case,
        )
    return tally


def _answer(desk: Desk, way: Hop, tally: Tally, sorts: Sequence[str], summary: str) -> None:
    def human() -> None:
        if _tell(way, tally, sorts):
            click.echo(summary)

    desk.answer(_json(way, tally), human)
    if tally.moved < tally.all:
        click.get_current_context().exit(STAYED)


def _tell(way: Hop, tally: Tally, sorts: Sequence[str]) -> bool:
    """The counts, the reasons, and the cases where they are listed; False where there were none."""
    label = said(way.old.label) or way.old.name
    if not tally.all:
        click.echo(
            say(
                f"“{label}”没有从第 {way.old.version} 版到第 {way.new.version} 版要办的件。",
                f"no case of {label!r} is to go from version {way.old.version} to {way.new.version}.",
            )
        )
        return False
    heading = say(
        f"{label} 第 {way.old.version} 版 → 第 {way.new.version} 版：{tally.all} 件",
        f"{label} version {way.old.version} → {way.new.version}: {tally.all} cases",
    )
    click.echo(click.style(heading, bold=True))
    rows = [[said(SORTS[sort]), str(tally.counts[sort])] for sort in sorts]
    print_table(say("类别 件数", "sort cases").split(), rows, numbers=(1,))
    if tally.keep:
        click.echo()
        headings = say("编号 类别 状态 原因 案由", "number sort state reason title").split()
        print_table(headings, [_row(way, line) for line in tally.lines], elastic=4)
    elif tally.reasons:
        click.echo()
        _tell_reasons(tally)
    click.echo()
    return True


def _tell_reasons(tally: Tally) -> None:
    for reason in list(tally.reasons.values())[:REASONS]:
        label, at = said(SORTS[reason.sort]), reason.action
        where = say(
            f"{label}{f'“{at}”' if at else ''} {reason.count} 件：",
            f"{label}{f' at {at!r}' if at else ''} ({reason.count}): ",
        )
        click.echo(where + said(reason.blocker.text))
        click.echo("  " + say("例：", "for instance: ") + say("、", ", ").join(reason.examples))
    more = len(tally.reasons) - REASONS
    if more > 0:
        click.echo(say(f"另有 {more} 种原因，用 --list 逐件列出", f"and {more} more reasons: --list has every case"))


def _row(way: Hop, line: Line) -> list[str]:
    state = names.state(way.old.root, line.source)
    if line.target is not None and line.target != line.source:
        state += f" → {names.state(way.new.root, line.target)}"
    at = say(f"第 {line.seq} 条“{line.action}”：", f"record {line.seq} {line.action}: ") if line.seq else ""
    reasons = at + say("；", "; ").join(said(each.text) for each in line.reasons)
    return [names.root_called(line.number, line.case), said(SORTS[line.sort]), state, reasons, line.title or ""]


def _json(way: Hop, tally: Tally) -> dict[str, Any]:
    found: dict[str, Any] = {
        "lifecycle": way.old.name,
        "from": way.old.version,
        "to": way.new.version,
        "running": tally.all,
        "moved": tally.moved,
        "counts": dict(tally.counts),
        "reasons": [
            {"sort": each.sort, "count": each.count, "action": each.action or None, "code": each.blocker.code,
             "about": each.blocker.about, **both(each.blocker.text), "examples": each.examples}
            for each in tally.reasons.values()
        ],
    }  # fmt: skip
    if tally.keep:
        found["cases"] = [
            {
                "case": line.case, "number": line.number, "title": line.title, "sort": line.sort, "from": line.source,
                "to": line.target, "seq": line.seq or None, "action": line.action or None,
                "reasons": blockers_json(line.reasons), "moved": line.moved,
            }
            for line in tally.lines
        ]  # fmt: skip
    return found
