"""A page says everything that the lifecycle says, in the reader's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from tests.loading.strategies import lifecycles
from workflow.core import wording
from workflow.core.model import Lifecycle
from workflow.loading import load, load_path
from workflow.pages import page
from workflow.shipped import shipped_definitions


@pytest.fixture(scope="module")
def proposal() -> Lifecycle:
    return load_path(shipped_definitions() / "proposal.yaml")


def chapter(text: str, heading: str) -> str:
    """What stands under a heading, down to the next of its level."""
    mark = heading.split()[0]
    _, _, rest = text.partition(f"\n{heading}\n")
    assert rest, heading
    return rest.partition(f"\n{mark} ")[0]


def test_what_can_be_done_is_said_with_who_and_what_is_asked_and_where_it_leads(proposal: Lifecycle) -> None:
    state = chapter(page(proposal), "### 已提交")

    assert "- 等待：提案委办公室、提案委员会\n" in state
    assert (
        "- **立案**\n  - 由提案委员会办理\n  - 须填写：类别\n  - 可填写：办理方式、大会或平时、审查决定文号\n"
        "  - 转入“已立案”\n  - 编“提案号”，如 第11届1次第001号\n"
    ) in state
    assert "  - 有条件，不符合时提示：“联名提案撤案须全体提案者书面同意”\n" in state


def test_the_way_that_depends_is_said_with_each_condition(proposal: Lifecycle) -> None:
    state = chapter(page(proposal), "### 已答复")

    assert (
        "（3）有“征询意见表”属最近一轮、“对办理结果”为“不满意”，且“重新办理次数”不少于“不满意重新办理次数”，转入“当面协商”"
        in state
    )
    assert "（4）以上都不符合时，转入“双向评价中”" in state
    assert "- 没有未结的“征询意见表”，即自动“反馈收齐”" in state


def test_deadlines_are_said_in_words(proposal: Lifecycle) -> None:
    clocks = chapter(page(proposal), "### 承办件的时限")

    assert "- **办复期限**\n  - 自开件起 3 个月内，到“" in clocks
    assert "  - 到期前 15 天、7 天提醒经办的一方\n  - 逾期：通知承办单位、交办单位\n" in clocks
    assert "  - 可延期：由交办单位办理，共不超过 3 个月，最多 1 次，须写明理由\n" in clocks
    assert "  - “中止”期间停计，过后补还\n" in clocks
    assert "自进入“待签收”起 3 个工作日内离开“待签收”" in clocks


def test_every_kind_of_deadline_has_words() -> None:
    text = page(load_path(Path(__file__).parent.parent / "clocked.yaml"), language="en")

    assert 'by 2022-06-30, 1 month, counted from the opening, whichever is latest, until "done"' in text
    assert 'within 48 hours of "remind", until "核查"' not in text
    assert 'within 48 hours of "remind", until "Checking"' in text
    assert "told again every 5 working days" in text
    assert "10 days after the end, told to: boss" in text
    assert 'when overdue, "Keep it with the unit" happens by itself' in text


def test_parts_figures_notices_and_settings_have_chapters(proposal: Lifecycle) -> None:
    text = page(proposal, language="en")

    assert "Opened by: Assign, All feedback is in, Add a unit, Give it to another unit" in chapter(text, "## Part: Assignment")  # fmt: skip
    assert "| Filing rate | Proposal (reached Filed) ÷ Proposal (reached Submitted) |" in chapter(text, "## Figures")
    assert "| Send back for revision | Proposer; a copy to All proposers |" in chapter(text, "## Notices")
    assert "| Time to reply | 3 months |" in chapter(text, "## Settings in force")
    assert "| Answering units | whoever holds a \"Assignment\" (\"Part\" is not \"Co\") |" in chapter(text, "## Who is who")  # fmt: skip


def test_notices_are_said_with_their_condition_and_their_copies(proposal: Lifecycle) -> None:
    told = chapter(page(proposal), "## 通知")

    assert "| 交办 | 这一步所开“承办件”的承办方 |" in told
    assert "| 承办件：答复（处于“已答复”） | 全体提案者；抄送会办单位 |" in told


def test_the_settings_of_a_place_are_the_ones_on_the_page() -> None:
    path = shipped_definitions() / "proposal.yaml"
    text = page(load_path(path, settings={"reply_within": "45d"}))

    assert "自开件起 45 天内" in text
    assert "| 办复期限 | 45 天 |" in text


@pytest.mark.parametrize("name", ["proposal", "opinion"])
def test_a_page_of_what_is_shipped_shows_no_rule_as_code(name: str) -> None:
    text = page(load_path(shipped_definitions() / f"{name}.yaml"))

    assert [] == [line for line in text.splitlines() if "规则 `" in line]


@pytest.mark.parametrize("name", ["proposal", "opinion"])
def test_everything_that_has_a_name_is_on_the_page(name: str) -> None:
    one = load_path(shipped_definitions() / f"{name}.yaml")
    text = page(one)
    kinds = (one.root, *one.parts.values())
    labels = [
        *(wording.kind(one, kind.name) for kind in kinds),
        *(each.label for kind in kinds for each in (*kind.states.values(), *kind.transitions.values())),
        *(each.label for kind in kinds for each in kind.fields.values()),
        *(each.label for each in (*one.roles.values(), *one.settings.values(), *one.metrics.values())),
        *(guard.otherwise for kind in kinds for action in kind.transitions.values() for guard in action.guards),
        *(clock.label for clocks in one.clocks.values() for clock in clocks),
    ]

    assert [] == [label.zh for label in labels if label.zh not in text]


@settings(deadline=None)
@given(lifecycles())
def test_any_lifecycle_has_a_page_and_the_same_one_each_time(written: dict[str, Any]) -> None:
    text = yaml.safe_dump(written, allow_unicode=True, sort_keys=False)
    one, again = load(text), load(text)

    assert page(one) == page(again)
    assert page(one).startswith("# ")
    for action in one.root.transitions.values():
        assert page(one, language="en").count("- **") >= len(one.root.transitions), action


def test_labels_are_not_read_as_markdown() -> None:
    text = page(
        load(
            "{casework: 1, lifecycle: x, version: 1, label: 'a*b_c', initial: a, roles: {r: {group: 'g|h', label: '[x](y)'}}, "
            "states: {a: {label: '<b>'}, b: {final: successful}}, transitions: {go: {from: a, to: b, by: r}}}"
        )
    )
    assert "| \\[x\\](y) | “g\\|h”组的成员 |" in text
    assert "转入“b”" in text
