"""Campaigns with further steps: for whom the next one is due, and who has answered meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from crm_store.engine.work import Work
from crm_store.models.history import Communication, Participant
from crm_store.models.marketing import Campaign, CampaignMember, Response, Send
from crm_store.models.trade import Order
from crm_store.values import plans, sending
from crm_store.values.plans import Step

_SENDING: Final = ("approved", "running")
_NO_ANSWER: Final = ("away", "soft bounce", "call")
_INCOMING: Final = ("incoming", "in")


@dataclass(frozen=True, slots=True)
class Planned:
    """A running campaign with steps after its letter."""

    campaign_id: str
    name: str
    steps: tuple[Step, ...]


def running(work: Work) -> tuple[Planned, ...]:
    """Campaigns under way that have further steps."""
    rows = work.session.scalars(
        select(Campaign).where(Campaign.state.in_(_SENDING)).order_by(Campaign.created_at, Campaign.campaign_id)
    )
    return tuple(
        Planned(row.campaign_id, row.name, plans.read(row.template["steps"]))
        for row in rows
        if row.template.get("steps") and row.created_at + timedelta(days=row.window_days) > work.now
    )


def due(work: Work, one: Planned, number: int, most: int) -> tuple[str, ...]:
    """Whom step `number` (1 is the first after the letter) is due for: the step before is so many days old, nobody
    answered, and the step is not there yet.
    """
    later = aliased(Send)
    step = one.steps[number - 1]
    there = (
        select(later.send_id)
        .where(
            later.team_id == Send.team_id,
            later.campaign_id == Send.campaign_id,
            later.customer_id == Send.customer_id,
            later.step == number,
        )
        .exists()
    )
    waiting = work.session.scalars(
        select(Send.customer_id)
        .join(
            CampaignMember,
            (CampaignMember.team_id == Send.team_id)
            & (CampaignMember.campaign_id == Send.campaign_id)
            & (CampaignMember.customer_id == Send.customer_id),
        )
        .where(
            Send.campaign_id == one.campaign_id,
            Send.step == number - 1,
            Send.state == sending.SENT,
            Send.at <= work.now - timedelta(days=step.after_days),
            CampaignMember.arm == "treated",
            ~there,
        )
        .order_by(Send.at, Send.customer_id)
        .limit(most)
    ).all()
    return tuple(waiting)


def answered(work: Work, campaign_id: str, customer_ids: Sequence[str]) -> frozenset[str]:
    """Who has answered since the campaign's first letter to them: wrote, ordered, bounced or left, as known now."""
    if not customer_ids:
        return frozenset()
    told = work.session.scalars(
        select(Send.customer_id)
        .join(Response, (Response.team_id == Send.team_id) & (Response.send_id == Send.send_id))
        .where(Send.campaign_id == campaign_id, Send.customer_id.in_(customer_ids), Response.kind.not_in(_NO_ANSWER))
    ).all()
    begun = _begun(work, campaign_id, customer_ids)
    wrote = work.session.execute(
        select(Participant.customer_id, func.max(Communication.happened_at))
        .join(
            Communication,
            (Communication.team_id == Participant.team_id)
            & (Communication.communication_id == Participant.communication_id),
        )
        .where(
            Participant.customer_id.in_(customer_ids),
            Communication.direction.in_(_INCOMING),
            Communication.removed_at.is_(None),
        )
        .group_by(Participant.customer_id)
    ).all()
    ordered = work.session.execute(
        select(Order.customer_id, func.max(Order.ordered_at))
        .where(Order.customer_id.in_(customer_ids))
        .group_by(Order.customer_id)
    ).all()
    since = {who for who, at in (*wrote, *ordered) if who in begun and at > begun[who]}
    return frozenset(told) | since


def _begun(work: Work, campaign_id: str, customer_ids: Sequence[str]) -> dict[str, datetime]:
    rows = work.session.execute(
        select(Send.customer_id, Send.at).where(
            Send.campaign_id == campaign_id,
            Send.customer_id.in_(customer_ids),
            Send.step == 0,
            Send.state == sending.SENT,
        )
    )
    return {who: at for who, at in rows if at is not None}


def variants_of(work: Work, campaign_id: str, customer_ids: Sequence[str]) -> dict[str, str | None]:
    """Which subject each person's first letter had, where two were tried."""
    rows = work.session.execute(
        select(Send.customer_id, Send.variant).where(
            Send.campaign_id == campaign_id, Send.customer_id.in_(customer_ids), Send.step == 0
        )
    )
    return dict(rows.all())


def first_letters(work: Work, campaign_ids: Sequence[str], customer_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """The id of each person's first letter of each campaign, which later letters answer."""
    rows = work.session.execute(
        select(Send.campaign_id, Send.customer_id, Send.send_id).where(
            Send.campaign_id.in_(campaign_ids), Send.customer_id.in_(customer_ids), Send.step == 0
        )
    )
    return {(campaign_id, customer_id): send_id for campaign_id, customer_id, send_id in rows}
