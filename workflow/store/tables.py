"""The tables. Portable: ids made by us, text and whole numbers only, names of at most thirty lower-case letters.

Moments are microseconds UTC. What one step of a case rewrites is one short row of `cases`; long contents stand in
`contents`, and what is asked for by value or by party has a table with an index of its own.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

OFFICE = "office"  # the file of what belongs to no case: publishing, refused openings, exports
LONGEST_INDEXED = 200  # characters of a value by which a case can be found

# Compared byte by byte, as SQLite does anyway: then a range of names is what begins alike.
_ID = String(64).with_variant(String(64, collation="C"), "postgresql")
_NUMBER = String(120).with_variant(String(120, collation="C"), "postgresql")
_VALUE = String(LONGEST_INDEXED).with_variant(String(LONGEST_INDEXED, collation="C"), "postgresql")
_DAY = String(10).with_variant(String(10, collation="C"), "postgresql")
_NAME = String(120)

cases = Table(
    "cases",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("root", _ID, nullable=False),
    Column("place", Integer, nullable=False),  # 0 the root case, then its parts in the order of opening
    Column("lifecycle", _NAME, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", _NAME, nullable=False),
    Column("part_key", String(200), nullable=False),
    Column("round", Integer, nullable=False),
    Column("number", _NUMBER),
    Column("holder", _NAME),
    Column("created_by", _NAME, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("state", _NAME, nullable=False),
    Column("origin", _NAME),
    Column("outcome", String(20)),
    Column("entered_at", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("records", Integer, nullable=False),  # of the file; only the root's row counts them
    Column("head", String(64), nullable=False),  # leaf hash of the file's last record
    Column("links", Integer, nullable=False),  # how often another case was linked to this one in order to follow it
    Column("title", String(LONGEST_INDEXED)),
    Column("trail", Text, nullable=False),  # visits, acts, clocks and whose turn it is, as JSON
    Column("body", Text),  # the values as JSON; NULL where they are long and stand in `contents`
    Index("ix_cases_root", "root", "place", unique=True),
    Index("ix_cases_number", "number"),
    Index("ix_cases_state", "lifecycle", "kind", "state", "id"),
)

contents = Table(
    "contents",
    metadata,
    Column("case_id", _ID, primary_key=True),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)

case_values = Table(
    "case_values",
    metadata,
    Column("case_id", _ID, primary_key=True),
    Column("field", _NAME, primary_key=True),
    Column("value", _VALUE, primary_key=True),
    Index("ix_case_values_value", "value", "field", "case_id"),
    sqlite_with_rowid=False,
)

holders = Table(
    "holders",
    metadata,
    Column("case_id", _ID, primary_key=True),
    Column("party", _NAME, primary_key=True),
    Column("since", BigInteger, nullable=False),
    Index("ix_holders_party", "party", "since", "case_id"),
    sqlite_with_rowid=False,
)

records = Table(
    "records",
    metadata,
    Column("file", _ID, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("case_id", _ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("action", _NAME, nullable=False),
    Column("source", _NAME),
    Column("target", _NAME),
    Column("actor", _NAME, nullable=False),
    Column("leaf", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("position", BigInteger, nullable=False, server_default="0"),  # in the log, from 1; 0: not sealed yet
    Index("ix_records_position", "position", "file", "seq"),
    sqlite_with_rowid=False,
)

personal = Table(  # personal values and their salts, which stand in the records as commitments: erased when they go
    "personal",
    metadata,
    Column("file", _ID, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("commitment", String(64), primary_key=True),
    Column("case_id", _ID, nullable=False),
    Column("field", _NAME, nullable=False),
    Column("salt", String(64), nullable=False),
    Column("value", Text, nullable=False),  # canonical JSON: the very text that was hashed
    Index("ix_personal_case_id", "case_id"),
    sqlite_with_rowid=False,
)

chains = Table(
    "chains",
    metadata,
    Column("file", _ID, primary_key=True),
    Column("records", Integer, nullable=False),
    Column("head", String(64), nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", String(100), primary_key=True),  # file.seq.n: also the key by which a repeated delivery is known
    Column("file", _ID, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("case_id", _ID, nullable=False),
    Column("party", _NAME, nullable=False),
    Column("template", _NAME, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("next_at", BigInteger),  # when it is due, or when the lease on it ends; NULL: nothing more to do
    Column("reason", Text),
    Column("tries", Integer, nullable=False, server_default="0"),  # of late; `attempt` counts all, and fences
    Column("worker", _NAME),  # who has the lease on it
    Column("at", BigInteger),  # the moment of the step that called for it; set when it is addressed
    Column("sent_at", BigInteger),
    Column("recipient", _NAME),  # who is told in the party's place; this and what follows once it is addressed
    Column("channel", _NAME),
    Column("address", String(400)),
    Column("language", String(8)),
    Column("subject", Text),
    Column("body", Text),
    Column("cc", Integer, nullable=False, server_default="0"),  # whether it is a copy
    Column("urgent", Integer, nullable=False, server_default="0"),
    Column("digest", String(100)),  # the notice in which it arrives together with others
    Index("ix_notices_next_at", "next_at"),
    Index("ix_notices_state", "state", "file", "seq", "id"),
    Index("ix_notices_digest", "digest"),
    sqlite_with_rowid=False,
)

calendar_days = Table(
    "calendar_days",
    metadata,
    Column("region", String(40), primary_key=True),  # "cn", and over it the office's own
    Column("day", _DAY, primary_key=True),
    Column("works", Integer, nullable=False),
    Column("source", String(200), nullable=False),
    Column("version", String(60), nullable=False),
)

timers = Table(  # a row for each clock that runs: derived from the case and the calendar, and written with the step
    "timers",
    metadata,
    Column("case_id", _ID, primary_key=True),
    Column("deadline", _NAME, primary_key=True),
    Column("file", _ID, nullable=False),
    Column("next_at", BigInteger),  # when it has something to tell; NULL: nothing more, or it stands still
    Column("due_at", BigInteger),  # NULL: it stands still
    Column("provisional", Integer, nullable=False),
    Column("calendar", String(60), nullable=False),  # the version by which it was worked out
    Column("reason", Text),  # why the transition that it should have taken was refused
    Index("ix_timers_next_at", "next_at", "case_id", "deadline"),
    Index("ix_timers_due_at", "due_at", "case_id"),
)

numbers = Table(
    "numbers",
    metadata,
    Column("prefix", _NAME, primary_key=True),
    Column("last", Integer, nullable=False),
)

lifecycles = Table(
    "lifecycles",
    metadata,
    Column("name", _NAME, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("settings", Text, nullable=False),  # those that differ from the source, as JSON
    Column("published_at", BigInteger, nullable=False),
    Column("published_by", _NAME),
    Column("retired_at", BigInteger),  # since when it opens no new cases
    Column("retired_by", _NAME),
)

requests = Table(
    "requests",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("file", _ID, nullable=False),
    Column("case_id", _ID, nullable=False),
    Column("seq", Integer, nullable=False),  # the first record of the answer
    Column("last", Integer, nullable=False),  # and the last
    Column("at", BigInteger, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("unit", _NAME),
    Column("groups", Text, nullable=False),  # a JSON list
    Column("active", Integer, nullable=False),
    Column("language", String(8)),
    Column("channels", Text),  # where notices reach it, as a JSON object: channel -> address
    Column("quiet", String(11)),  # the hours in which it is not to be told: 22:00-07:00
    Column("digest", String(5)),  # when it gets what waited for it that day, as one message: 08:30
    Index("ix_people_kind", "kind", "id"),
    Index("ix_people_unit", "unit", "id"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", _NAME, nullable=False),
    Column("about", String(200), nullable=False),  # what stopped: the key of a notice, a channel, a timer
    Column("file", _ID),
    Column("state", String(20), nullable=False),  # open, retried, skipped
    Column("zh", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("times", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("ended_by", _NAME),
    Column("note", Text),
    Index("ix_incidents_state", "state", "kind", "about"),
)

checkpoints = Table(  # for people to look at; what proves something is a copy kept elsewhere
    "checkpoints",
    metadata,
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)
