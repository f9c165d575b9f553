"""Takes an import of mails back: what it filed and nobody has built on since goes, with all that hangs on it."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import delete, select

from crm_store import inbox_parts
from crm_store.actions import mail_history_facts
from crm_store.actions.touches import recompute
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.lookup.tokens import in_groups
from crm_store.models.columns import TeamRow
from crm_store.models.history import Communication, Participant, Witness
from crm_store.models.mail import Meeting, MeetingAnswer
from crm_store.models.people import ContactPoint, Need
from crm_store.models.plumbing import ImportRow, InboxRow
from crm_store.models.trade import Task

_AT_ONCE: Final = 500


def remove_mails(work: Work, import_id: str, by: str | None) -> tuple[int, int]:
    """Remove the mails of an import and say how many went and how many stay because somebody used them.

    Who else has a copy counts as a use, unless the import brought the copies of several people: then `by` is None.

    Not audited: part of the undo of an import, whose entry counts them.
    """
    gone, kept = 0, 0
    customers: set[str] = set()
    for some in in_groups(_made(work, import_id, Prefix.COMMUNICATION), _AT_ONCE):
        free = _unused(work, some, by)
        present = work.session.scalars(
            select(Communication.communication_id).where(Communication.communication_id.in_(some))
        ).all()
        customers |= _people_of(work, free)
        _remove(work, free)
        gone += len(free)
        kept += len(set(present) - set(free))
    for some in in_groups(_made(work, import_id, Prefix.HISTORY), _AT_ONCE):
        mail_history_facts.take_back(work, some)
    for some in in_groups(_made(work, import_id, Prefix.POINT), _AT_ONCE):
        _delete(work, ContactPoint, ContactPoint.point_id, some)
    work.flush()
    recompute(work, customers)
    work.flush()
    return gone, kept


def _made(work: Work, import_id: str, prefix: Prefix) -> list[str]:
    found = work.session.scalars(
        select(ImportRow.row_id).where(
            ImportRow.import_id == import_id,
            ImportRow.outcome == "created",
            ImportRow.row_id.startswith(f"{prefix}_"),
        )
    )
    return [one for one in found if one]


def _unused(work: Work, ids: Sequence[str], by: str | None) -> list[str]:
    """Those that nobody has edited, brought another copy of, or hung a task or a need on."""
    there = work.session.execute(
        select(Communication.communication_id, Communication.version).where(Communication.communication_id.in_(ids))
    ).all()
    used = {one for one, version in there if version > 1}
    for model in (Task, Need):
        column: Any = model.communication_id
        used |= set(work.session.scalars(select(column).select_from(model).where(column.in_(ids))))
    if by is not None:
        copies = select(Witness.communication_id).where(Witness.communication_id.in_(ids), Witness.user_id != by)
        used |= set(work.session.scalars(copies))
    return [one for one, _ in there if one not in used]


def _people_of(work: Work, ids: Sequence[str]) -> set[str]:
    found = work.session.scalars(
        select(Participant.customer_id).where(
            Participant.communication_id.in_(ids), Participant.customer_id.is_not(None)
        )
    )
    return {one for one in found if one}


def _remove(work: Work, ids: Sequence[str]) -> None:
    arrivals = work.session.scalars(select(Witness.inbox_id).where(Witness.communication_id.in_(ids))).all()
    meetings = work.session.scalars(select(Meeting.meeting_key).where(Meeting.communication_id.in_(ids))).all()
    _delete(work, MeetingAnswer, MeetingAnswer.meeting_key, list(meetings))
    for model in _hanging():
        _delete(work, model, model.communication_id, ids)
    _delete(work, Communication, Communication.communication_id, ids)
    for some in in_groups([one for one in arrivals if one], _AT_ONCE):
        # An arrival by another way than this import keeps its bytes.
        gone = delete(InboxRow).where(InboxRow.inbox_id.in_(some), InboxRow.source == "mailbox")
        inbox_parts.forget(work, list(work.session.scalars(gone.returning(InboxRow.inbox_id))))


def _hanging() -> list[Any]:
    """Every table whose rows belong to a communication, in a fixed order."""
    models: list[Any] = [mapper.class_ for mapper in TeamRow.registry.mappers]
    belongs = [one for one in models if hasattr(one, "communication_id") and one is not Communication]
    return sorted(belongs, key=lambda one: str(one.__tablename__))


def _delete(work: Work, model: Any, column: Any, ids: Sequence[str]) -> None:
    if ids:
        work.session.execute(delete(model).where(column.in_(ids)).execution_options(synchronize_session=False))
