"""Pictures that any reader of SVG can show: of what is shipped, for a role, and of labels that mean harm."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from workflow.core.model import Lifecycle
from workflow.diagrams import svg
from workflow.diagrams.__main__ import pictures
from workflow.diagrams.chart import charts
from workflow.loading import load, load_path
from workflow.shipped import shipped_definitions

SVG = "{http://www.w3.org/2000/svg}"
PAGES = Path(__file__).parent.parent.parent / "docs" / "lifecycles"
HARM = """
casework: 1
lifecycle: harm
version: 1
label: {zh: '<script>alert("&")</script>', en: '"]]>&lt;'}
initial: a
states:
  a: {label: '<b onload="x">&'}
  b: {final: successful}
transitions:
  go: {label: "</text><image href='http://x/'/>", from: a, to: b, by: [any]}
"""


@pytest.fixture(scope="module")
def proposal() -> Lifecycle:
    return load_path(shipped_definitions() / "proposal.yaml")


def texts(picture: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(picture).iter(f"{SVG}text")]


def test_the_pictures_of_what_is_shipped_are_current() -> None:
    made = dict(pictures())
    assert {"proposal.svg", "proposal.en.svg", "opinion.svg", "opinion.en.svg"} <= made.keys()
    stale = [name for name, text in made.items() if (PAGES / name).read_text("utf-8") != text]
    assert [] == stale, "run `python -m workflow.diagrams docs/lifecycles`"


def test_labels_are_words_and_never_markup() -> None:
    picture = svg(load(HARM))

    assert '<b onload="x">&' in texts(picture)
    assert not list(ET.fromstring(picture).iter(f"{SVG}image"))
    assert "http://x" not in re.sub(r">[^<]*<", "><", picture)


def test_a_picture_says_what_it_shows_to_whom_cannot_see_it(proposal: Lifecycle) -> None:
    root = ET.fromstring(svg(proposal))

    assert "流程图：提案（第 1 版）" == root.findtext(f"{SVG}title")
    assert "已提交 → 已立案：立案" in (root.findtext(f"{SVG}desc") or "")
    assert ("img", "title desc") == (root.get("role"), root.get("aria-labelledby"))


def test_a_picture_loads_nothing(proposal: Lifecycle) -> None:
    picture = svg(proposal)
    assert ["http://www.w3.org/2000/svg"] == re.findall(r"\w+://[^\s\"']+", picture)
    assert "WenQuanYi" in picture


def test_every_state_and_every_action_is_there(proposal: Lifecycle) -> None:
    words = "".join(texts(svg(proposal)))
    for kind in (proposal.root, *proposal.parts.values()):
        for state in kind.states.values():
            assert state.label.zh in words
        for action in kind.transitions.values():
            assert action.label.zh.replace("，", "") in words.replace("，", "")


def test_what_a_role_can_do_stands_out_and_other_parts_are_left_out(proposal: Lifecycle) -> None:
    mine = charts(proposal, "zh", "unit")

    assert ["", "assignment", "tracking"] == [each.name for each in mine]
    strong = {line.text for arrow in mine[1].arrows for line in arrow.lines if line.strong}
    assert {"签收", "申请退办", "送会办意见"} <= strong
    assert {"同意改办", "审核通过"}.isdisjoint(strong)
    assert "url(#strong)" in svg(proposal, role="unit")
    assert "url(#strong)" not in svg(proposal)


def test_who_belongs_to_a_role_can_do_what_that_role_can(proposal: Lifecycle) -> None:
    (root, *_) = charts(proposal, "zh", "first_proposer")
    assert "提交" in {line.text for arrow in root.arrows for line in arrow.lines if line.strong}


def test_parts_say_what_opens_them_and_what_awaits_them(proposal: Lifecycle) -> None:
    part = next(each for each in charts(proposal) if each.name == "assignment")
    said = "".join(line.text for line in part.heading)
    assert "由“交办、反馈收齐、增加承办单位、同意改办”开出" in said
    assert "汇入“各单位均已答复”" in said
    assert "办复期限：3 个月" in said


def test_deadlines_stand_in_the_states_in_which_they_run(proposal: Lifecycle) -> None:
    part = next(each for each in charts(proposal, "en") if each.name == "assignment")
    box = next(each for each in part.boxes if each.name == "unsigned")
    assert ["Time to sign for", "it: 3 working days"] == [x.text for x in box.lines[1:3]]
    assert "clock" == box.lines[1].style
