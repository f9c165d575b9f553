"""When each customer was last in touch with us, kept beside the communications it follows from."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Customer


def touch(work: Work, ledger: Ledger, customer_ids: Iterable[str], at: datetime, kind: str, by: str) -> None:
    """Note a contact with these customers, unless a later one is known; their scores become due.

    Part of a logging action, whose ledger carries it.
    """
    for customer_id in sorted(set(customer_ids)):
        customer = work.session.get(Customer, (work.team_id, customer_id))
        if customer is None:
            continue
        if customer.last_touch_at is None or customer.last_touch_at < at:
            ledger.change(customer)
            customer.last_touch_at, customer.last_touch_kind, customer.last_touch_by = at, kind, by
        mark_dirty(work, [customer_id])


def recompute(work: Work, customer_ids: Iterable[str]) -> None:
    """Read the last contact from what is still logged: after an undo, which has its own audit entry."""
    for customer_id in sorted(set(customer_ids)):
        customer = work.session.get(Customer, (work.team_id, customer_id))
        if customer is None:
            continue
        last = work.session.scalars(
            select(Communication)
            .join(
                Participant,
                (Participant.team_id == Communication.team_id)
                & (Participant.communication_id == Communication.communication_id),
            )
            .where(
                Participant.customer_id == customer_id,
                Communication.removed_at.is_(None),
                Communication.happened_at <= work.now,
            )
            .order_by(Communication.happened_at.desc(), Communication.communication_id.desc())
            .limit(1)
        ).one_or_none()
        customer.last_touch_at = last.happened_at if last else None
        customer.last_touch_kind = last.kind if last else None
        customer.last_touch_by = last.logged_by if last else None
        mark_dirty(work, [customer_id])


def mark_dirty(work: Work, customer_ids: Iterable[str]) -> None:
    """Let the next scoring run look at these customers again; leaves no audit, since nothing people see changes."""
    work.mark_dirty(customer_ids)
