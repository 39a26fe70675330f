"""What came out of the year, beside what the county printed; and what is invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.core.model import Text
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
class Year:
    """The year as it came out of the database."""

    lines: tuple[Line, ...]
    opinions: Report
    proposals: Report
    commands: int
    refused: int
    invented: Text = INVENTED

    @property
    def agrees(self) -> bool:
        """Whether every figure of the county came out."""
        return all(line.agrees for line in self.lines)


def summary(engine: Engine, *, commands: int, refused: int) -> Year:
    """Both reports of the year, and the county's figures among them."""
    opinions = report(engine, "opinion", year=YEAR)
    proposals = report(engine, "proposal", year=YEAR)
    return Year((*_opinion_lines(opinions), *_proposal_lines(proposals)), opinions, proposals, commands, refused)


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
