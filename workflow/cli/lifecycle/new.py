"""`lifecycle new`: a file to begin with, from a few questions or options."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from workflow.cli.command import argument, command, option
from workflow.cli.desk import Desk
from workflow.cli.language import said, say, spoken
from workflow.cli.lifecycle.files import put
from workflow.core.errors import InputInvalid
from workflow.core.model import Text

_LANGUAGES = ("zh", "en", "both")
QUESTIONS: dict[str, tuple[Text, Any]] = {
    "label": (Text("办的是什么（中文名称）", "What is handled (its name in Chinese)"), None),
    "label_en": (Text("英文名称", "Its name in English"), None),
    "submitter": (Text("谁提出", "Who submits it"), Text("提出人", "Submitter")),
    "screener": (Text("谁审查", "Who screens it"), Text("审查人", "Screener")),
    "handler": (Text("谁承办", "Who handles it"), Text("承办单位", "Handler")),
    "units": (Text("由几个单位分别承办吗", "Is it handled by several units, each its own part"), False),
    "months": (Text("几个月内答复", "Months to reply"), 3),
}


@command(
    argument("name", metavar="NAME", zh="流程的名称：英文字母、数字、下划线", en="the name of the lifecycle: letters, digits, _"),
    option("--label", metavar="TEXT", zh="中文名称", en="its name in Chinese"),
    option("--label-en", metavar="TEXT", zh="英文名称", en="its name in English"),
    option("--submitter", metavar="TEXT", zh="谁提出", en="who submits"),
    option("--screener", metavar="TEXT", zh="谁审查", en="who screens"),
    option("--handler", metavar="TEXT", zh="谁承办", en="who handles"),
    option("--units/--no-units", default=None, zh="由几个单位分别承办，各有一份分件", en="several units handle it, each a part of its own"),
    option("--months", type=click.IntRange(1, 99), metavar="N", zh="几个月内答复（默认 3）", en="months to reply (3)"),
    option("--languages", type=click.Choice(_LANGUAGES), default="both", metavar="|".join(_LANGUAGES), zh="名称用哪种语言（默认 both）", en="the languages of its labels (both)"),
    option("--out", type=click.Path(path_type=Path), metavar="FILE", zh="写到哪个文件（默认 NAME.yaml）", en="the file to write (NAME.yaml)"),
    option("--force", is_flag=True, zh="文件已有也覆盖", en="replace a file that is there"),
    zh="在终端上没有写明的会逐项询问；不在终端上则用默认值。",
    en="On a terminal, what is not given is asked for; elsewhere it has its default.",
    gives='`{"file", "lifecycle", "version"}`.',
)  # fmt: skip
def new(desk: Desk, name: str, languages: Any, out: Path | None, force: bool, **given: Any) -> None:
    """Begin a lifecycle."""
    from workflow.editing.beginning import Beginning, begun, is_name

    if not is_name(name):
        raise InputInvalid(
            Text(
                zh=f"“{name}”不能作流程的名称：以字母开头，只含英文字母、数字和下划线，不超过 40 个字符；中文名称写在 --label 里",
                en=f"{name!r} cannot be the name of a lifecycle: a letter, then letters, digits and _, 40 characters at "
                "most; what people read is its --label",
            )
        )
    out = out or Path(f"{name}.yaml")
    if out.exists() and not force:
        raise InputInvalid(
            Text(
                zh=f"文件 {out} 已经有了；换个名称，用 --out 写到别处，或用 --force 覆盖",
                en=f"{out} is there already; choose another name, write elsewhere with --out, or replace it with --force",
            )
        )
    left_out = {"zh": "label_en", "en": "label"}.get(languages)
    answers = {key: _answer(key, given[key]) for key in QUESTIONS if key != left_out}
    beginning = Beginning(
        name,
        answers.get("label") or "",
        answers.get("label_en") or "",
        **{key: answers[key] for key in ("submitter", "screener", "handler", "units", "months")},
        languages=languages,
        comments=spoken(),
    )
    schema = Path(sys.modules["workflow"].__file__ or "").parent / "lifecycle.schema.json"
    text = begun(beginning, schema=Path(os.path.relpath(schema, out.resolve().parent)).as_posix(), file=str(out))
    put(out, text)

    def human() -> None:
        click.echo(say(f"已写入 {out}", f"written: {out}"))
        click.echo(
            say(
                f"接着：改好内容，casework lifecycle check {out}，再 casework lifecycle publish {out}",
                f"next: make it yours, `casework lifecycle check {out}`, then `casework lifecycle publish {out}`",
            )
        )

    desk.answer({"file": str(out), "lifecycle": name, "version": 1}, human)


def at_a_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def _answer(key: str, given: Any) -> Any:
    question, default = QUESTIONS[key]
    default = said(default) if isinstance(default, Text) else default
    if given is not None:
        return given
    if not at_a_terminal():
        return "" if isinstance(default, str) or default is None else default
    if isinstance(default, bool):
        return click.confirm(said(question), default=default, err=True)
    kind: Any = click.IntRange(1, 99) if isinstance(default, int) else str
    answer = click.prompt(said(question), default=default, type=kind, err=True)
    return "" if isinstance(default, str) and answer == default else answer  # each language has its own default
