"""Reports: segments by a team's own rule, and report cards."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the tables."""
    _own_segments()
    _names_and_alerts()
    walls.build("own_segments", "own_segment_members", "own_segment_moves", "segment_names", "score_alerts")


def _own_segments() -> None:
    op.create_table(
        "own_segments",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("segment_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "segment_id", name=op.f("pk_own_segments")),
        sa.UniqueConstraint("team_id", "name_key", name=op.f("uq_own_segments_team_id_name_key")),
    )
    op.create_table(
        "own_segment_members",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("segment_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "segment_id", "customer_id", name=op.f("pk_own_segment_members")),
    )
    op.create_table(
        "own_segment_moves",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("segment_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "segment_id", "customer_id", "day", name=op.f("pk_own_segment_moves")),
    )


def _names_and_alerts() -> None:
    op.create_table(
        "segment_names",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("segment_key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "method", "segment_key", name=op.f("pk_segment_names")),
    )
    op.create_table(
        "score_alerts",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("point", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "about", "kind", name=op.f("pk_score_alerts")),
    )
