"""A session's proposals, all invented: from the draft to the closed case, and the promises after it."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from workflow.core.model import Json
from workflow.demo.county import (
    CLERK,
    COLLECTIVES,
    COMMITTEE,
    DISPATCHER,
    MEMBERS,
    SECOND_CLERK,
    UNITS,
    VICE_CHAIR,
    desk,
    member,
    voice,
)
from workflow.demo.opinions import handled
from workflow.demo.plan import Story
from workflow.demo.plots import Plot, session
from workflow.demo.texts import Papers, reply_text

_DRAFTED, _CUT_OFF = date(2022, 1, 4), date(2022, 1, 12)
_REVIEWED, _MERGED_ON, _ASSIGNED = date(2022, 1, 14), date(2022, 1, 18), date(2022, 1, 24)
_INTERIM = date(2022, 6, 6)
_OPINION_AFTER_ALL, _EXTENDED = date(2022, 3, 28), date(2022, 4, 18)  # due on 24 March, and on 24 April
_REPLY_AFTER_ALL, _REPLY_EXTENDED = date(2022, 4, 28), date(2022, 5, 12)
_QUALITY = {"topic": 20, "research": 20, "analysis": 20, "advice": 30, "form": 10}
_HANDLING = {"organised": 10, "contact": 20, "punctuality": 15, "reply": 20, "effect": 35}


def proposal_stories(random: Random, papers: Papers) -> tuple[list[Story], list[Story]]:
    """The stories of all proposals, and those among them whose later part is a 社情民意 that they started."""
    plots = session(random, papers)
    stories: list[Story] = []
    converted: list[Story] = []
    leads = [plot for plot in plots if "leads" in plot.turns]
    stories += [_tell(plot, random, converted) for plot in plots if plot.fate != "merged"]
    told = {story.case: story for story in stories}
    for n, plot in enumerate(plot for plot in plots if plot.fate == "merged"):
        plot.lead = told[leads[n % len(leads)].case]
        stories.append(_tell(plot, random, converted))
    return stories + converted, converted


def _tell(plot: Plot, random: Random, converted: list[Story]) -> Story:
    interim = "interim" in plot.turns
    story = Story(plot.case, random)
    story.on((_INTERIM if interim else _DRAFTED) + timedelta(days=random.randint(0, 3)))
    drafted(story, plot, random)
    story.on(story.day if interim else max(story.day, _CUT_OFF)).after(0, 1)
    story.do("pre_review", CLERK, {"review": "一事一案，有情况有建议。", "category": plot.paper.category})
    if plot.fate in ("refused", "converted", "letter", "withdrawn"):
        _end_early(story, plot, random, converted)
        return story
    if "sent_back" in plot.turns:
        story.do("send_back", CLERK, note="请补充可操作的具体建议。")
        story.do("resubmit", voice(plot.first))
    story.on(story.day if interim else max(story.day, _REVIEWED))
    handling = {"sole": "sole", "lead": "lead_co", "separate": "separate"}[plot.units[0][1] if plot.units else "sole"]
    story.do(
        "file",
        COMMITTEE,
        {
            "category": plot.paper.category,
            "handling": handling,
            "bucket": "interim" if interim else "plenary",
            "decision": "禾协提审〔2022〕1号",
        },
    )
    if plot.lead is not None:
        _follow(story, plot, plot.lead, random)
        return story
    if "key" in plot.turns:
        story.on(_MERGED_ON).do("mark_key", CLERK, {"decision": "禾协主席会〔2022〕2号", "supervisor": VICE_CHAIR})
    story.on(story.day if interim else _ASSIGNED).after(0, 0)
    story.do("assign", DISPATCHER, {"units": [{"unit": unit, "part": part} for unit, part in plot.units]})
    _handle(story, plot, random)
    _evaluate(story, plot, random)
    return story


def drafted(story: Story, plot: Plot, random: Random) -> Story:
    """From the first line to the submission, with whoever signs too, and whoever declines or never answers."""
    by, behalf = _typist(plot)
    begun(story, plot)
    if plot.cosigners:
        others = [m for m in map(member, range(1, MEMBERS + 1)) if m not in plot.proposers]
        declining, silent = random.sample(others, 2)
        extra = [declining] * ("declined" in plot.turns) + [silent] * ("unanswered" in plot.turns)
        story.do("invite", by, {"invitees": [*plot.cosigners, *extra]}, behalf=behalf)
        for cosigner in plot.cosigners:
            story.after(0, 1).do("accept", cosigner, at=("cosign", cosigner))
        if "declined" in plot.turns:
            story.do("decline", declining, {"reason": "对情况不够了解"}, at=("cosign", declining))
    return story.do("submit", by, behalf=behalf)


def begun(story: Story, plot: Plot) -> Story:
    """The draft."""
    paper, body = plot.paper, COLLECTIVES.get(plot.first)
    by, behalf = _typist(plot)
    values: dict[str, Json] = {
        "title": paper.title,
        "problem": paper.problem,
        "suggestions": list(paper.suggestions),
        "suggested_units": [paper.unit],
        "proposer_type": body[1] if body else "member_joint" if plot.cosigners else "member_single",
        **({"collective": plot.first} if body else {}),
    }
    return story.do("open", by, values, lifecycle="proposal", behalf=behalf)


def _typist(plot: Plot) -> tuple[str, str | None]:
    """Who types, and for whom where it is the office that does it."""
    author = voice(plot.first)
    return (SECOND_CLERK, author) if "proxy" in plot.turns else (author, None)


def _end_early(story: Story, plot: Plot, random: Random, converted: list[Story]) -> None:
    author = voice(plot.first)
    match plot.fate:
        case "refused":
            reason = random.choice(("vague", "personal", "out_of_scope"))
            story.on(_REVIEWED).do(
                "refuse", COMMITTEE, {"refusal_reason": reason}, "经审查不符合立案条件，内容转有关方面参考。"
            )
        case "letter":
            story.on(_REVIEWED).do(
                "forward_letter", CLERK, {"letter_unit": plot.paper.unit}, "属工作建议，转单位研究参考。"
            )
        case "withdrawn":
            story.do("ask_withdrawal", author, {"all_agree": True}, "所提事项已经解决。")
            story.after(0, 1).do("withdraw", CLERK)
        case _:
            name = f"{plot.case}-O"
            story.do("offer_conversion", CLERK, note="内容宜作社情民意反映，征求提案者意见。")
            story.after(0, 2).do("consent", author, starts=name)
            item = Story(name, random).on(story.day + timedelta(days=1))
            converted.append(handled(item, "dept_transfer", author, plot.paper, random))


def _follow(story: Story, plot: Plot, lead: Story, random: Random) -> None:
    """A merged proposal: its proposers are answered, and asked, as soon as the lead case is."""
    story.on(_MERGED_ON).do("merge", CLERK, {}, "与主案内容相同，并案办理。", other=("lead", lead.case))
    answered = next(step for step in lead.steps if step.action == "accept_reply")
    story.on(Story.day_of(answered)).after(1, 2)
    _evaluate(story, plot, random)


def _handle(story: Story, plot: Plot, random: Random) -> None:
    units = list(plot.units)
    if "urged" in plot.turns:
        story.after(3, 4).do("urge", CLERK, at=("assignment", units[0][0]))
    for n, (unit, part) in enumerate(units):
        units[n] = (_signed(story, plot, unit, random), part)
    plot.units = tuple(units)
    if "suspended" in plot.turns:
        story.after(1, 2).do("suspend", COMMITTEE, note="等待上级政策明确。")
        story.after(5, 8).do("resume", COMMITTEE)
    for unit, part in units:
        if part == "co":
            if "opinion_late" in plot.turns:
                story.on(_OPINION_AFTER_ALL)
            text = "同意主办单位意见，本单位负责的部分已列入年度工作。"
            story.after(0, 2).do("send_opinion", desk(unit), {"opinion": text}, at=("assignment", unit))
    for unit, part in units:
        if part != "co":
            _reply(story, plot, unit, random, first_round=True)
    if "unsatisfied" in plot.turns:
        _rehandle(story, plot, random)


def _signed(story: Story, plot: Plot, unit: str, random: Random) -> str:
    """The unit signs; the unit that has the case in the end."""
    here = ("assignment", unit)
    story.after(1, 1).do("sign", desk(unit), at=here)
    other = random.choice([name for name in UNITS if name != unit])
    wish, why = {"suggest": other}, "该事项的主管职责不在本单位。"
    if "return_late" in plot.turns:
        story.after(7, 8).do("request_return", desk(unit), wish, why, at=here, refused="too_late")
    if "return_rejected" in plot.turns:
        story.do("request_return", desk(unit), wish, why, at=here)
        story.after(1, 2).do("reject_return", DISPATCHER, note="经核，属你单位职责。", at=here)
    if "return_approved" in plot.turns:
        story.do("request_return", desk(unit), wish, why, at=here)
        story.after(1, 2).do("approve_return", DISPATCHER, {"unit": other}, at=here)
        story.after(1, 2).do("sign", desk(other), at=("assignment", other))
        return other
    return unit


def _reply(story: Story, plot: Plot, unit: str, random: Random, *, first_round: bool) -> None:
    here = ("assignment", unit)
    if first_round:
        day = story.after(*((2, 3) if "opinion_late" in plot.turns else (4, 14))).day
        gist = "当面介绍办理打算，听取意见并商定答复要点。"
        mode = random.choice(("face", "face", "seminar"))
        story.do(
            "record_contact",
            desk(unit),
            {"member": plot.first, "mode": mode, "held_on": day.isoformat(), "gist": gist},
            at=here,
        )
        story.after(0, 1).do("confirm", voice(plot.first), at=("contact", ""))
    story.after(3, 12)
    if "reply_late" in plot.turns:
        story.on(_REPLY_AFTER_ALL)
    if "extended" in plot.turns:
        why = "涉及跨部门协调，需待方案审定后答复。"
        story.on(_EXTENDED).do("extend_reply_due", DISPATCHER, {"length": "1mo"}, why, at=here).on(_REPLY_EXTENDED)
    answer = _answer(plot, random)
    story.do("reply", desk(unit), answer, at=here)
    if "reply_rejected" in plot.turns and first_round:
        story.after(0, 1).do("reject_reply", DISPATCHER, note="未逐条答复，请补充。", at=here)
        story.after(1, 3).do("reply", desk(unit), answer, at=here)
    story.after(0, 2).do("accept_reply", DISPATCHER, at=here)


def _answer(plot: Plot, random: Random) -> dict[str, str]:
    planned = "planned" in plot.turns
    text = {
        "class": "B" if planned else "A",
        "reply": reply_text(plot.paper, planned=planned),
        "signer": "单位主要负责人",
    }
    if planned:
        return {
            **text,
            "promise": f"{plot.paper.title}所提事项列入计划并按期完成。",
            "promised_by": random.choice(("2022-10-31", "2023-06-30")),
        }
    return text


def _rehandle(story: Story, plot: Plot, random: Random) -> None:
    """The first proposer is not satisfied: whoever answered gets a new round."""
    for n, proposer in enumerate(plot.proposers):
        bad = n == 0
        mood = {
            "result": "unsatisfied" if bad else "satisfied",
            "attitude": "mostly" if bad else "satisfied",
            **({"reason": "答复没有完成时限，问题仍在。"} if bad else {}),
        }
        story.after(1, 3).do("answer", voice(proposer), mood, at=("feedback", proposer))
    for unit, part in plot.units:
        if part != "co":
            story.after(0, 1).do("sign", desk(unit), at=("assignment", unit))
            _reply(story, plot, unit, random, first_round=False)


def _evaluate(story: Story, plot: Plot, random: Random) -> None:
    silent = plot.cosigners[-1] if "silent" in plot.turns else None
    for proposer in plot.proposers:
        if proposer != silent:
            mood = {"result": "satisfied", "attitude": "mostly" if random.random() < 0.05 else "satisfied"}
            story.after(0, 3).do("answer", voice(proposer), mood, at=("feedback", proposer))
    if silent:
        story.after(16, 17)  # the clock lets the form lapse when its fifteenth working day is over
    raters = [unit for unit, part in plot.units if part != "co"]
    for n, unit in enumerate(raters):
        good = "good_paper" in plot.turns and n == 0
        story.after(0, 3).do("score", desk(unit), _scores(_QUALITY, good, random), at=("quality_sheet", unit))
    for n, proposer in enumerate(plot.proposers):
        if proposer == silent:
            continue
        good = "good_handling" in plot.turns and n == 0
        story.after(0, 2).do(
            "score", voice(proposer), _scores(_HANDLING, good, random), at=("handling_sheet", proposer)
        )
    if silent:
        story.after(16, 17)
    if random.random() < 0.5:
        story.after(0, 2).do("decide_publication", CLERK, {"publication": random.choice(("full", "full", "summary"))})
    story.after(1, 4).do("close", CLERK)
    if "planned" in plot.turns:
        _keep_promise(story, plot, random)


def _keep_promise(story: Story, plot: Plot, random: Random) -> None:
    """About half of the promises are reported and verified within the year; the others stay open into the next."""
    if random.random() < 0.5:
        return
    for unit, part in plot.units:
        if part != "co":
            story.on(date(2022, 10, 17)).after(0, 12)
            story.do(
                "report",
                desk(unit),
                {"class": "A", "evidence": "承诺事项已完成并经现场查看。"},
                at=("tracking", unit),
            )
            story.after(1, 4).do("verify", CLERK, at=("tracking", unit))


def _scores(most: dict[str, int], good: bool, random: Random) -> dict[str, int]:
    """A sheet that comes to 91–99 (excellent), or to 80–88 (good)."""
    scores = dict(most)
    for _ in range(random.randint(12, 20) if good else random.randint(1, 9)):
        name = random.choice([name for name in scores if scores[name] > most[name] // 2])
        scores[name] -= 1
    return scores
