"""Large arrivals in parts of their own, and tries that failed counted apart from tries that were cut short."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Create the table and the column; what arrived before stays in its row."""
    op.create_table(
        "inbox_parts",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("inbox_id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "inbox_id", "place", name=op.f("pk_inbox_parts")),
    )
    walls.build("inbox_parts")
    op.add_column("inbox", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
