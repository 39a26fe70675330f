"""Scenarios for what was not reached: they run, and they reach it."""

from pathlib import Path

import pytest

from workflow.testing import Stage
from workflow.testing.coverage import Coverage
from workflow.testing.features import parse
from workflow.testing.scenarios import play, understood
from workflow.testing.suggesting import suggest

TESTS = Path(__file__).parents[1]
FILES = {
    "helpdesk": TESTS / "testing" / "helpdesk.yaml",
    "errand": TESTS / "clocked.yaml",
    "ticket": TESTS / "ticket.yaml",
}


@pytest.fixture(scope="module", params=FILES)
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage([FILES[request.param]])


def covered(stage: Stage, source: str) -> Coverage:
    """What a feature file reaches; every scenario must hold."""
    coverage = Coverage(stage.lifecycles[0])
    feature = parse(source, "pasted.feature")
    understood([feature])
    for scenario in feature.scenarios:
        came = play(stage, feature, scenario, coverage.watch)
        assert came.failure is None, came.failure
    return coverage


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_suggestions_pasted_back_reach_what_they_say(stage, language):
    nothing = Coverage(stage.lifecycles[0])
    found = suggest(stage, nothing, language, 99)

    pasted = covered(stage, found.feature())

    assert set(found.lost) == set(pasted.missing)
    assert pasted.total().percent > 90
    assert all(each.played for each in found.suggestions)
    assert len({aim for each in found.suggestions for aim in each.aims}) == sum(len(s.aims) for s in found.suggestions)


def test_with_each_suggestion_pasted_more_is_reached():
    stage = Stage([FILES["helpdesk"]])
    beginning = "# language: zh-CN\n功能: f\n场景: s\n  假如甲新建“打印机”\n"
    before = covered(stage, beginning)
    found = suggest(stage, before, "zh", 99)

    after = covered(stage, beginning + "\n".join(each.text for each in found.suggestions) + "\n")

    assert before.total().reached < after.total().reached
    assert () == after.missing
    assert () == suggest(stage, after, "zh", 99).suggestions


def test_no_more_are_given_than_were_asked_for_those_that_reach_most_first():
    stage = Stage([FILES["errand"]])
    found = suggest(stage, Coverage(stage.lifecycles[0]), "zh", 3)

    reached = [len(each.aims) for each in found.suggestions]
    assert 3 == len(reached)
    assert sorted(reached, reverse=True) == reached


TWO_HANDS = """\
casework: 1
lifecycle: hands
version: 1
label: {zh: 复核, en: Two hands}
initial: begun
settings:
  strict: {type: bool, default: true, label: {zh: 从严, en: Strict}}
  most: {type: int, default: 37}
roles:
  maker: {group: makers, label: {zh: 经办, en: Maker}}
  checker: {group: checkers, label: {zh: 复核人, en: Checker}}
fields:
  maker: {type: party}
  amount: {type: int, min: 1}
  word: {type: text}
guards:
  other_hand: {when: actor.id != case.maker, else: {zh: 经办和复核不能是同一人, en: another hand must check}}
  not_much: {when: input.amount <= settings.most, else: {zh: 超过上限, en: too much}}
  magic: {when: input.word == "sesame", else: {zh: 口令不对, en: the word is wrong}}
states:
  begun: {label: {zh: 已开始, en: Begun}}
  made: {label: {zh: 已经办, en: Made}}
  open: {label: {zh: 已开门, en: Opened}, final: successful}
  done: {label: {zh: 已复核, en: Checked}, final: successful}
  quick: {label: {zh: 速办, en: Quick}, final: successful}
transitions:
  make: {label: {zh: 经办, en: Make}, from: begun, to: made, by: [maker], ask: {amount: {required: true}}, if: [not_much], set: {maker: actor.id}}
  check:
    label: {zh: 复核, en: Check}
    from: made
    by: [checker]
    if: [other_hand]
    routes: [{when: settings.strict, to: done}, {else: true, to: quick}]
  unlock: {label: {zh: 开门, en: Unlock}, from: made, to: open, by: [maker], ask: {word: {required: true}}, if: [magic]}
"""


def test_settings_numbers_and_one_person_in_two_roles_are_tried(tmp_path):
    (tmp_path / "hands.yaml").write_text(TWO_HANDS, "utf-8")
    stage = Stage([tmp_path / "hands.yaml"])
    found = suggest(stage, Coverage(stage.lifecycles[0]), "zh", 99)
    text = found.feature()

    pasted = covered(stage, text)

    assert {"假如设置“从严”为“否”", "假如多面手是“makers”"} <= {line.strip() for line in text.splitlines()}
    assert "amount为“38”，因为“超过上限”" in text
    assert {("unlock", ""), ("open", ""), ("magic", "met")} == {(aim.name, aim.how) for aim in pasted.missing}


def test_what_no_way_is_found_to_is_said_with_the_way_on_the_map_and_its_conditions(tmp_path):
    (tmp_path / "hands.yaml").write_text(TWO_HANDS, "utf-8")
    stage = Stage([tmp_path / "hands.yaml"])

    zh, en = (suggest(stage, Coverage(stage.lifecycles[0]), language, 99).feature() for language in ("zh", "en"))

    assert "# 没有找到走法: 已开门；流程图上的路：经办 → 开门；路上的条件：超过上限；口令不对" in zh
    assert (
        "# no way was found to: Opened; the way on the map: Make → Unlock; conditions on it: too much; the word is wrong"
        in en
    )
