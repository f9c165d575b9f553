"""Addresses that get no campaign mail, put down by hand; what people said themselves is not taken back here."""

from typing import Final

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound
from crm_store.matching.contact_points import email_key
from crm_store.matching.normalise import clean
from crm_store.models.marketing import Suppression
from crm_store.models.people import User
from crm_store.values.acts import Receipt

SCOPE: Final = "marketing"
BY_HAND: Final = "by hand"
_ROWS: Final = "suppressions"
"""No address in the audit, which outlives people."""
_THEIRS: Final = frozenset({"unsubscribed", "complaint"})
_MAY: Final = frozenset({"admin", "manager"})


def suppress(work: Work, address: str) -> Receipt:
    """Campaigns never write to this address from now on, and to nobody whose address it is.

    What waits for them is withheld when it would leave, since that is when it is looked at.
    """
    _may(work)
    key = _key(address)
    with audit.record(work, "suppress", _ROWS, f"Campaigns no longer write to {key}") as ledger:
        if work.session.get(Suppression, (work.team_id, key, SCOPE)) is None:
            ledger.add(Suppression(value_key=key, scope=SCOPE, reason=BY_HAND, at=work.now))
        else:
            ledger.undoable = False
            ledger.sentence = f"Campaigns do not write to {key} anyway"
    return Receipt(key, ledger.undo_id if ledger.undoable else None, ledger.sentence)


def allow(work: Work, address: str) -> Receipt:
    """Campaigns may write to this address again; refused where the person unsubscribed or complained."""
    _may(work)
    key = _key(address)
    row = work.session.get(Suppression, (work.team_id, key, SCOPE))
    if row is None:
        raise NotFound(f"{key} is not suppressed.", wanted=key)
    if row.reason in _THEIRS:
        raise BadInput(f"{key} said so on {row.at:%d %b %Y}: {row.reason}. Only they can take that back.")
    with audit.record(work, "allow", _ROWS, f"Campaigns may write to {key} again") as ledger:
        ledger.remove(row)
    return Receipt(key, ledger.undo_id, ledger.sentence)


def _may(work: Work) -> None:
    user = work.session.get(User, (work.team_id, work.actor))
    if user is not None and user.role not in _MAY:
        raise NotAllowed("Only managers and admins change who campaigns may write to.")


def _key(address: str) -> str:
    key = email_key(address)
    if not key:
        raise BadInput(f"“{clean(address)[:100]}” is no mail address. Say it as ann@acme.com.")
    return key
