"""All that happened with a customer, a company or a deal, newest first: what was said, bought, moved and done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.lookup.search import SYSTEM
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Company, Customer, User
from crm_store.models.trade import Deal, DealEvent, DealPerson, Order, OrderLine, Task
from crm_store.money import Money
from crm_store.queries import merging, timeline
from crm_store.values import timeline as values
from crm_store.values.people import TimelineEntry
from crm_store.values.timeline import HistoryPage, Place, Subject, Wanted, Words

_FIELDS: Final = {"stage": "stage", "state": "state", "amount": "amount", "close_on": "close day", "owner": "owner"}
_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class _Around:
    """The people, companies and deals whose history it is."""

    customers: tuple[str, ...]
    companies: tuple[str, ...]
    deals: tuple[str, ...]
    only_deal: bool


def page(work: Work, of: Subject, wanted: Wanted, place: Place | None = None, most: int = 10) -> HistoryPage:
    """One page of what is wanted, as the actor may see it; raises NotFound where whose it is is gone or private."""
    around = _around(work, of)
    kinds = set(wanted.kinds)
    found: list[TimelineEntry] = []
    said = tuple(kinds - set(values.EVENTS))
    told = [*_about(around), *timeline.fitting(work, said, wanted.since, wanted.until, wanted.text)]
    if said or not kinds:
        found += _said(work, told, place, most + 1)
    for kind, read in _EVENTS.items():
        if kind in kinds or not kinds:
            found += read(work, around, wanted, place, most + 1)
    forward = place is not None and place.forward
    found.sort(key=_order, reverse=not forward)
    more = len(found) > most
    shown = tuple(sorted(found[:most], key=_order, reverse=True))
    private = timeline.others_private(work, told) if said or not kinds else 0
    if not shown:
        return HistoryPage((), private=private)
    first, last = shown[0], shown[-1]
    older = Place(last.happened_at, _id(last)) if more or forward else None
    newer = Place(first.happened_at, _id(first), forward=True) if (more if forward else place is not None) else None
    return HistoryPage(shown, older, newer, private)


def words(work: Work, communication_id: str) -> Words:
    """One communication in full; raises NotFound where it is gone or the actor may not read it."""
    row = work.session.get(Communication, (work.team_id, communication_id))
    if row is None or row.removed_at is not None or not timeline.may_read(work, row):
        raise NotFound("That is no longer there, or only its author may read it.")
    return Words(timeline.entries(work, [row])[0], row.quoted_text)


def subject(work: Work, of: str, row_id: str) -> Subject:
    """A customer, company or deal by its id; raises NotFound where it is gone or another's private one."""
    match of:
        case "company":
            company = work.session.get(Company, (work.team_id, row_id))
            if company is not None and company.removed_at is None:
                return Subject("company", row_id, company.name)
        case "deal":
            deal = work.session.get(Deal, (work.team_id, row_id))
            if deal is not None and deal.removed_at is None and _may_see(work, deal.customer_id):
                return Subject("deal", row_id, deal.name)
        case _:
            customer = work.session.get(Customer, (work.team_id, row_id))
            if customer is not None and customer.removed_at is None and _may_see(work, row_id):
                company = work.session.get(Company, (work.team_id, customer.company_id or ""))
                name = f"{customer.name}, {company.name}" if company is not None else customer.name
                return Subject("customer", row_id, name)
    raise NotFound("That is no longer there.")


def _order(one: TimelineEntry) -> tuple[datetime, str]:
    return one.happened_at, _id(one)


def _id(one: TimelineEntry) -> str:
    return one.communication_id or one.event_id


def _may_see(work: Work, customer_id: str | None) -> bool:
    customer = work.session.get(Customer, (work.team_id, customer_id)) if customer_id else None
    return customer is None or customer.level == "team" or work.actor in {customer.owner, SYSTEM}


def _seen(work: Work) -> ColumnElement[bool]:
    return or_(Customer.level == "team", Customer.owner == work.actor, literal(work.actor) == SYSTEM)


def _around(work: Work, of: Subject) -> _Around:
    subject(work, of.of, of.row_id)
    if of.of == "deal":
        return _Around((), (), (of.row_id,), only_deal=True)
    if of.of == "company":
        companies = merging.members(work, of.row_id)
        people = select(Customer.customer_id).where(Customer.company_id.in_(companies), _seen(work))
        customers = tuple(work.session.scalars(people))
    else:
        customers = (of.row_id,)
        own = work.session.scalar(select(Customer.company_id).where(Customer.customer_id == of.row_id))
        companies = (own,) if own else ()
    return _Around(customers, companies, _deals(work, of, customers, companies), only_deal=False)


def _deals(work: Work, of: Subject, customers: Sequence[str], companies: Sequence[str]) -> tuple[str, ...]:
    among = select(DealPerson.deal_id).where(DealPerson.customer_id.in_(customers))
    theirs = or_(Deal.customer_id.in_(customers), Deal.deal_id.in_(among))
    if of.of == "company":
        theirs = or_(theirs, Deal.company_id.in_(companies))
    rows = work.session.execute(select(Deal.deal_id, Deal.customer_id).where(theirs, Deal.removed_at.is_(None)))
    return tuple(row.deal_id for row in rows if row.customer_id in customers or _may_see(work, row.customer_id))


def _about(around: _Around) -> list[ColumnElement[bool]]:
    """By ids of communications, since those of one customer are few among all: the planner then starts from them."""
    if around.only_deal:
        return [Communication.deal_id.in_(around.deals)]
    took_part = select(Participant.communication_id).where(Participant.customer_id.in_(around.customers))
    if not around.companies:
        return [Communication.communication_id.in_(took_part)]
    of_channel = select(Communication.communication_id).where(Communication.company_id.in_(around.companies))
    return [Communication.communication_id.in_(union_all(took_part, of_channel))]


def _beyond(at: Any, row_id: Any, place: Place | None) -> list[ColumnElement[bool]]:
    """On the far side of the place, entries of the same moment told apart by their ids."""
    if place is None:
        return []
    if place.forward:
        return [at >= place.at, or_(at > place.at, row_id > place.row_id)]
    return [at <= place.at, or_(at < place.at, row_id < place.row_id)]


def _ordered(at: Any, row_id: Any, place: Place | None) -> tuple[Any, Any]:
    return (at.asc(), row_id.asc()) if place is not None and place.forward else (at.desc(), row_id.desc())


def _said(
    work: Work, wanted: Sequence[ColumnElement[bool]], place: Place | None, most: int
) -> tuple[TimelineEntry, ...]:
    at, row_id = Communication.happened_at, Communication.communication_id
    found = select(Communication).where(*wanted, timeline.readable(work), *_beyond(at, row_id, place))
    return timeline.entries(work, work.session.scalars(found.order_by(*_ordered(at, row_id, place)).limit(most)).all())


def _within(
    at: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], wanted: Wanted
) -> list[ColumnElement[bool]]:
    since = [at >= wanted.since] if wanted.since else []
    return since + ([at < wanted.until] if wanted.until else [])


def _names(text: str, *columns: Any) -> list[ColumnElement[bool]]:
    """Every word stands in one of the columns."""
    every = text.split()[: timeline.MOST_WORDS]
    return [or_(*(one.icontains(word, autoescape=True) for one in columns)) for word in every]


def _orders(work: Work, around: _Around, wanted: Wanted, place: Place | None, most: int) -> list[TimelineEntry]:
    lines = select(OrderLine.order_id).where(*_names(wanted.text, OrderLine.product))
    rows = work.session.execute(
        select(Order, Customer.name)
        .join(Customer, and_(Customer.team_id == Order.team_id, Customer.customer_id == Order.customer_id))
        .where(Order.customer_id.in_(around.customers), Order.removed_at.is_(None), *_within(Order.ordered_at, wanted))
        .where(*([Order.order_id.in_(lines)] if wanted.text.strip() else []))
        .where(*_beyond(Order.ordered_at, Order.order_id, place))
        .order_by(*_ordered(Order.ordered_at, Order.order_id, place))
        .limit(most)
    ).all()
    bought: dict[str, list[str]] = {}
    ids = [order.order_id for order, _ in rows]
    for line in work.session.scalars(select(OrderLine).where(OrderLine.order_id.in_(ids)).order_by(OrderLine.position)):
        bought.setdefault(line.order_id, []).append(f"{line.quantity:,} x {line.product}")
    return [
        _event(values.ORDER, order.order_id, order.ordered_at, str(Money(order.total_minor, order.currency)),
               _listed(bought.get(order.order_id, [])), customers=(name,))
        for order, name in rows
    ]  # fmt: skip


def _listed(lines: Sequence[str]) -> str:
    more = len(lines) - _LINES
    return ", ".join(lines[:_LINES]) + (f" and {more} more" if more > 0 else "")


def _deal_events(work: Work, around: _Around, wanted: Wanted, place: Place | None, most: int) -> list[TimelineEntry]:
    rows = work.session.execute(
        select(DealEvent, Deal.name, Deal.lost_reason)
        .join(Deal, and_(Deal.team_id == DealEvent.team_id, Deal.deal_id == DealEvent.deal_id))
        .where(DealEvent.deal_id.in_(around.deals), Deal.removed_at.is_(None), *_within(DealEvent.at, wanted))
        .where(*_names(wanted.text, Deal.name, DealEvent.new), *_beyond(DealEvent.at, DealEvent.event_id, place))
        .order_by(*_ordered(DealEvent.at, DealEvent.event_id, place))
        .limit(most)
    ).all()
    colleagues = {user.user_id: user for user in work.session.scalars(select(User))} if rows else {}
    return [
        _event(values.DEAL, event.event_id, event.at, name, _changed(event, lost_reason, colleagues),
               by=_by(colleagues, event.actor))
        for event, name, lost_reason in rows
    ]  # fmt: skip


def _day(written: str) -> str:
    """A day as people write it; what is none stays as it is."""
    try:
        return f"{date.fromisoformat(written):%d %b %Y}"
    except ValueError:
        return written


def _changed(event: DealEvent, lost_reason: str | None, colleagues: Mapping[str, User]) -> str:
    """`stage: Proposal → Won`."""
    old, new = event.old or "", event.new or "none"
    if event.field == "owner":
        old, new = (colleagues[one].name if one in colleagues else one for one in (old, new))
    why = f" ({lost_reason})" if event.field == "state" and new == "lost" and lost_reason else ""
    if event.field == "close_on":
        old, new = (_day(one) for one in (old, new))
    return f"{_FIELDS.get(event.field, event.field)}: {f'{old} → ' if old else ''}{new}{why}"


def _tasks(work: Work, around: _Around, wanted: Wanted, place: Place | None, most: int) -> list[TimelineEntry]:
    theirs = or_(Task.customer_id.in_(around.customers), Task.deal_id.in_(around.deals))
    rows = work.session.execute(
        select(Task, User.slack_user_id, Customer.name)
        .outerjoin(User, and_(User.team_id == Task.team_id, User.user_id == Task.owner))
        .outerjoin(Customer, and_(Customer.team_id == Task.team_id, Customer.customer_id == Task.customer_id))
        .where(theirs, Task.state == "done", Task.done_at.is_not(None), *_within(Task.done_at, wanted))
        .where(*_names(wanted.text, Task.title), *_beyond(Task.done_at, Task.task_id, place))
        .order_by(*_ordered(Task.done_at, Task.task_id, place))
        .limit(most)
    ).all()
    return [
        _event(values.TASK, task.task_id, task.done_at, task.title, "done", by=slack, customers=(name,) if name else ())
        for task, slack, name in rows
        if task.done_at is not None
    ]


def _by(colleagues: Mapping[str, User], user_id: str) -> str | None:
    return colleagues[user_id].slack_user_id if user_id in colleagues else None


def _event(
    kind: str, event_id: str, at: datetime, title: str, note: str, *, by: str | None = None,
    customers: tuple[str, ...] = (),
) -> TimelineEntry:  # fmt: skip
    return TimelineEntry("", kind, "", at, title, "", False, by, customers, "team", False, None, note=note,
                         event_id=event_id)  # fmt: skip


_EVENTS: Final[Mapping[str, Callable[..., list[TimelineEntry]]]] = {
    values.ORDER: _orders,
    values.DEAL: _deal_events,
    values.TASK: _tasks,
}
