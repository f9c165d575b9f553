"""Consent: proofs, purposes and confirmations asked for."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the tables."""
