"""The words of notices: only what is declared can be named, and nothing can run away."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from workflow.core.errors import Problem
from workflow.core.model import Lifecycle
from workflow.loading import load, load_path
from workflow.shipped import shipped_definitions
from workflow.templates import Templates, check, write
from workflow.templates.facts import Facts
from workflow.templates.writing import LONGEST, TemplateBroken

LETTER = """\
casework: 1
lifecycle: letter
version: 1
label: {zh: 来信, en: Letter}
initial: draft
roles: {owner: {is: case.created_by}, unit: {is: case.holder}}
fields:
  title: {type: text, required: true}
  points: {type: list, item: text}
  units: {type: list, item: {unit: party, part: text}}
states: {draft: {}, sent: {final: successful}}
transitions: {send: {from: draft, to: sent, by: [owner]}}
acts: {pass: {in: draft, by: [owner], open: {part: task, key: "'a'"}}}
parts:
  task: {initial: open, fields: {answer: text}, states: {open: {}, ended: {final: successful}}, transitions: {reply: {from: open, to: ended, by: [unit]}}}
notices:
  - {after: send, to: [owner], template: sent}
  - {after: task.reply, to: [owner], template: replied}
"""


@pytest.fixture(scope="module")
def letter() -> Lifecycle:
    return load(LETTER, file="letter.yaml")


def problems(letter: Lifecycle, folder: Path, sent: str, replied: str = "S\n\nB\n") -> list[Problem]:
    for name, text in (("sent", sent), ("replied", replied)):
        path = folder / "letter" / f"{name}.en.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return check(letter, folder)


def said(found: list[Problem]) -> list[str]:
    return [f"{Path(each.place.file).name}:{each.place.line}:{each.place.column} {each.text.en}" for each in found]


def test_a_template_of_what_is_declared_is_sound(letter: Lifecycle, tmp_path: Path) -> None:
    sent = (
        "{{ number or title }}\n\n{{ case.title|truncate(20) }} {{ action }} {{ actor }} {{ unit }} {{ state }}\n"
        "{% for p in case.points %}{{ loop.index }}. {{ p }}{% if not loop.last %}, {% endif %}{% endfor %}\n"
        "{% for u in case.units %}{{ u.unit }}: {{ u.part|upper }}{% else %}nobody{% endfor %}\n"
    )

    assert [] == problems(letter, tmp_path, sent, "{{ part.answer }} {{ part.holder }}\n")


@pytest.mark.parametrize(
    ("line", "column", "sentence"),
    [
        ("{{ case.titel }}", 9, "'case.titel' is not declared; did you mean title?"),
        ("x {{ nubmer }}", 6, "there is no 'nubmer'; did you mean number?"),
        ("{% for u in case.units %}{{ u.unti }}{% endfor %}", 31, "'u.unti' is not declared; did you mean unit?"),
        ("{{ part.answer }}", 4, "there is no 'part'; there are number,"),
        ("{{ case.title.upper() }}", 1, "Call cannot be used in a template"),
        ("{{ case.title|uper }}", 15, "there is no 'uper'; did you mean upper?"),
        ("{% for c in case.title %}{% endfor %}", 4, "a loop goes over a list"),
        ("{% set x = 'a' %}", 1, "Assign cannot be used"),
        ("{{ 'a' * 999999999 }}", 1, "Mul cannot be used"),
        ("{{ 'a' ~ 'b' }}", 1, "Concat cannot be used"),
        ("{% include '/etc/passwd' %}", 1, "Include cannot be used"),
        ("{{ case['title'] }}", 1, "Getitem cannot be used"),
        ("{{ case.__class__ }}", 9, "'case.__class__' is not declared"),
        ("{% if %}", 1, "not a template: "),
    ],
)  # fmt: skip
def test_what_is_not_declared_is_a_problem_with_its_place(
    letter: Lifecycle, tmp_path: Path, line: str, column: int, sentence: str
) -> None:
    found = said(problems(letter, tmp_path, f"Subject\n\n{line}\n"))

    assert found[0].startswith(f"sent.en.txt:3:{column} {sentence}"), found


def test_a_template_that_is_named_and_missing_is_a_problem_where_there_are_templates(
    letter: Lifecycle, tmp_path: Path
) -> None:
    assert [] == check(letter, tmp_path / "none")

    assert ["letter.yaml:17:", "letter.yaml:18:"] == [each[:15] for each in said(check(letter, tmp_path))]


def test_every_template_of_the_shipped_lifecycles_is_there_in_both_languages_and_sound() -> None:
    folder = shipped_definitions() / "templates"
    for name in ("proposal", "opinion"):
        lifecycle = load_path(shipped_definitions() / f"{name}.yaml")
        named = {rule.template for rule in lifecycle.notices}
        named |= {d.overdue.template for each in lifecycle.clocks.values() for d in each if d.overdue is not None}
        wanted = {f"{template}.{language}.txt" for template in named for language in ("zh", "en")}

        assert [] == check(lifecycle, folder)
        assert wanted == {path.name for path in (folder / name).iterdir()}
    general = {f"{name}.{each}.txt" for name in ("digest", "due_moved", "due_soon", "notice") for each in ("zh", "en")}
    assert general == {path.name for path in folder.glob("*.txt")}


# What a notice may say besides number, title, names and days: a reason from the list, not what somebody wrote.
ALLOWED = {
    "case.refusal_reason",
    "case.shelved_for",
    "case.supervisor",
    "case.publication",
    "part.holder",
    "part.channel",
}


def test_the_shipped_templates_carry_number_and_title_and_nothing_that_somebody_wrote() -> None:
    texts = [path.read_text("utf-8") for path in (shipped_definitions() / "templates").rglob("*.txt")]
    said = {name for text in texts for name in re.findall(r"(?:case|part)\.\w+|\bnote\b", text)}

    assert said == ALLOWED


@pytest.mark.parametrize(("text", "sentence"), [
    ("{{ part.holder }} {{ deadline }} {{ due }} {{ about }}", None),
    ("{{ duo }}", "there is no 'duo'; did you mean due"),
    ("{{ part.answre }}", "'part.answre' is not declared; did you mean answer?"),
    ("{{ opened }}", "there is no 'opened'"),
])  # fmt: skip
def test_the_templates_of_deadlines_are_looked_at_too(tmp_path: Path, text: str, sentence: str | None) -> None:
    clocked = LETTER + (
        "deadlines:\n  reply_due: {of: task, from: opened, within: 5d, warn: 1d, overdue: "
        "{notify: late, to: [unit], escalate: [{after: 1d, notify: later, to: [owner]}]}}\n"
    )
    lifecycle = load(clocked, file="letter.yaml")
    for name in ("late", "due_soon"):
        path = tmp_path / "letter" / f"{name}.zh.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{text}\n", "utf-8")
    found = said(problems(lifecycle, tmp_path, "S\n\nB\n"))

    missing = [each for each in found if "'later'" in each]
    assert 1 == len(missing)
    assert missing[0].startswith("letter.yaml:20:")
    others = [each for each in found if each not in missing]
    assert (0 if sentence is None else 2) == len(others)
    assert all(sentence and sentence in each for each in others)


def test_what_opens_parts_names_their_holders(letter: Lifecycle, tmp_path: Path) -> None:
    named = "{% for each in opened %}{{ each.holder }} {{ each.label }}{% endfor %}\n"

    assert [] == problems(letter, tmp_path, named)


def test_the_template_of_digests_is_looked_at_too(letter: Lifecycle, tmp_path: Path) -> None:
    digest = tmp_path / "digest.zh.txt"
    digest.write_text("{{ count }}\n{% for each in notices %}{{ each.subject }}{{ each.bdoy }}{% endfor %}\n", "utf-8")

    (problem,) = said(problems(letter, tmp_path, "S\n\nB\n"))
    assert problem.startswith("digest.zh.txt:2:")
    assert "'each.bdoy' is not declared; did you mean body?" in problem


def test_the_office_s_own_folder_comes_first_and_the_general_template_last(tmp_path: Path) -> None:
    own = tmp_path / "proposal" / "filed.zh.txt"
    own.parent.mkdir()
    own.write_text("我们的\n", encoding="utf-8")
    templates = Templates(tmp_path)

    assert "我们的\n" == templates.source("proposal", "filed", "zh")[0]
    assert "我们的\n" != templates.source("proposal", "refused", "zh")[0]
    assert "due_soon.en.txt" == templates.source("unheard_of", "due_soon", "en")[1]
    assert "notice.en.txt" == templates.source("unheard_of", "filed", "en")[1]


def test_the_first_line_is_the_subject_and_stays_one_line() -> None:
    written = write("re: {{ title }}\n\nDear {{ title }}\n\n", "t", {"title": "a\r\nBcc: evil@example"})

    assert ("re: a Bcc: evil@example", "Dear a\r\nBcc: evil@example") == (written.subject, written.body)


@pytest.mark.parametrize(
    "source",
    [
        "s\n{{ missing }}",
        "s\n{{ case.missing }}",
        "s\n{{ ''.__class__.__mro__ }}",
        "s\n{{ case._values }}",
        "s\n{{ x.__init__ }}",
        "s\n{% for a in big %}{% for b in big %}{{ long }}{% endfor %}{% endfor %}",
        "s\n" + "{% if true %}" * 5_000,
        "s\n" + "x" * 20_000,
        "\n\n",
    ],
)
def test_a_template_that_cannot_be_written_out_is_one_error_and_soon(source: str) -> None:
    given = {"case": Facts({"title": "t"}), "x": Facts({}), "big": tuple(range(200)), "long": "y" * LONGEST}
    begun = time.monotonic()

    with pytest.raises(TemplateBroken):
        write(source, "t", given)
    assert time.monotonic() - begun < 5
