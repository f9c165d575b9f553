"""What a team knew of its customers on a day, as histories for the analyst."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import aliased

from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Company, Customer, Team
from crm_store.models.trade import Deal, DealEvent, Order, Stage
from crm_store.money import Money, read
from crm_store.values.history import (
    CustomerFact,
    DealFact,
    DealMove,
    DealState,
    Direction,
    Histories,
    OrderFact,
    TouchFact,
)

_DIRECTIONS: Final[dict[str, Direction]] = {"incoming": "in", "in": "in", "outgoing": "out", "out": "out"}
_PAGE: Final = 5000


def histories(work: Work, as_of: date) -> Histories:
    """Everything known up to and including `as_of` (days are UTC's); amounts in the team's currency alone.

    Orders in another currency are left out, since sums over currencies mean nothing; so is what belongs to
    somebody removed or merged away. Notes among colleagues and private ones are no contact with a customer.
    """
    team = work.session.get(Team, (work.team_id,))
    currency = str(team.settings.get("currency", "EUR")) if team else "EUR"
    end = datetime.combine(as_of + timedelta(days=1), time(), UTC)
    return Histories(
        as_of=as_of,
        customers=_customers(work),
        orders=_orders(work, end, currency),
        touches=_touches(work, end),
        deals=_deals(work, end, currency),
        currency=currency,
    )


def _customers(work: Work) -> tuple[CustomerFact, ...]:
    rows = work.session.execute(
        select(
            Customer.customer_id,
            Customer.name,
            Customer.created_at,
            Customer.company_id,
            Customer.source,
            Company.industry,
            Customer.level,
        )
        .outerjoin(Company, (Company.team_id == Customer.team_id) & (Company.company_id == Customer.company_id))
        .where(Customer.removed_at.is_(None), Customer.merged_into.is_(None))
        .order_by(Customer.customer_id)
        .execution_options(yield_per=_PAGE)
    )
    return tuple(
        CustomerFact(row.customer_id, row.name, row.created_at.date(), row.company_id, row.source, row.industry, "")
        for row in rows
    )


def _orders(work: Work, end: datetime, currency: str) -> tuple[OrderFact, ...]:
    rows = work.session.execute(
        select(Order.customer_id, Order.ordered_at, Order.total_minor)
        .join(Customer, (Customer.team_id == Order.team_id) & (Customer.customer_id == Order.customer_id))
        .where(
            Order.ordered_at < end,
            Order.removed_at.is_(None),
            Order.currency == currency,
            Customer.removed_at.is_(None),
            Customer.merged_into.is_(None),
        )
        .order_by(Order.ordered_at, Order.order_id)
        .execution_options(yield_per=_PAGE)
    )
    return tuple(
        OrderFact(row.customer_id, row.ordered_at.date(), Money(row.total_minor, currency).major) for row in rows
    )


def _touches(work: Work, end: datetime) -> tuple[TouchFact, ...]:
    rows = work.session.execute(
        select(
            Participant.customer_id,
            Communication.happened_at,
            Communication.kind,
            Communication.direction,
            Communication.communication_id,
        )
        .join(
            Communication,
            (Communication.team_id == Participant.team_id)
            & (Communication.communication_id == Participant.communication_id),
        )
        .join(Customer, (Customer.team_id == Participant.team_id) & (Customer.customer_id == Participant.customer_id))
        .where(
            Communication.happened_at < end,
            Communication.removed_at.is_(None),
            Communication.level != "private",
            Communication.direction.in_(_DIRECTIONS),
            Customer.removed_at.is_(None),
            Customer.merged_into.is_(None),
        )
        .distinct()
        .order_by(Communication.happened_at, Communication.communication_id, Participant.customer_id)
        .execution_options(yield_per=_PAGE)
    )
    return tuple(
        TouchFact(row.customer_id, row.happened_at.date(), row.kind, _DIRECTIONS[row.direction]) for row in rows
    )


def _deals(work: Work, end: datetime, currency: str) -> tuple[DealFact, ...]:
    stages = {row.stage_id: row for row in work.session.scalars(select(Stage))}
    positions = {row.name: row.position for row in stages.values()}
    moves = _moves(work, end, currency, positions)
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
        .where(Deal.opened_at < end, Deal.removed_at.is_(None))
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


def _moves(work: Work, end: datetime, currency: str, positions: dict[str, int]) -> dict[str, list[DealMove]]:
    """Stage and amount of each deal from each change on; changes to won and lost are told by the closing day."""
    found: dict[str, list[DealMove]] = defaultdict(list)
    rows = work.session.execute(
        select(DealEvent.deal_id, DealEvent.at, DealEvent.field, DealEvent.new)
        .where(DealEvent.at < end, DealEvent.field.in_(("stage", "amount")))
        .order_by(DealEvent.deal_id, DealEvent.at, DealEvent.event_id)
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
