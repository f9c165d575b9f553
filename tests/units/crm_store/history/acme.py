"""Customers and logs for the tests of history and trade."""

from datetime import UTC, datetime

from crm_store.actions import communications, customers
from crm_store.engine.store import Desk
from crm_store.values.acts import NewCommunication, NewCustomer, NewTask, Person, Receipt

MORNING = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def customer(desk: Desk, name: str = "Ann Lee", email: str = "ann@acme.example", company: str | None = None) -> str:
    return desk.write_now(customers.add, NewCustomer(name, emails=(email,), company=company)).row_id


def call(
    customer_id: str,
    *,
    key: str = "call-1",
    at: datetime = MORNING,
    level: str = "team",
    needs: tuple[str, ...] = (),
    tasks: tuple[NewTask, ...] = (),
    text: str = "wants a quote",
) -> NewCommunication:
    return NewCommunication(
        kind="call",
        direction="outgoing",
        happened_at=at,
        text=text,
        source="slack",
        source_key=key,
        people=(Person("to", customer_id=customer_id),),
        level=level,
        needs=needs,
        tasks=tasks,
    )


def logged(desk: Desk, customer_id: str, key: str = "call-1", at: datetime = MORNING) -> Receipt:
    return desk.write_now(communications.log, call(customer_id, key=key, at=at))
