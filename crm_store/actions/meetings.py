"""Meetings from invitations: one communication a meeting, which moves, is cancelled, and knows who accepted."""

from typing import Final

from sqlalchemy import select

from crm_store.actions.touches import recompute
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.matching.contact_points import email_key
from crm_store.models.history import Communication, Participant
from crm_store.models.mail import Meeting, MeetingAnswer
from crm_store.values.acts import NewCommunication
from crm_store.values.mail import MeetingChange

CANCELLED: Final = "cancelled"
_SPOKEN: Final = {"accepted": "accepted", "declined": "declined", "tentative": "may come"}


def start(work: Work, ledger: Ledger, change: MeetingChange, communication_id: str) -> list[str]:
    """Keep a meeting that was not known before, beside the communication that shows it; what must be said of it."""
    if work.session.get(Meeting, (work.team_id, change.key)) is None:
        ledger.add(
            Meeting(
                meeting_key=change.key,
                communication_id=communication_id,
                sequence=change.sequence,
                state=CANCELLED if change.method == "cancel" else "planned",
                starts_at=change.starts_at,
                ends_at=change.ends_at,
            )
        )
    _answers(work, ledger, change)
    return ["The meeting was cancelled"] if change.method == "cancel" else []


def follow(work: Work, ledger: Ledger, change: MeetingChange, new: NewCommunication) -> list[str]:
    """What changed on a known meeting, in words; an older version of it and one seen before change nothing."""
    meeting = work.session.get(Meeting, (work.team_id, change.key))
    row = work.session.get(Communication, (work.team_id, meeting.communication_id)) if meeting else None
    if meeting is None or row is None:
        return []
    if change.method == "reply":
        return _answers(work, ledger, change)
    if change.sequence < meeting.sequence:
        return []
    if change.method == "cancel":
        said = _cancel(work, ledger, meeting, row)
    else:
        said = _move(work, ledger, meeting, row, change, new)
    if change.sequence > meeting.sequence:
        ledger.change(meeting)
        meeting.sequence = change.sequence
    return said + (_answers(work, ledger, change) if change.method != "cancel" else [])


def _cancel(work: Work, ledger: Ledger, meeting: Meeting, row: Communication) -> list[str]:
    if meeting.state == CANCELLED:
        return []
    ledger.change(meeting)
    meeting.state = CANCELLED
    ledger.change(row)
    row.version += 1
    _settle(work, row.communication_id)
    return ["The meeting was cancelled"]


def _move(
    work: Work, ledger: Ledger, meeting: Meeting, row: Communication, change: MeetingChange, new: NewCommunication
) -> list[str]:
    said = []
    if meeting.state == CANCELLED and change.sequence > meeting.sequence:
        ledger.change(meeting)
        meeting.state = "planned"
        said.append("The meeting takes place after all")
    if change.starts_at is not None and change.starts_at != meeting.starts_at:
        said.append(f"The meeting was moved to {change.shown_as}")
    elif (new.subject or "", new.text) != (row.subject or "", row.new_text) and change.sequence > meeting.sequence:
        said.append("The invitation was changed")
    if not said:
        return []
    ledger.change(meeting)
    meeting.starts_at, meeting.ends_at = change.starts_at or meeting.starts_at, change.ends_at or meeting.ends_at
    ledger.change(row)
    row.happened_at, row.subject, row.new_text = new.happened_at, new.subject or row.subject, new.text or row.new_text
    row.version += 1
    _settle(work, row.communication_id)
    return said


def _answers(work: Work, ledger: Ledger, change: MeetingChange) -> list[str]:
    """Who accepted, declined or may come; an answer to an older version of the meeting is passed over."""
    said = []
    for address, answer in change.answers:
        key = email_key(address)
        if not key or answer not in _SPOKEN:
            continue
        known = work.session.get(MeetingAnswer, (work.team_id, change.key, key))
        if known is not None and (known.answer == answer or change.sequence < known.sequence):
            continue
        if known is None:
            known = MeetingAnswer(
                meeting_key=change.key, address_key=key, answer=answer, sequence=change.sequence, at=work.now
            )
            ledger.add(known)
        else:
            ledger.change(known)
            known.answer, known.sequence, known.at = answer, change.sequence, work.now
        said.append(f"{_called(work, change.key, key)} {_SPOKEN[answer]}")
    return said


def _called(work: Work, meeting_key: str, address_key: str) -> str:
    meeting = work.session.get(Meeting, (work.team_id, meeting_key))
    name = None
    if meeting is not None:
        name = work.session.scalars(
            select(Participant.name).where(
                Participant.communication_id == meeting.communication_id, Participant.address_key == address_key
            )
        ).first()
    return name or address_key


def _settle(work: Work, communication_id: str) -> None:
    """The last contact follows a meeting that moved."""
    work.flush()
    recompute(
        work,
        [
            customer_id
            for customer_id in work.session.scalars(
                select(Participant.customer_id).where(Participant.communication_id == communication_id)
            )
            if customer_id
        ],
    )
