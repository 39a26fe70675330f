"""What people call things, and the things themselves: cases and their parts, actions, lifecycles, persons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from workflow.cli.language import said, say
from workflow.core.errors import Ambiguous, NotFound
from workflow.core.model import Case, Field, File, Kind, Lifecycle, Text

if TYPE_CHECKING:
    from workflow import Actor, Engine

ACTION = Text(zh="动作", en="action")
ENOUGH = 16  # characters of an id: the millisecond it was made, and the number within it
PART = Text(zh="分件", en="part")


def find(engine: Engine, name: str, actor: Actor | None) -> tuple[File, Case]:
    """The file and the case in it called `name`: a number, an id, an unambiguous beginning of one, or a part as
    `NUMBER/part:key`. What is blind to `actor` (None: a stranger) is withheld. Raises `NotFound`.
    """
    number, slash, part = name.rpartition("/")
    if not slash:
        file = engine.case(name, actor)
        return file, next((case for case in file.parts if case.id == name), file.root)
    file = engine.case(number, actor)
    return file, _part(file, part, engine.lifecycle(file.root.lifecycle, file.root.version))


def _part(file: File, name: str, lifecycle: Lifecycle) -> Case:
    """The part of `file` called `kind:key`, `kind`, `key` or, for an earlier round, `kind:key#1`; an open one first."""
    name, _, nth = name.replace("：", ":").partition("#")
    kind, colon, key = name.partition(":")
    kinds = {kind, *(each.name for each in lifecycle.parts.values() if kind in (each.label.zh, each.label.en))}
    fits = [case for case in file.parts if case.kind in kinds and key in ("", case.key, case.holder)]
    if not fits and not colon:
        fits = [case for case in file.parts if kind in (case.key, case.holder)]
    fits = [case for case in fits if nth in ("", str(case.round))]
    fits = [case for case in fits if case.open] or fits
    found = {(case.kind, case.key): case for case in sorted(fits, key=lambda case: case.round)}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise Ambiguous(name, [f"{kind}:{key}" for kind, key in found])
    known = list(dict.fromkeys(f"{case.kind}:{case.key}" for case in file.parts))
    raise NotFound(PART, name, get_close_matches(name, known) or known[:8])


def called(file: File, case: Case) -> str:
    """What to type to name `case`: `011-1-023`, or `011-1-023/assignment:edu` for a part of it."""
    root = root_called(file.root.number, file.root.id)
    if case.id == file.root.id:
        return root
    last = max(other.round for other in file.parts if (other.kind, other.key) == (case.kind, case.key))
    return f"{root}/{case.kind}:{case.key}" + ("" if case.round == last else f"#{case.round}")


def root_called(number: str | None, id: str) -> str:
    """What to type to name a root case: its number, or while it has none the beginning of its id."""
    return number or id[:ENOUGH]


def action(lifecycle: Lifecycle, file: File, case: Case, name: str) -> str:
    """The key of the action called `name`, a key or a label, of this case; what fits none stays as it is, for the
    engine to answer. Raises `NotFound` with the names of the parts whose action it is.
    """
    found = _action(lifecycle.kind(case.kind), name)
    if found is not None:
        return found
    elsewhere = [p for p in file.parts if p.open and _action(lifecycle.kind(p.kind), name) not in (None, "edit")]
    if case is file.root and elsewhere:
        raise NotFound(
            Text(zh="这一件本身的动作", en="action of the case itself"), name,
            [f"{called(file, part)} {name}" for part in elsewhere[:4]],
        )  # fmt: skip
    return name


def _action(kind: Kind, name: str) -> str | None:
    if name in kind.transitions or name == "edit":
        return name
    fits = [each.name for each in kind.transitions.values() if name in (each.label.zh, each.label.en)]
    return fits[0] if len(fits) == 1 else "edit" if name in ("修改", "Edit") and not fits else None


def lifecycles(engine: Engine) -> dict[str, Lifecycle]:
    """The newest version of every published lifecycle, by name."""
    return {name: engine.lifecycle(name) for name in dict.fromkeys(each.name for each in engine.lifecycles())}


def lifecycle(engine: Engine, name: str) -> Lifecycle:
    """The newest version of the lifecycle called `name`, a key or a label; raises `NotFound`."""
    if any(each.name == name for each in engine.lifecycles()):
        return engine.lifecycle(name)
    published = lifecycles(engine)
    fits = [each for each in published.values() if name in (each.label.zh, each.label.en)]
    if len(fits) == 1:
        return fits[0]
    near = get_close_matches(name, published) or list(published)[:8]
    raise NotFound(Text(zh="已发布的流程", en="published lifecycle"), name, near)


def party(engine: Engine, name: str) -> str:
    """The id of the person, unit or group called `name`, an id or a full name; raises `NotFound` with near names."""
    parties = engine.people.list()
    if any(each.id == name for each in parties):
        return name
    fits = [each.id for each in parties if each.name == name]
    if len(fits) == 1:
        return fits[0]
    names = {each.name: each.id for each in parties}
    near = get_close_matches(name, [each.id for each in parties]) + [names[n] for n in get_close_matches(name, names)]
    raise NotFound(Text(zh="人员、单位或组", en="person, unit or group"), name, list(dict.fromkeys(fits or near)))


def resolver(engine: Engine) -> Callable[[Field, str], str]:
    """How the names of parties in `field=value` are found; cases the engine finds itself."""

    def resolve(field: Field, name: str) -> str:
        return party(engine, name) if field.type == "party" else name

    return resolve


def label(text: Text, name: str) -> str:
    """The label in the language being spoken, or the key where there is none."""
    return said(text) or name


def state(kind: Kind, name: str) -> str:
    """What people call a state of this kind."""
    return label(kind.states[name].label, name) if name in kind.states else name


def title(case: Case, lifecycle: Lifecycle) -> str:
    """What the case is about: its `title`, or the first text that it must have."""
    candidates = ["title", *(f.name for f in lifecycle.root.fields.values() if f.type == "text" and f.required)]
    return next((str(case.values[name]) for name in candidates if case.values.get(name)), "")


def persons(ids: Iterable[str | None], known: Mapping[str, str]) -> str:
    """`王敏（clerk01）、…` for ids of parties."""
    return say("、", ", ").join(person(each, known.get(each, "")) for each in ids if each)


def person(id: str, name: str) -> str:
    """`王敏（clerk01）`, or the id alone of somebody without a name of his own."""
    return say(f"{name}（{id}）", f"{name} ({id})") if name not in ("", id) else id
