"""What the records of the office's own chain come to, beside the tables: published lifecycles, and working days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from workflow.core import calendar_cn
from workflow.core.calendar import china
from workflow.office.standing import Difference
from workflow.store.calendar_days import COUNTRY, digest_of
from workflow.store.tables import calendar_days, lifecycles

_NONE = "—"
_FACTS = ("digest", "published_at", "published_by", "retired_at", "retired_by")
_Year = tuple[str, str]  # region and year
_Days = list[tuple[str, bool]]


class OwnChain:
    """Told the records of the office's own chain in order (`take`), then asked where the tables differ from them."""

    __slots__ = ("_loaded", "_versions")

    def __init__(self) -> None:
        self._versions: dict[tuple[str, int], dict[str, Any]] = {}  # what the row of each published version says
        self._loaded: dict[_Year, Mapping[str, Any]] = {}  # the notices of working days

    def take(self, entry: Mapping[str, Any]) -> None:
        """The next record."""
        at, who, told = entry["at"], entry["who"]["id"], entry.get("input", {})
        if entry["kind"] == "publish":
            version = entry["lifecycle"]
            facts = {"digest": version["digest"], "published_at": at, "published_by": who}
            self._versions[version["name"], version["version"]] = facts
        elif entry["kind"] == "retire":
            version = entry["lifecycle"]
            self._versions[version["name"], version["version"]] |= {"retired_at": at, "retired_by": who}
        elif entry["kind"] == "calendar":
            self._loaded[told["region"], str(told["year"])] = told

    def differences(self, sql: Connection) -> Iterator[Difference]:
        """Where the tables say something else than the records; each named by the version or the year that it is about."""
        yield from self._of_versions(sql)
        yield from self._of_days(sql)

    def _of_versions(self, sql: Connection) -> Iterator[Difference]:
        query = select(lifecycles.c.name, lifecycles.c.version, *(lifecycles.c[name] for name in _FACTS))
        stored = {(name, version): facts for name, version, *facts in sql.execute(query)}
        for name, version in sorted({*stored, *self._versions}):
            row, told = stored.get((name, version)), self._versions.get((name, version))
            if row is None or told is None:
                kept, recorded = (row[0] if row else _NONE), (told["digest"] if told else _NONE)
                yield Difference(f"{name} {version}", "digest", kept, recorded)
                continue
            for what, table in zip(_FACTS, row, strict=True):
                if table != told.get(what):
                    yield Difference(f"{name} {version}", what, _shown(table), _shown(told.get(what)))

    def _of_days(self, sql: Connection) -> Iterator[Difference]:
        stored: dict[_Year, _Days] = defaultdict(list)
        seeded = False  # whether the days that came with us are there, which no record tells of
        query = select(calendar_days.c.region, calendar_days.c.day, calendar_days.c.works, calendar_days.c.version)
        for region, day, works, version in sql.execute(query):  # as they stand: somebody may have made nonsense of them
            stored[region, day[:4]].append((day, works))
            seeded = seeded or version == calendar_cn.VERSION
        shipped = _shipped()
        for region, year in sorted({*stored, *self._loaded, *(shipped if seeded else ())}):
            days, told = digest_of(stored[region, year]), self._loaded.get((region, year))
            if told is None:
                wanted = digest_of(shipped.get((region, year), []))
            elif "days" in told:
                wanted = told["days"]
            else:  # a record of earlier says the beginning, at the end of the version
                wanted = told["version"].rpartition("-")[2]
            if not days.startswith(wanted):
                yield Difference(f"{region} {year}", "calendar_days", days[:16], wanted[:16])


def _shown(fact: object) -> str:
    return _NONE if fact is None else str(fact)


def _shipped() -> dict[_Year, _Days]:
    found: dict[_Year, _Days] = defaultdict(list)
    for day, works in china().days.items():
        found[COUNTRY, str(day.year)].append((day.isoformat(), works))
    return found
