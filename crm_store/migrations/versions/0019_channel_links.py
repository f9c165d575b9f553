"""Threads that logs are kept in step with, channels that belong to a company, and promises among tasks."""

import sqlalchemy as sa
from alembic import op

from crm_store.migrations import walls

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Create the three tables, and the columns that go with them."""
    op.create_table(
        "followed_threads",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("root_ts", sa.String(length=40), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.Column("communication_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "channel", "root_ts", name=op.f("pk_followed_threads")),
    )
    op.create_index("ix_followed_threads_team_id_communication_id", "followed_threads", ["team_id", "communication_id"])
    op.create_table(
        "thread_messages",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("ts", sa.String(length=40), nullable=False),
        sa.Column("root_ts", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stamp", sa.String(length=40), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "channel", "ts", name=op.f("pk_thread_messages")),
    )
    op.create_index("ix_thread_messages_team_id_channel_root_ts", "thread_messages", ["team_id", "channel", "root_ts"])
    op.create_table(
        "channel_links",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("company_id", sa.String(length=40), nullable=False),
        sa.Column("linked_by", sa.String(length=40), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outsiders", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "channel", name=op.f("pk_channel_links")),
    )
    op.create_index("ix_channel_links_team_id_company_id", "channel_links", ["team_id", "company_id"])
    op.add_column("tasks", sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("communications", sa.Column("company_id", sa.String(length=40), nullable=True))
    op.create_index("ix_communications_team_id_company_id", "communications", ["team_id", "company_id"])
    walls.build("followed_threads", "thread_messages", "channel_links")
