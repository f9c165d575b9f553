"""Audiences handed to other tools."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "audience_exports",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("export_id", sa.String(length=40), nullable=False),
        sa.Column("tool", sa.String(length=20), nullable=False),
        sa.Column("source_kind", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "export_id", name=op.f("pk_audience_exports")),
    )
    op.create_index("ix_audience_exports_team_id_state", "audience_exports", ["team_id", "state"])
    walls.build("audience_exports")
