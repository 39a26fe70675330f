"""What lies on the desks when the year ends: papers of its last days, for whoever wants to try the next steps."""

from __future__ import annotations

from datetime import date
from random import Random

from workflow.demo.county import CLERK, MEMBERS, member
from workflow.demo.plan import Story
from workflow.demo.plots import Plot
from workflow.demo.proposals import begun, drafted
from workflow.demo.texts import Papers

SUBMITTED = 4  # between sessions, not looked at yet
_LAST_DAYS = date(2022, 12, 26)


def waiting_stories(random: Random, papers: Papers) -> list[Story]:
    """Proposals submitted and not filed, one still being signed, and a 社情民意 that is a draft."""
    stories = []
    for n in range(1, SUBMITTED + 1):
        plot = _plot(f"W{n:03d}", random, papers)
        story = drafted(Story(plot.case, random).on(_LAST_DAYS).after(0, 2), plot, random)
        if n == 1:
            story.do("pre_review", CLERK, {"review": "内容较实，建议立案。", "category": plot.paper.category})
        stories.append(story)
    signing = _plot("W101", random, papers)
    signing.cosigners = tuple(random.sample([m for m in _members() if m != signing.first], 3))
    story = begun(Story(signing.case, random).on(_LAST_DAYS).after(1, 2), signing)
    story.do("invite", signing.first, {"invitees": list(signing.cosigners)})
    story.after(0, 1).do("accept", signing.cosigners[0], at=("cosign", signing.cosigners[0]))
    paper = papers.next("的几点反映")
    draft = Story("W201", random).on(_LAST_DAYS).after(2, 3)
    draft.do("open", random.choice(_members()), {"title": paper.title, "situation": paper.problem}, lifecycle="opinion")
    return [*stories, story, draft]


def _plot(case: str, random: Random, papers: Papers) -> Plot:
    return Plot(case, papers.next("的提案"), first=random.choice(_members()))


def _members() -> list[str]:
    return [member(n) for n in range(1, MEMBERS + 1)]
