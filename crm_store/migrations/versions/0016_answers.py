"""Answers to campaigns, each counted once, and what a campaign was measured to have added."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add what answers and measurements need."""
    op.add_column("campaigns", sa.Column("measured", sa.JSON(), nullable=True))
    op.add_column("responses", sa.Column("source_id", sa.String(length=40), nullable=True))
    op.create_index("uq_responses_team_id_kind_source_id", "responses", ["team_id", "kind", "source_id"], unique=True)
    op.create_index("ix_responses_team_id_send_id", "responses", ["team_id", "send_id"])
