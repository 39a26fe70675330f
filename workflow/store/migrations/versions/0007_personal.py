"""Personal values with their salts, which stand in the records as commitments."""

from __future__ import annotations

import sqlalchemy as sa

from workflow.store.migrations import steps

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    id_ = steps.bytewise(64)
    steps.create_table(
        "personal",
        sa.Column("file", id_, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("case_id", id_, nullable=False),
        sa.Column("field", sa.String(120), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("value", steps.long_text(), nullable=False),
        sa.PrimaryKeyConstraint("file", "seq", "commitment", name="pk_personal"),
        sqlite_with_rowid=False,
    )
    steps.create_index("ix_personal_case_id", "personal", ["case_id"])


def downgrade() -> None:
    steps.drop_table("personal")
