"""Notices as copies, urgent ones, and those that wait for a digest; and notices by their state."""

from __future__ import annotations

import sqlalchemy as sa

from workflow.store.migrations import steps

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("cc", "urgent"):
        steps.add_column("notices", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    steps.add_column("notices", sa.Column("digest", sa.String(100)))
    steps.create_index("ix_notices_digest", "notices", ["digest"])
    steps.create_index("ix_notices_state", "notices", ["state", "file", "seq", "id"])
    steps.add_column("people", sa.Column("digest", sa.String(5)))


def downgrade() -> None:
    steps.drop_column("people", "digest")
    for name in ("state", "digest"):
        steps.drop_index(f"ix_notices_{name}", "notices")
    for name in ("digest", "urgent", "cc"):
        steps.drop_column("notices", name)
