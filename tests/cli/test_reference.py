"""docs/cli.md says what the commands say."""

from __future__ import annotations

from workflow.cli.reference import PAGE, page


def test_the_page_of_the_command_line_is_current() -> None:
    assert page() == PAGE.read_text("utf-8"), "run `python -m workflow.cli.reference`"
