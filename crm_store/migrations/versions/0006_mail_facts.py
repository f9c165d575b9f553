"""Mail: what forwards, reports and signatures tell, and rules a team changed."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables."""
    _rules()
    _identity()
    _meetings()
    _people()
    walls.build(
        "mail_rules", "mail_reasons", "mail_keys", "meetings", "meeting_answers", "address_reports", "absences",
        "mail_flow",
    )  # fmt: skip


def _rules() -> None:
    op.create_table(
        "mail_rules",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("rule_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("match", sa.String(length=320), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=True),
        sa.Column("added_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "rule_id", name=op.f("pk_mail_rules")),
        sa.UniqueConstraint("team_id", "kind", "match", name=op.f("uq_mail_rules_team_id_kind_match")),
    )
    op.create_table(
        "mail_reasons",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("inbox_id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("communication_id", sa.String(length=40), nullable=True),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("about", sa.String(length=320), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "inbox_id", "place", name=op.f("pk_mail_reasons")),
    )
    op.create_index(
        "ix_mail_reasons_team_id_communication_id", "mail_reasons", ["team_id", "communication_id"], unique=False
    )
    op.create_table(
        "mail_flow",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("sender_key", sa.String(length=320), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("allowed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "user_id", "sender_key", name=op.f("pk_mail_flow")),
    )


def _identity() -> None:
    op.create_table(
        "mail_keys",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("mail_key", sa.String(length=80), nullable=False),
        sa.Column("communication_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "mail_key", "communication_id", name=op.f("pk_mail_keys")),
    )
    op.create_index("ix_mail_keys_team_id_communication_id", "mail_keys", ["team_id", "communication_id"], unique=False)


def _meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("meeting_key", sa.String(length=64), nullable=False),
        sa.Column("communication_id", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "meeting_key", name=op.f("pk_meetings")),
    )
    op.create_index("ix_meetings_team_id_communication_id", "meetings", ["team_id", "communication_id"], unique=False)
    op.create_table(
        "meeting_answers",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("meeting_key", sa.String(length=64), nullable=False),
        sa.Column("address_key", sa.String(length=320), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "meeting_key", "address_key", name=op.f("pk_meeting_answers")),
    )


def _people() -> None:
    op.create_table(
        "address_reports",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("value_key", sa.String(length=320), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "value_key", name=op.f("pk_address_reports")),
    )
    op.create_table(
        "absences",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("stand_in", sa.Text(), nullable=True),
        sa.Column("stand_in_key", sa.String(length=320), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "customer_id", name=op.f("pk_absences")),
    )
