"""A small shop in the real store: customers with orders, deals, letters and consents, in one team or the other."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from crm_store.engine.work import Work
from crm_store.models.history import Communication, Participant
from crm_store.models.marketing import Consent
from crm_store.models.people import Company, ContactPoint, Customer
from crm_store.models.trade import Deal, DealEvent, Order, Pipeline, Stage
from crm_store.values.history import DealFact, Histories

TODAY = date(2026, 11, 25)
Row = dict[str, Any]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def stock(work: Work, histories: Histories, prefix: str = "") -> None:
    """Put made-up histories into the team at whose desk this is called; everybody consented to letters."""
    work.insert(Pipeline, [{"pipeline_id": prefix + "pip_sales", "name": "Sales", "position": 0}])
    names = ["New", "Qualified", "Proposal", "Negotiation", "Won", "Lost"]
    outcomes = {"Won": "won", "Lost": "lost"}
    work.insert(
        Stage,
        [
            {
                "stage_id": f"{prefix}stg_{name}",
                "pipeline_id": prefix + "pip_sales",
                "name": name,
                "position": at,
                "outcome": outcomes.get(name, "open"),
            }
            for at, name in enumerate(names)
        ],
    )
    work.insert(
        Company,
        [{"company_id": prefix + "com_acme", "name": "Acme", "name_key": "acme", "created_at": noon(TODAY)}],
    )
    work.insert(
        Customer,
        [
            {
                "customer_id": prefix + one.customer_id,
                "name": one.name,
                "name_key": one.name.lower(),
                "company_id": prefix + "com_acme",
                "owner": "usr_ada",
                "created_at": noon(one.created_on),
            }
            for one in histories.customers
        ],
    )
    people = [prefix + one.customer_id for one in histories.customers]
    work.insert(ContactPoint, [_address(work, one) for one in people])
    work.insert(Consent, [_consent(work, one) for one in people])
    work.insert(
        Order,
        [
            {
                "order_id": f"{prefix}ord_{at}",
                "external_key": f"{prefix}key-{at}",
                "customer_id": prefix + one.customer_id,
                "ordered_at": noon(one.day),
                "total_minor": round(one.amount * 100),
                "currency": "EUR",
            }
            for at, one in enumerate(histories.orders)
        ],
    )
    touches = [(f"{prefix}cmm_{at}", touch) for at, touch in enumerate(histories.touches)]
    work.insert(
        Communication, [_letter(key, noon(touch.day), incoming=touch.direction == "in") for key, touch in touches]
    )
    work.insert(Participant, [_participant(key, prefix + touch.customer_id) for key, touch in touches])
    _deals(work, histories, prefix)


def address(work: Work, customer_id: str) -> None:
    work.insert(ContactPoint, [_address(work, customer_id)])


def consent(work: Work, customer_id: str, *, given: bool = True) -> None:
    work.insert(Consent, [_consent(work, customer_id, given=given)])


def letter(work: Work, communication_id: str, customer_id: str, at: datetime, *, incoming: bool) -> None:
    work.insert(Communication, [_letter(communication_id, at, incoming=incoming)])
    work.insert(Participant, [_participant(communication_id, customer_id)])


def _address(work: Work, customer_id: str) -> Row:
    value = f"{customer_id}@shop.example"
    return {
        "point_id": "pnt_" + customer_id,
        "owner_row": customer_id,
        "kind": "email",
        "value": value,
        "value_key": value,
        "source": "test",
        "last_seen": work.now,
    }


def _consent(work: Work, customer_id: str, *, given: bool = True) -> Row:
    return {
        "customer_id": customer_id,
        "purpose": "newsletter",
        "basis": "consent",
        "wording": "Yes",
        "given": given,
        "at": work.now - timedelta(days=90),
    }


def _letter(communication_id: str, at: datetime, *, incoming: bool) -> Row:
    return {
        "communication_id": communication_id,
        "kind": "mail",
        "direction": "incoming" if incoming else "outgoing",
        "happened_at": at,
        "logged_at": at,
        "logged_by": "usr_ada",
        "source": "test",
        "source_key": communication_id,
    }


def _participant(communication_id: str, customer_id: str) -> Row:
    return {
        "participant_id": "par_" + communication_id,
        "communication_id": communication_id,
        "role": "from",
        "customer_id": customer_id,
    }


def _deals(work: Work, histories: Histories, prefix: str) -> None:
    work.insert(Deal, [_deal(deal, prefix) for deal in histories.deals])
    work.insert(
        DealEvent,
        [
            {
                "event_id": f"{prefix}dev_{deal.deal_id}_{at}",
                "deal_id": prefix + deal.deal_id,
                "at": noon(move.day),
                "actor": "usr_ada",
                "field": "stage",
                "old": None,
                "new": move.stage,
            }
            for deal in histories.deals
            for at, move in enumerate(deal.moves)
        ],
    )


def _deal(deal: DealFact, prefix: str) -> Row:
    stage = {"won": "Won", "lost": "Lost"}.get(deal.state, deal.stage)
    return {
        "deal_id": prefix + deal.deal_id,
        "name": "Renewal",
        "customer_id": prefix + deal.customer_id if deal.customer_id else None,
        "stage_id": f"{prefix}stg_{stage}",
        "amount_minor": round((deal.amount or 0) * 100),
        "currency": "EUR",
        "state": deal.state,
        "opened_at": noon(deal.opened_on),
        "closed_at": noon(deal.closed_on) if deal.closed_on else None,
    }
