"""`lifecycle diff`: what became different between two versions, and what that means for the running cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workflow.cli import names, times
from workflow.cli.command import argument, command, option, suggest
from workflow.cli.desk import Desk, sqlite_file
from workflow.cli.language import said, say
from workflow.cli.lifecycle.files import PROFILE, load_file
from workflow.cli.phrases import both
from workflow.cli.progress import progress
from workflow.core.comparing import SEVERITIES, Change, compare
from workflow.core.errors import InputInvalid, NotFound
from workflow.core.model import Lifecycle, Text

if TYPE_CHECKING:
    from workflow.comparing import Consequences, Dates, Running

DIFFERS = 1  # exit code with --exit-code
PARTIES = 10  # to-do lists named one by one
HEADINGS = {
    "tightens": (Text("收紧", "Tighter"), "red"),
    "loosens": (Text("放宽", "Looser"), "green"),
    "moves": (Text("变动", "Different"), "yellow"),
    "words": (Text("文字与统计", "Words and figures"), "cyan"),
}
_VERSION = re.compile(r"(.+)@([1-9][0-9]{0,5})")
_SIDE = Text("文件，或已发布的流程：proposal（最新版）、proposal@1", "a file, or a published lifecycle: proposal (the newest), proposal@1")  # fmt: skip


@dataclass(frozen=True)
class Report:
    """All that is told: both sides, the differences, and of a database what runs and what would become of it."""

    old: Lifecycle
    new: Lifecycle
    changes: tuple[Change, ...]
    running: Running | None = None
    consequences: Consequences | None = None


@command(
    argument("old", metavar="A", shell_complete=suggest("lifecycles"), zh=f"旧的一版：{_SIDE.zh}", en=f"the older side: {_SIDE.en}"),
    argument("new", metavar="B", shell_complete=suggest("lifecycles"), zh="新的一版，写法相同", en="the newer side, written in the same way"),
    PROFILE,
    option("--markdown", is_flag=True, zh="输出 Markdown，供会议材料使用", en="print Markdown, for minutes"),
    option("--no-cases", is_flag=True, zh="只比较，不看在办的件", en="compare only, without looking at running cases"),
    option("--exit-code", is_flag=True, zh="有区别时退出码为 1（否则总是 0）", en="exit with 1 where they differ (else always 0)"),
    zh="逐条用话说：谁在哪个状态能办、不能再办什么，哪些时限、条件、字段变了。A 已发布时，还看它在办的件：每条涉及几件，"
    "哪些到期日会变，谁的待办会增减。版号、注释、排版不算区别。只看不写。",
    en="In words: who can or can no longer do what in which state, which deadlines, conditions and fields are different. Where A "
    "is published, its running cases are looked at too: how many each line concerns, which due dates would move, whose to-do "
    "lists would change. Versions, comments and layout are no differences. Nothing is written.",
    gives='`{"from", "to", "equal", "changes": [{"severity", "kind", "about", "zh", "en", "file", "line", "column", "part", '
    '"cases"}], "consequences"}`; `severity` is tightens, loosens, moves or words; `cases` is null where none is concerned or '
    'none was looked at. `consequences` is null, or `{"looked", "held", "due": [{"part", "deadline", "moved", "begun", "gone", '
    '"examples": [{"case", "number", "holder", "was", "due"}]}], "todo": [{"party", "appear", "vanish"}]}`.',
)  # fmt: skip
def diff(desk: Desk, old: str, new: str, profile: str | None, markdown: bool, no_cases: bool, exit_code: bool) -> None:
    """What became different from A to B, and what it means."""
    if markdown and desk.as_json:
        raise InputInvalid(Text("--json 和 --markdown 请只选一个", "choose one of --json and --markdown"))
    first, second = (_side(desk, each, profile) for each in (old, new))
    report = Report(first, second, compare(first, second))
    if report.changes and not no_cases and _follows(desk, first):
        report = _looked_at(desk, report)
    desk.answer(_json(report), lambda: click.echo("\n".join(_lines(desk, report, markdown=markdown))))
    if exit_code and report.changes:
        click.get_current_context().exit(DIFFERS)


def _side(desk: Desk, word: str, profile: str | None) -> Lifecycle:
    """The lifecycle that a word means: a file that is there, else a published version."""
    path = Path(word)
    if path.is_file():
        return load_file(path, profile)
    if path.suffix in (".yaml", ".yml") or path.is_dir() or "/" in word:
        raise InputInvalid(
            Text(
                f"“{word}”不是可读的流程文件；请写一个 .yaml 文件，或已发布的流程，如 proposal、proposal@1",
                f"{word!r} is no lifecycle file; name a .yaml file, or a published lifecycle such as proposal or proposal@1",
            )
        )
    match = _VERSION.fullmatch(word)
    name, version = (match[1], int(match[2])) if match else (word, None)
    try:
        return desk.engine.lifecycle(names.lifecycle(desk.engine, name).name, version)
    except NotFound as missing:
        raise NotFound(
            Text("这个文件或已发布的流程", "file or published lifecycle"),
            word,
            [near.replace(" ", "@") for near in missing.near],
        ) from None


def _follows(desk: Desk, lifecycle: Lifecycle) -> bool:
    """Whether cases can follow exactly this version in the database at hand."""
    path = sqlite_file(desk.db)
    if path is not None and not path.is_file():
        return False
    published = [(each.name, each.version, each.digest) for each in desk.engine.lifecycles()]
    return (lifecycle.name, lifecycle.version, lifecycle.digest) in published


def _looked_at(desk: Desk, report: Report) -> Report:
    from workflow.comparing import consequences, running, touched

    old, new, changes = report.old, report.new, report.changes
    held = running(desk.engine, old)
    total = sum(n for (kind, _), n in held.states.items() if not kind)
    if not total or not touched(changes) or old.name != new.name:
        return Report(old, new, changes, held)
    with progress(say("查看在办的件", "looking at the running cases")) as move:
        found = consequences(desk.engine, old, new, lambda done: move(done, max(total, done), ""))
    return Report(old, new, changes, held, found)


# ---------------------------------------------------------------- in words


def _lines(desk: Desk, report: Report, *, markdown: bool) -> Iterator[str]:
    old, new = report.old, report.new
    label = said(new.label) or new.name
    heading = f"{label}{say('：', ': ')}{_name(old)} → {_name(new)}"
    yield f"# {heading}" if markdown else click.style(heading, bold=True)
    if not report.changes:
        yield ("\n" if markdown else "") + _alike(old, new)
        return
    for severity in SEVERITIES:
        found = [each for each in report.changes if each.severity == severity]
        if found:
            title, colour = HEADINGS[severity]
            yield ""
            yield (
                f"## {said(title)}\n"
                if markdown
                else click.style(f"{said(title)} ({len(found)})", fg=colour, bold=True)
            )
            yield from (_line(report, each, markdown=markdown) for each in found)
    yield from _told(desk, report, markdown=markdown)


def _name(lifecycle: Lifecycle) -> str:
    published = f"{lifecycle.name}@{lifecycle.version}"
    return (
        lifecycle.file
        if lifecycle.file == published
        else f"{lifecycle.file}{say('（', ' (')}{published}{say('）', ')')}"
    )


def _alike(old: Lifecycle, new: Lifecycle) -> str:
    if old.digest == new.digest:
        return say("没有区别：内容和设置完全相同。", "no difference: text and settings are the same.")
    return say(
        "没有区别：只有版号、注释或写法不同。", "no difference: only the version, comments or layout are other ones."
    )


def _line(report: Report, change: Change, *, markdown: bool) -> str:
    sentence, where = _text(said(change.text), markdown=markdown) + _counted(report, change), str(change.where)
    return f"- {sentence}" if markdown else f"  · {sentence}  {click.style(where, dim=True)}"


def _text(text: str, *, markdown: bool) -> str:
    flat = " ".join(text.split())
    return re.sub(r"([\\`*_<>|\[\]#])", r"\\\1", flat) if markdown else flat


def _count(report: Report, change: Change) -> int | None:
    return None if report.running is None else report.running.of(change.concerns)


def _counted(report: Report, change: Change) -> str:
    count = _count(report, change)
    if not count or change.concerns is None:
        return ""
    part = report.old.parts.get(change.concerns.kind)
    label = "" if part is None else names.label(part.label, part.name)
    return say(f"；涉及在办{label} {count} 件", f"; running {label or 'cases'}: {count}")


def _told(desk: Desk, report: Report, *, markdown: bool) -> Iterator[str]:
    """What would become of the running cases; a sentence where they were not looked at."""
    found = report.consequences
    if found is None:
        if report.running is not None:
            yield ""
            yield say(
                f"{_name(report.old)} 没有在办的件会因此变动。", f"no running case of {_name(report.old)} is touched."
            )
        return
    title = say(f"对在办 {found.looked} 件的后果", f"What it means for the running cases ({found.looked})")
    yield ""
    yield f"## {title}\n" if markdown else click.style(title, bold=True)
    mark = "- " if markdown else "  · "
    lines = [*_dates(desk, report, found, markdown=markdown), *_lists(desk, found)]
    yield from (mark + each for each in lines)
    if not lines:
        yield mark + say("没有到期日变动，谁的待办都不变。", "no due date moves, and nobody's to-do list changes.")
    if found.held:
        held = say(
            f"{found.held} 件在新版里没有位置，后果无从算起；casework lifecycle migrate plan 说明缘由",
            f"{found.held} have no place in the newer version, so nothing can be said of them; "
            "`casework lifecycle migrate plan` tells why",
        )
        yield mark + held


def _dates(desk: Desk, report: Report, found: Consequences, *, markdown: bool) -> Iterator[str]:
    known = desk.engine.people.names(
        [each.holder for dates in found.due.values() for each in dates.examples if each.holder]
    )
    indent = "  - " if markdown else "      "
    for (kind, name), dates in found.due.items():
        deadline = next(
            each for side in (report.new, report.old) for each in side.clocks.get(kind, ()) if each.name == name
        )
        lines = [_text(names.label(deadline.label, name), markdown=markdown) + say("：", ": ") + _became(dates)]
        for each in dates.examples:
            who = known.get(each.holder or "", each.holder or "")
            days = f"{_day(each.was)} → {_day(each.due)}"
            lines.append(
                indent + " ".join(part for part in (names.root_called(each.number, each.root), who, days) if part)
            )
        yield "\n".join(lines)


def _became(dates: Dates) -> str:
    zh, en = [], []
    for n, words in (
        (dates.moved, Text("件到期日变动", "due dates move")),
        (dates.begun, Text("件开始计时", "clocks begin")),
        (dates.gone, Text("件不再计时", "clocks no longer run")),
    ):
        if n:
            zh.append(f"{n} {words.zh}")
            en.append(f"{n} {words.en}")
    return say("，".join(zh), ", ".join(en))


def _day(due: int | None) -> str:
    return "—" if due is None else times.stamp(due - 1)[:10]


def _lists(desk: Desk, found: Consequences) -> Iterator[str]:
    both_ways = found.appear + found.vanish
    most = [party for party, _ in both_ways.most_common(PARTIES)]
    known = desk.engine.people.names(most)
    for party in most:
        more, less = found.appear[party], found.vanish[party]
        zh = "，".join(f"{word} {n} 件" for word, n in (("多", more), ("少", less)) if n)
        en = ", ".join(f"{n} {word}" for word, n in (("more", more), ("fewer", less)) if n)
        who = names.person(party, known.get(party, ""))
        yield say(f"{who}的待办：{zh}", f"to-do list of {who}: {en}")
    rest = len(both_ways) - len(most)
    if rest > 0:
        yield say(f"另有 {rest} 个待办有增减", f"and {rest} more to-do lists change")


# ---------------------------------------------------------------- for programs


def _json(report: Report) -> dict[str, Any]:
    return {
        "from": _side_json(report.old),
        "to": _side_json(report.new),
        "equal": not report.changes,
        "changes": [
            {
                "severity": each.severity, "kind": each.kind, "about": each.about, **both(each.text),
                "file": each.where.file, "line": each.where.line, "column": each.where.column,
                "part": (each.concerns.kind or None) if each.concerns is not None else None,
                "cases": _count(report, each),
            }
            for each in report.changes
        ],
        "consequences": None if report.consequences is None else _consequences_json(report.consequences),
    }  # fmt: skip


def _side_json(lifecycle: Lifecycle) -> dict[str, Any]:
    return {
        "lifecycle": lifecycle.name,
        "version": lifecycle.version,
        "digest": lifecycle.digest,
        "file": lifecycle.file,
    }


def _consequences_json(found: Consequences) -> dict[str, Any]:
    def moment(at: int | None) -> str | None:
        return None if at is None else times.iso(at)

    return {
        "looked": found.looked,
        "held": found.held,
        "due": [
            {
                "part": kind or None, "deadline": name, "moved": dates.moved, "begun": dates.begun, "gone": dates.gone,
                "examples": [
                    {"case": each.case, "number": each.number, "holder": each.holder, "was": moment(each.was), "due": moment(each.due)}
                    for each in dates.examples
                ],
            }
            for (kind, name), dates in found.due.items()
        ],
        "todo": [
            {"party": party, "appear": found.appear[party], "vanish": found.vanish[party]}
            for party in sorted(found.appear.keys() | found.vanish.keys())
        ],
    }  # fmt: skip
