"""Each change of the look-up bears a mark, by which a copy of its tables knows that it was made of this history."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the column; changes made before have no mark, and no copy is trusted by them."""
    op.add_column("lookup_changes", sa.Column("mark", sa.BigInteger(), server_default="0", nullable=False))
