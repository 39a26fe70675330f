"""Who meets what in the session: the fates of its proposals, chosen so that everything an office meets is met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from workflow.demo.county import COLLECTIVES, MEMBERS, UNITS, member
from workflow.demo.plan import Story
from workflow.demo.texts import Paper, Papers

# how the 96 papers of the invented session end
REFUSED, CONVERTED, LETTERS, WITHDRAWN, MERGED, ON_THE_ROAD = 3, 2, 1, 1, 3, 86
SUBMITTED = REFUSED + CONVERTED + LETTERS + WITHDRAWN + MERGED + ON_THE_ROAD


@dataclass(slots=True)
class Plot:
    """What is to happen to one proposal: one `fate`, and `turns` on the way."""

    case: str
    paper: Paper
    fate: str = "road"
    first: str = ""  # a member, or a collective
    cosigners: tuple[str, ...] = ()
    units: tuple[tuple[str, str], ...] = ()  # unit, part
    turns: set[str] = field(default_factory=set)
    lead: Story | None = None

    @property
    def proposers(self) -> tuple[str, ...]:
        """Whoever must be answered."""
        return (self.first, *self.cosigners)


def session(random: Random, papers: Papers) -> list[Plot]:
    """Every proposal of the session, and what is to happen to it."""
    fates = (
        ["refused"] * REFUSED + ["converted"] * CONVERTED + ["letter"] * LETTERS
        + ["withdrawn"] * WITHDRAWN + ["merged"] * MERGED + ["road"] * ON_THE_ROAD
    )  # fmt: skip
    random.shuffle(fates)
    plots = [Plot(f"P{n:03d}", papers.next("的提案"), fate) for n, fate in enumerate(fates, 1)]
    for plot in plots:
        plot.first = member(random.randint(1, MEMBERS))
    road = [plot for plot in plots if plot.fate == "road"]
    random.shuffle(road)
    _choose_units(road, random)
    _choose_proposers(road, random)
    sole = [plot for plot in road if len(plot.units) == 1]
    _turn(sole[:2], "return_approved")
    _turn(sole[2:3], "return_late")
    _turn(sole[3:4], "return_rejected")
    _turn(sole[4:6], "leads")
    _turn(sole[6:10], "interim")
    _turn(sole[10:11], "suspended")
    _turn([*sole[11:12], *[plot for plot in road if plot.cosigners and len(plot.units) > 1][:1]], "unsatisfied")
    calm = [plot for plot in road if not plot.turns]
    for turn, count in (
        ("planned", 14),
        ("reply_rejected", 2),
        ("key", 5),
        ("sent_back", 2),
        ("urged", 3),
        ("proxy", 2),
        ("good_paper", 4),
        ("good_handling", 4),
    ):
        _turn(random.sample(calm, count), turn)
    alone = [plot for plot in road if len(plot.units) == 1 and not plot.turns]
    _turn(alone[:1], "reply_late")
    _turn(alone[1:2], "extended")
    _turn([plot for plot in road if plot.units[-1][1] == "co" and not plot.turns][:1], "opinion_late")
    _turn([plot for plot in calm if len(plot.cosigners) > 1][:2], "silent")
    joint = [plot for plot in road if plot.cosigners]
    _turn(joint[::3], "unanswered")
    _turn(joint[1::3], "declined")
    return plots


def _turn(plots: Iterable[Plot], name: str) -> None:
    for plot in plots:
        plot.turns.add(name)


def _choose_units(road: list[Plot], random: Random) -> None:
    for n, plot in enumerate(road):
        others = random.sample([unit for unit in UNITS if unit != plot.paper.unit], 2)
        if n < 56:
            plot.units = ((plot.paper.unit, "sole"),)
        elif n < 76:
            plot.units = ((plot.paper.unit, "lead"), *((unit, "co") for unit in others[: 1 + n % 2]))
        else:
            plot.units = ((plot.paper.unit, "separate"), (others[0], "separate"))


def _choose_proposers(road: list[Plot], random: Random) -> None:
    for n, plot in enumerate(road):
        if n % 5 == 1:
            plot.first = random.choice(list(COLLECTIVES))
        elif n % 5 == 3:
            others = [member(m) for m in range(1, MEMBERS + 1) if member(m) != plot.first]
            plot.cosigners = tuple(random.sample(others, random.randint(1, 3)))
