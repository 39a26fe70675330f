"""Trying lifecycles out: the feature files beside them played, and what of each lifecycle they reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from workflow.core.errors import InputInvalid
from workflow.core.model import Lifecycle, Text
from workflow.loading import load_path
from workflow.testing.coverage import Coverage
from workflow.testing.features import read
from workflow.testing.scenarios import Played, play, understood
from workflow.testing.stage import Settings, Stage

_LIFECYCLE, _PROFILE = (".yaml", ".yml"), b"casework-profile"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be tried: the files of lifecycles and of features, and which lifecycles are meant (None: those used)."""

    lifecycles: tuple[Path, ...]
    features: tuple[Path, ...]
    meant: frozenset[Path] | None


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it: every scenario, and the coverage of each lifecycle that was meant."""

    played: tuple[Played, ...]
    coverages: tuple[Coverage, ...]

    @property
    def failed(self) -> int:
        """How many scenarios do not hold."""
        return sum(not each.passed for each in self.played)


def plan(paths: Iterable[Path]) -> Plan:
    """What these files and folders mean: a folder its lifecycles and features (also those in its folder `features`), a
    lifecycle the features named after it, a feature the lifecycles beside it. Raises InputInvalid where there is no such file.
    """
    lifecycles: dict[Path, None] = {}
    features: dict[Path, None] = {}
    meant: set[Path] = set()
    for path in paths:
        if path.is_dir():
            found = _lifecycles(path)
            meant.update(found)
            lifecycles |= dict.fromkeys(found)
            features |= dict.fromkeys(_features(path))
        elif not path.is_file():
            raise InputInvalid(Text(f"没有文件 {path}", f"there is no file {path}"))
        elif path.suffix in _LIFECYCLE:
            meant.add(path)
            lifecycles |= dict.fromkeys(_with_those_named(path))
            features |= dict.fromkeys(each for each in _features(path.parent) if _named_after(each, path))
        else:
            home = path.parent.parent if path.parent.name == "features" else path.parent
            lifecycles |= dict.fromkeys(_lifecycles(home))
            features[path] = None
    if not lifecycles:
        raise InputInvalid(
            Text("这里没有流程文件（.yaml）", "there is no lifecycle here (a .yaml file beside the features)")
        )
    return Plan(tuple(lifecycles), tuple(features), frozenset(meant) if meant else None)


def try_out(stage: Stage, plan: Plan, told: Callable[[int, int, str], None] = lambda done, of, word: None) -> Tried:
    """Play every scenario; `told` hears how far it is. Raises InputInvalid for a feature that cannot be read or says what
    is no step, before anything is played.
    """
    features = [read(path) for path in plan.features]
    understood(features)
    names = {load_path(path).name for path in plan.meant or ()}
    coverages = [Coverage(each) for each in stage.lifecycles if plan.meant is None or each.name in names]
    scenarios = [(feature, scenario) for feature in features for scenario in feature.scenarios]
    played = []
    for number, (feature, scenario) in enumerate(scenarios):
        told(number, len(scenarios), scenario.name)
        played.append(play(stage, feature, scenario, *(each.watch for each in coverages)))
    used = [each for each in coverages if plan.meant is not None or each.reached]
    return Tried(tuple(played), tuple(used))


def stage_of(plan: Plan, settings: Settings | None = None) -> Stage:
    """A stage with the lifecycles of the plan. Raises LifecycleInvalid."""
    return Stage(plan.lifecycles, settings)


def _lifecycles(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.iterdir() if path.suffix in _LIFECYCLE and path.is_file())
    return [path for path in found if not any(line.startswith(_PROFILE) for line in path.read_bytes().splitlines())]


def _features(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.feature")) + sorted(folder.glob("features/*.feature"))


def _named_after(feature: Path, lifecycle: Path) -> bool:
    return feature.stem == lifecycle.stem or feature.stem.startswith(
        (f"{lifecycle.stem}_", f"{lifecycle.stem}-", f"{lifecycle.stem}.")
    )


def _with_those_named(path: Path) -> list[Path]:
    """The file, and those beside it with the lifecycles that it starts or links to, and so on."""
    found = [path]
    for each in found:
        for name in sorted(_named(load_path(each))):
            beside = path.parent / f"{name}.yaml"
            if beside.is_file() and beside not in found:
                found.append(beside)
    return found


def _named(lifecycle: Lifecycle) -> set[str]:
    kinds = (lifecycle.root, *lifecycle.parts.values())
    effects = [e for k in kinds for t in k.transitions.values() for e in (t.effects, *(r.effects for r in t.routes))]
    linked = {field.lifecycle for kind in kinds for field in kind.fields.values() if field.lifecycle is not None}
    return {starting.lifecycle for each in effects for starting in each.start} | linked
