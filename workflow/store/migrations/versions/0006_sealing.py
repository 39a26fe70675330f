"""What the sealer needs: the place of each record in the log, and the checkpoints that were signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("records", sa.Column("position", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_records_position", "records", ["position", "file", "seq"])
    op.drop_table("checkpoints")  # nothing was ever written to it
    op.create_table(
        "checkpoints",
        sa.Column("at", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("size", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("at", "size", name="pk_checkpoints"),
    )


def downgrade() -> None:
    op.drop_table("checkpoints")
    op.create_table(
        "checkpoints",
        sa.Column("origin", sa.String(120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("root_hash", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "size", name="pk_checkpoints"),
    )
    op.drop_index("ix_records_position", "records")
    op.drop_column("records", "position")
