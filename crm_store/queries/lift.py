"""What campaigns added: both sides as they were assigned, what was measured, and what teams decided so far."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, func, select

from crm_store.engine.work import Work
from crm_store.models.marketing import Campaign, CampaignMember, Suggestion
from crm_store.models.people import Customer
from crm_store.models.trade import Order
from crm_store.money import Money
from crm_store.queries.features import currency
from crm_store.queries.responses import OPEN
from crm_store.values.learning import Decided
from crm_store.values.lift import Arm, Lift, from_json, measure

GRACE: Final = timedelta(days=2)
"""Orders reach the store late, by import or by hand: so long after its window a campaign is measured."""
_LOOK_BACK: Final = timedelta(days=730)


def window(row: Campaign) -> tuple[datetime, datetime]:
    """From when until when orders count: the same for both sides, letters or none."""
    return row.created_at, row.created_at + timedelta(days=row.window_days)


def arms(work: Work, row: Campaign) -> tuple[Arm, Arm]:
    """Those assigned a letter and those held out, with what they ordered in the window, in the team's currency.

    Everybody assigned counts, whether the letter arrived or not: who can be reached differs from who cannot, and the
    hold-out does not say who of them could have been. Whoever was merged away counts with the customer that was kept.
    """
    since, until = window(row)
    person = func.coalesce(Customer.merged_into, CampaignMember.customer_id)
    each = (
        select(
            CampaignMember.arm.label("arm"),
            CampaignMember.customer_id.label("customer_id"),
            func.coalesce(func.sum(Order.total_minor), 0).label("spent"),
            func.max(case((Order.total_minor > 0, 1), else_=0)).label("ordered"),
        )
        .join(
            Customer,
            (Customer.team_id == CampaignMember.team_id) & (Customer.customer_id == CampaignMember.customer_id),
        )
        .outerjoin(
            Order,
            (Order.team_id == CampaignMember.team_id)
            & (Order.customer_id == person)
            & (Order.ordered_at > since)
            & (Order.ordered_at <= until)
            & (Order.currency == currency(work))
            & Order.removed_at.is_(None),
        )
        .where(CampaignMember.campaign_id == row.campaign_id, CampaignMember.arm.in_(("treated", "holdout")))
        .group_by(CampaignMember.arm, CampaignMember.customer_id)
    )
    unit = Money(1, currency(work)).major
    sums: dict[str, list[float]] = {"treated": [0, 0, 0.0, 0.0], "holdout": [0, 0, 0.0, 0.0]}
    for one in work.session.execute(each):
        spent = float(one.spent) * unit
        for place, amount in enumerate((1, one.ordered, spent, spent**2)):
            sums[one.arm][place] += amount
    treated, holdout = (
        Arm(int(people), int(ordered), spent, squares) for people, ordered, spent, squares in sums.values()
    )
    return treated, holdout


def now(work: Work, row: Campaign) -> Lift:
    """The lift of a campaign as things stand."""
    return measure(*arms(work, row), currency(work))


def due(work: Work) -> tuple[str, ...]:
    """Campaigns whose window and grace have passed, and that are not measured yet, the oldest first."""
    rows = work.session.scalars(select(Campaign).where(Campaign.state.in_(OPEN)).order_by(Campaign.created_at)).all()
    return tuple(row.campaign_id for row in rows if window(row)[1] + GRACE <= work.now)


def measured(work: Work, kind: str) -> tuple[Lift, ...]:
    """What was measured of a kind, the oldest first."""
    rows = work.session.scalars(
        select(Campaign.measured)
        .where(Campaign.kind == kind, Campaign.state == "measured", Campaign.measured.is_not(None))
        .order_by(Campaign.created_at)
    )
    return tuple(from_json(row) for row in rows if row)


def decided(work: Work) -> tuple[Decided, ...]:
    """What became of suggestions in the last two years, the oldest first; those that expired are not in it."""
    rows = work.session.scalars(
        select(Suggestion)
        .where(
            Suggestion.state.in_(("approved", "dismissed")),
            Suggestion.decided_at.is_not(None),
            Suggestion.decided_at > work.now - _LOOK_BACK,
        )
        .order_by(Suggestion.decided_at)
    )
    return tuple(
        Decided(row.kind, row.state == "approved", (row.reason or "").partition(":")[0], row.decided_at)
        for row in rows
        if row.decided_at is not None
    )
