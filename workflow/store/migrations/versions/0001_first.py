"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa

from workflow.store.migrations import steps

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "cases",
    "contents",
    "case_values",
    "holders",
    "records",
    "chains",
    "notices",
    "numbers",
    "lifecycles",
    "requests",
    "people",
    "checkpoints",
)


def upgrade() -> None:
    steps.create_table(
        "cases",
        sa.Column("id", steps.bytewise(64), nullable=False),
        sa.Column("root", steps.bytewise(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("lifecycle", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(120), nullable=False),
        sa.Column("part_key", sa.String(200), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", steps.bytewise(120)),
        sa.Column("holder", sa.String(120)),
        sa.Column("created_by", sa.String(120), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(120), nullable=False),
        sa.Column("origin", sa.String(120)),
        sa.Column("outcome", sa.String(20)),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200)),
        sa.Column("trail", steps.long_text(), nullable=False),
        sa.Column("body", steps.long_text()),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        postgresql_with={"fillfactor": 85},
    )
    steps.create_index("ix_cases_number", "cases", ["number"])
    steps.create_index("ix_cases_root", "cases", ["root", "place"], unique=True)
    steps.create_index("ix_cases_state", "cases", ["lifecycle", "kind", "state", "id"])
    steps.create_table(
        "contents",
        sa.Column("case_id", steps.bytewise(64), nullable=False),
        sa.Column("body", steps.long_text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_contents"),
        sqlite_with_rowid=False,
    )
    steps.create_table(
        "case_values",
        sa.Column("case_id", steps.bytewise(64), nullable=False),
        sa.Column("field", sa.String(120), nullable=False),
        sa.Column("value", steps.bytewise(200), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "field", "value", name="pk_case_values"),
        sqlite_with_rowid=False,
    )
    steps.create_index("ix_case_values_value", "case_values", ["value", "field", "case_id"])
    steps.create_table(
        "holders",
        sa.Column("case_id", steps.bytewise(64), nullable=False),
        sa.Column("party", sa.String(120), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "party", name="pk_holders"),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 85},
    )
    steps.create_index("ix_holders_party", "holders", ["party", "since", "case_id"])
    steps.create_table(
        "records",
        sa.Column("file", steps.bytewise(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("case_id", steps.bytewise(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("action", sa.String(120), nullable=False),
        sa.Column("source", sa.String(120)),
        sa.Column("target", sa.String(120)),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("leaf", sa.String(64), nullable=False),
        sa.Column("body", steps.long_text(), nullable=False),
        sa.PrimaryKeyConstraint("file", "seq", name="pk_records"),
        sqlite_with_rowid=False,
    )
    steps.create_table(
        "chains",
        sa.Column("file", steps.bytewise(64), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("file", name="pk_chains"),
    )
    steps.create_table(
        "notices",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("file", steps.bytewise(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("case_id", steps.bytewise(64), nullable=False),
        sa.Column("party", sa.String(120), nullable=False),
        sa.Column("template", sa.String(120), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger()),
        sa.Column("reason", steps.long_text()),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sqlite_with_rowid=False,
    )
    steps.create_index("ix_notices_next_at", "notices", ["next_at"])
    steps.create_table(
        "numbers",
        sa.Column("prefix", sa.String(120), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name="pk_numbers"),
    )
    steps.create_table(
        "lifecycles",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("source", steps.long_text(), nullable=False),
        sa.Column("settings", steps.long_text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.String(120)),
        sa.PrimaryKeyConstraint("name", "version", name="pk_lifecycles"),
    )
    steps.create_table(
        "requests",
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("file", steps.bytewise(64), nullable=False),
        sa.Column("case_id", steps.bytewise(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
    )
    steps.create_table(
        "people",
        sa.Column("id", sa.String(120), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(120)),
        sa.Column("groups", steps.long_text(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    steps.create_index("ix_people_kind", "people", ["kind", "id"])
    steps.create_table(
        "checkpoints",
        sa.Column("origin", sa.String(120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("root_hash", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", steps.long_text(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "size", name="pk_checkpoints"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        steps.drop_table(table)
