"""What a person can still take back."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import String, cast, or_, select

from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.history import Communication, FollowedThread, Participant
from crm_store.models.people import User
from crm_store.models.plumbing import Undo
from crm_store.queries.teams import UNDO_LIST
from crm_store.values.undo import UndoView

LIST_FOR: Final = timedelta(days=1)
_ROWS: Final = frozenset({"added", "changed"})
_MARKS: Final = 4


def recent(work: Work, user_id: str, most: int = 10) -> tuple[UndoView, ...]:
    """The person's last acts, newest first; what was taken back or is too old is left out."""
    rows = work.session.execute(
        select(Undo.undo_id, Undo.sentence, Undo.at)
        .where(Undo.actor == user_id, Undo.undone_at.is_(None), Undo.expires_at > work.now, Undo.verb != "undo")
        .order_by(Undo.at.desc(), Undo.undo_id.desc())
        .limit(most)
    ).all()
    return tuple(UndoView(*row) for row in rows)


def listed(work: Work, user_id: str, most: int = 10) -> tuple[UndoView, ...]:
    """The same, each with who of the others has built on it since."""
    return tuple(replace(one, since=_since(work, one.undo_id)) for one in recent(work, user_id, most))


def numbered(work: Work, number: int) -> str | None:
    """The undo behind a number of the list that the asker saw last, for a day; None where there was no such list."""
    user = work.session.get(User, (work.team_id, work.actor))
    shown = user.last_shown.get(UNDO_LIST) if user else None
    if not isinstance(shown, dict) or work.now - datetime.fromisoformat(str(shown["at"])) > LIST_FOR:
        return None
    ids = shown["ids"]
    if not 1 <= number <= len(ids):
        raise BadInput(f"The list you saw has {len(ids)} entries; `undo list` shows it again.")
    return str(ids[number - 1])


def verb(work: Work, undo_id: str) -> str:
    """What kind of act an undo takes back; empty where there is none."""
    row = work.session.get(Undo, (work.team_id, undo_id))
    return row.verb if row else ""


def _since(work: Work, undo_id: str) -> str:
    """Who changed one of the same rows after the act, by name; empty where nobody else did."""
    row = work.session.get_one(Undo, (work.team_id, undo_id))
    marks = [str(step["key"][-1]) for step in row.inverse if step["op"] in _ROWS][:_MARKS]
    if not marks:
        return ""
    touched = or_(*(cast(Undo.inverse, String).contains(one, autoescape=True) for one in dict.fromkeys(marks)))
    later = work.session.execute(
        select(User.name)
        .join(Undo, (Undo.team_id == User.team_id) & (Undo.actor == User.user_id))
        .where(Undo.at >= row.at, Undo.actor != row.actor, Undo.undone_at.is_(None), touched)
        .order_by(Undo.at.desc())
        .limit(1)
    ).first()
    return str(later[0]) if later else ""


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
        if any(_made(work, step, logged, source_key) for step in row.inverse):
            return UndoView(row.undo_id, row.sentence, row.at)
    return None


def _made(work: Work, step: dict[str, Any], logged: str, source_key: str) -> bool:
    """Whether a step made the log, let somebody take part in it, or let it grow from a message to its thread."""
    if step["op"] == "added" and logged in step["key"]:
        return True
    if step["op"] == "added" and step["table"] == Participant.__tablename__:
        row = work.session.get(Participant, tuple(step["key"]))
        return row is not None and row.communication_id == logged
    followed = step["op"] == "changed" and step["table"] == FollowedThread.__tablename__
    return followed and source_key.endswith(":".join(map(str, step["key"][1:])))
