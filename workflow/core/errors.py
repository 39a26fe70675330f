"""Everything that can go wrong, in one tree. Each class holds the facts as attributes.

WorkflowError                 exit code 1
├── Refused                   3   the command is understood and not allowed; `.refusal` has every blocker
│   └── Stale                 4   the case has moved on since the caller looked
├── RequestReused             4   the same request id for another command
├── NotFound                  5   no case, lifecycle, person of that name
│   └── Ambiguous             5   several cases begin like that
├── LifecycleInvalid          2   a file with problems, all of them in `.problems`
├── VersionTaken              2   a published version never changes
├── Retired                   3   a version that opens no new cases, or one that cannot be retired yet
├── InputInvalid              2   a value or file given by the caller that cannot be read
│   └── SealerBusy            2   another sealer is at work on the same log
├── ConditionFailed           3   a CEL condition answered with an error value
├── StoreUnavailable          6   the database cannot be reached, is locked, full or read-only, or has another schema
├── Tampered                  1   the audit trail does not agree with itself, with the tables, or with what was signed
└── Unproven                  3   nothing is wrong with the audit trail, and no checkpoint proves it (all of it)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC, EROFS
from typing import Any, ClassVar

from workflow.core.model import Blocker, Language, Place, Refusal, Text
from workflow.core.wording import by_whom

_FULL = Text("磁盘已满，请腾出空间后重试", "the disk is full; make room and try again")
_SYSTEM = {ENOSPC: _FULL, EDQUOT: _FULL, EROFS: Text("磁盘只读", "the disk is read-only")}


def reason_of(error: OSError) -> Text:
    """Why the system would not: in words of ours where a person can do something about it, else in its own."""
    said = error.strerror or str(error)
    return _SYSTEM.get(error.errno or 0, Text(said, said))


class WorkflowError(Exception):
    """The root: a sentence in two languages, and an exit code for the command line."""

    exit_code: ClassVar[int] = 1

    def __init__(self, text: Text) -> None:
        super().__init__(text.say("en"))
        self.text = text

    def say(self, language: Language = "zh") -> str:
        """The sentence in one language."""
        return self.text.say(language)

    def __reduce__(self) -> tuple[object, ...]:
        """As it is, for another process: not made again by its class, which would want what it was made from."""
        return _received, (type(self), self.args, vars(self))


def _received(kind: type[WorkflowError], args: tuple[object, ...], facts: dict[str, object]) -> WorkflowError:
    error = kind.__new__(kind, *args)
    vars(error).update(facts)
    return error


class Refused(WorkflowError):
    """The command was understood and is not allowed.

    Where the state that the case is in does not offer the action, `last` says who brought it there: `who`, `at`
    (microseconds UTC), `action`, `case` and `seq` of that record.
    """

    exit_code = 3

    def __init__(self, refusal: Refusal, last: Mapping[str, Any] | None = None) -> None:
        sentences = [blocker.text for blocker in refusal.blockers]
        if last is not None:
            told = by_whom(last)
            sentences.append(Text(f"最近一步：{told.zh}", f"last step: {told.en}"))
        super().__init__(
            Text("；".join(each.say("zh") for each in sentences), "; ".join(each.say("en") for each in sentences))
        )
        self.refusal = refusal
        self.last = last

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """Every reason."""
        return self.refusal.blockers


class Stale(Refused):
    """The case has moved on since the caller looked; `changes` are the records in between."""

    exit_code = 4

    def __init__(self, refusal: Refusal, changes: Sequence[object] = ()) -> None:
        super().__init__(refusal)
        self.changes = tuple(changes)


class RequestReused(WorkflowError):
    """The same request id came with another command."""

    exit_code = 4

    def __init__(self, request: str) -> None:
        super().__init__(
            Text(
                zh=f"请求编号“{request}”已用于另一条命令；请换一个编号",
                en=f"request id {request!r} was already used for another command; use a new one",
            )
        )
        self.request = request


class NotFound(WorkflowError):
    """There is no such thing; `what` it should be, `near` are names that look alike."""

    exit_code = 5

    def __init__(self, what: Text, name: str, near: Sequence[str] = ()) -> None:
        hint_zh = f"；是否指：{'、'.join(near)}" if near else ""
        hint_en = f"; did you mean {', '.join(near)}?" if near else ""
        super().__init__(Text(zh=f"没有{what.zh}“{name}”{hint_zh}", en=f"there is no {what.en} {name!r}{hint_en}"))
        self.what = what
        self.name = name
        self.near = tuple(near)


class Ambiguous(NotFound):
    """Several cases begin like that; `near` has some of them."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        WorkflowError.__init__(
            self,
            Text(
                zh=f"“{name}”不止一件：{'、'.join(near)}；请写全编号",
                en=f"{name!r} fits several cases: {', '.join(near)}; give more of the number",
            ),
        )
        self.what = Text("件", "case")
        self.name = name
        self.near = tuple(near)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a lifecycle file. `code` is stable, `text` says what, what is allowed, what was meant."""

    place: Place
    code: str
    text: Text

    def say(self, language: Language = "zh") -> str:
        """`file:line:column: sentence`."""
        return f"{self.place}: {self.text.say(language)}"


class LifecycleInvalid(WorkflowError):
    """A lifecycle file with problems: all of them, in the order of the file."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            Text(
                zh="\n".join(p.say("zh") for p in self.problems),
                en="\n".join(p.say("en") for p in self.problems),
            )
        )


class VersionTaken(WorkflowError):
    """A published version never changes: the same number with other content."""

    exit_code = 2

    def __init__(self, lifecycle: str, version: int) -> None:
        super().__init__(
            Text(
                zh=f"“{lifecycle}”第 {version} 版已发布且内容不同；已发布的版本不可更改，请把文件里的 version 改为新号",
                en=f"version {version} of {lifecycle!r} is published with other content; "
                "a published version never changes: raise `version` in the file",
            )
        )
        self.lifecycle = lifecycle
        self.version = version


class Retired(WorkflowError):
    """A version that is retired, or that holds running cases and cannot be."""

    exit_code = 3

    def __init__(self, lifecycle: str, version: int, text: Text) -> None:
        super().__init__(text)
        self.lifecycle = lifecycle
        self.version = version


class InputInvalid(WorkflowError):
    """Something the caller gave cannot be read."""

    exit_code = 2


class SealerBusy(InputInvalid):
    """Another sealer is at work on the same log; it will seal what there is."""


class ConditionFailed(WorkflowError):
    """A CEL expression answered with an error instead of a value: never taken for true."""

    exit_code = 3

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(
            Text(
                zh=f"条件“{source}”无法判断：{reason}",
                en=f"the condition {source!r} could not be decided: {reason}",
            )
        )
        self.source = source
        self.reason = reason


class StoreUnavailable(WorkflowError):
    """The database cannot be used as it is."""

    exit_code = 6


class Tampered(WorkflowError):
    """The audit trail does not agree with itself, with the tables, or with what was signed."""


class Unproven(WorkflowError):
    """Nothing is wrong with the audit trail, but no checkpoint from outside the database covers all of it."""

    exit_code = 3
