"""On which day the windows of features stand: they are brought along when somebody asks for them, and not each day."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add a column to the state of a team's features; without a value windows stand on the day of all else."""
    op.add_column("feature_states", sa.Column("windows_on", sa.Date(), nullable=True))
