"""What the sealer needs: the place of each record in the log, and the checkpoints that were signed."""

from __future__ import annotations

import sqlalchemy as sa

from workflow.store.migrations import steps

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    steps.add_column("records", sa.Column("position", sa.BigInteger(), nullable=False, server_default="0"))
    steps.create_index("ix_records_position", "records", ["position", "file", "seq"])
    if "origin" in steps.columns_of("checkpoints"):
        steps.drop_table("checkpoints")  # nothing was ever written to it
    steps.create_table(
        "checkpoints",
        sa.Column("at", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("size", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("note", steps.long_text(), nullable=False),
        sa.PrimaryKeyConstraint("at", "size", name="pk_checkpoints"),
    )


def downgrade() -> None:
    if "origin" not in steps.columns_of("checkpoints"):
        steps.drop_table("checkpoints")
    steps.create_table(
        "checkpoints",
        sa.Column("origin", sa.String(120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("root_hash", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", steps.long_text(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "size", name="pk_checkpoints"),
    )
    steps.drop_index("ix_records_position", "records")
    steps.drop_column("records", "position")
