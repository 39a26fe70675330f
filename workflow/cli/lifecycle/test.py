"""`lifecycle test`: the scenarios beside lifecycle files played, what they reach, and scenarios for the rest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workflow.cli.command import argument, command, option
from workflow.cli.desk import Desk
from workflow.cli.language import said, say, spoken
from workflow.cli.lifecycle.files import PROFILE, load_file, paths, settings_of
from workflow.cli.phrases import both
from workflow.cli.progress import progress
from workflow.cli.table import print_table
from workflow.cli.width import plain
from workflow.core.errors import InputInvalid
from workflow.core.model import Text

if TYPE_CHECKING:
    from workflow.testing.coverage import Coverage
    from workflow.testing.scenarios import Played
    from workflow.testing.stage import Stage
    from workflow.testing.suggesting import Found
    from workflow.testing.trying import Plan, Tried

MOST_NAMED = 10  # of one sort, of what is not reached; --json has all
SUGGESTED = 3  # scenarios, where nobody says how many


@command(
    argument(
        "files", nargs=-1, metavar="FILE …",
        zh="流程文件、情景文件（.feature）、文件夹，或自带流程的名称", en="lifecycles, .feature files, folders, or names of shipped lifecycles",
    ),
    PROFILE,
    option("--steps", is_flag=True, zh="列出情景里可以用的全部步骤", en="list every step that a scenario can have"),
    option("--suggest", type=click.IntRange(0, 999), metavar="N", zh=f"最多给出几个补缺的情景（默认 {SUGGESTED}，0 不找）", en=f"at most so many scenarios for what is missing ({SUGGESTED}; 0: none)"),
    option("--fail-under", type=click.IntRange(0, 100), metavar="PERCENT", zh="覆盖率低于这个百分数时退出码为 1", en="exit code 1 where less than this is covered"),
    zh="情景用中文或英文的 Gherkin 写在流程旁边，不用写程序；--steps 列出能说的每一句。退出码：0 全部通过，1 有情景不通过或覆盖不够，"
    "2 不能运行（文件有误、没有这样的步骤）。没有走到的，附上能走到的情景，可以直接粘贴。",
    en="Scenarios stand beside the lifecycle in Gherkin, Chinese or English, without any program; --steps lists every sentence. "
    "Exit code 0: all hold; 1: one does not, or too little is covered; 2: cannot be run (a file with mistakes, an unknown "
    "step). For what is not reached, scenarios that reach it are printed, ready to paste.",
    gives='`{"passed", "failed", "scenarios": [{"file", "line", "feature", "name", "passed", "failure": {"file", "line", "column", "step", "zh", "en", "expected", "actual"}}], "coverage": [{"lifecycle", "version", "reached", "of", "percent", "sorts": [{"sort", "reached", "of"}], "missing": [{"sort", "part", "name", "how", "zh", "en"}]}], "suggestions": [{"lifecycle", "feature", "scenarios": [{"text", "played", "aims"}], "more", "lost"}]}`; with `--steps` an array of `{"chapter", "language", "step"}`.',
)  # fmt: skip
def test(
    desk: Desk, files: tuple[str, ...], profile: str | None, steps: bool, suggest: int | None, fail_under: int | None
) -> None:
    """Play the scenarios, count what they reach."""
    if steps:
        _list_steps(desk)
        return
    from workflow.testing.coverage import total
    from workflow.testing.trying import plan, stage_of, try_out

    wanted = plan(_meant(files))
    if not wanted.features and not suggest:
        raise _nothing_to_play(files)
    stage = stage_of(wanted, _settings(wanted, profile))
    with progress(say("情景", "scenarios")) as told:
        tried = try_out(stage, wanted, told)
    if not tried.played and not suggest:
        raise _nothing_to_play(files)
    most = suggest if suggest is not None else 0 if tried.failed else SUGGESTED
    found = _suggestions(stage, wanted, tried, most)
    stage.close()
    desk.answer(_facts(tried, found), lambda: _print(tried, found))
    reached = total(tried.coverages).percent
    if fail_under is not None and reached < fail_under:
        click.echo(
            say(f"覆盖 {reached:.1f}%，低于 {fail_under}%", f"{reached:.1f} % is covered, less than {fail_under} %"),
            err=True,
        )
        click.get_current_context().exit(1)
    if tried.failed:
        click.get_current_context().exit(1)


def _meant(files: tuple[str, ...]) -> list[Path]:
    if not files:
        raise InputInvalid(
            Text(
                "请写流程文件或文件夹，如 casework lifecycle test definitions；--steps 列出可用的步骤",
                "name a lifecycle or a folder, as in `casework lifecycle test definitions`; --steps lists the steps",
            )
        )
    return [path for name in files for path in ([Path(name)] if Path(name).exists() else paths([name]))]


def _settings(wanted: Plan, profile: str | None) -> dict[str, Any]:
    """What the place sets otherwise, by the name of the lifecycle."""
    if profile is None:
        return {}
    return {load_file(path, None).name: settings_of(path, profile) or {} for path in wanted.lifecycles}


def _nothing_to_play(files: tuple[str, ...]) -> InputInvalid:
    name = files[0]
    return InputInvalid(
        Text(
            f"{name} 旁边没有情景（.feature 文件）；可以这样开头：casework lifecycle test {name} --suggest 5",
            f"there are no scenarios (.feature files) for {name}; for a beginning: casework lifecycle test {name} --suggest 5",
        )
    )


def _suggestions(stage: Stage, wanted: Plan, tried: Tried, most: int) -> list[Found]:
    from workflow.testing.suggesting import suggest

    missing = [each for each in tried.coverages if each.missing]
    if not most or not missing:
        return []
    if sys.stderr.isatty():
        click.echo(say("正在寻找走到其余部分的办法……", "looking for ways to the rest …"), err=True)
    language = tried.played[0].feature.language if tried.played else spoken()
    return [suggest(stage, each, language, most) for each in missing]


# ---------------------------------------------------------------- for people


def _print(tried: Tried, found: list[Found]) -> None:
    feature = ""
    for each in tried.played:
        if each.feature.file != feature:
            feature = each.feature.file
            click.echo(click.style(plain(f"{each.feature.name}  {feature}"), bold=True))
        _print_scenario(each)
    if tried.played:
        good = len(tried.played) - tried.failed
        click.echo(
            say(
                f"{len(tried.played)} 个情景：{good} 个通过，{tried.failed} 个不通过",
                f"{len(tried.played)} scenario{'s'[: len(tried.played) != 1]}: {good} passed, {tried.failed} failed",
            )
        )
        for coverage in tried.coverages:
            _print_coverage(coverage)
    for suggested in found:
        if tried.played:
            click.echo()
            click.echo(
                say(
                    "下面的情景能走到其余部分，可以粘贴到情景文件里：",
                    "these scenarios reach more of it; paste them into a .feature file:",
                )
            )
            click.echo()
        click.echo(suggested.feature(), nl=False)
        if suggested.more and tried.played:
            click.echo()
            click.echo(
                say(
                    f"还有 {suggested.more} 处没有走到；--suggest 99 给出更多情景",
                    f"{suggested.more} more are not reached; --suggest 99 gives more scenarios",
                )
            )


def _print_scenario(each: Played) -> None:
    if each.failure is None:
        click.echo(f"  {click.style('✓', fg='green')} {plain(each.scenario.name)}")
        return
    failure = each.failure
    click.echo(f"  {click.style('✗', fg='red')} {plain(each.scenario.name)}")
    click.echo(
        plain(
            f"      {failure.step.place}: {failure.step.keyword}{' ' * failure.step.keyword.isascii()}{failure.step.text}"
        )
    )
    if failure.expected is not None and failure.actual is not None:
        nothing = say("（空）", "(nothing)")
        click.echo(plain(f"      {say('应为：', 'expected: ')}{said(failure.expected) or nothing}"))
        click.echo(plain(f"      {say('实为：', 'actual: ')}{said(failure.actual) or nothing}"))
    else:
        click.echo(plain(f"      {said(failure.text)}"))


def _print_coverage(coverage: Coverage) -> None:
    from workflow.testing.coverage import SORTS

    lifecycle, whole = coverage.lifecycle, coverage.total()
    click.echo()
    click.echo(
        click.style(
            say(
                f"{said(lifecycle.label) or lifecycle.name}（{lifecycle.name} 第 {lifecycle.version} 版）的覆盖",
                f"coverage of {said(lifecycle.label) or lifecycle.name} ({lifecycle.name} version {lifecycle.version})",
            ),
            bold=True,
        )
    )
    rows = [
        [said(SORTS[sort]), str(t.reached), str(t.of), f"{t.percent:.0f}%"] for sort, t in coverage.tallies().items()
    ]
    rows.append([say("合计", "in all"), str(whole.reached), str(whole.of), f"{whole.percent:.1f}%"])
    print_table(say("什么 走到 共有 百分比", "what reached of percent").split(), rows, numbers=(1, 2, 3))
    for sort, called in SORTS.items():
        missing = [said(aim.called(lifecycle)) for aim in coverage.missing if aim.sort == sort]
        if missing:
            more = len(missing) - MOST_NAMED
            rest = say(f" …… 还有 {more} 处", f" … and {more} more") if more > 0 else ""
            names = say("；", "; ").join(missing[:MOST_NAMED])
            click.echo(plain(say(f"没有走到的{called.zh}：", f"{called.en} not reached: ") + names + rest))


# ---------------------------------------------------------------- for programs


def _facts(tried: Tried, found: list[Found]) -> dict[str, Any]:
    return {
        "passed": len(tried.played) - tried.failed,
        "failed": tried.failed,
        "scenarios": [_scenario_facts(each) for each in tried.played],
        "coverage": [_coverage_facts(each) for each in tried.coverages],
        "suggestions": [
            {
                "lifecycle": each.lifecycle.name,
                "feature": each.feature(),
                "scenarios": [
                    {"text": s.text, "played": s.played, "aims": [both(a.called(each.lifecycle)) for a in s.aims]}
                    for s in each.suggestions
                ],
                "more": each.more,
                "lost": [both(aim.called(each.lifecycle)) for aim in each.lost],
            }
            for each in found
        ],
    }


def _scenario_facts(each: Played) -> dict[str, Any]:
    failure = each.failure
    return {
        "file": each.scenario.place.file,
        "line": each.scenario.place.line,
        "feature": each.feature.name,
        "name": each.scenario.name,
        "passed": each.passed,
        "failure": failure and {
            "file": failure.step.place.file,
            "line": failure.step.place.line,
            "column": failure.step.place.column,
            "step": failure.step.text,
            **both(failure.text),
            "expected": failure.expected and both(failure.expected),
            "actual": failure.actual and both(failure.actual),
        },
    }  # fmt: skip


def _coverage_facts(coverage: Coverage) -> dict[str, Any]:
    lifecycle, whole = coverage.lifecycle, coverage.total()
    return {
        "lifecycle": lifecycle.name,
        "version": lifecycle.version,
        "reached": whole.reached,
        "of": whole.of,
        "percent": round(whole.percent, 2),
        "sorts": [{"sort": sort, "reached": t.reached, "of": t.of} for sort, t in coverage.tallies().items()],
        "missing": [
            {
                "sort": aim.sort,
                "part": aim.part or None,
                "name": aim.name,
                "how": aim.how or None,
                **both(aim.called(lifecycle)),
            }
            for aim in coverage.missing
        ],
    }


def _list_steps(desk: Desk) -> None:
    from workflow.testing.sentences import CHAPTERS

    data = [
        {"chapter": both(chapter.heading), "language": each.language, "step": each.shown}
        for chapter in CHAPTERS
        for each in chapter.sentences
    ]

    def human() -> None:
        for chapter in CHAPTERS:
            click.echo(click.style(said(chapter.heading), bold=True))
            for each in chapter.sentences:
                if each.language == spoken():
                    click.echo(f"  {each.shown}")

    desk.answer(data, human)
