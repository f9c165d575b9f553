"""What a person can still take back."""

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.models.history import Communication
from crm_store.models.plumbing import Undo
from crm_store.values.undo import UndoView


def recent(work: Work, user_id: str, most: int = 10) -> tuple[UndoView, ...]:
    """The person's last acts, newest first; what was taken back or is too old is left out."""
    rows = work.session.execute(
        select(Undo.undo_id, Undo.sentence, Undo.at)
        .where(Undo.actor == user_id, Undo.undone_at.is_(None), Undo.expires_at > work.now, Undo.verb != "undo")
        .order_by(Undo.at.desc(), Undo.undo_id.desc())
        .limit(most)
    ).all()
    return tuple(UndoView(*row) for row in rows)


def of_source(work: Work, source_key: str, user_id: str) -> UndoView | None:
    """The person's own log of one source (such as a Slack message), while it can be taken back."""
    logged = work.session.scalar(select(Communication.communication_id).where(Communication.source_key == source_key))
    if logged is None:
        return None
    for row in work.session.scalars(
        select(Undo)
        .where(Undo.actor == user_id, Undo.undone_at.is_(None), Undo.verb == "log")
        .order_by(Undo.at.desc(), Undo.undo_id.desc())
        .limit(50)
    ):
        if any(step["op"] == "added" and logged in step["key"] for step in row.inverse):
            return UndoView(row.undo_id, row.sentence, row.at)
    return None
