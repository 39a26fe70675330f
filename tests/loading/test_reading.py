from __future__ import annotations

from pathlib import Path

import pytest

from workflow.core.errors import InputInvalid, LifecycleInvalid, NotFound
from workflow.loading.nodes import Items, Node, Scalar, Table, plain
from workflow.loading.problems import Problems
from workflow.loading.reading import MOST_DEPTH, canonical, decode, read, read_bytes


def tree(text: str) -> Node:
    return read(text, "a.yaml", Problems("a.yaml"))


def test_scalars_stay_the_text_that_was_written() -> None:
    node = tree("{a: 007, b: yes, c: on, d: 1e3, e: 2022-01-01, f: ~, g: 12:30:00, h: 0x10, i: .inf, j: =, k: <<}")

    assert {
        "a": "007", "b": "yes", "c": "on", "d": "1e3", "e": "2022-01-01", "f": "~", "g": "12:30:00", "h": "0x10",
        "i": ".inf", "j": "=", "k": "<<",
    } == plain(node)  # fmt: skip


def test_keys_that_other_readers_mangle_are_words() -> None:
    assert ["on", "yes", "no", "null", "1", "<<"] == list(plain(tree("{on: 1, yes: 1, no: 1, null: 1, 1: 1, <<: 1}")))  # type: ignore[call-overload]


def test_every_node_knows_its_line_and_column() -> None:
    node = tree("a: 1\n案由:\n  - 甲\n  - {b: 'x'}\n")

    assert isinstance(node, Table)
    items = node.entries["案由"]
    assert isinstance(items, Items)
    first, second = items.items
    assert isinstance(second, Table)
    assert [(1, 1), (2, 1), (3, 3), (3, 5), (4, 5), (4, 9)] == [
        (spot.line, spot.column) for spot in (node, node.keys["案由"], items, first, second, second.entries["b"])
    ]


def test_a_scalar_knows_how_it_was_quoted() -> None:
    node = tree("a: x\nb: 'x'\nc: \"x\"\nd: |\n  x\ne: >-\n  x\nf:\n")

    assert isinstance(node, Table)
    assert ["", "'", '"', "|", ">", ""] == [n.style for n in node.entries.values() if isinstance(n, Scalar)]
    assert [False] * 5 + [True] == [n.empty for n in node.entries.values() if isinstance(n, Scalar)]


def test_the_deepest_allowed_nesting_is_read() -> None:
    assert isinstance(tree("[" * MOST_DEPTH + "]" * MOST_DEPTH), Items)


def test_a_byte_order_mark_and_foreign_line_ends_make_no_difference() -> None:
    assert "a: 1\nb: 2\n" == canonical(decode(b"\xef\xbb\xbfa: 1\r\nb: 2\r", "x.yaml"))


def test_one_key_twice_is_told_and_everything_under_both_is_read() -> None:
    problems = Problems("a.yaml")

    node = read("s: {a: 1, b: 2}\nt: 3\ns: {b: 4, c: {d: 5}}\n", "a.yaml", problems)

    assert {"s": {"a": "1", "b": "2", "c": {"d": "5"}}, "t": "3"} == plain(node)
    assert ["a.yaml:3:1"] == [str(p.place) for p in problems.found]


def test_after_a_key_that_is_there_twice_others_are_told_again() -> None:
    problems = Problems("a.yaml")

    read("s: {a: 1}\ns: {a: 2}\nt: {x: 1, x: 2}\n", "a.yaml", problems)

    assert ["a.yaml:2:1", "a.yaml:3:11"] == [str(p.place) for p in problems.found]


@pytest.mark.parametrize(
    ("text", "at", "zh"),
    [
        ("a: [1, 2\n", "2:1", "方括号 [ ] 没有闭合"),
        ("a:\n  - 1\n - 2\n", "3:2", "此处应是一个键"),
        ("a: - 1\n", "1:4", "列表应另起一行"),
        ('a: "\\q"\n', "1:5", "反斜杠"),
        ("a: `x`\n", "1:4", "请加引号"),
        ("a: 1\n  b: 2\n", "2:4", "多了一个冒号，或缩进不对"),
        ("a: [1, , 2]\n", "1:8", "多余的逗号或括号"),
        ("{}: 1\n", "1:1", "键必须是一个词"),
        ("'': 1\n", "1:1", "冒号前缺少键名"),
        ("a: x\nb，c\n", "2:1", "缺少“: ”（半角冒号加空格）；全角“，”"),
    ],
)
def test_what_the_parser_complains_about_is_said_in_plain_words(text: str, at: str, zh: str) -> None:
    with pytest.raises(LifecycleInvalid) as caught:
        tree(text)

    assert [f"a.yaml:{at}"] == [str(p.place) for p in caught.value.problems]
    assert zh in caught.value.say("zh")


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no file"):
        read_bytes(tmp_path / "absent.yaml")


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="cannot read the file"):
        read_bytes(tmp_path)
