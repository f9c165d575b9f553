"""The demo's deals, orders, communications and tasks as rows."""

from collections.abc import Iterator
from typing import Any

from bot.demo.load_people import Names, Rows
from bot.demo.values import DemoCommunication, DemoDeal, DemoDealEvent, DemoTeam, Direction, Kind
from crm_store.ids import Prefix, new_id
from crm_store.matching.contact_points import email_key
from crm_store.money import Money

_SOURCES = {Kind.MAIL: "mail", Kind.MESSAGE: "slack"}


def tables(demo: DemoTeam, names: Names, stages: dict[str, str]) -> list[tuple[str, Rows]]:
    """Tables with their rows; `stages` gives stage ids by key."""
    said = {one.key: new_id(Prefix.COMMUNICATION, one.happened_at) for one in demo.communications}
    orders = {one.external_key: new_id(Prefix.ORDER, one.ordered_at) for one in demo.orders}
    return [
        ("deals", _deals(demo, names, stages)),
        ("deal_people", _deal_people(demo, names)),
        ("deal_events", _deal_events(demo, names)),
        ("orders", _orders(demo, names, orders)),
        ("order_lines", _lines(demo, orders)),
        ("communications", _communications(demo, names, said)),
        ("participants", _participants(demo, names, said)),
        ("witnesses", _witnesses(demo, names, said)),
        ("tasks", _tasks(demo, names)),
    ]


def _deals(demo: DemoTeam, names: Names, stages: dict[str, str]) -> Rows:
    for one in demo.deals:
        yield {
            "deal_id": names.deals[one.key],
            "name": one.title,
            "customer_id": names.people[one.people[0].person] if one.people else None,
            "company_id": names.companies[one.company],
            "owner": names.users[one.owner],
            "stage_id": stages[one.stage],
            "amount_minor": one.amount.minor,
            "currency": one.amount.currency,
            "close_on": one.close_on,
            "state": one.state,
            "lost_reason": one.lost_reason,
            "opened_at": one.opened_at,
            "closed_at": one.closed_at,
            "version": 1,
        }


def _deal_people(demo: DemoTeam, names: Names) -> Rows:
    for deal in demo.deals:
        for one in deal.people:
            yield {
                "deal_id": names.deals[deal.key],
                "customer_id": names.people[one.person],
                "role": one.role[:30],
            }


def _deal_events(demo: DemoTeam, names: Names) -> Rows:
    shown = {stage.key: stage.name for pipeline in demo.pipelines for stage in pipeline.stages}
    for deal in demo.deals:
        for event in deal.events:
            yield _event(names, deal, event, _told(event, event.old, deal, shown), _told(event, event.new, deal, shown))
        if deal.state != "open":
            last = deal.events[-1]
            closed = DemoDealEvent(deal.closed_at or last.at, "state", "open", deal.state, last.by)
            yield _event(names, deal, closed, closed.old, closed.new)


def _told(event: DemoDealEvent, value: str | None, deal: DemoDeal, shown: dict[str, str]) -> str | None:
    """A value as the store's own events tell it: stages by name, amounts with their currency."""
    if value is None:
        return None
    if event.field == "amount":
        return str(Money(int(value), deal.amount.currency))
    return shown.get(value, value) if event.field == "stage" else value


def _event(names: Names, deal: DemoDeal, event: DemoDealEvent, old: str | None, new: str | None) -> dict[str, Any]:
    return {
        "event_id": new_id(Prefix.DEAL_EVENT, event.at),
        "deal_id": names.deals[deal.key],
        "at": event.at,
        "actor": names.users[event.by],
        "field": event.field,
        "old": old,
        "new": new,
    }


def _orders(demo: DemoTeam, names: Names, orders: dict[str, str]) -> Rows:
    for one in demo.orders:
        yield {
            "order_id": orders[one.external_key],
            "external_key": one.external_key,
            "customer_id": names.people[one.person],
            "ordered_at": one.ordered_at,
            "total_minor": one.total.minor,
            "currency": one.total.currency,
            "source": "import",
        }


def _lines(demo: DemoTeam, orders: dict[str, str]) -> Rows:
    products = {product.key: product.name for product in demo.products}
    for order in demo.orders:
        for position, line in enumerate(order.lines, 1):
            yield {
                "order_id": orders[order.external_key],
                "position": position,
                "product": products[line.product],
                "quantity": line.quantity,
                "amount_minor": line.unit_price.minor * line.quantity,
            }


def _communications(demo: DemoTeam, names: Names, said: dict[str, str]) -> Rows:
    for one in demo.communications:
        yield {
            "communication_id": said[one.key],
            "kind": one.kind.value,
            "direction": one.direction.value,
            "happened_at": one.happened_at,
            "logged_at": one.happened_at,
            "logged_by": names.users[one.user],
            "subject": one.subject,
            "new_text": one.text,
            "quoted_text": "",
            "level": one.level,
            "thread_key": one.thread,
            "deal_id": names.deals[one.deal] if one.deal else None,
            "source": _SOURCES.get(one.kind, "chat"),
            "source_key": f"demo:{one.key}",
            "version": 1,
        }


def _participants(demo: DemoTeam, names: Names, said: dict[str, str]) -> Rows:
    people = {person.key: person for person in demo.people}
    users = {user.slack_user_id: user for user in demo.users}
    for one in demo.communications:
        theirs, ours = ("from", "to") if one.direction is Direction.INCOMING else ("to", "from")
        for key in one.people:
            person = people[key]
            address = email_key(person.address) if person.address else None
            yield _participant(one, said, theirs, person.name, address, customer_id=names.people[key])
        user = users[one.user]
        yield _participant(one, said, ours, user.name, email_key(user.address), user_id=names.users[one.user])


def _participant(
    one: DemoCommunication,
    said: dict[str, str],
    role: str,
    name: str,
    address: str | None,
    customer_id: str | None = None,
    user_id: str | None = None,
) -> dict[str, Any]:
    return {
        "participant_id": new_id(Prefix.PARTICIPANT, one.happened_at),
        "communication_id": said[one.key],
        "role": role,
        "name": name,
        "address_key": address,
        "customer_id": customer_id,
        "user_id": user_id,
    }


def _witnesses(demo: DemoTeam, names: Names, said: dict[str, str]) -> Iterator[dict[str, Any]]:
    for one in demo.communications:
        yield {"communication_id": said[one.key], "user_id": names.users[one.user], "at": one.happened_at}


def _tasks(demo: DemoTeam, names: Names) -> Rows:
    for one in demo.tasks:
        yield {
            "task_id": new_id(Prefix.TASK, one.made_at),
            "title": one.title,
            "owner": names.users[one.owner],
            "due_at": one.due_at,
            "customer_id": names.people[one.person],
            "deal_id": names.deals[one.deal] if one.deal else None,
            "communication_id": None,
            "state": "done" if one.done_at else "open",
            "created_at": one.made_at,
            "done_at": one.done_at,
            "version": 1,
        }
