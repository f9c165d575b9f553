"""Which task a call of a campaign became, so that calls made are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add a column to letters and calls."""
    op.add_column("sends", sa.Column("task_id", sa.String(length=40), nullable=True))
