"""What came out of the year, beside what the county printed; and what is invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.core.model import Case, File, Text
from workflow.figures import Figure, Report
from workflow.reporting import report

if TYPE_CHECKING:
    from workflow.engine import Engine

YEAR = 2022

INVENTED = Text(
    zh=(
        "虚构部分：县名、人名、组织名、全部标题和正文、每件的日期与经过、提案的件数和答复类别，都不是真实的。"
        "“其余”十九条，是把八十七条次转办各算作一条得出的（原文只说“条次”）。"
        "“原文印出”是该县公布的数，“由记录算出”是由本库的审计记录算出的。"
    ),
    en=(
        "Invented: the county's name, its people and bodies, every title and text, the dates and turns of each case, how many "
        "proposals there were and how they were classed. The 19 of “the rest” follow from taking each of the 87 item-transfers "
        "(条次) as one item; the article says 条次 for them only. “printed” is what the county "
        "published, “computed” comes from the audit records of this database."
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure twice: as computed from the records, and as the county printed it. `agrees` compares the two."""

    label: Text
    computed: str
    printed: Text
    agrees: bool
    basis: Text = Text()


@dataclass(frozen=True, slots=True)
class Look:
    """A command that shows something of the year, without the name of the program, and what it shows."""

    command: str
    about: Text


@dataclass(frozen=True, slots=True)
class Year:
    """The year as it came out of the database."""

    lines: tuple[Line, ...]
    opinions: Report
    proposals: Report
    commands: int
    refused: int
    looks: tuple[Look, ...]
    invented: Text = INVENTED

    @property
    def agrees(self) -> bool:
        """Whether every figure of the county came out."""
        return all(line.agrees for line in self.lines)


def summary(engine: Engine, *, commands: int, refused: int, extended: File, suspended: File) -> Year:
    """Both reports of the year, and the county's figures among them; the two files are shown as examples of clocks."""
    opinions = report(engine, "opinion", year=YEAR)
    proposals = report(engine, "proposal", year=YEAR)
    lines = (*_opinion_lines(opinions), *_proposal_lines(proposals))
    return Year(lines, opinions, proposals, commands, refused, tuple(_looks(engine, extended, suspended)))


def _looks(engine: Engine, extended: File, suspended: File) -> Iterator[Look]:
    judged = report(engine, "proposal", year=YEAR, ids=True)

    def called(part: Case, root: Case) -> str:
        return f"{root.number}/{part.kind}:{part.key}"

    def late(figure: str) -> tuple[File, str]:
        found = [(engine.case(id), id) for id in judged.figure(figure).count_ids]
        file, id = next((each for each in found if each[0].case(each[1]).open), found[0])
        return file, called(file.case(id), file.root)

    def handled(file: File) -> str:
        return called(next(part for part in file.parts if part.kind == "assignment"), file.root)

    file, reply = late("replied_overdue")
    _, promise = late("promises_overdue")
    yield Look(
        f"clock explain {reply} reply_due",
        Text("逾期办复的一件，到期日怎样算来", "an overdue reply: how its due date came about"),
    )
    yield Look(
        f"notice list --case {file.root.number}",
        Text("为它发过的提醒和逾期通知", "the reminders and notices sent for it"),
    )
    yield Look(f"clock explain {handled(extended)} reply_due", Text("延期一次的", "one that was extended"))
    yield Look(
        f"clock explain {handled(suspended)} reply_due",
        Text("中止期间跨春节、停计补还的", "one that stood still over the spring festival"),
    )
    yield Look(f"clock explain {promise}", Text("逾期未兑现的承诺", "a promise that is overdue"))
    yield Look("clock list --overdue", Text("现在逾期的", "what is overdue now"))
    yield Look(f"report proposal --year {YEAR} --by unit", Text("各单位按期、逾期多少", "in time and overdue by unit"))


def _opinion_lines(opinions: Report) -> tuple[Line, ...]:
    def row(part: str) -> tuple[int, int]:
        found = opinions.row("dispositions", part)
        return found.cases, found.items

    cases, items = Text(zh="条", en="items of information"), Text(zh="条次", en="item-transfers")
    received = opinions.figure("received").count
    return (
        _counted(Text(zh="收到社情民意", en="社情民意 received"), received, 140, cases),
        _counted(Text(zh="转报自治区、市政协", en="reported up to region and city"), row("report_up")[0], 22, cases),
        _counted(Text(zh="转“有事好商量”", en="became consultation topics"), row("to_consultation")[0], 2, cases),
        _counted(Text(zh="转交部门办理答复", en="transferred to departments"), row("dept_transfer")[1], 87, items),
        _counted(Text(zh="口头答复委员", en="answered orally"), row("oral_reply")[0], 10, cases),
        _counted(
            Text(zh="其余刊发公众号", en="the rest, published"), row("publish")[0], 19, cases,
            printed=Text(zh="其余（19 条，推算）", en="the rest (19, derived)"),
        ),
    )  # fmt: skip


def _proposal_lines(proposals: Report) -> tuple[Line, ...]:
    full = Text(zh="100%", en="100%")
    above = Text(zh="95%以上", en="above 95%")
    return (
        *(_rate(proposals.figure(id), full) for id in ("closed_rate", "replied_rate", "satisfaction")),
        *(_rate(proposals.figure(id), above) for id in ("quality_excellent", "handling_excellent")),
    )


def _counted(label: Text, computed: int, expected: int, unit: Text, printed: Text | None = None) -> Line:
    shown = printed or Text(zh=f"{expected} {unit.zh}", en=f"{expected} {unit.en}")
    return Line(label, str(computed), shown, computed == expected, unit)


def _rate(figure: Figure, printed: Text) -> Line:
    of = figure.of or 0
    agrees = of > 0 and (figure.count == of if printed.en == "100%" else figure.count * 100 > of * 95)
    return Line(
        figure.label, figure.printed, printed, agrees, Text(zh=f"{figure.count}/{of}", en=f"{figure.count}/{of}")
    )
