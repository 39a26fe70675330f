"""The console notifier prints what the recipient should read."""

from __future__ import annotations

import io

import pytest

from workflow.ports import Misconfigured, Notice, Notifier, Retry
from workflow_notifiers.console import ConsoleNotifier

NOTICE = Notice(key="k1", to="li", subject="已交办", body="请签收。\n期限三个月。", case="c1", at=0, number="011-1-023")


def test_it_is_a_notifier() -> None:
    assert isinstance(ConsoleNotifier(), Notifier)


def test_a_notice_is_printed_with_recipient_number_and_body(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleNotifier().send(NOTICE)

    assert "→ li [011-1-023] 已交办\n  请签收。\n  期限三个月。\n" == capsys.readouterr().out


def test_a_case_without_a_number_is_printed_without_brackets() -> None:
    stream = io.StringIO()

    ConsoleNotifier(stream).send(Notice(key="k", to="li", subject="Assigned", body="", case="c1", at=0))

    assert "→ li Assigned\n" == stream.getvalue()


def test_a_closed_stream_is_tried_again_later() -> None:
    stream = io.StringIO()
    stream.close()

    with pytest.raises(Retry):
        ConsoleNotifier(stream).send(NOTICE)


def test_there_is_nothing_to_set() -> None:
    assert isinstance(ConsoleNotifier.from_settings({}), ConsoleNotifier)
    with pytest.raises(Misconfigured, match="colour is not known; there is nothing to set"):
        ConsoleNotifier.from_settings({"colour": "red"})
