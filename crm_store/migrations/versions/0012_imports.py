"""Imports: saved mappings, and what an import did to rows that were there before."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "import_changes",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("import_id", sa.String(length=40), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row_id", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "import_id", "row", "place", name=op.f("pk_import_changes")),
    )
    op.create_table(
        "saved_mappings",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("overwrite", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "fingerprint", name=op.f("pk_saved_mappings")),
        sa.UniqueConstraint("team_id", "name_key", name=op.f("uq_saved_mappings_team_id_name_key")),
    )
    walls.build("import_changes", "saved_mappings")
