"""The tables of `docs/lifecycle-format.md`: every key of the language, derived from `shape`.

`python -m workflow.loading.reference docs/lifecycle-format.md` writes them anew between their markers.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from workflow.loading.forms import Again, Either, Form, Key, ListOf, Named, Record
from workflow.loading.shape import LIFECYCLE, PROFILE

_MARKED = re.compile(r"(<!-- keys of (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def written(page: str) -> str:
    """The page with each table between `<!-- keys of PATH -->` and `<!-- end -->` as it should be.

    PATH leads from the whole file to a record, key by key: `transitions.routes`; `profile` is a profile.
    """
    return _MARKED.sub(lambda found: f"{found[1]}\n{table(found[2])}\n{found[3]}", page)


def table(path: str) -> str:
    """The keys of the record at `path`, as Markdown. Raises KeyError where there is no such record."""
    record = PROFILE if path.startswith("profile") else LIFECYCLE
    for name in path.split(".")[1:] if path.startswith(("profile", "lifecycle")) else path.split("."):
        record = _record(record.keys[name].form)
    return "\n".join(["| key | what stands there | |", "|---|---|---|", *map(_row, record.keys.items())]) + "\n"


def _row(entry: tuple[str, Key]) -> str:
    name, key = entry
    expected = key.form.expected.en.replace("|", "\\|")
    must = ", required" if key.required else ""
    return f"| `{name}` | {expected}{must} | {key.about.zh}<br>{key.about.en} |"


def _record(form: Form) -> Record:
    """The record that stands, once or many times, at a place."""
    while not isinstance(form, Record):
        if isinstance(form, Again):
            form = form.form()
        elif isinstance(form, (Named, ListOf)):
            form = form.form
        elif isinstance(form, Either) and form.table is not None:
            form = form.table
        else:
            raise KeyError(form.expected.en)
    return form


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(written(file.read_text(encoding="utf-8")), encoding="utf-8")
