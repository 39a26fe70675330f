"""Notifiers are found by entry point; a broken one is named and harms nobody."""

from __future__ import annotations

import sys
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from typing import cast

import pytest

from workflow.core.errors import InputInvalid, NotFound
from workflow.plugins import GROUP, NotInstalled, PluginBroken, installed, notifier
from workflow.ports import Notice
from workflow_notifiers.console import ConsoleNotifier
from workflow_notifiers.file import FileNotifier


class Lamp:
    """A stranger's notifier that takes keywords."""

    name = "lamp"

    def __init__(self, **given: object) -> None:
        self.given = given

    def send(self, notice: Notice) -> None: ...


def _lamp(entry: EntryPoint, **options: object) -> Lamp:
    made = notifier(entry.name, points=[entry], **options)
    return cast("Lamp", made)


class Acme(Distribution):
    """A stranger's distribution, as importlib sees it."""

    def read_text(self, filename: str) -> str | None:
        return "Name: acme-notifiers\nVersion: 2.1\n" if filename == "METADATA" else None

    def locate_file(self, path: object) -> Path:
        raise NotImplementedError


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, GROUP)._for(Acme())  # type: ignore[attr-defined]


GOOD = point("file", "workflow_notifiers.file:FileNotifier")
MISSING = point("pager", "acme_pager_that_is_not_here:Pager")
NOT_CALLABLE = point("answer", "workflow.plugins:GROUP")
NO_NOTIFIER = point("lamp", "builtins:dict")


def test_ours_are_installed_like_a_strangers() -> None:
    ours = [(each.name, each.distribution) for each in installed() if each.distribution == "casework"]

    assert [(name, "casework") for name in ("apprise", "console", "email", "file", "webhook")] == ours


def test_ours_can_all_be_used() -> None:
    assert [] == [each.problem for each in installed() if each.distribution == "casework" and each.problem]


def test_a_plugin_says_which_distribution_brought_it() -> None:
    (found,) = installed([GOOD])

    assert ("file", "acme-notifiers", "2.1") == (found.name, found.distribution, found.version)
    assert FileNotifier is found.make


def test_a_plugin_of_no_distribution_is_still_shown() -> None:
    (found,) = installed([EntryPoint("file", GOOD.value, GROUP)])

    assert ("?", "?", FileNotifier) == (found.distribution, found.version, found.make)


def test_a_broken_plugin_is_reported_and_the_others_stay() -> None:
    found = installed([MISSING, GOOD])

    assert ["file", "pager"] == [each.name for each in found]
    assert found[0].problem is None
    assert found[1].problem is not None
    assert "ModuleNotFoundError: No module named 'acme_pager_that_is_not_here'" in found[1].problem.en


def test_a_plugin_that_ends_the_process_while_loading_is_only_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quits_on_import.py").write_text("raise SystemExit(3)")
    monkeypatch.syspath_prepend(tmp_path)

    (found,) = installed([point("quits", "quits_on_import:X")])

    assert found.make is None


def test_two_plugins_of_one_name_are_both_refused() -> None:
    problems = [each.problem.en for each in installed([GOOD, GOOD]) if each.problem]

    assert ["2 installed distributions use this name; uninstall all but one"] * 2 == problems


def test_a_notifier_is_made_with_its_options(tmp_path: Path) -> None:
    made = notifier("file", points=[GOOD], path=tmp_path / "notices.jsonl")

    assert "file" == made.name


def test_an_unknown_notifier_is_answered_with_names_that_are_there() -> None:
    with pytest.raises(NotFound) as caught:
        notifier("files", points=[GOOD, MISSING])

    assert ("file",) == caught.value.near


@pytest.mark.parametrize("name", ["pager", "answer", "lamp"])
def test_what_cannot_be_used_names_itself_and_its_distribution(name: str) -> None:
    with pytest.raises(PluginBroken) as caught:
        notifier(name, points=[MISSING, NOT_CALLABLE, NO_NOTIFIER])

    assert str(caught.value).startswith(f"the notifier '{name}' (from acme-notifiers 2.1) cannot be used: ")
    assert name == caught.value.installed.name


def test_options_that_do_not_fit_are_refused_as_input() -> None:
    with pytest.raises(InputInvalid, match="does not take these options"):
        notifier("file", points=[GOOD], colour="red")


def test_a_misspelt_option_is_answered_in_both_languages() -> None:
    with pytest.raises(InputInvalid) as caught:
        notifier("file", points=[GOOD], pathh="x")

    assert "file: pathh is not known; did you mean path?" in caught.value.say("en")
    assert "file：pathh 没有这个设置；是否指 path？" in caught.value.say("zh")


def test_a_plugin_without_settings_of_its_own_is_called_with_them() -> None:
    assert {"line": "4711"} == _lamp(point("lamp", "tests.test_plugins:Lamp"), line="4711").given


@pytest.mark.parametrize(("name", "package"), [("webhook", "httpx"), ("apprise", "apprise")])
def test_a_notifier_whose_extra_is_not_installed_says_what_to_install(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"workflow_notifiers.{name}", raising=False)

    (found,) = installed([point(name, f"workflow_notifiers.{name}:Missing")])

    assert found.problem is not None
    assert f"it needs {package}: pip install 'casework[{name}]'" == found.problem.en


def test_the_console_notifier_is_found_without_naming_its_class() -> None:
    assert isinstance(notifier("console"), ConsoleNotifier)


def test_where_casework_itself_is_not_installed_it_is_said_what_to_do() -> None:
    with pytest.raises(NotInstalled, match="make setup") as caught:
        notifier("console", points=[])

    assert 5 == caught.value.exit_code
    assert "尚未安装" in caught.value.text.zh
