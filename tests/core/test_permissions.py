from workflow.core.model import Lifecycle
from workflow.core.permissions import Permission, changes, permissions, roles


def test_an_action_has_a_row_for_each_state_in_which_it_can_be_done(matter: Lifecycle) -> None:
    rows = permissions(matter)

    assert Permission("", "draft", "submit", matter.root.transitions["submit"].by) in rows
    several = next(each for each in matter.root.transitions.values() if len(each.sources) > 1)
    assert list(several.sources) == [row.state for row in rows if row.key == ("", several.name)]
    assert ("any", "engine") == roles(matter)[-2:]


def test_only_what_differs_changes_and_who_stays_keeps_his_place(matter: Lifecycle) -> None:
    submit = matter.root.transitions["submit"].by
    assert {} == changes(matter, {("", "submit"): reversed(submit)})
    assert {("", "submit"): (*submit, "clerk", "unit")} == changes(matter, {("", "submit"): ("unit", "clerk", *submit)})
