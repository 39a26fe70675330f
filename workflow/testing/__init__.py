"""A kit for whoever tests a lifecycle: a clock that is set, ids that count, a notifier that remembers, a small office,
and a stage on which offices are set up and swept clean in no time.

    from workflow.testing import FrozenClock, Office

    def test_a_case_is_closed(tmp_path):
        office = Office.on(f"sqlite:///{tmp_path}/case.db", FrozenClock(date(2022, 3, 1)))
        office.publish("helpdesk.yaml")
        office.open("helpdesk", "printer", by="ada", title="The printer is on fire")
        office.do("printer", "resolve", by="bob")

        assert office.state("printer") == "resolved"

`workflow.testing.steps` has the same for pytest-bdd, in Chinese and in English; `casework lifecycle test` plays scenarios
without pytest. Each name loads when it is first used, for pytest loads `workflow.testing.plugin` in every project.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflow.testing.clock import FrozenClock
    from workflow.testing.ids import CountedIds
    from workflow.testing.notifier import RecordingNotifier
    from workflow.testing.office import Office
    from workflow.testing.stage import Stage

_HOMES = {
    "CountedIds": "workflow.testing.ids",
    "FrozenClock": "workflow.testing.clock",
    "Office": "workflow.testing.office",
    "RecordingNotifier": "workflow.testing.notifier",
    "Stage": "workflow.testing.stage",
}

__all__ = ["CountedIds", "FrozenClock", "Office", "RecordingNotifier", "Stage"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'workflow.testing' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
