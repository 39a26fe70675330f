"""Whom to tell: a role by name, the holders of parts of a kind, or a party (or parties) in CEL."""

from __future__ import annotations

import re

from workflow.core.model import OpenedHolders, Recipient
from workflow.loading.compiling.sheet import Sheet, scalars
from workflow.loading.nodes import Node, Scalar
from workflow.loading.shape.base import PART_NAME, ROLE_NAME

_HOLDERS = re.compile(r"(parts|opened)\.([A-Za-z]\w*)\.holder")
_WORD = re.compile(r"[A-Za-z]\w*")


def recipients(sheet: Sheet, node: Node | None, kind: str, *, opening: bool = False) -> tuple[Recipient, ...]:
    """The recipients written at `node`, seen from a case of `kind`; `opening` where there is a step that may open parts."""
    return tuple(_recipient(sheet, scalar, kind, opening) for scalar in scalars(node))


def _recipient(sheet: Sheet, node: Scalar, kind: str, opening: bool) -> Recipient:
    if _WORD.fullmatch(node.text):
        sheet.known(node, sheet.roles, ROLE_NAME)
        return node.text
    holders = _HOLDERS.fullmatch(node.text)
    if holders is None:
        return sheet.condition(node, kind, want="any")
    which, part = holders.groups()
    if part not in sheet.parts:
        sheet.problems.unknown(node, PART_NAME, part, sheet.parts)
        return ""
    if which == "parts":
        return sheet.expression(node, f"parts.{part}.filter(p, p.open).map(p, p.holder)", 0, kind, want="list")
    if not opening:
        sheet.problems.add(
            node,
            "not_here",
            f"时限不开子件，这里没有“{node.text}”；在办的请写 parts.{part}.holder",
            f'a deadline opens no parts, so there is no "{node.text}"; for the open ones write parts.{part}.holder',
        )
    return OpenedHolders(part)
