"""Reports: segments by a team's own rule, and report cards."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the tables."""
