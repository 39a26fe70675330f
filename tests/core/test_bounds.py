"""What a condition may not do although CEL would let it: told with the place, when the file is read."""

import pytest

from tests.core.test_conditions import problems, vocabulary
from workflow.core.bounds import MOST_COPIES


@pytest.mark.parametrize(
    ("source", "column", "zh", "en"),
    [
        ("case == case", 1, "“case”不能整个使用；请写出其中一项，如 case.名称", "'case' cannot be used as a whole; name something in it, as in case.name"),
        ("[1].exists(case, case == 1)", 11, "循环变量不能叫“case”；请换一个名字", "a loop variable cannot be called 'case'; take another name"),
        ("google.protobuf.Int64Value{value: 3} == 3", 1, "不能构造“google.protobuf.Int64Value”；条件只读取已有的值", "'google.protobuf.Int64Value' cannot be made; a condition reads what is there"),
    ],
)  # fmt: skip
def test_what_a_condition_may_not_do_is_told_with_its_place(source: str, column: int, zh: str, en: str) -> None:
    assert (column, zh, en) in [(at, *texts) for _, at, *texts in problems(source)]


def repeated(times: int) -> str:
    return f"case.tags.map(a, [{', '.join('a' * times)}]).size() > 0"


def test_a_value_is_repeated_only_so_often() -> None:
    assert vocabulary().compile(repeated(MOST_COPIES))
    ((_, _, zh, en),) = problems(repeated(MOST_COPIES + 1))

    assert f"一个值在这里被重复 {MOST_COPIES + 1} 次；最多 {MOST_COPIES} 次" in zh
    assert f"repeated {MOST_COPIES + 1} times here, at most {MOST_COPIES} are allowed" in en


def test_the_moment_counts_once_each_time_it_is_named() -> None:
    assert vocabulary().compile(f"[{', '.join(['now'] * MOST_COPIES)}].size() > 0")
    assert problems(f"[{', '.join(['now'] * (MOST_COPIES + 1))}].size() > 0")


@pytest.mark.parametrize(
    "doubled",
    [
        "case.tags.map(a, {'x': a, 'y': a}).map(b, [b, b, b, b]).map(c, [c, c, c, c, c]).size() > 0",
        "case.tags.map(a, {'x': [a, a, a, a, a, a]}.x).map(b, [b, b, b, b, b, b]).size() > 0",
        "case.tags.map(a, a + a + a + a).map(b, b + b + b + b).map(c, [c, c, c]).size() > 0",
        "case.tags.map(a, case.urgent ? [a, a] : [a]).map(b, [b, b, b, b]).map(c, [c, c, c, c]).size() > 0",
    ],
)
def test_what_one_loop_repeats_the_next_repeats_again(doubled: str) -> None:
    assert ["is repeated" in en or "repeated" in en for _, _, _, en in problems(doubled)] == [True]


def test_a_number_made_of_a_value_repeats_nothing() -> None:
    sizes = "case.tags.map(a, [a, a, a, a, a]){}.map(c, [c, c, c, c, c, c, c]).size() > 0"

    assert problems(sizes.format(""))
    assert vocabulary().compile(sizes.format(".map(b, b.size())"))
