"""What readers choose on the page behind a letter's link: letters for some purposes, or none at all."""

from collections.abc import Collection
from typing import Final

from crm_store import audit
from crm_store.actions import unsubscribing
from crm_store.engine.work import Work
from crm_store.models.marketing import Consent
from crm_store.queries import preferences
from crm_store.values.purposes import Purpose

BASIS: Final = "chosen by the letter's link"


def choose(work: Work, send_id: str, wanted: Collection[Purpose]) -> bool:
    """The reader wants letters for these purposes alone, from the next letter on; wanting none is to unsubscribe.

    A purpose that is wanted again is no longer refused, but nobody consents by leaving a box as it was. Not undoable
    by us: it is theirs to say.
    """
    if not wanted:
        return unsubscribing.unsubscribe(work, send_id)
    customer_id = preferences.reader(work, send_id)
    if customer_id is None:
        return False
    changed = [one.value for one in Purpose if _set(work, customer_id, one, refused=one not in wanted)]
    if changed:
        audit.append(work, "choose letters", customer_id, {"changed": changed, "letter": send_id})
    return True


def _set(work: Work, customer_id: str, purpose: Purpose, *, refused: bool) -> bool:
    """Whether this changes anything."""
    row = work.session.get(Consent, (work.team_id, customer_id, purpose.value))
    if refused == (row is not None and not row.given):
        return False
    if not refused:
        work.session.delete(row)
    elif row is None:
        work.add(Consent(customer_id=customer_id, purpose=purpose.value, basis=BASIS, given=False, at=work.now))
    else:
        row.given, row.at, row.basis = False, work.now, BASIS
    return True
