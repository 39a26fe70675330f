"""What is published, and what is not; that it never changes is held on every database in tests/contract/test_engine.py."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from tests.conftest import DAN
from workflow.core.errors import LifecycleInvalid
from workflow.engine import Engine
from workflow.loading import load
from workflow.store.tables import OFFICE, lifecycles, records

NOTE = """
casework: 1
lifecycle: note
version: 1
initial: new
fields: {title: {type: text, required: true}}
states: {new: {final: successful}}
"""


def test_a_lifecycle_that_was_loaded_is_published_as_it_is(desk: Engine) -> None:
    loaded = load(NOTE)

    assert (True, loaded.digest) == ((published := desk.publish(loaded)).new, published.digest)


def test_a_lifecycle_in_which_a_case_would_stand_still_is_not_published(desk: Engine) -> None:
    stuck = NOTE.replace("lifecycle: note", "lifecycle: stuck").replace("new: {final: successful}", "new: {}")

    with pytest.raises(LifecycleInvalid) as invalid:
        desk.publish(stuck)

    assert ["dead_end"] == [problem.code for problem in invalid.value.problems]
    assert "stuck" not in [published.name for published in desk.lifecycles()]


def test_a_warning_is_no_reason_not_to_publish(desk: Engine) -> None:
    assert desk.publish(NOTE.replace("version: 1", "version: 7\nroles: {idle: {group: nobody}}")).new


def test_who_publishes_is_recorded_and_kept_with_the_version(desk: Engine) -> None:
    desk.publish(NOTE, actor=DAN)
    desk.publish(NOTE.replace("version: 1", "version: 2"))

    with desk.looking() as sql:
        by = sql.execute(sa.select(lifecycles.c.published_by).where(lifecycles.c.name == "note")).scalars().all()
        told = sql.execute(sa.select(records.c.body).where(records.c.file == OFFICE).order_by(records.c.seq)).scalars()
        who = [json.loads(body)["who"]["id"] for body in told]
    assert (["dan", "host"], ["host", "dan", "host"]) == (by, who)
