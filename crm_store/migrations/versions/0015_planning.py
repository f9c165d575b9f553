"""Planning: steps, variants and what dismissals teach."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create the tables."""
