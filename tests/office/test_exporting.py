"""What is handed out to be checked is what was hashed, and that it was is recorded, on every database."""

from __future__ import annotations

import hashlib
import io
import json

import sqlalchemy as sa

from tests.conftest import ANN, DAN
from workflow.core.written import leaf
from workflow.engine import Engine
from workflow.store.tables import OFFICE, records

LAMP = {"title": "Broken lamp"}


def test_an_export_is_the_text_that_was_hashed(engine: Engine) -> None:
    case = engine.open("ticket", ANN, LAMP)
    out = io.StringIO()

    assert 2 == engine.export(out, DAN)

    lines = out.getvalue().splitlines()
    assert case.receipt["leaf"] in [leaf(line, "casework") for line in lines]
    assert engine.verify().good


def test_an_export_is_itself_recorded(engine: Engine) -> None:
    engine.open("ticket", ANN, LAMP)
    case = engine.fire(engine.open("ticket", ANN, LAMP).case.id, "send", ANN).case.id
    out = io.StringIO()
    engine.export(out, DAN, "T-001")
    with engine.looking() as sql:
        query = sa.select(records.c.body).where(records.c.file == OFFICE).order_by(records.c.seq.desc()).limit(1)
        told = json.loads(sql.execute(query).scalar_one())

    assert ("export", "dan") == (told["kind"], told["who"]["id"])
    digest = hashlib.sha256(out.getvalue().encode()).hexdigest()
    assert {"file": case, "records": 2, "sha256": digest} == told["input"]
