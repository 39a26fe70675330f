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
            "show": Entry("workflow.cli.people:show", "看一个人、单位或组", "Show one of them"),
            "import": Entry("workflow.cli.people:import_", "从 CSV 文件登记", "Add them from a CSV file"),
            "erase": Entry("workflow.cli.erasing:erase", "抹去一个人的个人信息", "Erase a person's personal data"),
        },
        "人员、单位和组",
        "People, units and groups",
    ),
    "lifecycle": Entry(
        {
            "check": Entry("workflow.cli.lifecycle.check:check", "检查流程文件", "Check lifecycle files"),
            "watch": Entry(
                "workflow.cli.lifecycle.watch:watch", "边改边查：每次保存都检查", "Check again at every change"
            ),
            "test": Entry(
                "workflow.cli.lifecycle.test:test", "演练情景，看覆盖", "Play its scenarios, see what they cover"
            ),
            "publish": Entry(
                "workflow.cli.lifecycle.publish:publish", "发布流程，此后可以开办", "Publish lifecycles for use"
            ),
            "list": Entry("workflow.cli.lifecycle.publish:list_", "列出已发布的流程", "List the published lifecycles"),
            "show": Entry(
                "workflow.cli.lifecycle.show:show",
                "流程的状态、动作和角色：文字、页面、图",
                "Its states, actions and roles: text, page, diagram",
            ),
            "diff": Entry(
                "workflow.cli.lifecycle.diff:diff", "比较两版，说明后果", "Compare two versions, and what it means"
            ),
            "new": Entry("workflow.cli.lifecycle.new:new", "起一个新流程文件", "Begin a lifecycle file"),
            "fmt": Entry("workflow.cli.lifecycle.fmt:fmt", "统一流程文件的排版", "Lay out lifecycle files"),
            "matrix": Entry(
                {
                    "export": Entry(
                        "workflow.cli.lifecycle.matrix:export", "权限表导出为 CSV", "The table of permissions as CSV"
                    ),
                    "apply": Entry(
                        "workflow.cli.lifecycle.matrix:apply", "按改过的表修改文件", "Put a changed table into the file"
                    ),
                },
                "谁可以办什么：表格导出、导入",
                "Who may do what: as a table, and back",
            ),
            "simulate": Entry(
                "workflow.cli.lifecycle.simulate:simulate",
                "模拟：让成千上万件走一遍，查出问题",
                "Walk thousands of made-up cases through it",
            ),
            "versions": Entry(
                "workflow.cli.lifecycle.versions:versions", "各版及其在办件数", "Its versions, and what they hold"
            ),
            "retire": Entry("workflow.cli.lifecycle.versions:retire", "停用一版", "Put a version out of use"),
            "migrate": Entry(
                {
                    "plan": Entry(
                        "workflow.cli.lifecycle.migrate:plan", "看看会怎样，不写", "What would become of them"
                    ),
                    "apply": Entry("workflow.cli.lifecycle.migrate:apply", "迁移", "Move them"),
                    "undo": Entry("workflow.cli.lifecycle.migrate:undo", "撤回迁移", "Take it back"),
                },
                "把在办的件迁到另一版",
                "Bring running cases to another version",
            ),
        },
        "流程：编写、检查、演练、模拟、发布、查看、换版",
        "Lifecycles: write, check, test, simulate, publish, show, migrate",
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
            "annotate": Entry("workflow.cli.audit:annotate", "说明一条有出入的记录", "Explain a record that is wrong"),
            "seal": Entry("workflow.cli.sealing:seal_", "封存新记录并签署检查点", "Seal what is new, and sign"),
            "checkpoints": Entry("workflow.cli.sealing:checkpoints", "列出已签的检查点", "List the checkpoints"),
            "prove": Entry("workflow.cli.sealing:prove", "为一件出具证明", "Write the proof of a case"),
            "reanchor": Entry("workflow.cli.sealing:reanchor_", "查清之后重新锚定", "Begin anew, when it is known why"),
            "key": Entry(
                {
                    "create": Entry("workflow.cli.keys:create", "建立密钥", "Make a key"),
                    "attach": Entry("workflow.cli.keys:attach", "用外部程序签名", "Let a program sign"),
                    "list": Entry("workflow.cli.keys:list_", "列出正在签署的密钥", "List the keys that sign"),
                    "retire": Entry("workflow.cli.keys:retire", "停用密钥", "Retire a key"),
                },
                "签署检查点的密钥",
                "The keys that sign checkpoints",
            ),
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
