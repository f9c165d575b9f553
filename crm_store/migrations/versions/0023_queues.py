"""Who holds a row of a queue, and indexes for what claims and cards look for."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the holder to both queues, and the indexes."""
    for queue in ("inbox", "outbox"):
        op.add_column(queue, sa.Column("holder", sa.String(length=80), nullable=True))
    op.drop_index("ix_inbox_state_source_not_before", "inbox")
    op.create_index("ix_inbox_state_source_received_at", "inbox", ["state", "source", "received_at", "inbox_id"])
    op.drop_index("ix_outbox_state_not_before", "outbox")
    op.create_index("ix_outbox_state_outbox_id", "outbox", ["state", "outbox_id"])
    op.create_index("ix_communications_team_id_deal_id", "communications", ["team_id", "deal_id"])
    op.create_index("ix_tasks_team_id_deal_id", "tasks", ["team_id", "deal_id"])
    op.create_index("ix_deal_people_team_id_customer_id", "deal_people", ["team_id", "customer_id"])
