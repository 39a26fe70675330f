"""What can be done about an incident, by its kind: handed to `incidents.resolve`."""

from workflow import calendars, notices, timers

REMEDIES = {**notices.REMEDIES, **timers.REMEDIES, **calendars.REMEDIES}
