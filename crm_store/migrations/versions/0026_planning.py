"""Domains that letters go to, whose pace all workers share."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "mail_domains",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pause_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "domain", name=op.f("pk_mail_domains")),
    )
    op.create_index("ix_mail_domains_free_at", "mail_domains", ["free_at"])
    walls.build("mail_domains")
