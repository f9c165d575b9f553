"""What campaigns taught of single people: who was assigned to which side by lot, and who ordered in the window."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.models.marketing import Campaign, CampaignMember
from crm_store.models.people import Customer
from crm_store.models.trade import Order
from crm_store.queries.lift import GRACE, window
from crm_store.values.contacts import PastCampaign, PastContact
from crm_store.values.plans import CALL, CHANNEL

LOOK_BACK: Final = timedelta(days=730)
MOST: Final = 40_000
"""People in all, those of the latest campaigns: more teach little that these do not."""


def past(work: Work) -> tuple[PastCampaign, ...]:
    """Campaigns of two years whose window and grace have passed and that held somebody out, the latest first.

    Everybody who was assigned is in it, whether the letter arrived or not. Letters of deals' owners are left out, whom
    they go to follows from the deal; so are calls, which teach nothing of letters.
    """
    rows = work.session.scalars(
        select(Campaign).where(Campaign.created_at > work.now - LOOK_BACK).order_by(Campaign.created_at.desc())
    ).all()
    found: list[PastCampaign] = []
    people = 0
    for row in rows:
        if (
            row.audience.get("personal")
            or row.template.get(CHANNEL) == CALL
            or window(row)[1] + GRACE > work.now
            or people >= MOST
        ):
            continue
        assigned = _assigned(work, row)
        if {one.treated for one in assigned} == {True, False}:
            found.append(PastCampaign(row.campaign_id, row.kind, row.created_at.date(), assigned))
            people += len(assigned)
    return tuple(found)


def _assigned(work: Work, row: Campaign) -> tuple[PastContact, ...]:
    since, until = window(row)
    person = func.coalesce(Customer.merged_into, CampaignMember.customer_id)
    ordered = (
        select(Order.order_id)
        .where(
            Order.team_id == CampaignMember.team_id,
            Order.customer_id == person,
            Order.ordered_at > since,
            Order.ordered_at <= until,
            Order.total_minor > 0,
            Order.removed_at.is_(None),
        )
        .exists()
    )
    members = work.session.execute(
        select(person.label("person"), CampaignMember.arm, ordered.label("ordered"))
        .join(
            Customer,
            (Customer.team_id == CampaignMember.team_id) & (Customer.customer_id == CampaignMember.customer_id),
        )
        .where(CampaignMember.campaign_id == row.campaign_id, CampaignMember.arm.in_(("treated", "holdout")))
        .order_by(CampaignMember.customer_id)
    )
    return tuple(PastContact(one.person, one.arm == "treated", bool(one.ordered)) for one in members)
