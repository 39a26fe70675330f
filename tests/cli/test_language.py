"""The language is the one asked for, else the locale's, else Chinese."""

from __future__ import annotations

import pytest

from workflow.cli.language import Words, choose, option_given, said, say, speak


@pytest.mark.parametrize(
    ("args", "environ", "expected"),
    [
        ([], {}, "zh"),
        ([], {"LANG": "C.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "en_US.UTF-8"}, "en"),
        ([], {"LANG": "fr_FR"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "en_US.UTF-8", "CASEWORK_LANG": "zh"}, "zh"),
        (["todo", "--lang", "en"], {"CASEWORK_LANG": "zh"}, "en"),
        (["--lang=zh", "todo"], {"LANG": "en_US"}, "zh"),
        (["--lang", "klingon"], {"LANG": "en_US"}, "en"),
        (["--lang"], {"LANG": "en_US"}, "en"),
    ],
)
def test_the_language_is_chosen(args: list[str], environ: dict[str, str], expected: str) -> None:
    assert expected == choose(args, environ)


def test_an_option_after_the_end_of_options_is_a_value() -> None:
    assert option_given(["do", "--", "--lang", "en"], "--lang") is None


def test_a_text_without_a_translation_is_said_as_it_is() -> None:
    speak("en")

    assert "提案" == said(Words("提案"))
    assert "yes" == say("是", "yes")
