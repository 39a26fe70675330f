"""What the outbox needs to deliver notices: where each goes, who has it, and incidents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NOTICES = (
    ("tries", sa.Integer(), "0"),
    ("worker", sa.String(120), None),
    ("at", sa.BigInteger(), None),
    ("sent_at", sa.BigInteger(), None),
    ("recipient", sa.String(120), None),
    ("channel", sa.String(120), None),
    ("address", sa.String(400), None),
    ("language", sa.String(8), None),
    ("subject", sa.Text(), None),
    ("body", sa.Text(), None),
)
PEOPLE = (("language", sa.String(8)), ("channels", sa.Text()), ("quiet", sa.String(11)))


def bytewise(length: int) -> sa.String:
    """A text that is compared byte by byte on every database."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    for name, kind, default in NOTICES:
        op.add_column("notices", sa.Column(name, kind, nullable=default is None, server_default=default))
    for name, kind in PEOPLE:
        op.add_column("people", sa.Column(name, kind))
    op.create_index("ix_people_unit", "people", ["unit", "id"])
    op.create_table(
        "incidents",
        sa.Column("id", bytewise(64), nullable=False),
        sa.Column("kind", sa.String(120), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("file", bytewise(64)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_by", sa.String(120)),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.create_index("ix_incidents_state", "incidents", ["state", "kind", "about"])


def downgrade() -> None:
    op.drop_table("incidents")
    op.drop_index("ix_people_unit", "people")
    for name, _ in reversed(PEOPLE):
        op.drop_column("people", name)
    for name, *_ in reversed(NOTICES):
        op.drop_column("notices", name)
