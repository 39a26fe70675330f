"""casework: an engine for office casework. The names below are the public API; each loads when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflow.core.errors import LifecycleInvalid, NotFound, Refused, RequestReused, Stale, WorkflowError
    from workflow.core.model import Actor, Blocker, Case, File, Lifecycle, Text
    from workflow.engine import Engine, Outcome
    from workflow.loading import load

_HOMES = {
    "Actor": "workflow.core.model",
    "Blocker": "workflow.core.model",
    "Case": "workflow.core.model",
    "Engine": "workflow.engine",
    "File": "workflow.core.model",
    "Lifecycle": "workflow.core.model",
    "LifecycleInvalid": "workflow.core.errors",
    "NotFound": "workflow.core.errors",
    "Outcome": "workflow.engine",
    "Refused": "workflow.core.errors",
    "RequestReused": "workflow.core.errors",
    "Stale": "workflow.core.errors",
    "Text": "workflow.core.model",
    "WorkflowError": "workflow.core.errors",
    "load": "workflow.loading",
}

__all__ = [
    "Actor", "Blocker", "Case", "Engine", "File", "Lifecycle", "LifecycleInvalid", "NotFound", "Outcome",
    "Refused", "RequestReused", "Stale", "Text", "WorkflowError", "load",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'workflow' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
