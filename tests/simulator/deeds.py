"""What is done in the simulated office: by people, by workers, by the administrator, by the weather."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.simulator.world import DAY, HABITS, HOUR, POLICY, SECOND, Channel, Drawn, Machine, Order, World, load
from workflow import incidents
from workflow.calendars import load_notice
from workflow.channels import Channels
from workflow.core.calendar import local
from workflow.core.decide import accepted_fields
from workflow.core.errors import InputInvalid, Refused, SealerBusy, Stale
from workflow.core.model import EDIT, ENGINE, OPEN, Actor, Case, File, Json, Kind, Lifecycle
from workflow.core.roles import who
from workflow.engine import Engine, Outcome
from workflow.migrating import apply, between
from workflow.outbox import deliver_due
from workflow.remedies import REMEDIES
from workflow.sealing import seal
from workflow.simulating.habits import Choices
from workflow.simulating.inputs import Inputs
from workflow.simulating.people import People
from workflow.store import claims
from workflow.timers import Fired, fire_all, fire_due

ADMIN = Actor("admin-1", "Administrator")
BATCH = 8  # timers and notices that a worker takes at a time
JUMPS = (SECOND, -SECOND, HOUR, -HOUR, DAY, -DAY, 3 * DAY, -3 * DAY, 40 * DAY)
NOTICE = "casework-calendar: 1\nyear: {year}\nregion: here\nsource: 假想的通知\noff: [{year}-{month:02}-12..{year}-{month:02}-14]\n"
LONG = 150 * DAY  # after which every clock has run out that was set in the meantime
ROUNDS = 60  # in which everything must come to rest in the end


class Deeds:
    """Draws what is done next, and keeps what was asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.versions: dict[str, int] = {}
        self._offices: dict[tuple[str, int], tuple[People, Inputs, Choices]] = {}
        self._weighed = (
            (55, ("desk", "command", self.command)),
            (10, ("desk", "repeat", self.repeat)),
            (10, ("worker", "timers", self.tick)),
            (14, ("worker", "notices", self.deliver)),
            (3, ("worker", "calendar", self.watch)),
            (6, ("worker", "seal", self.seal)),
            (2, ("admin", "notice of days", self.load_days)),
            (3, ("admin", "migration", self.migrate)),
            (4, ("admin", "incident", self.resolve)),
            (14, ("", "time", self.time)),
            (8, ("", "weather", self.change)),
        )

    def draw(self) -> Drawn:
        """What is done next, and by which kind of machine."""
        weights, deeds = zip(*self._weighed, strict=True)
        return self.world.chance.choices(deeds, weights)[0]

    # ------------------------------------------------------------ people

    def command(self, machine: Machine) -> str:
        """Somebody does something, allowed or not."""
        world, chance = self.world, self.world.chance
        known = self._cases(machine.engine)
        if len(known) < 2 or chance.random() < 0.12:
            order = self._opening(chance.choice(world.lifecycles))
        else:
            found = self._doing(machine.engine, chance.choice(known), known)
            if found is None:
                return "nothing to do"
            order = found
        order.id = f"r{len(world.orders) + 1}"
        world.orders.append(order)
        return self.give(machine, order)

    def repeat(self, machine: Machine) -> str:
        """Somebody sends again what he has no answer to; or, out of impatience, what he has."""
        world = self.world
        open_ = [each for each in world.orders if each.answer is None]
        asked = open_ or world.orders
        if not asked:
            return "nothing to repeat"
        world.figures["repeated"] += 1
        return self.give(machine, world.chance.choice(asked))

    def give(self, machine: Machine, order: Order) -> str:
        """Give the command; the answer is the one that was given before, if one was."""
        order.sent += 1
        engine, options = machine.engine, {"request_id": order.id}
        before = order.answer
        try:
            if order.action == OPEN:
                done = engine.open(order.name, order.actor, order.input, **options)
            else:
                done = engine.fire(
                    order.name, order.action, order.actor, order.input, note="模拟", expect=order.expect, **options
                )
            order.answer = ("done", _receipt(done))
        except Refused as refused:
            order.answer = ("refused", _why(refused))
        said = f"{order.id} {order.name} {order.action} by {order.actor.id}: {' '.join(order.answer)}"
        assert before in (None, order.answer), f"{order.id} was answered {before} and now {order.answer}"
        if before is None:
            self.world.figures["acknowledged" if order.answer[0] == "done" else "refused"] += 1
        return said

    def _cases(self, engine: Engine) -> list[str]:
        return [each.id for each in engine.find(limit=200)]

    def _opening(self, lifecycle: Lifecycle) -> Order:
        people, inputs, _ = self._office(lifecycle)
        chance = self.world.chance
        group = chance.choice([*people.groups.values()])
        actor = chance.choice((Actor(chance.choice(people.members)), chance.choice(group)))
        fields = [each for each in lifecycle.root.fields.values() if each.type != "case"]
        return Order("", lifecycle.name, OPEN, actor, inputs.of(fields, OPEN, self.world.now, None), None)

    def _doing(self, engine: Engine, name: str, known: list[str]) -> Order | None:
        """Something to do with that case or one of its parts; mostly what leads on, by somebody who may."""
        file, chance = engine.case(name), self.world.chance
        case = chance.choice([each for each in file if each.open] or [file.root])
        lifecycle = engine.lifecycle(file.root.lifecycle, file.root.version)
        kind = lifecycle.kind(case.kind)
        people, _, choices = self._office(lifecycle)
        weights = {action: weight**0.5 for action, weight in choices.of(case.kind, case.state).items() if action}
        if not weights or chance.random() < 0.05:
            weights = dict.fromkeys(kind.transitions, 1.0)
        if not weights:
            return None
        action = chance.choices([*weights], [*weights.values()])[0]
        actor = self._actor(lifecycle, file, case, action, people)
        expect = None if chance.random() < 0.6 else max(case.revision - (chance.random() < 0.1), 1)
        return Order("", case.id, action, actor, self._input(lifecycle, case, action, known), expect)

    def _actor(self, lifecycle: Lifecycle, file: File, case: Case, action: str, people: People) -> Actor:
        chance = self.world.chance
        able = [party for party in who(lifecycle, file, case.id, action) if party != ENGINE]
        if able and chance.random() < 0.93:
            return chance.choice(people.acting_for(chance.choice(able), chance))
        return Actor(chance.choice(people.members))

    def _input(self, lifecycle: Lifecycle, case: Case, action: str, known: list[str]) -> dict[str, Json]:
        chance, kind = self.world.chance, lifecycle.kind(case.kind)
        given = self._office(lifecycle)[1].of(_asked(kind, case, action), action, self.world.now, None)
        for field in _asked(kind, case, action):
            if field.type == "case" and field.required:
                given[field.name] = chance.choice(known)
        return given

    def _office(self, lifecycle: Lifecycle) -> tuple[People, Inputs, Choices]:
        key = lifecycle.name, lifecycle.version
        if key not in self._offices:
            people = People(lifecycle, HABITS)
            self._offices[key] = people, Inputs(HABITS, people, self.world.chance), Choices(lifecycle, HABITS)
        return self._offices[key]

    # ------------------------------------------------------------ workers

    def tick(self, machine: Machine) -> str:
        """A worker fires what is due."""
        return f"{len(self._fired(fire_due(machine.engine, limit=BATCH)))} fired"

    def _fired(self, fired: tuple[Fired, ...]) -> tuple[Fired, ...]:
        assert all(each.moment <= self.world.highest for each in fired), "early"
        self.world.figures["timers"] += len(fired)
        return fired

    def deliver(self, machine: Machine) -> str:
        """A worker delivers what is due."""
        world = self.world

        def heard(event: str, **facts: Any) -> None:
            if event == "claimed":
                gone, passed = world.seen[facts["until"] - int(POLICY.lease * SECOND)]
                machine.leased, machine.stops = (moment + int(POLICY.lease * SECOND) for moment in (gone, passed))

        done = deliver_due(
            machine.engine, Channels({"desk": Channel(machine)}, "desk"), worker=machine.name, limit=BATCH,
            policy=POLICY, random=world.chance.random, tell=heard,
        )  # fmt: skip
        return f"{done.sent} sent, {done.failed} failed, {done.parked} parked, {done.put_off} put off"

    def watch(self, machine: Machine) -> str:
        """A worker looks whether the days are others now."""
        return f"{len(machine.watch.look())} moved"

    def seal(self, machine: Machine) -> str:
        """Either worker seals, into the one folder; somebody outside takes the checkpoint home, mostly."""
        world = self.world
        try:
            done = seal(machine.engine, world.folder)
        except SealerBusy:
            return "busy"
        world.figures["seals"] += done.note is not None
        if done.note is not None and world.chance.random() < 0.8:
            world.outside[done.size] = done.note
        return f"{done.new} sealed of {done.size}"

    # ------------------------------------------------------------ the administrator

    def load_days(self, machine: Machine) -> str:
        """A notice of other working days."""
        world = self.world
        day = local(world.now)
        path = world.folder.path / "days.yaml"
        path.write_text(NOTICE.format(year=day.year, month=world.chance.randint(1, 12)), encoding="utf-8")
        loaded = load_notice(machine.engine, path, ADMIN)
        world.figures["notices of days"] += 1
        return f"{loaded.version}: {len(loaded.moved)} moved"

    def migrate(self, machine: Machine) -> str:
        """A new version, to which the running cases are brought; or one that was begun is gone on with."""
        world, engine = self.world, machine.engine
        name = world.lifecycles[-1].name
        newest = max(each.version for each in engine.lifecycles() if each.name == name)
        old = min(self.versions.get(name, newest), newest)
        if old == newest:
            if newest == 3:
                return "no newer version"
            published = engine.publish(_next(engine.lifecycle(name, newest)))
            self.versions[name] = newest
            newest = published.version
        lines = [line for line in apply(engine, between(engine, name, newest - 1, newest), ADMIN) if line.moved]
        self.versions[name] = newest
        world.figures["migrated"] += len(lines)
        return f"{name} {newest}: {len(lines)} moved"

    def resolve(self, machine: Machine) -> str:
        """What stopped is tried again, or left."""
        stopped = sorted(incidents.listed(machine.engine), key=lambda each: (each.kind, each.about))
        if not stopped:
            return "nothing has stopped"
        chosen = self.world.chance.choice(stopped)
        how = "retry" if self.world.chance.random() < 0.8 else "skip"
        return _resolved(machine.engine, chosen, how)

    # ------------------------------------------------------------ the world

    def time(self, machine: Machine) -> str:
        """Time passes, or the clock is set."""
        world, chance = self.world, self.world.chance
        if chance.random() < 0.25:
            by = chance.choice(JUMPS)
            world.jumps(by)
            world.figures["jumps of the clock"] += 1
            return f"jumps by {by // SECOND} s"
        length = chance.choice((chance.uniform(0, 90), chance.uniform(0, 7200), chance.uniform(0, 40 * 86400)))
        world.passes(length * SECOND)
        return f"{int(length)} s pass"

    def change(self, machine: Machine) -> str:
        """The weather turns, or the receiver goes down or comes back."""
        world = self.world
        if world.chance.random() < 0.4:
            world.down = not world.down
            return f"down: {world.down}"
        world.weather.calm = world.chance.random() < 0.3
        return f"calm: {world.weather.calm}"

    # ------------------------------------------------------------ the end

    def finish(self) -> None:
        """All is well again: whoever still wants his answer gets it, and everything comes to rest."""
        world = self.world
        world.weather.calm, world.down, world.first = True, False, 0.0
        given_up = [each for each in world.orders if each.answer is None and world.chance.random() < 0.3]
        desk, worker, admin = world.machines[0], world.machines[2], world.machines[4]
        for order in world.orders:
            if order.answer is None and order not in given_up:
                desk.do("at last", lambda machine, order=order: self.give(machine, order))  # type: ignore[misc]
        admin.do("at last", self.migrate)
        self._rest(worker, admin)
        world.passes(LONG)
        worker.do("at last", lambda machine: f"{len(self._fired(fire_all(machine.engine)))} fired")
        self._rest(worker, admin)
        worker.do("at last", self.seal)

    def _rest(self, worker: Machine, admin: Machine) -> None:
        """Round by round, until nothing is left to be done that day."""
        world = self.world
        for _ in range(ROUNDS):
            world.passes(max(world.highest - world.now, 0) + DAY)  # a day is the longest that a channel may wish for
            for deed in (self.watch, self.tick, self.deliver, self.deliver):
                worker.do("at last", deed)
            admin.do("at last", self.retry_all)
            with worker.engine.looking() as sql:
                if not claims.waiting(sql):
                    return

    def retry_all(self, machine: Machine) -> str:
        """Everything that stopped is tried once more."""
        stopped = sorted(incidents.listed(machine.engine), key=lambda each: (each.kind, each.about))
        return ", ".join(_resolved(machine.engine, each, "retry") for each in stopped)


def _receipt(done: Outcome) -> str:
    receipt = done.receipt
    return f"{receipt['case']} {receipt['seq']} {receipt['leaf'][:16]} {len(done.records)}"


def _why(refused: Refused) -> str:
    """The reasons; whoever came too late is told what happened."""
    assert all(each.text.zh and each.text.en for each in refused.blockers)
    since = [each["seq"] for each in refused.changes] if isinstance(refused, Stale) else []
    assert since or not isinstance(refused, Stale), "stale, and not told why"
    return " ".join([*(each.code for each in refused.blockers), *map(str, since)])


def _asked(kind: Kind, case: Case, action: str) -> tuple[Any, ...]:
    if action != EDIT:
        return accepted_fields(kind, kind.transitions[action])
    edit = kind.states[case.state].edit
    names = dict.fromkeys(name for fields in edit.values() for name in fields)
    return tuple(replace(kind.fields[name], required=False) for name in names if kind.fields[name].type != "case")


def _next(lifecycle: Lifecycle) -> Lifecycle:
    """The same as its next version."""
    text = lifecycle.source.replace(f"\nversion: {lifecycle.version}\n", f"\nversion: {lifecycle.version + 1}\n")
    text = text.partition("\nmigrate:")[0].rstrip("\n")
    return load(f"{text}\nmigrate: {{from: {lifecycle.version}}}\n", file=lifecycle.name)


def _resolved(engine: Engine, chosen: incidents.Incident, how: Any) -> str:
    try:
        incidents.resolve(engine, chosen.id, how, ADMIN, "模拟", REMEDIES)
    except (Refused, InputInvalid) as error:
        return f"{how} {chosen.kind} {chosen.about}: {type(error).__name__}"
    return f"{how} {chosen.kind} {chosen.about}"
