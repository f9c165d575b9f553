"""Sending: one row for each person and step, claimed and done once. The table stood empty until now."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the table anew with what a sender needs."""
    op.drop_table("sends")
    op.create_table(
        "sends",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("send_id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("variant", sa.String(length=10), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("communication_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "send_id", name=op.f("pk_sends")),
        sa.UniqueConstraint("team_id", "idempotency_key", name=op.f("uq_sends_team_id_idempotency_key")),
    )
    op.create_index("ix_sends_state_due_at", "sends", ["state", "due_at"])
    op.create_index("ix_sends_team_id_campaign_id_state", "sends", ["team_id", "campaign_id", "state"])
    op.create_index("ix_sends_team_id_customer_id", "sends", ["team_id", "customer_id"])
    walls.build("sends")
