"""Published lifecycles: compiled when first asked for, and then shared by all threads."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection, func, select

from workflow.core.errors import NotFound, Retired, Tampered, VersionTaken
from workflow.core.model import Lifecycle, Micros, Text
from workflow.core.written import canonical
from workflow.store.tables import lifecycles

LIFECYCLE = Text("流程", "lifecycle")


def retired(lifecycle: Lifecycle) -> Retired:
    """The error for a case that is to be opened, or moved, under a version that is retired."""
    name, version = lifecycle.label, lifecycle.version
    return Retired(
        lifecycle.name,
        version,
        Text(
            f"“{name.zh or lifecycle.name}”第 {version} 版已停用，不再开办或接收件；请发布并使用新版"
            "（casework lifecycle versions 列出各版）",
            f"version {version} of {name.en or lifecycle.name!r} is retired and takes no more cases; publish a newer one "
            "(`casework lifecycle versions` lists them)",
        ),
    )


class Library:
    """The lifecycles of one database."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Lifecycle] = {}

    def version(self, sql: Connection, name: str, version: int) -> Lifecycle:
        """Exactly that version. Raises NotFound."""
        known = self._known.get((name, version))
        if known is None:
            known = self._known[name, version] = self._read(sql, name, version)
        return known

    def forget(self, name: str, version: int) -> None:
        """Compile that version anew when it is next asked for."""
        self._known.pop((name, version), None)

    def latest(self, sql: Connection, name: str) -> Lifecycle:
        """The newest version. Raises NotFound with near names."""
        newest = sql.execute(select(func.max(lifecycles.c.version)).where(lifecycles.c.name == name)).scalar()
        if newest is None:
            names = [name for (name,) in sql.execute(select(lifecycles.c.name).distinct())]
            raise NotFound(LIFECYCLE, name, get_close_matches(name, names) or sorted(names))
        return self.version(sql, name, newest)

    def in_force(self, sql: Connection, name: str, version: int | None = None) -> Lifecycle:
        """The version that opens cases: the newest that is not retired, or that one. Raises NotFound, Retired."""
        query = select(lifecycles.c.version).where(lifecycles.c.name == name, lifecycles.c.retired_at.is_(None))
        if version is not None:
            query = query.where(lifecycles.c.version == version)
        found = sql.execute(query.order_by(lifecycles.c.version.desc()).limit(1)).scalar()
        if found is not None:
            return self.version(sql, name, found)
        known = self.latest(sql, name) if version is None else self.version(sql, name, version)
        raise retired(known)

    def all(self, sql: Connection) -> list[tuple[str, int, str, Micros]]:
        """Name, version, digest and time of publishing of every version, by name and version."""
        query = select(lifecycles.c.name, lifecycles.c.version, lifecycles.c.digest, lifecycles.c.published_at)
        return [tuple(row) for row in sql.execute(query.order_by(lifecycles.c.name, lifecycles.c.version))]

    def published(self, sql: Connection, lifecycle: Lifecycle) -> Micros | None:
        """When exactly this was published; None if it was not. Raises VersionTaken where that version is another."""
        row = sql.execute(
            select(lifecycles.c.digest, lifecycles.c.published_at).where(
                lifecycles.c.name == lifecycle.name, lifecycles.c.version == lifecycle.version
            )
        ).one_or_none()
        if row is None:
            return None
        if row.digest != lifecycle.digest:
            raise VersionTaken(lifecycle.name, lifecycle.version)
        at: Micros = row.published_at
        return at

    def row(self, lifecycle: Lifecycle, at: Micros, by: str) -> dict[str, Any]:
        """What is stored of it."""
        return {
            "name": lifecycle.name,
            "version": lifecycle.version,
            "digest": lifecycle.digest,
            "source": lifecycle.source,
            "settings": canonical(lifecycle.values()),
            "published_at": at,
            "published_by": by,
        }

    def _read(self, sql: Connection, name: str, version: int) -> Lifecycle:
        from workflow.loading import load  # not every command reads a lifecycle

        row = sql.execute(
            select(lifecycles).where(lifecycles.c.name == name, lifecycles.c.version == version)
        ).one_or_none()
        if row is None:
            known = [str(v) for n, v, _, _ in self.all(sql) if n == name]
            raise NotFound(LIFECYCLE, f"{name} {version}", [f"{name} {each}" for each in known])
        lifecycle = load(row.source, file=f"{name}@{version}", settings=json.loads(row.settings), check=False)
        if lifecycle.digest != row.digest:
            raise Tampered(
                Text(
                    f"流程“{name}”第 {version} 版的内容与发布时的摘要不符；请运行 casework audit verify",
                    f"version {version} of {name!r} is not what was published; run `casework audit verify`",
                )
            )
        return lifecycle
