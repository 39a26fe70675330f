"""The whole command line in one table, and the guard around it: no traceback reaches a person."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from workflow.cli.command import Entry, Group, option
from workflow.cli.language import choose, say, speak

COMMANDS = {
    "init": Entry("workflow.cli.setup:init", "建立数据库", "Create the database"),
    "demo": Entry(
        "workflow.cli.setup:demo", "用一个县的 2022 年建一个示例", "Build a county's year 2022 as an example"
    ),
    "people": Entry(
        {
            "add": Entry("workflow.cli.people:add", "登记一个人、单位或组", "Add a person, a unit or a group"),
            "list": Entry("workflow.cli.people:list_", "列出人员、单位和组", "List people, units and groups"),
            "import": Entry("workflow.cli.people:import_", "从 CSV 文件登记", "Add them from a CSV file"),
        },
        "人员、单位和组",
        "People, units and groups",
    ),
    "lifecycle": Entry(
        {
            "check": Entry("workflow.cli.lifecycle:check", "检查流程文件", "Check lifecycle files"),
            "publish": Entry("workflow.cli.lifecycle:publish", "发布流程，此后可以开办", "Publish lifecycles for use"),
            "list": Entry("workflow.cli.lifecycle:list_", "列出已发布的流程", "List the published lifecycles"),
            "show": Entry("workflow.cli.lifecycle:show", "流程的状态、动作和角色", "Its states, actions and roles"),
        },
        "流程：检查、发布、查看",
        "Lifecycles: check, publish, show",
    ),
    "import": Entry(
        {"proposals": Entry("workflow.cli.importing:proposals", "导入提案 CSV", "Take in proposals from a CSV file")},
        "导入已有材料",
        "Take in existing papers",
    ),
    "open": Entry("workflow.cli.acting:open_", "新开一件", "Open a new case"),
    "do": Entry("workflow.cli.acting:do", "办理：让一件走一步", "Take an action on a case"),
    "act": Entry("workflow.cli.acting:act", "记事：只留记录，状态不变", "Record an act that moves nothing"),
    "show": Entry("workflow.cli.cases:show", "看一件", "Show one case"),
    "list": Entry("workflow.cli.cases:list_", "查找和列出", "Find and list cases"),
    "todo": Entry("workflow.cli.todo:todo", "待办：等着我办的", "What waits for me"),
    "why": Entry("workflow.cli.why:why", "为什么不能办、谁能办", "Why an action is not possible, and who could"),
    "history": Entry("workflow.cli.history:history", "一件的全部经过", "Everything that happened to a case"),
    "clock": Entry(
        {
            "explain": Entry("workflow.cli.clock:explain", "何时到期，怎样算的", "When a case is due, and why"),
            "list": Entry("workflow.cli.clock:list_", "列出到期日，逾期的在前", "Due dates, overdue ones first"),
        },
        "时限",
        "Deadlines",
    ),
    "calendar": Entry(
        {
            "due": Entry("workflow.cli.calendar:due", "某日加时长是哪天", "What a date plus a duration is"),
            "show": Entry("workflow.cli.calendar:show", "一年的放假和调休", "Days off and worked in a year"),
            "diff": Entry("workflow.cli.calendar:diff", "导入后哪些到期日会变", "The due dates a notice would move"),
            "import": Entry("workflow.cli.calendar:import_", "导入一年的放假通知", "Load a year's official notice"),
        },
        "工作日历",
        "Working days",
    ),
    "report": Entry("workflow.cli.report:report", "一年的统计", "The figures of a year"),
    "audit": Entry(
        {
            "verify": Entry("workflow.cli.audit:verify", "核对审计记录", "Verify the audit trail"),
            "export": Entry("workflow.cli.audit:export", "导出审计记录", "Export the audit trail"),
        },
        "审计记录",
        "The audit trail",
    ),
    "notice": Entry(
        {
            "list": Entry(
                "workflow.cli.notice:list_",
                "列出通知：送给谁、送到没有",
                "List notices: to whom, and whether they arrived",
            ),
            "show": Entry("workflow.cli.notice:show", "看一条通知", "Show one notice"),
            "retry": Entry("workflow.cli.notice:retry", "重新发送", "Try one again"),
            "park": Entry("workflow.cli.notice:park", "搁置，不再发送", "Put one away"),
            "preview": Entry("workflow.cli.notice:preview", "预览通知，不发送", "See a notice before it is sent"),
        },
        "通知",
        "Notices",
    ),
    "incidents": Entry(
        {
            "list": Entry("workflow.cli.incidents:list_", "列出停下来的事", "List what has stopped"),
            "retry": Entry("workflow.cli.incidents:retry", "再试", "Try it again"),
            "skip": Entry("workflow.cli.incidents:skip", "跳过，并说明原因", "Leave it, and say why"),
        },
        "异常：停下来、等人处理的事",
        "Incidents: what has stopped and waits for a person",
    ),
    "worker": Entry("workflow.cli.worker:worker", "值守：发送通知、处理到期", "Deliver notices and fire timers"),
    "notifiers": Entry(
        {"list": Entry("workflow.cli.notifiers:list_", "列出已安装的通知插件", "List the installed notifiers")},
        "通知插件",
        "Notifiers",
    ),
    "completion": Entry("workflow.cli.completion:completion", "打印命令补全脚本", "Print a shell completion script"),
}


class Casework(Group):
    """The root: speaks the caller's language, and answers every failure with a sentence and an exit code."""

    def main(  # type: ignore[override]  # click overloads it for its standalone mode, which the guard replaces
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> int:
        """Run one command line and leave with its exit code; `args` default to those of the process."""
        words = sys.argv[1:] if args is None else [*args]
        speak(choose(words))
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        if os.environ.get("NO_COLOR"):
            extra["color"] = False
        try:
            extra.pop("standalone_mode", None)
            code = super().main(args, prog_name or "casework", standalone_mode=False, **extra)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader has seen enough: `casework list | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the guard: whatever it is, it gets a sentence
            from workflow.cli.failures import report

            code = report(error, as_json="--json" in words)
        sys.exit(code if isinstance(code, int) else 0)


def _print_version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"casework {version('casework')}")
        except PackageNotFoundError:
            click.echo(say("casework（未安装，从源码目录运行）", "casework (not installed; run from a checkout)"))
        context.exit()


casework = Casework(
    "casework",
    COMMANDS,
    zh="办件的流程引擎。先 casework demo 看一个县的一年，或 casework init 从头开始。",
    en="Runs the lifecycles of an office's cases. Begin with `casework demo`, a county's year, or with `casework init`.",
    params=[
        option(
            "--version",
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_print_version,
            zh="显示版本",
            en="show the version",
        ),
    ],
)
