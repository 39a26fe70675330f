"""The notifier of the kit."""

import pytest

from workflow.ports import Notice, Notifier, Retry
from workflow.testing import RecordingNotifier

LETTER = Notice(key="k1", to="李委员", subject="交办", body="请办理", case="c1", at=0)


def test_it_is_a_notifier():
    assert isinstance(RecordingNotifier(), Notifier)


def test_the_second_copy_is_dropped_and_both_deliveries_are_counted():
    notifier = RecordingNotifier()
    notifier.send(LETTER)
    notifier.send(LETTER)

    assert [LETTER] == notifier.to("李委员")
    assert 2 == notifier.calls


def test_it_fails_as_often_as_it_was_told_to():
    notifier = RecordingNotifier(failures=[Retry("busy")])

    with pytest.raises(Retry):
        notifier.send(LETTER)
    notifier.send(LETTER)
    assert [LETTER] == notifier.sent
