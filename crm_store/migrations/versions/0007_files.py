"""Files of mails, stored once by their content."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables."""
