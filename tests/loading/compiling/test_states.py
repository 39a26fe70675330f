from __future__ import annotations

import pytest

from tests.loading.texts import problems
from workflow.core.model import ORIGIN, Kind, Place
from workflow.loading import load

NESTED = """\
casework: 1
lifecycle: review
version: 1
initial: filing
roles: {clerk: {group: clerks}, head: {group: heads}}
fields: {title: text}
states:
  filing:
    label: 审查
    initial: checking
    edit: {clerk: [title]}
    waits_for: clerk
    pauses: due
    join: {when: case.title != null, take: pass}
    states:
      checking: {label: 初审}
      deciding:
        initial: second
        waits_for: [head]
        states:
          first: {edit: {head: [title]}}
          second:
            join: {when: 'visited("filing.checking")', take: pass}
  done: {final: successful}
transitions:
  look: {from: filing.checking, to: filing.deciding, by: clerk}
  pass: {from: filing, to: done, by: [engine, head]}
  drop: {from: any, to: done, by: head}
  back: {from: [filing.deciding, done], to: filing, by: head}
  undo: {from: filing.deciding.first, to: origin, by: head}
acts:
  note: {in: any, by: any}
  mark: {in: filing.deciding, by: clerk}
deadlines:
  due: {in: filing, within: 3d}
"""
LEAVES = ("filing.checking", "filing.deciding.first", "filing.deciding.second")


@pytest.fixture
def root() -> Kind:
    return load(NESTED, file="review.yaml").root


def test_nested_states_become_flat_ones_with_dotted_names(root: Kind) -> None:
    assert [*LEAVES, "done"] == list(root.states)
    assert ("filing", "filing.deciding") == root.states["filing.deciding.first"].within
    assert Place("review.yaml", 21, 18) == root.states["filing.deciding.first"].place


def test_a_state_with_states_in_it_is_entered_by_its_initial_one(root: Kind) -> None:
    assert "filing.checking" == root.initial
    assert "filing.deciding.second" == root.transitions["look"].to
    assert "filing.checking" == root.transitions["back"].to


def test_a_state_with_states_in_it_stands_for_all_of_them(root: Kind) -> None:
    assert LEAVES == root.transitions["pass"].sources
    assert (*LEAVES[1:], "done") == root.transitions["back"].sources
    assert LEAVES[1:] == root.transitions["mark"].sources


def test_from_any_leaves_out_the_final_states_and_in_any_does_not(root: Kind) -> None:
    assert LEAVES == root.transitions["drop"].sources
    assert (*LEAVES, "done") == root.transitions["note"].sources


def test_origin_stays_origin(root: Kind) -> None:
    assert ORIGIN == root.transitions["undo"].to


def test_what_a_state_leaves_out_it_has_from_the_state_around_it(root: Kind) -> None:
    checking, first, second = (root.states[name] for name in LEAVES)

    assert [{"clerk": ("title",)}, {"head": ("title",)}, {"clerk": ("title",)}] == [
        state.edit for state in (checking, first, second)
    ]
    assert [("clerk",), ("head",), ("head",)] == [state.waits_for for state in (checking, first, second)]
    assert [("due",)] * 3 == [state.pauses for state in (checking, first, second)]
    assert [1, 1, 2] == [len(state.joins) for state in (checking, first, second)]
    assert "审查" not in [state.label.zh for state in (checking, first, second)]


def test_a_state_says_whom_it_waits_for_or_leaves_it_to_its_transitions(root: Kind) -> None:
    assert root.states["done"].waits_for is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("initial: second", "initial: third", '18:18: there is no state "third"; known: first, second'),
        ("to: filing.deciding,", "to: deciding,", 'did you mean "filing.deciding"?'),
        ("    label: 审查\n", "    final: cancelled\n", '"filing" has states in it and cannot be final'),
        ("pauses: due", "pauses: dew", 'there is no deadline "dew"; known: due'),
        ("waits_for: clerk", "waits_for: any", 'there is no role "any"; known: clerk, head'),
        ("take: pass}\n    states", "take: look}\n    states", "is not taken by the engine (by: clerk)"),
        ('visited("filing.checking")', 'visited("filing.chequing")', "there is no state 'filing.chequing'"),
        ("take: pass}\n  done", "take: note}\n  done", 'there is no transition "note"; known: look, pass, drop'),
    ],
)
def test_what_is_wrong_with_states_is_told(old: str, new: str, expected: str) -> None:
    found = [p.say("en") for p in problems(NESTED.replace(old, new))]

    assert any(expected in said for said in found), found
