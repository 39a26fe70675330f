"""What a sample of mutants says of all of them."""

from __future__ import annotations

import pytest

from tests.mutation.sampling import Score, drawn, module_of, scored

NAMES = [f"workflow.core.{module}.x_f__mutmut_{n}" for module, many in (("a", 600), ("b", 300), ("c", 100)) for n in range(many)]  # fmt: skip


def test_a_mutant_belongs_to_its_module() -> None:
    assert "workflow.core.width" == module_of("workflow.core.width.x_columns__mutmut_1")
    assert "workflow.engine" == module_of("workflow.engine.xǁEngineǁfire__mutmut_12")


@pytest.mark.parametrize("seed", range(20))
def test_each_module_is_drawn_by_its_share(seed: int) -> None:
    names = drawn(NAMES, 100, seed)
    shares = [sum(module_of(name).endswith(module) for name in names) for module in "abc"]

    assert 100 == len(set(names)) == len(names)
    assert all(abs(share - expected) <= 1 for share, expected in zip(shares, (60, 30, 10), strict=True)), shares


def test_the_same_seed_draws_the_same_and_another_one_others() -> None:
    assert drawn(NAMES, 50, 1) == drawn(NAMES[::-1], 50, 1)
    assert drawn(NAMES, 50, 1) != drawn(NAMES, 50, 2)
    assert NAMES == drawn(NAMES, 5000, 1)


def test_each_mutant_is_as_likely_as_any_other() -> None:
    few = NAMES[:12]
    times = [sum(name in drawn(few, 4, seed) for seed in range(600)) for name in few]

    assert all(130 < each < 270 for each in times), times  # 200 are to be expected


def test_the_interval_is_wilson_s() -> None:
    low, high = Score(85, 100).interval  # worked out by hand from the formula in his paper of 1927
    assert (0.7672, 0.9069) == (round(low, 4), round(high, 4))
    assert (1.0, True) == (Score(40, 40).interval[1], Score(40, 40).interval[0] > 0.9)
    assert (0.0, 1.0) == Score(0, 0).interval
    assert "85.0% (85 of 100 noticed; all of them, with 95 %: 76.7% to 90.7%)" == str(Score(85, 100))


def test_what_was_not_tried_counts_for_nothing() -> None:
    found = scored({"m.a.x_f__mutmut_1": "killed", "m.a.x_f__mutmut_2": "not checked", "m.b.x_g__mutmut_1": "no tests",
                    "m.b.x_g__mutmut_2": "timeout", "m.b.x_g__mutmut_3": "survived", "m.b.x_g__mutmut_4": "skipped"})  # fmt: skip

    assert {"": Score(2, 4), "m.a": Score(1, 1), "m.b": Score(1, 3)} == found
