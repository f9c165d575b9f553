"""Communications, deals, orders and tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "communications",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("communication_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_by", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("new_text", sa.Text(), nullable=False),
        sa.Column("quoted_text", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("thread_key", sa.String(length=200), nullable=True),
        sa.Column("deal_id", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("permalink", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "communication_id", name=op.f("pk_communications")),
        sa.UniqueConstraint("team_id", "source_key", name=op.f("uq_communications_team_id_source_key")),
    )
    op.create_index("ix_communications_team_id_happened_at", "communications", ["team_id", "happened_at"], unique=False)
    op.create_index("ix_communications_team_id_thread_key", "communications", ["team_id", "thread_key"], unique=False)
    op.create_table(
        "participants",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("participant_id", sa.String(length=40), nullable=False),
        sa.Column("communication_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("address_key", sa.String(length=320), nullable=True),
        sa.Column("customer_id", sa.String(length=40), nullable=True),
        sa.Column("user_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "participant_id", name=op.f("pk_participants")),
    )
    op.create_index(
        "ix_participants_team_id_communication_id", "participants", ["team_id", "communication_id"], unique=False
    )
    op.create_index("ix_participants_team_id_customer_id", "participants", ["team_id", "customer_id"], unique=False)
    op.create_table(
        "witnesses",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("communication_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("inbox_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "communication_id", "user_id", name=op.f("pk_witnesses")),
    )
    op.create_table(
        "attachments",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("attachment_id", sa.String(length=40), nullable=False),
        sa.Column("communication_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "attachment_id", name=op.f("pk_attachments")),
    )
    op.create_index(
        "ix_attachments_team_id_communication_id", "attachments", ["team_id", "communication_id"], unique=False
    )
    op.create_table(
        "slack_messages",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("ts", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "channel", "ts", name=op.f("pk_slack_messages")),
    )
    op.create_index("ix_slack_messages_team_id_object_id", "slack_messages", ["team_id", "object_id"], unique=False)
    op.create_table(
        "questions",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("question_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("asked", sa.String(length=40), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "question_id", name=op.f("pk_questions")),
    )
    op.create_table(
        "pipelines",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("pipeline_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "pipeline_id", name=op.f("pk_pipelines")),
    )
    op.create_table(
        "stages",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("stage_id", sa.String(length=40), nullable=False),
        sa.Column("pipeline_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "stage_id", name=op.f("pk_stages")),
        sa.UniqueConstraint("team_id", "pipeline_id", "position", name=op.f("uq_stages_team_id_pipeline_id_position")),
    )
    op.create_table(
        "deals",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("deal_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=True),
        sa.Column("company_id", sa.String(length=40), nullable=True),
        sa.Column("owner", sa.String(length=40), nullable=True),
        sa.Column("stage_id", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("close_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("lost_reason", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "deal_id", name=op.f("pk_deals")),
    )
    op.create_index("ix_deals_team_id_company_id", "deals", ["team_id", "company_id"], unique=False)
    op.create_index("ix_deals_team_id_customer_id", "deals", ["team_id", "customer_id"], unique=False)
    op.create_index("ix_deals_team_id_state", "deals", ["team_id", "state"], unique=False)
    op.create_table(
        "deal_people",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("deal_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "deal_id", "customer_id", name=op.f("pk_deal_people")),
    )
    op.create_table(
        "deal_events",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("deal_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "event_id", name=op.f("pk_deal_events")),
    )
    op.create_index("ix_deal_events_team_id_deal_id_at", "deal_events", ["team_id", "deal_id", "at"], unique=False)
    op.create_table(
        "orders",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("external_key", sa.String(length=200), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("import_id", sa.String(length=40), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "order_id", name=op.f("pk_orders")),
        sa.UniqueConstraint("team_id", "external_key", name=op.f("uq_orders_team_id_external_key")),
    )
    op.create_index(
        "ix_orders_team_id_customer_id_ordered_at", "orders", ["team_id", "customer_id", "ordered_at"], unique=False
    )
    op.create_table(
        "order_lines",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "order_id", "position", name=op.f("pk_order_lines")),
    )
    op.create_table(
        "tasks",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("customer_id", sa.String(length=40), nullable=True),
        sa.Column("deal_id", sa.String(length=40), nullable=True),
        sa.Column("communication_id", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "task_id", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_team_id_customer_id", "tasks", ["team_id", "customer_id"], unique=False)
    op.create_index(
        "ix_tasks_team_id_owner_state_due_at", "tasks", ["team_id", "owner", "state", "due_at"], unique=False
    )
