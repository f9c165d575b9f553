"""Exports: who took what out of the store, and files that go to the direct channel of whoever asked."""

from crm_store import audit, outbox
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed
from crm_store.models.people import User
from crm_store.values.exports import ALL, KINDS, PERSON

_MAY: frozenset[str] = frozenset({"admin", "manager"})


def note(work: Work, what: str, rows: int) -> None:
    """Keep that an export left the store."""
    with audit.record(work, "export", what, f"Exported {what}", undoable=False) as ledger:
        ledger.note["rows"] = rows


def ask(work: Work, what: str, once: str) -> None:
    """Send an export to the actor's direct channel; `once` makes a repeated wish the same one."""
    user = work.session.get(User, (work.team_id, work.actor))
    if user is None or user.role not in _MAY:
        raise NotAllowed("Only managers and admins export the team's data.")
    if what not in (*KINDS, ALL) and not what.startswith(PERSON):
        raise BadInput(f"“{what}” cannot be exported; {', '.join(KINDS)} and {ALL} can.", field="what")
    with audit.record(work, "export", what, f"Exported {what}", undoable=False):
        payload = {"user_id": work.actor, "what": what}
        outbox.enqueue(work, "export", f"dm:{work.actor}", f"export:{once}", payload)
