"""Delivery reports and complaints: addresses that take no mail are marked, and campaigns leave them out."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from crm_store import audit, inbox, outbox
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.matching.contact_points import email_key
from crm_store.matching.normalise import clean
from crm_store.models.mail import AddressReport
from crm_store.models.marketing import Suppression
from crm_store.models.people import ContactPoint, UserAddress
from crm_store.values.mail import BouncedAddress, Failure

SCOPE: Final = "marketing"
_PATIENCE: Final = 3
_COUNTED_FOR: Final = timedelta(days=30)
_REASON_LENGTH: Final = 200
_STATES: Final = {Failure.DEAD: "bounced", Failure.COMPLAINT: "complained"}
_TOLD: Final = {
    Failure.DEAD: "takes no mail any more",
    Failure.COMPLAINT: "called a mail of ours unwanted",
    Failure.FULL: "has a full mailbox",
    Failure.POLICY: "refused the mail by its rules",
    Failure.PASSING: "could not be reached for now",
}


def note_reports(
    work: Work, inbox_id: str, attempts: int, reports: Sequence[BouncedAddress], *, by_hand: bool = False
) -> bool:
    """Mark what is dead or complained about, count what may pass, and tell the owner of what was marked, once.

    Whoever forwarded the report by hand hears in any case what came of it.
    """
    told = "; ".join(f"{one.address} {_TOLD[one.failure]}" for one in reports[:3])
    if not inbox.finish(work, inbox_id, attempts, f"Delivery report: {told}."[:300]):
        return False
    # Two reports about one address may be handled at the same moment.
    work.lock_team()
    marked: list[tuple[BouncedAddress, Failure]] = []
    with audit.record(work, "bounce", inbox_id, f"Noted a delivery report: {told}") as ledger:
        for one in reports:
            failure = _noted(work, ledger, one)
            if failure in _STATES and _marked(work, ledger, one, failure):
                marked.append((one, failure))
        if marked:
            ledger.sentence = f"Marked {', '.join(one.address for one, _ in marked[:3])} as not to be written to"
    if marked:
        _tell(work, marked, ledger.undo_id)
    elif by_hand:
        text = f"The delivery report was read: {told}. No further address was marked."
        notice = {"user_id": work.actor, "text": text}
        outbox.enqueue(work, "notice", f"dm:{work.actor}", f"bounce:{inbox_id}", notice)
    return True


def revive(work: Work, ledger: Ledger, address: str) -> None:
    """Forget passing failures of an address that has just written; what is marked stays until a person undoes it."""
    known = work.session.get(AddressReport, (work.team_id, email_key(address)))
    if known is not None and Failure(known.kind) not in _STATES:
        ledger.remove(known)


def _noted(work: Work, ledger: Ledger, one: BouncedAddress) -> Failure | None:
    """The report as it counts now: a passing failure on its third day within thirty is a dead address."""
    address = email_key(one.address)
    if not address or work.session.get(UserAddress, (work.team_id, address)) is not None:
        return None
    known = work.session.get(AddressReport, (work.team_id, address))
    days = _days(known, work.now.date()) if one.failure in {Failure.PASSING, Failure.FULL} else []
    failure = Failure.DEAD if len(days) >= _PATIENCE else one.failure
    values = {
        "kind": failure.value,
        "days": days,
        "reason": clean(one.reason)[:_REASON_LENGTH],
        "status": one.status,
        "last_at": work.now,
    }
    if known is None:
        ledger.add(AddressReport(value_key=address, **values))
        return failure
    if Failure(known.kind) in _STATES and failure not in _STATES:
        return None
    ledger.change(known)
    for name, value in values.items():
        setattr(known, name, value)
    return failure


def _days(known: AddressReport | None, today: date) -> list[str]:
    """The days of the last month on which the address could not be reached, today's with them."""
    before = known.days if known is not None else []
    kept = [day for day in before if date.fromisoformat(str(day)) > today - _COUNTED_FOR]
    return sorted({*kept, today.isoformat()})


def _marked(work: Work, ledger: Ledger, one: BouncedAddress, failure: Failure) -> bool:
    """Whether something is marked that was not before."""
    address = email_key(one.address)
    new = False
    for point in work.session.scalars(
        select(ContactPoint).where(ContactPoint.kind == "email", ContactPoint.value_key == address)
    ).all():
        if point.state == "live":
            ledger.change(point)
            point.state = _STATES[failure]
            new = True
    if work.session.get(Suppression, (work.team_id, address, SCOPE)) is None:
        reason = "hard bounce" if failure is Failure.DEAD else "complaint"
        ledger.add(Suppression(value_key=address, scope=SCOPE, reason=reason, at=work.now))
        new = True
    return new


def _tell(work: Work, marked: Sequence[tuple[BouncedAddress, Failure]], undo_id: str) -> None:
    """One word to the owner of the ingest address; a second report about the same address says nothing new."""
    said = " ".join(_sentence(one, failure) for one, failure in marked[:3])
    more = f" And {len(marked) - 3} more." if len(marked) > 3 else ""
    text = f"{said}{more} Campaigns leave {'it' if len(marked) == 1 else 'them'} out from now on."
    payload = {"user_id": work.actor, "text": text, "undo_id": undo_id}
    outbox.enqueue(work, "notice", f"dm:{work.actor}", f"bounce:{undo_id}", payload)


def _sentence(one: BouncedAddress, failure: Failure) -> str:
    reason = clean(one.reason).rstrip(".")[:_REASON_LENGTH]
    return f"{one.address} {_TOLD[failure]}{f' ({reason})' if reason else ''}."
