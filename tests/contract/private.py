"""An office that is told personal things, for whatever is about them."""

from __future__ import annotations

import io
from typing import Any

import sqlalchemy as sa

from workflow.core.model import Actor
from workflow.engine import Engine
from workflow.store.tables import metadata

PHONE, KIN, STREET, LINE = "13800001111", "bob-7781", "Quiet Lane 12", "0571-88776655"
SECRETS = (PHONE, KIN, STREET, LINE)
ANN, DAN = Actor("ann", "安妮"), Actor("dan", "丹", groups=frozenset({"desk"}))
BOB = Actor("bob", "鲍勃")
CLERK = Actor("u1-clerk", unit="u1")


def asked(counter: Engine, actor: Actor = ANN, **values: Any) -> str:
    """An enquiry that was sent, with everything personal in it that there is."""
    given = {"phone": PHONE, "age": 41, "kin": [KIN], "home": {"street": STREET, "town": "X"}, **values}
    case = counter.open("enquiry", actor, {"title": "x", **given}, request_id=f"open-{actor.id}").case.id
    counter.fire(case, "send", actor)
    counter.fire(case, "call", DAN, {"line": LINE, "gist": "noted"})
    return case


def ended(counter: Engine, actor: Actor = ANN, **values: Any) -> str:
    case = asked(counter, actor, **values)
    counter.fire(case, "end", DAN)
    return case


def everything(counter: Engine) -> str:
    """All that any table holds, as one text."""
    with counter.looking() as sql:
        return "\n".join(str(tuple(row)) for table in metadata.sorted_tables for row in sql.execute(sa.select(table)))


def records(counter: Engine) -> str:
    out = io.StringIO()
    counter.export(out, DAN)
    return out.getvalue()


def codes(counter: Engine) -> list[tuple[str, int]]:
    return [(each.code, each.seq) for each in counter.verify().findings]
