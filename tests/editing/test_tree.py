"""Every piece of a text is known by where it begins and ends."""

from workflow.editing.tree import parse

TEXT = """\
# top
a: {b: [1, 'two # no']}  # beside
c:
  - x # one
  - |  # two
    # no comment
    text
# end"""


def test_comments_are_what_stands_outside_of_words() -> None:
    found = [(each.text, each.alone) for each in parse(TEXT).comments]
    assert [("# top", True), ("# beside", False), ("# one", False), ("# two", False), ("# end", True)] == found


def test_branches_know_their_text() -> None:
    source = parse(TEXT)
    a, c = source.root.get("a"), source.root.get("c")
    assert a is not None
    assert c is not None
    assert "{b: [1, 'two # no']}" == TEXT[a.start : a.end]
    assert (True, True, False) == (a.flow, a.mapping, c.flow)
    assert "two # no" == a.entries[0].value.entries[1].value.value
    assert None is source.root.get("d")
    assert (3, 4) == (source.line(c.entries[0].start), source.column(c.entries[0].start))
