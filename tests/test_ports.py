"""What passes through the door to the notifiers."""

from __future__ import annotations

import pytest

from workflow.core.model import Text
from workflow.ports import Misconfigured, Reject, Retry


@pytest.mark.parametrize("error", [Retry, Reject])
def test_a_reason_may_be_said_in_both_languages(error: type[Retry | Reject]) -> None:
    assert Text(zh="占线", en="the line is busy") == error("the line is busy", zh="占线").text
    assert "the line is busy" == error("the line is busy").text.say("zh") == error("the line is busy").reason


def test_only_a_retry_comes_again_and_may_say_when() -> None:
    assert (True, False, 60) == (Retry("x").again, Reject("x").again, Retry("x", after=60).after)


def test_wrong_settings_are_a_wrong_value_to_those_who_do_not_know_us() -> None:
    assert issubclass(Misconfigured, ValueError)
    assert Text(zh="必须设置", en="must be set") == Misconfigured("must be set", zh="必须设置").text
