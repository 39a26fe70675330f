"""What a failure looks like to a person and to a program, and the exit code that goes with it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from errno import EDQUOT, ENOSPC
from typing import TYPE_CHECKING, Any

import click

from workflow.cli.language import said, say, spoken
from workflow.core.model import Text

if TYPE_CHECKING:
    from workflow.core.errors import Refused, WorkflowError

USAGE, UNEXPECTED, INTERRUPTED = 2, 70, 130
_WHO = Text("casework people list 列出人员、单位和组", "`casework people list` shows who there is")
_PUBLISH = Text(
    "还没有发布任何流程，请先用 casework lifecycle publish 发布",
    "none is published yet: `casework lifecycle publish` does it",
)
NEXT = {  # what to do where nothing is called anything like it, by what NotFound calls it in English
    "person": _WHO,
    "person, unit or group": _WHO,
    "case": Text("casework list 列出各件", "`casework list` shows the cases"),
    "lifecycle": _PUBLISH,
    "published lifecycle": _PUBLISH,
    "file or published lifecycle": _PUBLISH,
    "incident": Text("casework incidents list 列出异常", "`casework incidents list` shows what has stopped"),
    "notice": Text("casework notice list 列出通知", "`casework notice list` shows the notices"),
}


class Explained(Exception):
    """A refusal with what surrounds it: `facts` for programs, `lines` for people (who could do it, what to do instead)."""

    def __init__(self, refused: Refused, heading: str, lines: Sequence[str], facts: Mapping[str, Any]) -> None:
        super().__init__(str(refused))
        self.refused = refused
        self.heading = heading
        self.lines = tuple(lines)
        self.facts = facts


def report(error: BaseException, *, as_json: bool) -> int:
    """Say on standard error what went wrong, as sentences or as one JSON object; the exit code."""
    if os.environ.get("CASEWORK_DEBUG") not in (None, "", "0"):
        import traceback

        traceback.print_exception(error)
    cause = error.refused if isinstance(error, Explained) else error
    code, message = _sentence(cause)
    if as_json:
        facts = {"error": type(cause).__name__, "code": code, "message": message, **_facts(error)}
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2), err=True)
    else:
        for line in _lines(error, message):
            click.echo(line, err=True, color=False if os.environ.get("NO_COLOR") else None)
    return code


def _sentence(error: BaseException) -> tuple[int, str]:
    if isinstance(error, click.UsageError):
        return USAGE, _usage(error)
    if isinstance(error, click.ClickException):
        return USAGE, error.format_message()
    if isinstance(error, (click.Abort, KeyboardInterrupt, EOFError)):
        return INTERRUPTED, say("已中断", "interrupted")
    from workflow.core.errors import WorkflowError, reason_of

    if isinstance(error, WorkflowError):
        return error.exit_code, error.say(spoken()) + _next(error)
    if isinstance(error, OSError) and (error.filename is not None or error.errno in (ENOSPC, EDQUOT)):
        reason = said(reason_of(error))
        if error.filename is None:
            return USAGE, say(f"没有写完：{reason}", f"what was to be written was cut short: {reason}")
        return USAGE, say(f"不能读写“{error.filename}”：{reason}", f"cannot use {error.filename}: {reason}")
    return UNEXPECTED, say(
        f"程序出了意外（{type(error).__name__}：{error}）。请把所用命令和这句话报给维护者；"
        "设 CASEWORK_DEBUG=1 重试可得到详细位置",
        f"something unexpected happened ({type(error).__name__}: {error}). Please report the command and this sentence "
        "to the maintainers; run again with CASEWORK_DEBUG=1 for where it happened",
    )


def _next(error: WorkflowError) -> str:
    from workflow.core.errors import NotFound

    if type(error) is not NotFound or error.near or error.what.en not in NEXT:
        return ""
    return say("；", "; ") + said(NEXT[error.what.en])


def _usage(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter) and error.param is not None:
        name = _param(error.param)
        return say(f"还缺 {name}", f"{name} is missing")
    if isinstance(error, click.NoSuchOption):
        near = say("、", ", ").join(error.possibilities or ())
        return say(
            f"没有选项 {error.option_name}" + (f"；是否指：{near}" if near else ""),
            f"there is no option {error.option_name}" + (f"; did you mean {near}?" if near else ""),
        )
    if isinstance(error, click.BadOptionUsage):
        if "require" in error.message:
            return say(f"选项 {error.option_name} 后面还要写一个值", f"the option {error.option_name} needs a value")
        return say(f"选项 {error.option_name} 后面不写值", f"the option {error.option_name} takes no value")
    if isinstance(error, click.BadParameter) and error.param is not None:
        expected = _expected(error.param.type) or error.message
        return say(
            f"{_param(error.param)} 的值不对：{expected}", f"the value of {_param(error.param)} is wrong: {expected}"
        )
    if error.ctx is not None and error.message.startswith("Got unexpected extra argument"):
        words = error.message.partition("(")[2].rstrip(").")
        return say(f"多出了“{words}”", f"there is nothing to do with {words!r}")
    return error.message


def _expected(wanted: click.ParamType[Any]) -> str:
    if isinstance(wanted, click.Choice):
        return say("应为 ", "it must be ") + say(" 或 ", " or ").join(map(str, wanted.choices))
    if isinstance(wanted, click.IntRange):
        return say(
            f"应为 {wanted.min} 到 {wanted.max} 的整数", f"it must be a whole number from {wanted.min} to {wanted.max}"
        )
    if wanted is click.INT:
        return say("应为整数", "it must be a whole number")
    return ""


def _param(param: click.Parameter) -> str:
    return param.opts[-1] if param.param_type_name == "option" else str(param.metavar or param.name)


def _lines(error: BaseException, message: str) -> list[str]:
    from workflow.cli.width import plain
    from workflow.core.errors import LifecycleInvalid, Refused

    refused = error.refused if isinstance(error, Explained) else error
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return [message]
    if isinstance(refused, Refused):
        heading = error.heading if isinstance(error, Explained) else say("不能这样办：", "this is not possible:")
        reasons = [f"  · {plain(said(blocker.text))}" for blocker in refused.blockers]
        return [click.style(plain(heading), fg="red"), *reasons, *(error.lines if isinstance(error, Explained) else ())]
    if isinstance(error, LifecycleInvalid):
        from workflow.cli import findings

        return [*findings.lines(error.problems), findings.counted(error.problems)]
    lines = [click.style(say("错误：", "error: "), fg="red") + plain(message)]
    if isinstance(error, click.UsageError) and error.ctx is not None:
        lines.append(say("用法见：", "see: ") + f"{error.ctx.command_path} --help")
    return lines


def _facts(error: BaseException) -> dict[str, Any]:
    from workflow.core.errors import LifecycleInvalid, NotFound, Refused, Stale

    if isinstance(error, Explained):
        return {**_facts(error.refused), **error.facts}
    facts: dict[str, Any] = {}
    if isinstance(error, Refused):
        facts["blockers"] = [
            {"code": each.code, "about": each.about, "zh": each.text.zh, "en": each.text.en} for each in error.blockers
        ]
        if error.last is not None:
            facts["last"] = dict(error.last)
    if isinstance(error, Stale):
        facts["changes"] = list(error.changes)
    if isinstance(error, NotFound):
        facts["near"] = list(error.near)
    if isinstance(error, LifecycleInvalid):
        from workflow.cli import findings

        facts["problems"] = [findings.facts(each) for each in error.problems]
    return facts
