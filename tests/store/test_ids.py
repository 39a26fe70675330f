"""Ids sort by the time they were made."""

from __future__ import annotations

import uuid

from workflow.store.ids import new_id


def test_ids_are_uuids_of_version_seven() -> None:
    made = uuid.UUID(new_id())

    assert (7, uuid.RFC_4122) == (made.version, made.variant)


def test_later_ids_are_greater() -> None:
    made = [new_id() for _ in range(20_000)]

    assert sorted(set(made)) == made
