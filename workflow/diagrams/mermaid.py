"""A lifecycle as Mermaid's text, for pages that draw it themselves (GitLab, GitHub, Gitea, many editors)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflow.core import wording
from workflow.core.model import ORIGIN, Kind, Language, Lifecycle, Text, Transition
from workflow.core.paths import opened, targets

_SPECIAL = re.compile(r"[^\w\s.,()/·，。、；：！？（）“”《》—→①-⑳]|_")


def mermaid(lifecycle: Lifecycle, *, language: Language = "zh") -> str:
    """The text of a state diagram (`stateDiagram-v2`): the case itself, and each part as a state of its own."""
    names = _Names(lifecycle)
    title = wording.named(lifecycle.label, lifecycle.name).say(language)
    lines = ["stateDiagram-v2", f"  accTitle: {_quoted(title)}"]
    lines += _kind(lifecycle, lifecycle.root, names, language, "  ")
    for part in lifecycle.parts.values():
        label = wording.kind(lifecycle, part.name).say(language)
        lines.append(f'  state "{_quoted(label)}" as {names.of(part.name, "")} {{')
        lines += _kind(lifecycle, part, names, language, "    ")
        lines.append("  }")
    return "\n".join(lines) + "\n"


def _kind(lifecycle: Lifecycle, kind: Kind, names: _Names, language: Language, indent: str) -> Iterator[str]:
    def known_as(state: str) -> str:
        return names.of(kind.name, state)

    for state in kind.states:
        label = wording.state(kind, state).say(language)
        yield f'{indent}state "{_quoted(label)}" as {known_as(state)}'
    yield f"{indent}[*] --> {known_as(kind.initial)}"
    for each in kind.transitions.values():
        for n, to in enumerate(targets(each)):
            mark = f" ({n + 1})" if each.routes else ""
            said = _quoted(_said(lifecycle, each, language, mark))
            for source in each.sources:
                if to == ORIGIN:
                    where = wording.WHERE_IT_WAS.say(language)
                    yield f"{indent}note right of {known_as(source)} : {said} → {_quoted(where)}"
                else:
                    yield f"{indent}{known_as(source)} --> {known_as(to)} : {said}"
    for end in kind.states.values():
        if end.final:
            yield f"{indent}{known_as(end.name)} --> [*]"


def _said(lifecycle: Lifecycle, each: Transition, language: Language, mark: str) -> str:
    by = wording.roles(lifecycle, each.by)
    action = wording.action(each)
    parts = wording.joined(wording.kind(lifecycle, part) for part in opened(each))
    opens = Text(f"，开出{parts.zh}", f", opens {parts.en}") if parts.zh else Text()
    said = Text(f"{action.zh}{mark}（{by.zh}{opens.zh}）", f"{action.en}{mark} ({by.en}{opens.en})")
    return said.say(language)


class _Names:
    """Names that Mermaid takes for nothing else, one for each state and each part; no two are the same."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.found: dict[tuple[str, str], str] = {}
        for kind in (lifecycle.root, *lifecycle.parts.values()):
            for state in ("", *kind.states):
                name = re.sub(r"\W", "_", "_".join(filter(None, ("part" if kind.name else "case", kind.name, state))))
                while name in self.found.values():
                    name += "_"
                self.found[kind.name, state] = name

    def of(self, kind: str, state: str) -> str:
        """The name of a state, or of the part itself ("")."""
        return self.found[kind, state]


def _quoted(text: str) -> str:
    """Words on one line, in which what Mermaid would take for its own is written as a number."""
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", " ".join(text.split()))
