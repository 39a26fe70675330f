"""Files made to hurt: each is refused with one clear line, in a process of its own that must end in time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import workflow
from tests.loading.texts import LEAVE

ROOT = Path(workflow.__file__).parent.parent
SECONDS = 60  # for all the files together, on a slow and busy machine; each refusal takes milliseconds
READ = """
import json, pathlib, sys
from workflow.core.errors import LifecycleInvalid
from workflow.loading import load_path
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        load_path(path)
    except LifecycleInvalid as invalid:
        said = [[problem.code, problem.say("en").removeprefix(str(path))] for problem in invalid.problems]
        print(json.dumps({"file": path.name, "said": said, "exit": invalid.exit_code}), flush=True)
"""


def refusals(folder: Path, before: str = "") -> dict[str, Any]:
    """What a process of its own says about each file in `folder`, by the file's name."""
    command = [sys.executable, "-c", before + READ, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=SECONDS, check=False)
    assert (0, "") == (done.returncode, done.stderr.decode("utf-8", "replace"))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {answer["file"]: answer for answer in answers}


POISON = {
    "100,000 brackets": (b"[" * 100_000, "too_deep", ":1:65: "),
    "100,000 braces": (b"{a: " * 100_000, "too_deep", ":1:257: "),
    "100,000 dashes in a line": (b"- " * 100_000, "too_deep", ":1:129: "),
    "100,000 question marks": (b"? " * 100_000, "key", ":1:3: "),
    "a thousand levels of indentation": (
        b"".join(b" " * n + b"a:\n" for n in range(1_000)), "too_deep", ":65:65: ",
    ),
    "brackets, closed too": (b"[" * 50_000 + b"]" * 50_000, "too_deep", ":1:65: "),
    "more than 1 MiB": (b"a: " + b"x" * (1 << 20), "too_big", ":1:1: "),
    "1 MiB of three-byte characters": ("汉".encode() * 349_526, "too_big", ":1:1: "),
    "a scalar of 900 kB": (b"a: " + b"x" * 900_000, "too_long", ":1:4: "),
    "a quoted scalar of 900 kB": (b'a: "' + b"x " * 450_000 + b'"', "too_long", ":1:4: "),
    "a key of 900 kB": (b"? " + b"x" * 900_000 + b"\n: 1", "too_long", ":1:3: "),
    "a comment of 900 kB": (b"#" + b"x" * 900_000, "empty", ":1:1: "),
    "100,000 empty items": (b"-\n" * 100_001, "too_many", ":99997:2: "),
    "90,000 keys": (b"".join(b"k%d: \n" % n for n in range(90_000)), "too_many", ":49999:1: "),
    "a billion laughs": (
        b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "alias", ":1:4: ",
    ),
    "an alias to nothing": (b"a: *nothing\n", "alias", ":1:4: "),
    "an anchor that holds itself": (b"&a [*a]\n", "alias", ":1:1: "),
    "a tag that runs code": (b"a: !!python/object/apply:os.system [ls]\n", "tag", ":1:4: "),
    "a local tag": (b"a: !env HOME\n", "tag", ":1:4: "),
    "a tag on the whole": (b"!!map\na: 1\n", "tag", ":1:1: "),
    "a YAML directive": (b"%YAML 1.1\n---\na: 1\n", "directive", ":1:1: "),
    "two documents": (b"a: 1\n---\nb: 2\n", "two_documents", ":2:1: "),
    "a direction mark": ("a: abc\u202edef\n".encode(), "bidi", ":1:7: "),
    "an isolate": ("a: abc\u2066def\n".encode(), "bidi", ":1:7: "),
    "a zero width space": ("dr\u200baft: 1\n".encode(), "zero_width", ":1:3: "),
    "a byte order mark inside": ("a: 1\n\ufeffb: 2\n".encode(), "zero_width", ":2:1: "),
    "a direction mark by escape": (b'a: "abc\\u202edef"\n', "bidi", ":1:4: "),
    "a null by escape": (b'a: "\\0"\n', "control", ":1:4: "),
    "a null": (b"a: \0\n", "control", ":1:4: "),
    "an escape character": (b"a: \x1b[31m\n", "control", ":1:4: "),
    "a line separator": ("a: 1\u2028b: 2\n".encode(), "control", ":1:5: "),
    "a surrogate by escape": (b'a: "\\ud800"\n', "syntax", ":1:"),
    "decomposed letters": ("cafe\u0301: 1\n".encode(), "not_normal", ":1:4: "),
    "twins, composed and decomposed": ("\u00e9: 1\ne\u0301: 2\n".encode(), "not_normal", ":2:1: "),
    "a compatibility ideograph": ("a: \uf900\n".encode(), "not_normal", ":1:4: "),
    "GBK": ("label: 提案\n".encode("gbk"), "encoding", ":1:8: "),
    "UTF-16": ("label: 提案\n".encode("utf-16"), "encoding", ":1:1: "),
    "a cut character": ("label: 提".encode()[:-1], "encoding", ":1:8: "),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "encoding", ":1:1: "),
    "nothing": (b"", "empty", ":1:1: "),
    "only a comment": (b"# nothing\n", "empty", ":1:1: "),
    "only an end of document": (b"---\n...\n", "empty", ":1:1: "),
    "a list": (b"- a\n", "wrong_kind", ":1:1: "),
    "a word": (b"hello\n", "wrong_kind", ":1:1: "),
    "a huge number": (
        LEAVE.replace("version: 1", "version: " + "9" * 5_000).encode(), "bad_value", ":3:10: ",
    ),
    "a number too large for JSON": (
        LEAVE.replace("max: 30", "max: 9007199254740993").encode(), "bad_value", ":15:34: ",
    ),
    "states times transitions": (
        LEAVE.replace("states:\n  draft", "states:\n" + "".join(f"  s{n}: \n" for n in range(4_000)) + "  draft", 1)
        .replace(
            "transitions:\n  ask:",
            "transitions:\n" + "".join(f"  t{n}: {{from: any, to: s1, by: any}}\n" for n in range(4_000)) + "  ask:",
            1,
        )
        .encode(),
        "too_many",
        ":1:1: ",
    ),
    "a condition nested deeper than CEL reads": (
        LEAVE.replace("when: case.days < 10", "when: " + "(" * 500 + "true" + ")" * 500).encode(), "condition", ":20:",
    ),
    "a condition too long": (
        LEAVE.replace("when: case.days < 10", "when: " + " && ".join(["true"] * 500)).encode(), "condition", ":20:11: ",
    ),
    "ten megabytes": (b"a: " + b"x" * 10_000_000, "too_big", ":1:1: "),
    "a merge key with an alias": (b"base: &b {a: 1}\nmore: {<<: *b}\n", "alias", ":1:7: "),
    "a merge key without one": (LEAVE.encode() + b"<<: {a: 1}\n", "unknown_key", ":"),
    "a key that is its own value": (b"&a a: *a\n", "alias", ":1:1: "),
    "an anchor on a key": (b"? &k key\n: 1\n", "alias", ":1:3: "),
    "an anchor of 900 kB": (b"a: &" + b"x" * 900_000 + b" 1\n", "alias", ":1:4: "),
    "ten thousand aliases": (b"a: [" + b"*x, " * 10_000 + b"]\n", "alias", ":1:5: "),
    "a tag of 900 kB": (b"a: !" + b"x" * 900_000 + b" 1\n", "tag", ":1:4: "),
    "a tag that names a function": (b"a: !!python/name:os.system\n", "tag", ":1:4: "),
    "a tag written out": (b"a: !<tag:yaml.org,2002:python/object:os.system> 1\n", "tag", ":1:4: "),
    "a tag for bytes": (b"a: !!binary aGk=\n", "tag", ":1:4: "),
    "a tag for a set": (b"a: !!set {x}\n", "tag", ":1:4: "),
    "a tag directive": (b"%TAG ! tag:x,2000:\n---\na: !x 1\n", "directive", ":1:1: "),
    "UTF-16 without a mark": ("label: a\n".encode("utf-16-le"), "control", ":1:2: "),
    "UTF-32": ("label: a\n".encode("utf-32"), "encoding", ":1:1: "),
    "a slash in too many bytes": (b"a: \xc0\xaf\n", "encoding", ":1:4: "),
    "half a pair in UTF-8": (b"a: \xed\xa0\x80\n", "encoding", ":1:4: "),
    "a filler of half width": ("a: \uffa0\n".encode(), "zero_width", ":1:4: "),
    "letters made of tags": ("a: x\U000e0041\n".encode(), "control", ":1:5: "),
    "what is no character": ("a: \ufffe\n".encode(), "control", ":1:4: "),
    "a next line": ("a: \x85\n".encode(), "control", ":1:4: "),
    "a vertical tab": (b"a: \x0b\n", "control", ":1:4: "),
    "a bell by escape": (b'a: "\\a"\n', "control", ":1:4: "),
    "a byte order mark by escape": (b'a: "\\ufeff"\n', "zero_width", ":1:4: "),
    "tabs for indentation": (b"a:\n\tb: 1\n", "syntax", ":2:1: "),
    "a list for a key": (b"? [a, b]\n: 1\n", "key", ":1:3: "),
    "a key twice": (LEAVE.encode() + b"version: 1\n", "duplicate_key", ":"),
    "an archive": (b"PK\x03\x04" + bytes(range(200)), "encoding", ":"),
    "a condition that fills the memory": (
        LEAVE.replace("when: case.days < 10", "when: \"['x']" + ".map(a, [a, a, a, a])" * 8 + " == []\"").encode(),
        "condition",
        ":20:",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("poison")
    for number, (data, _, _) in enumerate(POISON.values()):
        (folder / f"{number:03}.yaml").write_bytes(data)
    return refusals(folder)


@pytest.mark.parametrize("name", POISON)
def test_poison_gets_one_clear_line(name: str, poisoned: dict[str, Any]) -> None:
    _, code, place = POISON[name]

    answer = poisoned[f"{list(POISON).index(name):03}.yaml"]

    assert (2, [code]) == (answer["exit"], [said for said, _ in answer["said"]])
    assert answer["said"][0][1].startswith(place), answer


def test_there_are_more_than_sixty_poisons() -> None:
    assert 60 <= len({data for data, _, _ in POISON.values()}) == len(POISON)


def test_very_many_wrong_names_are_refused_in_time(tmp_path: Path) -> None:
    entries = {
        "states": "  s{n}: {{waits_for: [r{n}], edit: {{q{n}: [f{n}]}}}}\n",
        "transitions": "  t{n}: {{from: s{n}, to: u{n}, by: r{n}, if: g{n}}}\n",
        "roles": "  r{n}: {{any_of: [r{m}]}}\n",
        "fields": "  f{n}: {{type: code, of: settings.c{n}}}\n",
        "settings": "  s{n}: {{type: int, default: wrong}}\n",
        "notices": "  - {{after: a{n}, to: b{n}, template: c}}\n",
    }
    for chapter, entry in entries.items():
        lines = "".join(entry.format(n=n, m=(n + 1) % 4_000) for n in range(4_000))
        text = LEAVE.replace(f"\n{chapter}:\n", f"\n{chapter}:\n{lines}", 1)
        (tmp_path / f"{chapter}.yaml").write_text(text, encoding="utf-8")

    said = refusals(tmp_path)

    assert sorted(f"{chapter}.yaml" for chapter in entries) == sorted(said)
    assert {101} == {len(answer["said"]) for answer in said.values()}


def test_the_parser_without_c_refuses_the_same(tmp_path: Path) -> None:
    (tmp_path / "deep.yaml").write_bytes(b"[" * 100_000)
    (tmp_path / "tag.yaml").write_bytes(b"a: !!python/name:os.system x\n")

    said = refusals(tmp_path, "import yaml\nif hasattr(yaml, 'CSafeLoader'):\n    del yaml.CSafeLoader\n")

    assert {"deep.yaml": "too_deep", "tag.yaml": "tag"} == {name: answer["said"][0][0] for name, answer in said.items()}
