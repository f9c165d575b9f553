"""Analysis: features kept up to date, runs, and what each model did."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the tables."""
