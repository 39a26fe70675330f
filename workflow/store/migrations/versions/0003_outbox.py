"""What the outbox needs to deliver notices: where each goes, who has it, and incidents."""

from __future__ import annotations

import sqlalchemy as sa

from workflow.store.migrations import steps

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
    ("subject", steps.long_text(), None),
    ("body", steps.long_text(), None),
)
PEOPLE = (("language", sa.String(8)), ("channels", steps.long_text()), ("quiet", sa.String(11)))


def upgrade() -> None:
    for name, kind, default in NOTICES:
        steps.add_column("notices", sa.Column(name, kind, nullable=default is None, server_default=default))
    for name, kind in PEOPLE:
        steps.add_column("people", sa.Column(name, kind))
    steps.create_index("ix_people_unit", "people", ["unit", "id"])
    steps.create_table(
        "incidents",
        sa.Column("id", steps.bytewise(64), nullable=False),
        sa.Column("kind", sa.String(120), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("file", steps.bytewise(64)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("zh", steps.long_text(), nullable=False),
        sa.Column("en", steps.long_text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_by", sa.String(120)),
        sa.Column("note", steps.long_text()),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    steps.create_index("ix_incidents_state", "incidents", ["state", "kind", "about"])


def downgrade() -> None:
    steps.drop_table("incidents")
    steps.drop_index("ix_people_unit", "people")
    for name, _ in reversed(PEOPLE):
        steps.drop_column("people", name)
    for name, *_ in reversed(NOTICES):
        steps.drop_column("notices", name)
