"""Exports as tables for people: customers, companies, deals, orders, tasks and the timeline, a row each."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import or_, select

from crm_store import money
from crm_store.engine.work import Work
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Company, CompanyDomain, ContactPoint, Customer, User
from crm_store.models.trade import Deal, Order, OrderLine, Stage, Task
from crm_store.queries.export_rows import customer_may_leave, may_leave

Rows = Iterator[tuple[str, ...]]
_AT_ONCE: Final = 500
HEADS: Final[dict[str, tuple[str, ...]]] = {
    "customers": ("ID", "Name", "Title", "Company", "Email", "Email 2", "Phone", "Phone 2", "Owner", "Created"),
    "companies": ("Company", "Domain", "Industry", "Country"),
    "deals": ("Deal", "Stage", "Amount", "Currency", "Close date", "Name", "Email", "Company", "Owner", "Opened at"),
    "orders": ("Order", "Date", "Total", "Currency", "Product", "Quantity", "Name", "Email", "Company"),
    "tasks": ("Task", "Due", "State", "Name", "Company", "Owner", "Done"),
    "timeline": ("When", "Kind", "Direction", "Name", "Subject", "Text", "By"),
}


def table(work: Work, what: str) -> tuple[tuple[str, ...], Rows]:
    """The head and the rows of one kind."""
    return HEADS[what], _TABLES[what](work)


def _customers(work: Work) -> Rows:
    users, companies = _users(work), _companies(work)
    for some in _pages(work, Customer, Customer.customer_id, customer_may_leave(work), Customer.merged_into.is_(None)):
        points = _points(work, [row.customer_id for row in some])
        for row in some:
            emails, phones = points[row.customer_id, "email"], points[row.customer_id, "phone"]
            yield (
                row.external_key or row.customer_id, row.name, row.title or "", companies.get(row.company_id, ""),
                *_two(emails), *_two(phones), users.get(row.owner, ""), row.created_at.isoformat(),
            )  # fmt: skip


def _companies_table(work: Work) -> Rows:
    for some in _pages(work, Company, Company.company_id, Company.removed_at.is_(None)):
        ids = [row.company_id for row in some]
        domains: dict[str, str] = {}
        owned = select(CompanyDomain.company_id, CompanyDomain.domain).where(CompanyDomain.company_id.in_(ids))
        for company_id, domain in work.session.execute(owned.order_by(CompanyDomain.domain)):
            domains.setdefault(company_id, domain)
        for row in some:
            yield row.name, domains.get(row.company_id, ""), row.industry or "", row.country or ""


def _deals(work: Work) -> Rows:
    users, companies = _users(work), _companies(work)
    stages = {one.stage_id: one.name for one in work.session.scalars(select(Stage))}
    for some in _pages(work, Deal, Deal.deal_id, Deal.removed_at.is_(None)):
        people = _people(work, [row.customer_id for row in some])
        for row in some:
            if row.customer_id and row.customer_id not in people:
                continue
            name, email = people.get(row.customer_id or "", ("", ""))
            amount = "" if row.amount_minor is None else _amount(row.amount_minor, row.currency)
            yield (
                row.name, stages.get(row.stage_id, ""), amount, row.currency,
                row.close_on.isoformat() if row.close_on else "", name, email, companies.get(row.company_id, ""),
                users.get(row.owner, ""), row.opened_at.isoformat(),
            )  # fmt: skip


def _orders(work: Work) -> Rows:
    companies = _companies(work)
    for some in _pages(work, Order, Order.order_id, Order.removed_at.is_(None)):
        people = _people(work, [row.customer_id for row in some])
        lines: dict[str, list[OrderLine]] = defaultdict(list)
        wanted = select(OrderLine).where(OrderLine.order_id.in_([row.order_id for row in some]))
        for line in work.session.scalars(wanted.order_by(OrderLine.order_id, OrderLine.position)):
            lines[line.order_id].append(line)
        own = _company_of(work, [row.customer_id for row in some])
        for row in some:
            if row.customer_id not in people:
                continue
            who = (*people[row.customer_id], companies.get(own.get(row.customer_id), ""))
            head = (row.external_key.removeprefix("order:"), row.ordered_at.isoformat())
            shown = [(one.amount_minor, one.product, str(one.quantity)) for one in lines[row.order_id]]
            if sum(amount for amount, *_ in shown) != row.total_minor:
                shown = [(row.total_minor, "", "")]
            for amount, product, quantity in shown:
                yield *head, _amount(amount, row.currency), row.currency, product, quantity, *who


def _tasks(work: Work) -> Rows:
    users, companies = _users(work), _companies(work)
    for some in _pages(work, Task, Task.task_id, _open_to(work, Task)):
        people = _people(work, [row.customer_id for row in some])
        own = _company_of(work, [row.customer_id for row in some])
        for row in some:
            if row.customer_id and row.customer_id not in people:
                continue
            yield (
                row.title, row.due_at.isoformat() if row.due_at else "", row.state,
                people.get(row.customer_id or "", ("", ""))[0], companies.get(own.get(row.customer_id or ""), ""),
                users.get(row.owner, ""), row.done_at.isoformat() if row.done_at else "",
            )  # fmt: skip


def _timeline(work: Work) -> Rows:
    users = _users(work)
    for some in _pages(work, Communication, Communication.communication_id, *_leaves(work)):
        ids = [row.communication_id for row in some]
        names: dict[str, list[str]] = defaultdict(list)
        part = (
            select(Participant.communication_id, Customer.name)
            .join(
                Customer, (Customer.team_id == Participant.team_id) & (Customer.customer_id == Participant.customer_id)
            )
            .where(Participant.communication_id.in_(ids), customer_may_leave(work))
            .order_by(Participant.participant_id)
        )
        for communication_id, name in work.session.execute(part):
            names[communication_id].append(name)
        for row in some:
            who = ", ".join(dict.fromkeys(names[row.communication_id]))
            when = row.happened_at.isoformat()
            by = users.get(row.logged_by, "")
            yield when, row.kind, row.direction, who, row.subject or "", row.new_text, by


_TABLES: Final[dict[str, Callable[[Work], Rows]]] = {
    "customers": _customers, "companies": _companies_table, "deals": _deals, "orders": _orders, "tasks": _tasks,
    "timeline": _timeline,
}  # fmt: skip


def _leaves(work: Work) -> tuple[Any, ...]:
    return Communication.removed_at.is_(None), may_leave(work)


def _open_to(work: Work, model: Any) -> Any:
    """What came of a communication leaves where the communication does."""
    seen = select(Communication.communication_id).where(
        Communication.team_id == model.team_id, Communication.communication_id == model.communication_id, *_leaves(work)
    )
    return or_(model.communication_id.is_(None), seen.exists())


def _pages(work: Work, model: Any, key: Any, *wanted: Any) -> Iterator[Sequence[Any]]:
    """The rows in the order of their ids, some hundred at a time."""
    last = ""
    while some := work.session.scalars(select(model).where(key > last, *wanted).order_by(key).limit(_AT_ONCE)).all():
        yield some
        last = getattr(some[-1], key.key)
        work.session.expunge_all()


def _users(work: Work) -> dict[str | None, str]:
    return {row.user_id: row.name for row in work.session.scalars(select(User))}


def _companies(work: Work) -> dict[str | None, str]:
    return {row.company_id: row.name for row in work.session.execute(select(Company.company_id, Company.name))}


def _points(work: Work, ids: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    live = select(ContactPoint.owner_row, ContactPoint.kind, ContactPoint.value).where(
        ContactPoint.owner_row.in_(ids), ContactPoint.state == "live"
    )
    for owner, kind, value in work.session.execute(live.order_by(ContactPoint.point_id)):
        found[owner, kind].append(value)
    return found


def _people(work: Work, ids: Sequence[str | None]) -> dict[str, tuple[str, str]]:
    """Name and main address of those who may leave."""
    wanted = sorted({one for one in ids if one})
    points = _points(work, wanted)
    named = select(Customer.customer_id, Customer.name).where(Customer.customer_id.in_(wanted))
    return {
        customer_id: (name, next(iter(points[customer_id, "email"]), ""))
        for customer_id, name in work.session.execute(named.where(customer_may_leave(work)))
    }


def _company_of(work: Work, ids: Sequence[str | None]) -> dict[str, str | None]:
    wanted = sorted({one for one in ids if one})
    rows = work.session.execute(
        select(Customer.customer_id, Customer.company_id).where(Customer.customer_id.in_(wanted))
    )
    return {row.customer_id: row.company_id for row in rows}


def _two(values: Sequence[str]) -> tuple[str, str]:
    return (values[0] if values else ""), "; ".join(values[1:])


def _amount(minor: int, currency: str) -> str:
    return money.plain(minor, currency)
