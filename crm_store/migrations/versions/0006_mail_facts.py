"""Mail: what forwards, reports and signatures tell, and rules a team changed."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables."""
