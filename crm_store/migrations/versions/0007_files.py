"""Files of mails, stored once by their content."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "files",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "sha256", name=op.f("pk_files")),
    )
    walls.build("files")
