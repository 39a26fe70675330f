"""The year's 社情民意: 140 items, each with one disposition, over the whole year.

How many of each kind is the county's own figure; which item became what, and every text, is invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from workflow.core.model import Json
from workflow.demo.county import CHECKER, COLLECTIVES, CONVENER, EDITOR, ISSUER, MEMBERS, UNITS, desk, member
from workflow.demo.plan import Story
from workflow.demo.texts import Paper, Papers, reply_text

# The county's own figures of 2022; the 19 are what is left if each of the 87 transfers is one item
REPORTED_UP, CONSULTED, TRANSFERRED, ANSWERED_ORALLY, PUBLISHED = 22, 2, 87, 10, 19
RECEIVED = REPORTED_UP + CONSULTED + TRANSFERRED + ANSWERED_ORALLY + PUBLISHED

CHANNEL = "公众号"
_RESULTS = ("single",) * 8 + ("combined",) * 4 + ("passed_on",) * 4 + ("instructed",) * 2 + ("no_result",) * 4
_ABOVE: Mapping[str, tuple[str, Mapping[str, Json]]] = {
    "single": ("adopt", {"adoption": "single"}),
    "combined": ("adopt", {"adoption": "combined"}),
    "passed_on": ("pass_on", {"result": "已转有关部门研究"}),
    "instructed": ("instruct", {"result": "领导批示：请主管部门研究办理"}),
    "no_result": ("lapse", {}),
}
_TRANSFERS = ("returned",) * 2 + ("urged",) * 4 + ("rejected",) * 3  # the others go their way without a turn
_FIRST, _LAST = date(2022, 1, 4), date(2022, 11, 11)


def opinion_stories(random: Random, papers: Papers, converted: list[Story]) -> list[Story]:
    """All items of the year. `converted` are the items that proposals became: each of them is one transfer."""
    plain = TRANSFERRED - len(converted) - len(_TRANSFERS)
    fates = (
        [("report_up", result) for result in _RESULTS]
        + [("to_consultation", "")] * CONSULTED
        + [("dept_transfer", turn) for turn in (*_TRANSFERS, *[""] * plain)]
        + [("oral_reply", "")] * ANSWERED_ORALLY
        + [("publish", "")] * PUBLISHED
    )
    random.shuffle(fates)
    days = sorted(_FIRST + timedelta(days=random.randrange((_LAST - _FIRST).days)) for _ in fates)
    drawn = enumerate(zip(fates, days, strict=True), 1)
    return [_item(f"O{n:03d}", fate, turn, day, random, papers) for n, ((fate, turn), day) in drawn]


def _item(case: str, fate: str, turn: str, day: date, random: Random, papers: Papers) -> Story:
    paper = papers.next(random.choice(("的问题应予重视", "的群众诉求", "的几点反映")))
    reporter, kind = _reporter(random)
    story = Story(case, random).on(day)
    story.do(
        "open",
        reporter,
        {
            "title": paper.title,
            "reporter_type": kind,
            "situation": paper.problem,
            "suggestions": list(paper.suggestions),
            "urgency": "urgent" if random.random() < 0.08 else "normal",
        },
        lifecycle="opinion",
    )
    story.do("submit", reporter)
    return handled(story, fate, reporter, paper, random, turn)


def handled(story: Story, fate: str, reporter: str, paper: Paper, random: Random, turn: str = "") -> Story:
    """An item from the editor's desk to its end."""
    story.after(0, 3).do("adopt", EDITOR, {"edited_title": paper.title})
    story.after(0, 1).do("send_check", EDITOR)
    story.after(0, 1).do("check", CHECKER)
    story.after(0, 1).do("sign_off", ISSUER, _disposition(fate, paper, random))
    _dispose(story, fate, turn, paper, random)
    mood = "mostly" if random.random() < 0.06 else "satisfied"
    story.after(1, 4).do("answer", reporter, {"satisfaction": mood}, at=("feedback", reporter))
    return story.after(0, 2).do("close", EDITOR)


def _reporter(random: Random) -> tuple[str, str]:
    if random.random() < 0.2:
        body = random.choice(list(COLLECTIVES))
        return desk(body), "committee" if COLLECTIVES[body][1] == "committee" else "party"
    return member(random.randint(1, MEMBERS)), "member"


def _disposition(fate: str, paper: Paper, random: Random) -> dict[str, Json]:
    match fate:
        case "report_up":
            return {"levels": [random.choice(("city", "city", "region"))]}
        case "dept_transfer":
            return {"units": [paper.unit]}
        case "oral_reply":
            return {"speakers": [desk(paper.unit)]}
        case "to_consultation":
            return {"topics": [paper.title]}
        case _:
            return {"channels": [CHANNEL]}


def _dispose(story: Story, fate: str, turn: str, paper: Paper, random: Random) -> None:
    match fate:
        case "report_up":
            action, told = _ABOVE[turn]
            story.after(5, 20).do(action, EDITOR, told, at=(fate, ""))
        case "dept_transfer":
            _transfer(story, turn, paper, random)
        case "oral_reply":
            day = story.after(1, 5).day
            gist = f"就“{paper.title}”当面说明办理打算，反映人表示理解。"
            story.do(
                "answer",
                desk(paper.unit),
                {
                    "answered_on": day.isoformat(),
                    "by_way_of": random.choice(("face", "phone")),
                    "gist": gist,
                    "acknowledged": True,
                },
                at=(fate, ""),
            )
        case "to_consultation":
            story.after(3, 10).do("accept", CONVENER, {"topic": paper.title}, at=(fate, ""))
        case _:
            story.after(1, 4).do(
                "release",
                EDITOR,
                {"author_agrees": True, "secrecy_checked": True, "address": "本会公众号"},
                at=(fate, ""),
            )


def _transfer(story: Story, turn: str, paper: Paper, random: Random) -> None:
    unit = paper.unit
    story.after(0, 2).do("sign", desk(unit), at=("dept_transfer", unit))
    if turn == "returned":  # an item that is sent back and goes to another unit is one item still
        other = random.choice([name for name in UNITS if name != unit])
        why = "该事项的主管职责不在本单位。"
        story.after(0, 1).do("request_return", desk(unit), {"suggest": other}, why, at=("dept_transfer", unit))
        story.after(0, 2).do("approve_return", EDITOR, {"unit": other}, at=("dept_transfer", unit))
        unit = other
        story.after(0, 2).do("sign", desk(unit), at=("dept_transfer", unit))
    here = ("dept_transfer", unit)
    if turn == "urged":
        story.after(6, 8).do("urge", EDITOR, at=here)
    answer = {"class": random.choices("ABC", (80, 15, 5))[0], "reply": reply_text(paper, planned=False)}
    story.after(2, 6).do("reply", desk(unit), answer, at=here)
    if turn == "rejected":
        story.after(0, 1).do("reject", EDITOR, note="答复未说明完成时限，请补充。", at=here)
        more = {"class": "A", "reply": reply_text(paper, planned=True)}
        story.after(1, 3).do("reply", desk(unit), more, at=here)
    story.after(0, 2).do("accept", EDITOR, at=here)
