"""Where letters' links lead, and up to where events were looked at."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "campaign_links",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "campaign_id", "number", name=op.f("pk_campaign_links")),
    )
    op.create_table(
        "event_marks",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "name", name=op.f("pk_event_marks")),
    )
    walls.build("campaign_links", "event_marks")
