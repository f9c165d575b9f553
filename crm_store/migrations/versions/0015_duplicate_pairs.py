"""Pairs of customers that may be one person."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "duplicate_pairs",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("a", sa.String(length=40), nullable=False),
        sa.Column("b", sa.String(length=40), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "a", "b", name=op.f("pk_duplicate_pairs")),
    )
    op.create_index("ix_duplicate_pairs_team_id_state_weight", "duplicate_pairs", ["team_id", "state", "weight"])
    op.create_index("ix_duplicate_pairs_team_id_b", "duplicate_pairs", ["team_id", "b"])
    walls.build("duplicate_pairs")
