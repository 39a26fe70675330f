"""Finds the notifiers that are installed, ours and strangers' alike, by entry point.

Nothing is imported before it is asked for. A broken plug-in is reported with the distribution that brought it;
it never stops the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points

from workflow.core.errors import InputInvalid, NotFound, WorkflowError
from workflow.core.model import Text
from workflow.ports import Misconfigured, Notifier

GROUP = "casework.notifiers"
NOTIFIER = Text("通知插件", "notifier")


@dataclass(frozen=True, slots=True)
class Installed:
    """One entry point: its name, the distribution and version it came with, and either `make` or a `problem`."""

    name: str
    distribution: str
    version: str
    make: Callable[..., object] | None = None
    problem: Text | None = None


class PluginBroken(WorkflowError):
    """A plug-in is installed and cannot be used; `.installed` says which, from where and why."""

    def __init__(self, installed: Installed, problem: Text) -> None:
        super().__init__(
            Text(
                zh=f"通知插件“{installed.name}”（来自 {installed.distribution} {installed.version}）不能使用：{problem.zh}",
                en=f"the notifier {installed.name!r} (from {installed.distribution} {installed.version}) "
                f"cannot be used: {problem.en}",
            )
        )
        self.installed = installed


class NotInstalled(NotFound):
    """There is no notifier at all: casework runs from its files and was not installed."""

    def __init__(self, name: str) -> None:
        WorkflowError.__init__(
            self,
            Text(
                zh=f"没有通知插件“{name}”：运行的是尚未安装的 casework，插件要安装后才能找到；"
                "请在检出目录运行 make setup（或 pip install -e .），再用 .venv/bin/casework 重试",
                en=f"there is no notifier {name!r}: casework was not installed, and only installed notifiers are found; "
                "run `make setup` in the checkout (or `pip install -e .`) and try again with .venv/bin/casework",
            ),
        )
        self.what = NOTIFIER
        self.name = name
        self.near = ()


def installed(points: Iterable[EntryPoint] | None = None) -> tuple[Installed, ...]:
    """Every notifier that is installed, sorted by name, the broken ones with their `problem`.

    `points` are the entry points to look at; without them, those of the running environment.
    """
    found = tuple(entry_points(group=GROUP) if points is None else points)
    offered = Counter(point.name for point in found)
    return tuple(sorted((_look(point, offered[point.name]) for point in found), key=_order))


def notifier(name: str, *, points: Iterable[EntryPoint] | None = None, **options: object) -> Notifier:
    """The notifier of that name, made with the channel's own `options`.

    Raises `NotFound` where it is not installed (`NotInstalled` where none is), `PluginBroken` where it cannot be loaded or is no notifier,
    `InputInvalid` where it does not take these options.
    """
    found = installed(points)
    plugin = next((each for each in found if each.name == name), None)
    if not found:
        raise NotInstalled(name)
    if plugin is None:
        names = [each.name for each in found]
        raise NotFound(NOTIFIER, name, get_close_matches(name, names) or names)
    if plugin.make is None:
        raise PluginBroken(plugin, plugin.problem or Text())
    try:
        made = _made(plugin.make, options)
    except (TypeError, ValueError) as error:
        why = _said(error)
        raise InputInvalid(
            Text(
                zh=f"通知插件“{name}”不接受这些选项：{why.zh}",
                en=f"the notifier {name!r} does not take these options: {why.en}",
            )
        ) from error
    if not isinstance(made, Notifier):
        raise PluginBroken(plugin, Text(zh="它没有 name 和 send(notice)", en="it has no `name` and `send(notice)`"))
    return made


def _made(make: Callable[..., object], settings: Mapping[str, object]) -> object:
    read = getattr(make, "from_settings", None)
    return read(settings) if read else make(**settings)


def _said(error: Exception) -> Text:
    if isinstance(error, Misconfigured):
        return Text(zh=error.text.say("zh"), en=error.text.say("en"))
    return Text(zh=str(error), en=str(error))


def _look(point: EntryPoint, offered: int) -> Installed:
    home = point.dist
    entry = Installed(point.name, home.name if home else "?", home.version if home else "?")
    if offered > 1:
        return _broken(
            entry,
            zh=f"有 {offered} 个已安装的软件包用了这个名字；请卸载多余的",
            en=f"{offered} installed distributions use this name; uninstall all but one",
        )
    try:
        make = point.load()
    except Misconfigured as error:
        return _broken(entry, zh=error.text.say("zh"), en=error.text.say("en"))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's import may do anything; ours goes on
        reason = f"{type(error).__name__}: {error}"
        return _broken(entry, zh=f"加载 {point.value} 失败：{reason}", en=f"loading {point.value} failed: {reason}")
    if not callable(make):
        return _broken(entry, zh=f"{point.value} 不能调用", en=f"{point.value} cannot be called")
    return Installed(entry.name, entry.distribution, entry.version, make=make)


def _broken(entry: Installed, *, zh: str, en: str) -> Installed:
    return Installed(entry.name, entry.distribution, entry.version, problem=Text(zh=zh, en=en))


def _order(each: Installed) -> tuple[str, str]:
    return each.name, each.distribution
