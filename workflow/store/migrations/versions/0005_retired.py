"""When a version of a lifecycle was retired, and by whom.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa

from workflow.store.migrations import steps

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    steps.add_column("lifecycles", sa.Column("retired_at", sa.BigInteger()))
    steps.add_column("lifecycles", sa.Column("retired_by", sa.String(120)))


def downgrade() -> None:
    steps.drop_column("lifecycles", "retired_by")
    steps.drop_column("lifecycles", "retired_at")
