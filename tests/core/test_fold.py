import pytest

from tests.core.desk import Desk
from workflow.core.fold import fold


def test_a_file_begins_with_its_opening(desk: Desk) -> None:
    with pytest.raises(LookupError):
        fold(None, {"kind": "move"}, desk.lifecycle)


def test_a_refusal_changes_nothing(desk: Desk) -> None:
    assert desk.file is fold(desk.file, {"kind": "refusal"}, desk.lifecycle)


def test_a_record_about_a_case_that_is_not_in_the_file_is_an_error(desk: Desk) -> None:
    with pytest.raises(KeyError):
        fold(desk.file, {"kind": "move", "case": "zzz"}, desk.lifecycle)
