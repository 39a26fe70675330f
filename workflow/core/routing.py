"""Which conditions of a transition hold, and where it then leads.

Where `unsure`, the input is not known yet, or is wrong: nothing that reads it is held against anybody.
"""

from __future__ import annotations

from typing import Any

from workflow.core import blockers as no
from workflow.core import kernel, wording
from workflow.core.errors import ConditionFailed
from workflow.core.model import ORIGIN, Blocker, Case, Kind, Route, Text, Transition
from workflow.core.scope import Scope


def guard_blockers(transition: Transition, scope: Scope, *, unsure: bool) -> list[Blocker]:
    """A blocker for each guard that does not hold, or cannot be judged; where `unsure`, none for one that reads the input."""
    blockers = []
    for guard in transition.guards:
        if unsure and _reads_input(guard.when, transition):
            continue
        try:
            if guard.when.evaluate(scope) is not True:
                blockers.append(Blocker("guard", guard.otherwise, guard.name))
        except ConditionFailed as failed:
            blockers.append(no.undecided(guard.otherwise, failed, guard.name))
    return blockers


def route_of(transition: Transition, scope: Scope, *, unsure: bool) -> tuple[Route | None, Blocker | None]:
    """The one route that holds. Alternatives must match exactly once; `else` holds where no other does."""
    if not transition.routes:
        return None, None
    if unsure and any(r.when is not None and _reads_input(r.when, transition) for r in transition.routes):
        return None, None
    try:
        holding = [r for r in transition.routes if r.when is not None and r.when.evaluate(scope) is True]
    except ConditionFailed as failed:
        return None, Blocker("condition", failed.text, transition.name)
    if not holding:
        holding = [route for route in transition.routes if route.when is None]
    if len(holding) == 1:
        return holding[0], None
    name = wording.action(transition)
    if not holding:
        return None, Blocker(
            "no_route",
            Text(
                f"“{name.zh}”没有适用的去向，请联系流程管理员",
                f"{name.en!r} has no route that fits; ask the lifecycle's administrator",
            ),
            transition.name,
        )
    ways = ", ".join(route.to for route in holding)
    return None, Blocker(
        "no_route",
        Text(
            f"“{name.zh}”同时有几个去向（{ways}），请联系流程管理员", f"{name.en!r} has several routes at once ({ways})"
        ),
        transition.name,
    )


def target_of(kind: Kind, case: Case, transition: Transition, route: Route | None) -> str | None:
    """The state to which the case goes; None where it came from nowhere that it could go back to."""
    if transition.act:
        return case.state
    target = route.to if route is not None else transition.to
    if target != ORIGIN:
        return target
    back = case.origin
    return back if back is not None and kernel.leads(kind, case.state, transition.name, back) else None


def _reads_input(expression: Any, transition: Transition) -> bool:
    """Whether it depends on what comes with the command: on `input`, or on a field the command may write."""
    given = {f"case.{name}" for name in (*(f.name for f in transition.asks), *transition.require)}
    return any(root == "input" or name in given for name, root, _ in getattr(expression, "names", ()))
