"""Bilingual click: commands, groups that load their commands when needed, and pages of help that fit Chinese text.

A group knows of each command only where it lives and one sentence about it, so that help imports no command,
and no command imports another's libraries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import click
from click.core import ParameterSource

from workflow.cli.language import Words, said, say
from workflow.cli.width import columns, pad, wrap

Complete = Callable[[click.Context, click.Parameter, str], list[Any]]


class Page(click.HelpFormatter):
    """Help measured in terminal columns instead of characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The usage line."""
        start = f"{say('用法：', 'Usage: ') if prefix is None else prefix}{prog} "
        lines = wrap(args, max(self.width - columns(start), 20)) or [""]
        self.write(f"{start}{lines[0]}".rstrip() + "\n")
        self.write("".join(f"{' ' * columns(start)}{line}\n" for line in lines[1:]))

    def write_text(self, text: str) -> None:
        """Wrapped text at the current indentation."""
        for line in wrap(text, self.width - self.current_indent):
            self.write(f"{' ' * self.current_indent}{line}".rstrip() + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Terms and what they mean, in two columns."""
        rows = list(rows)
        first = min(max(columns(term) for term, _ in rows), col_max) + col_spacing
        for term, meaning in rows:
            lines = wrap(meaning, max(self.width - first - self.current_indent, 20))
            if columns(term) + col_spacing > first:
                self.write(f"{' ' * self.current_indent}{term}\n")
                term = ""
            for line in lines or [""]:
                self.write(f"{' ' * self.current_indent}{pad(term, first)}{line}".rstrip() + "\n")
                term = ""

    def write_heading(self, heading: str) -> None:
        """The name of a section."""
        self.write(f"{' ' * self.current_indent}{heading}{say('：', ':')}\n")


class Context(click.Context):
    """A context whose help is a `Page`."""

    formatter_class = Page


class Described:
    """Mixed into click's parameters: what it means, in both languages."""

    words: Words = Words()

    def described(self, words: Words) -> Any:
        """Itself, with its meaning."""
        self.words = words
        return self


class Option(Described, click.Option):
    """`--name`, with its meaning in both languages."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The two columns of its line in the help."""
        return None if self.hidden else (self.get_help_spec_here(ctx), said(self.words))

    def get_help_spec_here(self, ctx: click.Context) -> str:
        """Its spellings and what it takes: `--limit N`."""
        names = ", ".join(sorted((*self.opts, *self.secondary_opts), key=lambda name: len(name) > 2))
        return names if self.is_flag else f"{names} {self.make_metavar(ctx)}"


class Argument(Described, click.Argument):
    """A word at a fixed place, with its meaning in both languages."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """The two columns of its line in the help."""
        return self.make_metavar(ctx), said(self.words)


def option(*names: str, zh: str, en: str, **settings: Any) -> Option:
    """An option; `settings` are click's."""
    made: Option = Option(names, **settings).described(Words(zh, en))
    return made


def argument(name: str, *, zh: str, en: str, **settings: Any) -> Argument:
    """An argument; `settings` are click's."""
    settings.setdefault("metavar", name.upper())
    made: Argument = Argument((name,), **settings).described(Words(zh, en))
    return made


def common() -> list[Option]:
    """The options that every command takes, and every group for the commands below it."""
    return [
        option("--as", "person", metavar="PERSON", envvar="CASEWORK_AS", shell_complete=suggest("people"),
               zh="以谁的身份（人员编号，或环境变量 CASEWORK_AS）", en="who you are (a person's id; or CASEWORK_AS)"),
        option("--db", metavar="DATABASE", envvar="CASEWORK_DB",
               zh="数据库：网址或文件（或环境变量 CASEWORK_DB；默认 ./casework.db）",
               en="the database: a URL or a file (or CASEWORK_DB; by default ./casework.db)"),
        option("--json", "as_json", is_flag=True, default=None,
               zh="输出 JSON，供程序读取", en="print JSON, for programs"),
        option("--lang", type=click.Choice(("zh", "en")), metavar="zh|en",
               zh="语言（或 CASEWORK_LANG、LANG）", en="the language (or CASEWORK_LANG, LANG)"),
        option("--help", is_flag=True, is_eager=True, expose_value=False, callback=_print_help,
               zh="显示本页", en="show this page"),
    ]  # fmt: skip


def _print_help(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(context.get_help(), color=context.color)
        context.exit()


def suggest(what: str) -> Complete:
    """Completion of `what` (a function of `workflow.cli.suggestions`), looked up only when the shell asks."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
        found: list[Any] = getattr(import_module("workflow.cli.suggestions"), what)(context, incomplete)
        return found

    return complete


CASE = argument(
    "case", shell_complete=suggest("cases"),
    zh="办件：编号或其开头；分件写 编号/类别:名称", en="a case: its number or the beginning of it; a part as NUMBER/part:key",
)  # fmt: skip


class Speaking(click.Command):
    """What commands and groups have in common: help in the language being spoken."""

    context_class = Context
    details: Words = Words()
    commons: Sequence[Option] = ()

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its own parameters, then the common ones."""
        return [*self.params, *self.commons]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and let every complaint know which command it is about."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The sentence from the group's table, then the details."""
        for text in (said(summary_of(ctx)), said(self.details)):
            if text:
                formatter.write_paragraph()
                with formatter.indentation():
                    formatter.write_text(text)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The words after the command's name."""
        takes = [param.make_metavar(ctx) for param in self.params if isinstance(param, Argument)]
        return [say("[选项]", "[OPTIONS]"), *takes]

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its arguments, in a section of their own."""
        self._section(ctx, formatter, say("参数", "Arguments"), [p for p in self.params if isinstance(p, Argument)])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its own options, then the common ones."""
        own = [param for param in self.params if isinstance(param, Option)]
        self._section(ctx, formatter, say("选项", "Options"), own)
        self._section(ctx, formatter, say("每个命令都有的选项", "Options of every command"), self.commons)

    def _section(
        self, ctx: click.Context, formatter: click.HelpFormatter, heading: str, params: Sequence[click.Parameter]
    ) -> None:
        records = [record for param in params if (record := param.get_help_record(ctx)) is not None]
        if records:
            with formatter.section(heading):
                formatter.write_dl(records)


class Command(Speaking):
    """One command: its parameters, and the function that is handed a `Desk` and their values."""

    gives: str = ""

    def invoke(self, ctx: click.Context) -> None:
        """Set up the desk and run the command's function at it."""
        from workflow.cli.desk import Desk

        values = {name: value for name, value in ctx.params.items() if name not in _COMMON}
        with Desk(**{name: inherited(ctx, name) for name in _COMMON - {"lang"}}) as desk:
            assert self.callback is not None
            self.callback(desk, **values)


_COMMON = {"person", "db", "as_json", "lang"}


def inherited(ctx: click.Context, name: str) -> Any:
    """The value of a common option, given to the command or to a group above it; else that of the environment."""
    here: click.Context | None = ctx
    found = None
    while here is not None:
        if here.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            return here.params[name]
        found = here.params.get(name) if found is None else found
        here = here.parent
    return found


def command(
    *params: click.Parameter, zh: str = "", en: str = "", gives: str = ""
) -> Callable[[Callable[..., None]], Command]:
    """Makes a command of a function `(desk, **values)`.

    `zh`, `en` are what the help says after the first sentence, `gives` what the reference says about its JSON.
    """

    def decorate(function: Callable[..., None]) -> Command:
        made = Command(None, callback=function, params=list(params), add_help_option=False)
        made.details = Words(zh, en)
        made.commons = common()
        made.gives = gives
        return made

    return decorate


class Entry(NamedTuple):
    """A line of a group's table: where a command lives ("module:name"), or the table of a group below, and a sentence."""

    home: str | Mapping[str, Entry]
    zh: str
    en: str


class Group(Speaking, click.Group):
    """A group that loads a command when it is used, and shows its help from the table alone."""

    def __init__(self, name: str, table: Mapping[str, Entry], *, zh: str = "", en: str = "", **settings: Any) -> None:
        super().__init__(name, add_help_option=False, no_args_is_help=True, **settings)
        self.table = table
        self.details = Words(zh, en)
        self.commons = common()

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Its commands, in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded; None where there is none."""
        entry = self.table.get(cmd_name)
        if entry is None:
            return None
        if not isinstance(entry.home, str):
            return Group(cmd_name, entry.home)
        module, _, attribute = entry.home.partition(":")
        found: Command = getattr(import_module(module), attribute)
        found.name = cmd_name
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` name; click.UsageError with near names where there is none."""
        name = args[0]
        if name not in self.table and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(name, self.table)
            raise click.UsageError(
                say(f"没有命令“{name}”", f"there is no command {name!r}")
                + (say("；是否指：", "; did you mean ") + say("、", ", ").join(near) + say("", "?") if near else ""),
                ctx,
            )
        return name, self.get_command(ctx, name), args[1:]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The words after the group's name."""
        return [say("[选项]", "[OPTIONS]"), say("命令 …", "COMMAND …")]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, then the options: a reader looks for a command first."""
        with formatter.section(say("命令", "Commands")):
            formatter.write_dl([(name, say(entry.zh, entry.en)) for name, entry in self.table.items()])
        super().format_options(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Names of commands that begin like this, with their sentences; no command is loaded."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=say(entry.zh, entry.en))
            for name, entry in self.table.items()
            if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]


def summary_of(ctx: click.Context) -> Words:
    """The sentence about the command of this context, from the table of the group above it."""
    group = ctx.parent.command if ctx.parent is not None else None
    entry = group.table.get(ctx.info_name or "") if isinstance(group, Group) else None
    return Words(entry.zh, entry.en) if entry is not None else Words()
