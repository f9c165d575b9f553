"""Forms on a team's own site, and the proof of each consent that came by one."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "web_forms",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("form_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "form_id", name=op.f("pk_web_forms")),
    )
    op.create_table(
        "consent_proofs",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("proof_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("form_id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "proof_id", name=op.f("pk_consent_proofs")),
    )
    op.create_index("ix_consent_proofs_team_id_customer_id", "consent_proofs", ["team_id", "customer_id"])
    op.create_index("ix_consent_proofs_state_not_before", "consent_proofs", ["state", "not_before"])
    walls.build("web_forms")
    walls.build("consent_proofs")
