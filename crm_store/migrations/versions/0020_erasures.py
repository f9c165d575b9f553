"""What was erased, without who it was."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "erasures",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("erasure_id", sa.String(length=40), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("certificate", sa.String(length=64), nullable=False),
        sa.Column("scrubbed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "erasure_id", name=op.f("pk_erasures")),
    )
    walls.build("erasures")
