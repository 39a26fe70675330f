"""Whatever is done to a file: `decide` answers, changes nothing, and never leaves what the lifecycle declares."""

import copy
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.desk import LETTER, OFFICE, Desk
from workflow.core.calendar import china
from workflow.core.decide import accepted_fields, decide, offers
from workflow.core.fold import fold
from workflow.core.model import Actor, Case, Command, Field, Kind, Lifecycle, Move, Refusal
from workflow.core.written import read
from workflow.loading import load, load_path

DEFINITIONS = Path(__file__).parents[2] / "definitions"
LIFECYCLES = [load(OFFICE), load(LETTER), *(load_path(path) for path in sorted(DEFINITIONS.glob("*.yaml")))]
PEOPLE = ["m1", "m2", "u1", "u2"]
LONG_AGO = 1_600_000_000_000_000

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def fitting(field: Field) -> st.SearchStrategy[Any]:
    """Values that mostly fit the field, so that the walks get somewhere."""
    match field.type:
        case "text":
            return st.text("甲乙丙", min_size=max(1, field.min or 0), max_size=min(6, field.max or 6))
        case "int":
            return st.integers(field.min if field.min is not None else 0, field.max if field.max is not None else 9)
        case "bool":
            return st.booleans()
        case "date":
            return st.dates().map(str)
        case "choice" | "code":
            return st.sampled_from(field.choices)
        case "list":
            return st.lists(
                fitting(field.item or Field("i", "text")), min_size=field.min or 1, max_size=max(2, field.min or 1)
            )
        case "record":
            return st.fixed_dictionaries({f.name: fitting(f) for f in field.fields})
        case _:
            return st.sampled_from(PEOPLE)


def actors(lifecycle: Lifecycle) -> st.SearchStrategy[Actor]:
    groups = sorted({role.group for role in lifecycle.roles.values() if role.group})
    return st.builds(
        Actor,
        id=st.sampled_from(PEOPLE),
        unit=st.none() | st.sampled_from(PEOPLE),
        groups=st.frozensets(st.sampled_from(groups)) if groups else st.just(frozenset()),
    )


def commands(draw: Any, lifecycle: Lifecycle, kind: Kind) -> Command:
    action = draw(st.sampled_from([*kind.transitions, "edit", "no_such_action"]))
    fields = (
        accepted_fields(kind, kind.transitions[action])
        if action in kind.transitions
        else tuple(kind.fields.values())[:3]
    )
    values = {f.name: draw(fitting(f) | anything if draw(st.integers(0, 9)) == 0 else fitting(f)) for f in fields}
    return Command(action, draw(actors(lifecycle)), values, draw(st.sampled_from([None, "因故"])))


def declared(lifecycle: Lifecycle, case: Case) -> bool:
    kind = lifecycle.kind(case.kind)
    return case.state in kind.states and set(case.values) <= set(kind.fields)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_random_walk_stays_inside_the_lifecycle(data: st.DataObject) -> None:
    lifecycle = data.draw(st.sampled_from(LIFECYCLES))
    desk = Desk(lifecycle)
    everybody = frozenset(role.group for role in lifecycle.roles.values() if role.group)
    desk.open(
        Actor("m1", groups=everybody),
        **{f.name: data.draw(fitting(f)) for f in lifecycle.root.fields.values() if f.type != "case"},
    )
    for _ in range(data.draw(st.integers(1, 12))):
        case = data.draw(st.sampled_from(list(desk.file)))
        kind = lifecycle.kind(case.kind)
        everyone = Actor(case.holder or case.created_by, unit=case.created_by, groups=everybody)
        offered = [o.action for o in offers(lifecycle, desk.file, case.id, everyone, desk.now, china())]
        command = commands(data.draw, lifecycle, kind)
        if offered and data.draw(st.booleans()):
            action = data.draw(st.sampled_from(offered))
            asks = accepted_fields(kind, kind.transitions[action]) if action in kind.transitions else ()
            command = Command(action, everyone, {f.name: data.draw(fitting(f)) for f in asks}, "因故")
        before = copy.deepcopy(desk.file)

        first = decide(lifecycle, desk.file, case.id, command, desk.now, china())
        second = decide(lifecycle, desk.file, case.id, command, desk.now, china())

        assert first == second
        assert before == desk.file
        if isinstance(first, Refusal):
            assert first.blockers
            assert all(b.text.zh and b.text.en for b in first.blockers)
        else:
            assert first.target in kind.states
        desk.do(command.action, command.actor, on=case, note=command.note, **command.input)
        assert all(declared(lifecycle, each) for each in desk.file)
        desk.now += data.draw(st.sampled_from([0, 3_600_000_000, 90_000_000_000, 900_000_000_000]))

    replayed = None
    for step in desk.steps:
        replayed = fold(replayed, read(step.text), lifecycle)
    assert replayed is not None
    assert (desk.file.root, desk.file.parts) == (replayed.root, replayed.parts)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_whatever_the_facts_are_there_is_an_answer(data: st.DataObject) -> None:
    """Also for a case that no walk can reach: any state, any values."""
    lifecycle = data.draw(st.sampled_from(LIFECYCLES))
    kind = lifecycle.root
    state = data.draw(st.sampled_from(list(kind.states)))
    values = {f.name: data.draw(st.none() | fitting(f)) for f in kind.fields.values()}
    desk = Desk(lifecycle)
    outcome = data.draw(st.sampled_from([None, "cancelled", kind.states[state].final]))
    origin = data.draw(st.sampled_from([None, *kind.states]))
    from workflow.core.model import File

    case = Case(
        "id1",
        "id1",
        lifecycle.name,
        1,
        "",
        state,
        "m1",
        LONG_AGO,
        LONG_AGO,
        outcome=outcome,
        origin=origin,
        values=values,
    )
    command = commands(data.draw, lifecycle, kind)

    answer = decide(lifecycle, File(case), "id1", command, desk.now, china())

    assert isinstance(answer, (Move, Refusal))
