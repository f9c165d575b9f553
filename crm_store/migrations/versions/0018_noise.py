"""What people asked not to be told, and what they were told."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Create the three tables, and the hour of a person's brief."""
    op.create_table(
        "mutes",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("mute_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "mute_id", name=op.f("pk_mutes")),
    )
    op.create_index("ix_mutes_team_id_user_id", "mutes", ["team_id", "user_id"])
    op.create_table(
        "alerts",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("alert_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=160), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=True),
        sa.Column("deal_id", sa.String(length=40), nullable=True),
        sa.Column("source_id", sa.String(length=40), nullable=True),
        sa.Column("crossed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "alert_id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("team_id", "cause", name=op.f("uq_alerts_team_id_cause")),
    )
    op.create_table(
        "told",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("outbox_id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_kind", sa.String(length=30), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "outbox_id", name=op.f("pk_told")),
    )
    op.create_index("ix_told_team_id_place_at", "told", ["team_id", "place", "at"])
    op.create_index("ix_told_team_id_how_due_at", "told", ["team_id", "how", "due_at"])
    op.add_column("users", sa.Column("brief_at", sa.Integer(), nullable=True))
    walls.build("mutes", "alerts", "told")
