"""`python -m workflow.checks.reference docs/checks.md`: the page of all checks, made from the catalogue. A test holds it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from workflow.checks import CATALOGUE, MODULES, SOUND, Check, loaded

INTRODUCTION = """\
# What `casework lifecycle check` finds

<!-- Made by `python -m workflow.checks.reference docs/checks.md` from the catalogue in workflow/checks; do not edit. -->

Each finding is told as `file:line:column CODE sentence`, with the line itself, a `^` under the place, and what to do.
The codes are words and stay the same; `--json` and `--sarif` carry them too.

- An **error** is certain: the file cannot be used, a case would stand still, or an expectation does not hold. Exit code
  2, and `casework lifecycle publish` refuses the lifecycle.
- A **warning** may be meant. Exit code 0, with `--strict` 2. It is accepted, with a reason, on the same line or on a
  line of its own above: `# casework: ignore CODE because …` (or `# casework: 忽略 CODE 因为 …`). Without a reason, or
  where there is nothing to accept, the comment is told in its turn. Errors cannot be accepted.
- A **note** is shown with `--notes`: nothing is wrong, somebody may want to know.

Conditions are tried, not proved: each is evaluated on a few values of every field that it reads (each choice, numbers
around those in the condition, empty lists and lists of one and two, null where a field may be empty; at most 600
combinations), and a finding says for which values. Two things are certain however many there are: what a finding gives
as an example does happen for these values, and what the graph of states does not allow can never be.

`expect:` is held against the graph alone. What conditions, roles and joins say is left aside: a proof that something is
*never* reached holds whatever they say, while *can be reached* means that the transitions are there, not that every
case will find its guards open. `to: origin` leads back to where the case really was.

An example is laid over the lifecycle at the [end of this page](#the-lifecycle-of-the-examples) (null takes a key away),
and brings about exactly the finding it stands under; one that begins with `casework: 1` stands alone.
"""


def page() -> str:
    """The whole page, in Markdown."""
    lines = [INTRODUCTION, *_table()]
    for module in MODULES:
        lines += [f"## {_heading(module)}", ""]
        own = [each for each in CATALOGUE.values() if _module(each) == module.__name__]
        for each in own:
            lines += _entry(each)
    lines += ["## The lifecycle of the examples", "", "```yaml", SOUND.rstrip(), "```"]
    return "\n".join(lines).rstrip() + "\n"


def example(check: Check) -> str:
    """The text of a whole lifecycle with what the check finds; the empty text where the example would be too long to show."""
    if not check.example or check.code in _WHOLE or check.example.startswith(("casework:", "%YAML")):
        return check.example
    changed = _laid_over(yaml.safe_load(SOUND), yaml.safe_load(check.example))
    return yaml.safe_dump(changed, allow_unicode=True, sort_keys=False, width=200)


_WHOLE = ("empty",)


def _laid_over(below: Any, above: Any) -> Any:
    """A JSON merge patch (RFC 7396): mappings are merged, null takes a key away, everything else replaces."""
    if not isinstance(above, dict):
        return above
    found = dict(below) if isinstance(below, dict) else {}
    for name, value in above.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = _laid_over(found.get(name), value)
    return found


def _table() -> Iterator[str]:
    yield "| code | | |"
    yield "|---|---|---|"
    for each in CATALOGUE.values():
        yield f"| [`{each.code}`](#{each.code}) | {each.severity} | {each.title.zh} · {each.title.en} |"
    yield ""


def _entry(check: Check) -> Iterator[str]:
    yield from (f"### {check.code}", "", f"**{check.title.zh} · {check.title.en}** ({check.severity})", "")
    yield from (
        check.why.zh,
        "",
        check.why.en,
        "",
        f"- {check.hint.zh}",
        f"- {check.hint.en[0].upper()}{check.hint.en[1:]}",
        "",
    )
    if check.example:
        yield from ("```yaml", check.example.rstrip(), "```", "")


def _module(check: Check) -> str:
    return check.run.__module__ if check.run is not None else loaded.__name__


def _heading(module: Any) -> str:
    return str(module.__doc__).split(":", 1)[0].split(",", 1)[0].strip().splitlines()[0].rstrip(".")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
