"""Which worker's folder knows of a letter's tries, and whether web analytics were told of an answer."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add a column to letters and one to answers."""
    op.add_column("sends", sa.Column("holder", sa.String(length=40), nullable=True))
    op.add_column("responses", sa.Column("analytics_at", sa.DateTime(timezone=True), nullable=True))
