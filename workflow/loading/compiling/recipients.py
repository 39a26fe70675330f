"""Whom to tell: a role by name, the holders of the open parts of a kind, or a party (or parties) in CEL."""

from __future__ import annotations

import re

from workflow.core.model import Expression
from workflow.loading.compiling.sheet import Sheet
from workflow.loading.nodes import Scalar
from workflow.loading.shape.base import PART_NAME, ROLE_NAME

_HOLDERS = re.compile(r"parts\.([A-Za-z]\w*)\.holder")
_WORD = re.compile(r"[A-Za-z]\w*")


def recipient(sheet: Sheet, node: Scalar, kind: str) -> str | Expression:
    """The recipient written at `node`, seen from a case of `kind`."""
    if _WORD.fullmatch(node.text):
        sheet.known(node, sheet.roles, ROLE_NAME)
        return node.text
    holders = _HOLDERS.fullmatch(node.text)
    if holders is not None:
        part = holders[1]
        if part not in sheet.parts:
            sheet.problems.unknown(node, PART_NAME, part, sheet.parts)
            return ""
        return sheet.expression(node, f"parts.{part}.filter(p, p.open).map(p, p.holder)", 0, kind, want="list")
    return sheet.condition(node, kind, want="any")
