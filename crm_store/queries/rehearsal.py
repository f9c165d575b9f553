"""What a unit that will be rolled back would have said."""

from typing import Any

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.models.plumbing import OutboxRow


def said(work: Work, dedupe_key: str) -> dict[str, Any] | None:
    """The payload of the answer that this unit has put down, if any."""
    work.flush()
    row = work.session.scalar(select(OutboxRow.payload).where(OutboxRow.dedupe_key == dedupe_key).limit(1))
    return dict(row) if row else None
