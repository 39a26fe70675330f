"""Values written in a step are read as they were meant."""

from hypothesis import given
from hypothesis import strategies as st

from workflow.core.model import Field, Text
from workflow.testing.words import value
from workflow.testing.writing import value_as_said

PART = Field(
    "part", "choice", choices=("sole", "lead", "each"),
    labels={"sole": Text("单办", "Sole"), "lead": Text("主办", "Lead"), "each": Text("分别、各办", "Each separately")},
)  # fmt: skip
NAMES = st.sampled_from(["甲", "教育局", "ben", "edu"])
FIELDS = {
    "bool": (Field("f", "bool"), st.booleans()),
    "int": (Field("f", "int"), st.integers(-(10**9), 10**9)),
    "choice": (PART, st.sampled_from(PART.choices)),
    "party": (Field("f", "party"), NAMES),
    "list": (Field("f", "list", item=Field("i", "party")), st.lists(NAMES, min_size=1)),
    "choices": (Field("f", "list", item=PART), st.lists(st.sampled_from(PART.choices), min_size=1)),
    "records": (
        Field("f", "list", item=Field("i", "record", fields=(Field("unit", "party"), PART))),
        st.lists(st.fixed_dictionaries({"unit": NAMES, "part": st.sampled_from(PART.choices)}), min_size=1),
    ),
}


@given(
    st.sampled_from(sorted(FIELDS)).flatmap(lambda name: st.tuples(st.just(FIELDS[name][0]), FIELDS[name][1])),
    st.sampled_from(["zh", "en"]),
)
def test_a_value_that_was_written_is_read_as_the_same(drawn, language):
    field, meant = drawn

    assert meant == value(field, value_as_said(field, meant, language))
