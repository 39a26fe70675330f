"""The work that is timed: a case walks from `submitted` to `closed` in five steps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workflow import Actor, Engine
from workflow.core.model import Json

LIFECYCLE = Path(__file__).with_name("lifecycle.yaml")
NAME, VERSION = "walk", 1

AUTHOR = Actor("m1", "林建国")
CLERK = Actor("c1", "王芳", "office", frozenset({"clerks"}))
DISPATCHER = Actor("d1", "李强", "government", frozenset({"dispatchers"}))
UNIT = Actor("p9", "周敏", "health")

VALUES: dict[str, Json] = {"title": "关于改善农村养老服务的提案", "weight": 40, "unit": "health"}


@dataclass(frozen=True, slots=True)
class Leg:
    """One step of the road: who takes it in which role, and who is told and must act then.

    A party in braces is a fact of the case: its author or its unit.
    """

    action: str
    source: str
    target: str
    actor: Actor
    role: str
    by: str
    told: tuple[str, ...]
    next: str | None
    outcome: str | None = None


ROAD = (
    Leg("screen", "submitted", "screened", CLERK, "clerk", "clerks", ("{author}",), "dispatchers"),
    Leg("assign", "screened", "assigned", DISPATCHER, "dispatcher", "dispatchers", ("{unit}", "{author}"), "{unit}"),
    Leg("reply", "assigned", "replied", UNIT, "unit", "{unit}", ("{author}",), "{author}"),
    Leg("evaluate", "replied", "evaluated", AUTHOR, "author", "{author}", ("{unit}", "clerks"), "clerks"),
    Leg("close", "evaluated", "closed", CLERK, "clerk", "clerks", ("{author}",), None, "successful"),
)


def opened(engine: Engine, count: int) -> list[str]:
    """That many new cases at the beginning of the road; their ids."""
    return [engine.open(NAME, AUTHOR, VALUES).case.id for _ in range(count)]


def walk(engine: Engine, case: str, leg: Leg) -> None:
    """One step, through the engine."""
    engine.fire(case, leg.action, leg.actor)
