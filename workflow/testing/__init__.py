"""A kit for whoever tests a lifecycle: a clock that is set, ids that count, a notifier that remembers, a small office.

    from workflow.testing import FrozenClock, Office

    def test_a_case_is_closed(tmp_path):
        office = Office.on(f"sqlite:///{tmp_path}/case.db", FrozenClock(date(2022, 3, 1)))
        office.publish("helpdesk.yaml")
        office.open("helpdesk", "printer", by="ada", title="The printer is on fire")
        office.do("printer", "resolve", by="bob")

        assert office.state("printer") == "resolved"

`workflow.testing.steps` has the same for pytest-bdd, in Chinese and in English.
"""

from workflow.testing.clock import FrozenClock
from workflow.testing.ids import CountedIds
from workflow.testing.notifier import RecordingNotifier
from workflow.testing.office import Office

__all__ = ["CountedIds", "FrozenClock", "Office", "RecordingNotifier"]
