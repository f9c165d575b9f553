"""Briefs put on their way, each once for its day or its meeting, whoever runs the job."""

from crm_store import outbox
from crm_store.actions import alerts
from crm_store.engine.work import Work
from crm_store.queries import briefs as queries
from crm_store.queries import noise
from crm_store.queries.briefs import Due


def send_morning(work: Work, due: Due) -> bool:
    """Put a morning brief down with all that is held for its reader; one that says nothing is let go as it leaves.

    One that another run has put down in the meantime keeps what it took.

    Not audited: it tells what is there and changes none of it.
    """
    work.lock_team()
    if due not in queries.mornings(work):
        return False
    payload = {"user_id": due.user_id, "items": alerts.take_held(work, noise.place(due.user_id))}
    return outbox.enqueue(work, "brief", f"brief:{due.user_id}", due.key, payload) is not None


def send_meeting(work: Work, due: Due) -> bool:
    """Put the brief of a meeting down for one of us. Not audited: it tells what is there and changes none of it."""
    payload = {"user_id": due.user_id, "meeting_key": due.meeting_key}
    return outbox.enqueue(work, "meeting_brief", f"brief:{due.user_id}", due.key, payload) is not None
