"""Publishing: a lifecycle that was read and checked becomes a version by which cases are opened, and never changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import insert

from workflow.core.model import Actor, Lifecycle
from workflow.core.record import office_entry
from workflow.office.answers import Published
from workflow.office.library import Library
from workflow.store.tables import OFFICE, lifecycles
from workflow.store.work import Work

HOST = Actor("host", "")  # who publishes where nobody is named


def read(source: str | Path | Lifecycle, settings: Mapping[str, object] | None) -> Lifecycle:
    """The lifecycle in the file of this path or in this text, with a place's `settings` over its own; one that was
    loaded stays as it is. Raises LifecycleInvalid.
    """
    if isinstance(source, Lifecycle):
        return source
    from workflow.loading import load, load_path  # costs more than a step, and only publishing reads files

    if isinstance(source, str) and "\n" in source:
        return load(source, settings=settings)
    return load_path(source, settings=settings)


def publish(work: Work, library: Library, lifecycle: Lifecycle, actor: Actor | None) -> Published:
    """Keep the lifecycle, and record who published it (None: the host); the same again changes nothing. In the caller's
    transaction.

    Raises LifecycleInvalid for what `workflow.checks` calls an error, and VersionTaken.
    """
    name, version, digest = lifecycle.name, lifecycle.version, lifecycle.digest
    at = library.published(work.on.sql, lifecycle)
    if at is not None:
        return Published(name, version, digest, new=False, at=at)
    from workflow.checks import refuse_errors

    refuse_errors(lifecycle)
    by, now = actor or HOST, work.supply.now
    facts = {"lifecycle": {"name": name, "version": version, "digest": digest}}
    work.note_in_office(office_entry("publish", by, facts, file=OFFICE, now=now))
    work.on.sql.execute(insert(lifecycles), library.row(lifecycle, now, by.id))
    return Published(name, version, digest, new=True, at=now)
