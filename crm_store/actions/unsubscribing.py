"""Leaving: whoever unsubscribes gets no letter any more, from whichever campaign, before the next one leaves."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select, update

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.models.marketing import Consent, Send, Suppression
from crm_store.models.people import ContactPoint
from crm_store.queries import merging, suggestions
from crm_store.values import sending

SCOPE: Final = "marketing"


def unsubscribe(work: Work, send_id: str) -> bool:
    """Whoever got that letter gets no campaign mail any more, from this moment on; doing it twice is doing it once.

    Every address of theirs is suppressed, consent is taken back with its day, and what waits for them is withheld. Not
    undoable by us: they may consent anew.
    """
    row = work.session.get(Send, (work.team_id, send_id))
    if row is None:
        return False
    customer_id = merging.survivor(work, row.customer_id)
    # Whoever of a merge it was: should that be taken back, none of them is written to.
    people = merging.members(work, customer_id)
    points = select(ContactPoint.value_key).where(ContactPoint.owner_row.in_(people), ContactPoint.kind == "email")
    new = suppress(work, list(work.session.scalars(points)), "unsubscribed")
    for one in people:
        _withdraw(work, one)
    waiting = update(Send).where(Send.customer_id.in_(people), Send.state == sending.WAITING)
    work.session.execute(
        waiting.values(state=sending.SKIPPED, reason="unsubscribed").execution_options(synchronize_session=False)
    )
    if new:
        audit.append(work, "unsubscribe", customer_id, {"letter": send_id})
    return True


def _withdraw(work: Work, customer_id: str) -> None:
    for purpose in suggestions.PURPOSES:
        row = work.session.get(Consent, (work.team_id, customer_id, purpose))
        if row is not None:
            row.given, row.at, row.basis = False, work.now, "unsubscribed by link"
    if work.session.get(Consent, (work.team_id, customer_id, "campaign")) is None:
        work.add(
            Consent(customer_id=customer_id, purpose="campaign", basis="unsubscribed by link", given=False, at=work.now)
        )


def suppress(work: Work, keys: Sequence[str], reason: str) -> int:
    """Campaigns write to none of these addresses from now on; says how many are new. Not audited: its callers are."""
    rows = [{"value_key": one, "scope": SCOPE, "reason": reason, "at": work.now} for one in sorted(set(keys)) if one]
    return work.insert(Suppression, rows, or_nothing=True) if rows else 0
