"""At a start: what killed processes had begun in either queue is free at once, not after its lease."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

from crm_store import inbox, outbox
from crm_store.engine.process import is_gone
from crm_store.engine.work import Work
from crm_store.models.plumbing import RoleHeartbeat

SILENT: Final = timedelta(seconds=25)
"""A process elsewhere counts as gone when its heartbeat, due every ten seconds, is older than this."""
_FORGOTTEN: Final = timedelta(days=2)


def take_over(work: Work) -> int:
    """Free the rows of processes that have ended, and say how many; those that are at work keep theirs.

    Were one of them alive after all, its end of a row would be refused by the fencing token.
    """
    recent = RoleHeartbeat.beat_at >= work.now - SILENT
    alive = set(work.session.scalars(select(RoleHeartbeat.node).where(recent).distinct()))
    gone = {one for one in inbox.holders(work) | outbox.holders(work) if is_gone(one, alive)}
    work.session.execute(delete(RoleHeartbeat).where(RoleHeartbeat.beat_at < work.now - _FORGOTTEN))
    return inbox.free(work, gone) + outbox.free(work, gone) if gone else 0
