"""`python -m workflow.cli.reference`: docs/cli.md, made from the commands themselves. A test holds the page to it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from workflow.cli.command import Argument, Command, Context, Group, Option, Speaking, common
from workflow.cli.language import speak
from workflow.cli.root import casework
from workflow.core import errors

PAGE = Path(__file__).parent.parent.parent / "docs" / "cli.md"

INTRODUCTION = """\
# The command line

<!-- Made by `python -m workflow.cli.reference` from the commands themselves; do not edit. -->

`casework --help` and `casework COMMAND --help` say the same, in Chinese or English.

- **Language**: `--lang zh|en`, else `CASEWORK_LANG`, else the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`); Chinese where
  the locale names no language.
- **Database**: `--db`, else `CASEWORK_DB`, else `./casework.db`. A path is a SQLite file, else an address such as
  `postgresql://user@host/office` or `mariadb://user@host/office`.
- **Person**: `--as PERSON`, else `CASEWORK_AS`. The command line trusts it: whoever can write to the database can act as
  anybody. `--for PARTY` acts on somebody's behalf (代录入), and both names are recorded.
- **Cases** are named by their number (`011-1-023`), their id, or any beginning that fits only one case. A part is named
  `NUMBER/part:key`, as `todo` and `show` print it: `011-1-023/assignment:edu`; an earlier round of it with `#1`.
- **Labels** may be typed wherever a key may: `casework do 011-1-023 立案 类别=经济建设`.
- **Times** are printed and read on the office's clock (Asia/Shanghai); in JSON as ISO 8601 with the offset, except in
  audit records, which are printed as they are stored (microseconds UTC).
- **Colour** appears only on a terminal, and never where `NO_COLOR` is set. Tables are cut to the width of a terminal,
  and never where they are piped.
- **Completion**: `eval "$(casework completion bash)"`; also `zsh` and `fish`. It knows people, cases, actions and fields.

## Values

`field=value` names a field by its key or its label. Numbers, dates (`2022-03-01`, `2022年3月1日`) and yes/no (是/否,
true/false) are read by the declared type; a choice or code by its key or label; a party by its id or full name; a case
by its number.

| written | means |
|---|---|
| `suggestions=修路 suggestions=架桥` | a list of texts, the field once for each |
| `invitees=m01,m02` | a list of anything but texts, between commas |
| `units=edu:lead,health:co` | a list of records, the fields of each between colons, in the order of their declaration |
| `units='[{"unit": "edu", "part": "lead"}]'` | the same in JSON |
| `rehandlings:=2` | any value in JSON |
| `problem=@report.txt` | the text of a file (UTF-8); `@@x` is the text `@x` |
| `problem=-` | the text on standard input |

## Exit codes and errors

"""

JSON_ERRORS = """\

With `--json` an error is one JSON object on standard error:
`{"error": class, "code": exit code, "message": sentence}`, and, where they apply, `blockers` (`[{"code", "about", "zh",
"en"}]`), `near` (names that look alike), `problems` (`[{"file", "line", "column", "code", "severity",
"zh", "en", "hint"}]`), `changes` (the records since the expected revision), `last` (who brought the case to a
state that does not offer the action, as from `casework why`), `case`, `action`, `who` (parties who could do it) and `instead` (offers:
what the person could do now). Keys are only ever added.

No traceback is printed. `CASEWORK_DEBUG=1` adds one, for a report to the maintainers.

## Options of every command

"""


def page() -> str:
    """The whole page, in Markdown."""
    speak("en")
    lines = [INTRODUCTION, *_exit_codes(), JSON_ERRORS, *_options(common()), ""]
    for path, sentence, made in _commands(casework, ("casework",)):
        lines += _command(path, sentence, made)
    return "\n".join(each.rstrip() for each in "\n".join(lines).splitlines()) + "\n"


def _exit_codes() -> Iterator[str]:
    yield "| code | when | class |"
    yield "|---|---|---|"
    yield "| 0 | done | |"
    by_code: dict[int, list[type[errors.WorkflowError]]] = {}
    known = [each for each in vars(errors).values() if isinstance(each, type)]
    for each in known:
        if issubclass(each, errors.WorkflowError):
            by_code.setdefault(each.exit_code, []).append(each)
    extra = {
        1: "anything else that the program itself has a sentence for",
        2: "the command line itself cannot be understood",
    }
    for code in sorted(by_code):
        told = [each for each in by_code[code] if each is not errors.WorkflowError]
        said = [(each.__doc__ or "").splitlines()[0].split(";")[0].rstrip(".") for each in told]
        meaning = "; ".join([*said, *([extra[code]] if code in extra else [])])
        yield f"| {code} | {meaning} | {', '.join(f'`{each.__name__}`' for each in by_code[code])} |"
    yield "| 70 | something unexpected: please report it | |"
    yield "| 130 | interrupted (Ctrl-C) | |"


def _commands(group: Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, Command]]:
    context = Context(group, info_name=path[-1])
    for name, entry in group.table.items():
        found = group.get_command(context, name)
        if isinstance(found, Group):
            yield from _commands(found, (*path, name))
        elif isinstance(found, Command):
            yield (*path, name), f"{entry.en} ({entry.zh})", found


def _command(path: tuple[str, ...], sentence: str, made: Command) -> Iterator[str]:
    takes = [str(param.metavar) for param in made.params if isinstance(param, Argument)]
    yield f"## `{' '.join(path)}`"
    yield ""
    yield f"{sentence}."
    yield ""
    yield "```"
    yield " ".join([*path, *takes, *(["[OPTIONS]"] if any(isinstance(p, Option) for p in made.params) else [])])
    yield "```"
    if made.details.en:
        yield ""
        yield made.details.en
    if made.params:
        yield ""
        yield from _options(made.params)
    if made.gives:
        yield ""
        yield f"`--json`: {made.gives}"
    yield ""


def _options(params: list[Option] | list[click.Parameter]) -> Iterator[str]:
    context = Context(Speaking("casework"))
    yield "| | |"
    yield "|---|---|"
    for param in params:
        record = param.get_help_record(context)
        if record is not None:
            name, meaning = (each.replace("|", "\\|") for each in record)
            yield f"| `{name}` | {meaning} |"


def main() -> None:
    """Write the page, or with `--check` say whether it is current (exit code 1 where it is not)."""
    if "--check" in sys.argv[1:]:
        raise SystemExit(PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
