"""What a team knew of its customers on a day, as histories for the analyst: all at once, by pages, or of a few."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import compress, repeat
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.people import Company, Customer, Team
from crm_store.models.scoring import DirtyCustomer
from crm_store.models.trade import Deal, DealEvent, Stage
from crm_store.money import Money, read
from crm_store.queries import feature_sql
from crm_store.values.history import (
    CustomerFact,
    DealFact,
    DealMove,
    DealState,
    Histories,
    OrderColumns,
    TouchColumns,
)

_PAGE: Final = 5000
_NOBODY: Final = -1


@dataclass(frozen=True, slots=True)
class Page:
    """Some customers by id, those after `after` up to and including `upto`."""

    after: str
    upto: str


Of = Page | Sequence[str] | None
"""Whose histories: a page, listed customers, or everybody's."""


def histories(work: Work, as_of: date, of: Of = None, *, with_deals: bool = True) -> Histories:
    """Everything known up to and including `as_of` (days are UTC's); amounts in the team's currency alone.

    Orders in another currency are left out, since sums over currencies mean nothing; so is what belongs to
    somebody removed or merged away. Notes among colleagues and private ones are no contact with a customer.
    A page or a list has the facts of those customers alone; deals without a customer belong to everybody's, and
    whoever reads many pages reads all deals once instead.
    """
    money = currency(work)
    end = datetime.combine(as_of + timedelta(days=1), time(), UTC)
    customers = _customers(work, of)
    names = tuple(each.customer_id for each in customers)
    return Histories(
        as_of=as_of,
        customers=customers,
        orders=_orders(work, (as_of, money), names, of),
        touches=_touches(work, end, names, of),
        deals=_deals(work, end, money, of) if with_deals else (),
        currency=money,
    )


def next_page(work: Work, after: str, most: int) -> Page | None:
    """The next `most` customers by id; None says that there are none, so that no reader holds a transaction long."""
    ids = work.session.scalars(
        select(Customer.customer_id).where(Customer.customer_id > after).order_by(Customer.customer_id).limit(most)
    ).all()
    return Page(after, ids[-1]) if ids else None


def all_deals(work: Work, as_of: date) -> tuple[DealFact, ...]:
    """Everybody's deals as known on that day, those without a customer as well."""
    return _deals(work, datetime.combine(as_of + timedelta(days=1), time(), UTC), currency(work), None)


def dirty(work: Work, most: int | None = None) -> tuple[tuple[str, datetime], ...]:
    """Customers whose numbers changed since they were last worked out, the latest first, and since when."""
    rows = work.session.execute(
        select(DirtyCustomer.customer_id, DirtyCustomer.since)
        .order_by(DirtyCustomer.since.desc(), DirtyCustomer.customer_id)
        .limit(most)
    )
    return tuple((row.customer_id, row.since) for row in rows)


def count(work: Work) -> int:
    """How many customers there are."""
    live = select(func.count(Customer.customer_id)).where(Customer.removed_at.is_(None), Customer.merged_into.is_(None))
    return work.session.scalar(live) or 0


def currency(work: Work) -> str:
    """The currency that the team counts in."""
    team = work.session.get(Team, (work.team_id,))
    return str(team.settings.get("currency", "EUR")) if team else "EUR"


def _within(column: InstrumentedAttribute[Any], of: Of) -> tuple[ColumnElement[bool], ...]:
    if of is None:
        return ()
    if isinstance(of, Page):
        return column > of.after, column <= of.upto
    return (column.in_(of),)


def _customers(work: Work, of: Of) -> tuple[CustomerFact, ...]:
    rows = work.session.execute(
        select(
            Customer.customer_id,
            Customer.name,
            Customer.created_at,
            Customer.company_id,
            Customer.source,
            Company.industry,
        )
        .outerjoin(Company, (Company.team_id == Customer.team_id) & (Company.company_id == Customer.company_id))
        .where(Customer.removed_at.is_(None), Customer.merged_into.is_(None), *_within(Customer.customer_id, of))
        .order_by(Customer.customer_id)
        .execution_options(yield_per=_PAGE)
    )
    return tuple(
        CustomerFact(row.customer_id, row.name, row.created_at.date(), row.company_id, row.source, row.industry, "")
        for row in rows
    )


def _orders(work: Work, known: tuple[date, str], names: tuple[str, ...], of: Of) -> OrderColumns:
    as_of, money = known
    some, told = _told(of)
    rows = work.session.execute(
        feature_sql.read_orders(work.dialect, some),
        {"team_id": work.team_id, "as_of": as_of, "currency": money, **told},
    )
    where = _Places(names)
    places, days, amounts = array("i"), array("i"), array("d")
    scale = round(1 / Money(1, money).major)
    for customer_id, count, on, totals in rows:
        place = where[customer_id]
        if place != _NOBODY:
            places.extend(repeat(place, count))
            days.extend(map(int, on.split(",")))
            amounts.extend([int(total) / scale for total in totals.split(",")])
    return OrderColumns(names, places, days, amounts)


def _touches(work: Work, end: datetime, names: tuple[str, ...], of: Of) -> TouchColumns:
    some, told = _told(of)
    rows = work.session.execute(
        feature_sql.read_touches(work.dialect, some), {"team_id": work.team_id, "end": end, **told}
    )
    where, kinds = _Places(names), _Places(())
    columns = array("i"), array("i"), array("i"), array("b")
    for part in rows.partitions(_PAGE):
        ids, on, said, came = zip(*part, strict=True)
        for kind in dict.fromkeys(said):
            kinds.setdefault(kind, len(kinds))
        here = list(map(where.__getitem__, ids))
        facts = (here, on, list(map(kinds.__getitem__, said)), came)
        kept = [place != _NOBODY for place in here]
        for column, values in zip(columns, facts, strict=True):
            column.extend(compress(values, kept))
    return TouchColumns(names, tuple(kinds), *columns)


def _told(of: Of) -> tuple[str, dict[str, Any]]:
    """Which customers, as plain SQL and its values."""
    if of is None:
        return feature_sql.EVERYBODY, {}
    if isinstance(of, Page):
        return feature_sql.RANGE, {"after": of.after, "upto": of.upto}
    return feature_sql.LISTED, {"ids": list(of)}


class _Places(dict[str, int]):
    """Where each name stands; who is removed or merged away stands nowhere."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__((name, place) for place, name in enumerate(names))

    def __missing__(self, _name: str) -> int:
        return _NOBODY


def _deals(work: Work, end: datetime, currency: str, of: Of) -> tuple[DealFact, ...]:
    stages = {row.stage_id: row for row in work.session.scalars(select(Stage))}
    positions = {row.name: row.position for row in stages.values()}
    moves = _moves(work, end, currency, positions, of)
    person = aliased(Customer)
    rows = work.session.execute(
        select(Deal, person.customer_id)
        .outerjoin(
            person,
            (person.team_id == Deal.team_id)
            & (person.customer_id == Deal.customer_id)
            & person.removed_at.is_(None)
            & person.merged_into.is_(None),
        )
        .where(Deal.opened_at < end, Deal.removed_at.is_(None), *_within(Deal.customer_id, of))
        .order_by(Deal.deal_id)
    )
    return tuple(
        _deal(deal, customer_id, stages.get(deal.stage_id), moves[deal.deal_id], end, currency)
        for deal, customer_id in rows
    )


def _deal(
    deal: Deal,
    customer_id: str | None,
    stage: Stage | None,
    moves: list[DealMove],
    end: datetime,
    currency: str,
) -> DealFact:
    name, position = (stage.name, stage.position) if stage else ("", 0)
    state: DealState = "won" if deal.state == "won" else "lost" if deal.state == "lost" else "open"
    closed = deal.closed_at if state != "open" else None
    if state != "open" and (closed is None or closed >= end):
        # The deal closed after the day that is looked at, so that it was still open then.
        state, closed = "open", None
        name, position = (moves[-1].stage, moves[-1].stage_index) if moves else ("", 0)
    own = deal.amount_minor is not None and deal.currency == currency
    return DealFact(
        deal_id=deal.deal_id,
        opened_on=deal.opened_at.date(),
        state=state,
        stage=name,
        stage_index=position,
        customer_id=customer_id,
        company_id=deal.company_id,
        amount=Money(deal.amount_minor or 0, currency).major if own else None,
        closed_on=closed.date() if closed else None,
        moves=tuple(moves),
    )


def _moves(work: Work, end: datetime, currency: str, positions: dict[str, int], of: Of) -> dict[str, list[DealMove]]:
    """Stage and amount of each deal from each change on; changes to won and lost are told by the closing day."""
    found: dict[str, list[DealMove]] = defaultdict(list)
    query = select(DealEvent.deal_id, DealEvent.at, DealEvent.field, DealEvent.new)
    if of is not None:
        query = query.where(DealEvent.deal_id.in_(select(Deal.deal_id).where(*_within(Deal.customer_id, of))))
    rows = work.session.execute(
        query.where(DealEvent.at < end, DealEvent.field.in_(("stage", "amount"))).order_by(
            DealEvent.deal_id, DealEvent.at, DealEvent.event_id
        )
    )
    for row in rows:
        known = found[row.deal_id]
        stage, amount = (known[-1].stage, known[-1].amount) if known else ("", None)
        if row.field == "stage":
            stage = row.new or stage
        else:
            amount = _amount(row.new, currency)
        known.append(DealMove(row.at.date(), stage, positions.get(stage, 0), amount))
    return found


def _amount(text: str | None, currency: str) -> float | None:
    """An amount as the deal's history keeps it: in words for people, or in minor units where it was imported."""
    if not text:
        return None
    if text.lstrip("-").isdigit():
        return Money(int(text), currency).major
    try:
        found = read(text, currency)
    except BadInput:
        return None
    return found.major if found.currency == currency else None
