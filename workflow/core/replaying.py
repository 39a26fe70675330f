"""The recorded commands of a file, judged by another version: what would have gone otherwise, and from which on.

Each record is told in the names of the other version and put to `decide`, with its actor as the record keeps him and
its own moment as now. It agrees where the same state, parts, values and numbers come of it. What the engine did by
itself agrees where that version's joins would have had it done at that point.

What a record does not tell (how another case stood then, in which groups a person was) is taken as it seems now. So
that this is held against nobody, a difference counts only where the record's own version, asked in the same way, does
agree with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflow.core.calendar import Calendar
from workflow.core.decide import accepted_fields, automatic, decide, opening
from workflow.core.errors import ConditionFailed
from workflow.core.fold import fold
from workflow.core.model import (
    EDIT,
    ENGINE,
    ENGINE_ACTOR,
    Actor,
    Blocker,
    Command,
    File,
    Json,
    Lifecycle,
    Linked,
    Migration,
    Move,
    Refusal,
    Text,
)
from workflow.core.record import OF_NO_STEP, Record
from workflow.core.renaming import Kinds, fitted, renamed, values
from workflow.core.run import begins, broken_invariants

LifecycleOf = Callable[[int], Lifecycle]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first record that would have been another, by its number in the file, and why."""

    seq: int
    action: str
    case: str
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A record as it was written, in the names of another version, and as that can be folded by it. `approved`: a
    mapping speaks of its states.
    """

    entry: Record
    now: Record
    fitted: Record
    kinds: Kinds
    input: Mapping[str, Json]
    approved: bool = False


def in_force(records: Iterable[Record]) -> list[Record]:
    """The records of what was done to the case, without migrations that were taken back."""
    found = [each for each in records if each["kind"] not in OF_NO_STEP]
    undone = {each["undoes"]: each["seq"] for each in found if "undoes" in each}
    return [each for each in found if each["seq"] not in undone and each["seq"] not in undone.values()]


def replay(
    records: Sequence[Record],
    lifecycle: Lifecycle,
    names: Migration,
    lifecycle_of: LifecycleOf,
    linked: Mapping[str, Linked],
    calendar: Calendar,
    approved: frozenset[str],
) -> tuple[File, Difference | None]:
    """The file as `lifecycle` would have it now, and the first difference on the way.

    `names` leads from the version that the file follows to `lifecycle`; `approved` are the ids of cases whose present
    state somebody has mapped, so that their past is not held against them.
    """
    told = tuple(_told(in_force(records), lifecycle, names, lifecycle_of))
    judge = _Judge(lifecycle, calendar, linked, approved)
    judge.take_all(told)
    if judge.differences:
        excused = _unknowable([each.entry for each in told], lifecycle_of, linked, calendar)
        if judge.differences[0].seq in excused:
            judge = _Judge(lifecycle, calendar, linked, approved, excused)
            judge.take_all(told)
    assert judge.file is not None
    return judge.file, judge.differences[0] if judge.differences else None


def _unknowable(
    records: Sequence[Record], lifecycle_of: LifecycleOf, linked: Mapping[str, Linked], calendar: Calendar
) -> frozenset[int]:
    """The numbers of the records that their own version would not repeat either."""
    judge = _Judge(lifecycle_of(records[0]["lifecycle"]["version"]), calendar, linked, every=True)
    kinds: dict[str, str] = {}
    for entry in records:
        judge.lifecycle = lifecycle_of(entry["lifecycle"]["version"])
        _note_kinds(kinds, entry)
        judge.take(Told(entry, entry, entry, kinds, _given(entry, kinds, lifecycle_of)))
    return frozenset(each.seq for each in judge.differences)


def _note_kinds(kinds: dict[str, str], entry: Record) -> None:
    if entry["kind"] == "open":
        kinds[entry["case"]] = ""
    kinds |= {
        part["id"]: part["part"] for part in (*entry.get("opened", ()), *entry.get("cases", ())) if "part" in part
    }


def _told(
    records: Sequence[Record], lifecycle: Lifecycle, names: Migration, lifecycle_of: LifecycleOf
) -> Iterator[Told]:
    """Each record in the names of the newest version, through every version that the file has followed since."""
    ways: list[tuple[Record, Migration | None, tuple[Migration, ...]]] = []
    way: tuple[Migration, ...] = (names,)
    for entry in reversed(records):
        came = None
        if entry["kind"] == "migration":
            declared = lifecycle_of(entry["lifecycle"]["version"]).migrate
            came = declared if declared is not None and declared.version == entry["source"]["version"] else None
        ways.append((entry, came, way))
        way = way if came is None else (came, *way)
    own: dict[str, str] = {}
    for entry, came, way in reversed(ways):
        if came is not None:
            own = {id: came.of(kind).kind for id, kind in own.items()}
        _note_kinds(own, entry)
        now, kinds, approved = entry, dict(own), False
        given = _given(entry, own, lifecycle_of)
        for step in way:
            renaming = step.of(kinds[entry["case"]])
            approved = approved or any(now.get(place) in renaming.states for place in ("from", "to"))
            now, given = renamed(now, kinds, step), values(given, renaming)
            kinds = {id: step.of(kind).kind for id, kind in kinds.items()}
        yield Told(entry, now, fitted(now, kinds, lifecycle), kinds, given, approved)


def _given(entry: Record, kinds: Kinds, lifecycle_of: LifecycleOf) -> dict[str, Json]:
    """What came with the command: its `input`, and of what was `set` that which the action takes in."""
    changes = entry.get("set", {})
    if entry["kind"] in ("open", EDIT):
        return dict(changes)
    if entry["kind"] not in ("move", "act"):
        return {}
    kind = lifecycle_of(entry["lifecycle"]["version"]).kind(kinds[entry["case"]])
    accepted = {field.name for field in accepted_fields(kind, kind.transitions[entry["action"]])}
    return {**entry.get("input", {}), **{name: value for name, value in changes.items() if name in accepted}}


class _Judge:
    """Folds the records one by one, and holds each against a version until one differs, or `every` one of them."""

    def __init__(
        self,
        lifecycle: Lifecycle,
        calendar: Calendar,
        linked: Mapping[str, Linked],
        approved: frozenset[str] = frozenset(),
        excused: frozenset[int] = frozenset(),
        *,
        every: bool = False,
    ) -> None:
        self.lifecycle = lifecycle
        self.file: File | None = None
        self.differences: list[Difference] = []
        self._calendar = calendar
        self._linked = linked
        self._approved = approved
        self._excused = excused
        self._every = every
        self._following: tuple[str, Command] | None = None  # what the engine would do next by itself
        self._timed = False  # the record before was a clock's

    def take_all(self, records: Iterable[Told]) -> None:
        """Every record, in order."""
        for told in records:
            self.take(told)

    def take(self, told: Told) -> None:
        """The next record."""
        command = told.entry["kind"] not in ("timer", "migration")
        if self._judging and command and not told.approved:
            self._hold_against(told, self._judged(told))
        self.file = self._folded(told)
        self._timed = told.entry["kind"] == "timer"
        if self._judging and not self._timed:
            self._hold_against(told, self._at_rest(told))

    @property
    def _judging(self) -> bool:
        return self._every or not self.differences

    def _hold_against(self, told: Told, blockers: Sequence[Blocker]) -> None:
        entry = told.entry
        if blockers and entry["case"] not in self._approved and entry["seq"] not in self._excused:
            self.differences.append(Difference(entry["seq"], entry["action"], entry["case"], tuple(blockers)))

    def _folded(self, told: Told) -> File:
        """The file after the record. Which clocks begin with it is asked anew: each version has its own conditions."""
        after = fold(self.file, told.fitted, self.lifecycle)
        after.linked = self._linked
        if told.entry["kind"] == "timer":
            return after
        try:
            begun = begins(self.lifecycle, self.file, after, told.fitted)
        except ConditionFailed as failed:
            self._hold_against(told, (Blocker("condition", failed.text),))
            return after
        if begun == told.fitted.get("begun", {}):
            return after
        after = fold(self.file, {**told.fitted, "begun": begun}, self.lifecycle)
        after.linked = self._linked
        return after

    def _at_rest(self, told: Told) -> Sequence[Blocker]:
        """Look at what the other version would have the engine do next, and at its invariants."""
        assert self.file is not None
        at = told.entry["at"]
        try:
            self._following = automatic(self.lifecycle, self.file, at)
            return broken_invariants(self.lifecycle, self.file, at)
        except ConditionFailed as failed:
            self._following = None
            return (Blocker("condition", failed.text),)

    def _judged(self, told: Told) -> Sequence[Blocker]:
        entry, now, at = told.entry, told.now, told.entry["at"]
        gone = self._gone(told)
        if gone:
            return gone
        by_engine = entry["who"]["id"] == ENGINE and entry["who"].get("through") == ENGINE
        expected = self._expected(told, by_engine=by_engine)
        if expected:
            return expected
        actor = ENGINE_ACTOR if by_engine else _actor(self.lifecycle, now["who"])
        command = Command(entry["action"], actor, told.input, entry.get("note"), entry.get("happened"))
        answer: Move | Refusal
        if entry["kind"] == "open":
            started = "roles" not in entry["who"]
            answer = opening(self.lifecycle, command, at, entry["by"], started=started)
        else:
            assert self.file is not None
            answer = decide(self.lifecycle, self.file, entry["case"], command, at, self._calendar)
        return answer.blockers if isinstance(answer, Refusal) else tuple(_different(answer, now, self._defaults(told)))

    def _gone(self, told: Told) -> list[Blocker]:
        kind = self.lifecycle.kind(told.kinds[told.entry["case"]])
        named = [told.now[place] for place in ("from", "to") if place in told.now]
        return [state_gone(name) for name in dict.fromkeys(named) if name not in kind.states]

    def _expected(self, told: Told, *, by_engine: bool) -> list[Blocker]:
        """The engine goes on by itself before anybody else can act, and only where a join holds."""
        entry = told.entry
        following, self._following = self._following, None
        if following is not None and (
            not by_engine or (entry["case"], entry["action"]) != (following[0], following[1].action)
        ):
            return [engine_first(following[1].action)]
        if following is None and by_engine and entry["kind"] == "move" and not self._timed:
            name = entry["action"]
            return [
                _differs(
                    f"新版在此处不会自动办理“{name}”", f"this version would not take {name!r} by itself here", name
                )
            ]
        return []

    def _defaults(self, told: Told) -> dict[str, Json]:
        return {
            field.name: field.default for field in self.lifecycle.kind(told.kinds[told.entry["case"]]).fields.values()
        }


def _actor(lifecycle: Lifecycle, who: Record) -> Actor:
    """The person of a record. The groups he was in are not kept, but the roles he had are: he counts as having them."""
    roles = [*who.get("roles", ()), *(lifecycle.proxies if "for" in who else ())]
    groups = {group for role in roles for group in _groups(lifecycle, role)}
    return Actor(
        who["id"], who.get("name", ""), who.get("unit"), frozenset(groups), who.get("for"), who.get("through", "")
    )


def _groups(lifecycle: Lifecycle, name: str) -> Iterator[str]:
    role = lifecycle.roles.get(name)
    if role is not None:
        if role.group is not None:
            yield role.group
        for other in role.any_of:
            yield from _groups(lifecycle, other)


def _different(move: Move, now: Record, defaults: Mapping[str, Json]) -> Iterator[Blocker]:
    """What `move` does otherwise than the record tells."""
    target = now.get("to", now.get("from"))
    if move.target != target:
        yield _differs(
            f"新版会到“{move.target}”，不是“{target}”", f"it would lead to {move.target!r}, not {target!r}", move.target
        )
    changes = now.get("set", {})
    for name, value in move.set.items():
        if changes.get(name) != value and (name in changes or value != defaults.get(name)):
            yield _differs(f"新版会把“{name}”记为另一个值", f"{name!r} would be another value", name)
    opened = sorted((part["part"], part["key"], part.get("holder", "")) for part in now.get("opened", ()))
    if sorted((part.part, part.key, part.holder or "") for part in move.opened) != opened:
        yield _differs("新版会建立另外的分件", "other parts would be opened")
    if sorted(move.closed) != sorted(now.get("closed", ())):
        yield _differs("新版会关闭另外的分件", "other parts would be closed")
    if [each.lifecycle for each in move.started] != [each["lifecycle"] for each in now.get("started", ())]:
        yield _differs("新版会另开别的件", "other cases would be opened")
    for wanted in move.numbers:
        if (wanted.field not in changes) if wanted.field is not None else ("number" not in now):
            yield _differs("新版会在此编号", "a number would be given here", wanted.field)


def _differs(zh: str, en: str, about: str | None = None) -> Blocker:
    return Blocker("differs", Text(zh, en), about)


def engine_first(action: str) -> Blocker:
    """The engine would go on by itself: a join holds in this version that did not in the one before."""
    return _differs(f"按新版，引擎会先自动办理“{action}”", f"the engine would take {action!r} by itself first", action)


def state_gone(name: str, where: Text = Text("", "")) -> Blocker:
    """The version has no such state, and no mapping says what became of it."""
    return Blocker(
        "state_gone",
        Text(
            f"{where.zh}新版没有状态“{name}”；请在新文件的 migrate: states: 里写明改到哪个状态",
            f"{where.en}there is no state {name!r} in the new version; say under `migrate: states:` what became of it",
        ),
        name,
    )
