"""Merges: where the rows of an absorbed record belong, what a merge covers, and companies that are one."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the tables, and the columns of what a merge was and who made it."""
    op.create_table(
        "merge_origins",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("row_key", sa.String(length=400), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("seat", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "table_name", "row_key", "origin", name=op.f("pk_merge_origins")),
    )
    op.create_index("ix_merge_origins_team_id_seat", "merge_origins", ["team_id", "seat"])
    op.create_table(
        "merge_overlays",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("seat", sa.String(length=40), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("row_key", sa.String(length=400), nullable=False),
        sa.Column("own", sa.JSON(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "seat", "table_name", "row_key", name=op.f("pk_merge_overlays")),
    )
    op.add_column("merges", sa.Column("kind", sa.String(length=10), server_default="customer", nullable=False))
    op.add_column("merges", sa.Column("by", sa.String(length=40), nullable=True))
    op.add_column("merges", sa.Column("why", sa.String(length=200), nullable=True))
    op.add_column("merges", sa.Column("undo_id", sa.String(length=40), nullable=True))
    op.add_column("companies", sa.Column("merged_into", sa.String(length=40), nullable=True))
    op.create_index("ix_customers_team_id_merged_into", "customers", ["team_id", "merged_into"])
    op.create_index("ix_companies_team_id_merged_into", "companies", ["team_id", "merged_into"])
    op.create_index("ix_merges_team_id_absorbed", "merges", ["team_id", "absorbed"])
    walls.build("merge_origins", "merge_overlays")
