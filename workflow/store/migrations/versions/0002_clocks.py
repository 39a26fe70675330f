"""Working days as data, seeded with the announced years, and the timers of deadlines."""

from __future__ import annotations

import sqlalchemy as sa

from workflow.core.calendar import china
from workflow.store.calendar_days import rows_of
from workflow.store.migrations import steps

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    steps.create_table(
        "calendar_days",
        sa.Column("region", sa.String(40), nullable=False),
        sa.Column("day", steps.bytewise(10), nullable=False),
        sa.Column("works", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("version", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("region", "day", name="pk_calendar_days"),
    )
    steps.fill("calendar_days", rows_of(china()))
    steps.create_table(
        "timers",
        sa.Column("case_id", steps.bytewise(64), nullable=False),
        sa.Column("deadline", sa.String(120), nullable=False),
        sa.Column("file", steps.bytewise(64), nullable=False),
        sa.Column("next_at", sa.BigInteger()),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("provisional", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.String(60), nullable=False),
        sa.Column("reason", steps.long_text()),
        sa.PrimaryKeyConstraint("case_id", "deadline", name="pk_timers"),
    )
    steps.create_index("ix_timers_due_at", "timers", ["due_at", "case_id"])
    steps.create_index("ix_timers_next_at", "timers", ["next_at", "case_id", "deadline"])


def downgrade() -> None:
    steps.drop_table("timers")
    steps.drop_table("calendar_days")
