"""Campaigns as their cards show them: which there are, how they stand, and who is in one."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.lookup.briefs import briefs, slack_ids
from crm_store.models.marketing import Campaign, CampaignMember, Response, Send
from crm_store.models.trade import Order, Task
from crm_store.money import Money, from_major
from crm_store.queries import lift
from crm_store.queries.features import currency
from crm_store.values import plans, sending
from crm_store.values.lift import from_json
from crm_store.values.people import CustomerBrief
from crm_store.values.responses import Answer, CampaignCard, CampaignNumbers
from crm_store.values.variants import Variant

_MOST: Final = 10
_WAITING: Final = (sending.WAITING, sending.HANDING)


def listed(work: Work, most: int = _MOST) -> tuple[CampaignCard, ...]:
    """The latest campaigns, those that are not measured yet first."""
    rows = work.session.scalars(
        select(Campaign)
        .order_by(Campaign.state == "measured", Campaign.created_at.desc(), Campaign.campaign_id.desc())
        .limit(most)
    ).all()
    return tuple(_card(work, row) for row in rows)


def card(work: Work, campaign_id: str) -> CampaignCard:
    """One campaign; raises NotFound."""
    return _card(work, _row(work, campaign_id))


def named(work: Work, name: str) -> str:
    """The id of the latest campaign of that name, or that begins so, in any case of letters; raises NotFound."""
    wanted = " ".join(name.split()).casefold()
    rows = work.session.execute(
        select(Campaign.campaign_id, Campaign.name).order_by(Campaign.created_at.desc(), Campaign.campaign_id.desc())
    ).all()
    for fits in (str.__eq__, str.startswith, str.__contains__):
        for row in rows:
            if wanted and fits(" ".join(row.name.split()).casefold(), wanted):
                return str(row.campaign_id)
    raise NotFound(f"There is no campaign “{name[:60]}”. `/crm campaign` lists those that are.", wanted=name)


def people(work: Work, campaign_id: str, most: int = 20) -> tuple[CustomerBrief, ...]:
    """Who is written to, those who answered first."""
    _row(work, campaign_id)
    answered = (
        select(func.count())
        .select_from(Response)
        .join(Send, (Send.team_id == Response.team_id) & (Send.send_id == Response.send_id))
        .where(
            Send.team_id == CampaignMember.team_id,
            Send.campaign_id == CampaignMember.campaign_id,
            Send.customer_id == CampaignMember.customer_id,
        )
        .scalar_subquery()
    )
    ids = work.session.scalars(
        select(CampaignMember.customer_id)
        .where(CampaignMember.campaign_id == campaign_id, CampaignMember.arm == "treated")
        .order_by(answered.desc(), CampaignMember.customer_id)
        .limit(most)
    ).all()
    return briefs(work, ids)


def numbers(work: Work, campaign_id: str) -> CampaignNumbers:
    """A campaign so far; raises NotFound. Each person counts once for each kind of answer."""
    row = _row(work, campaign_id)
    states: dict[str, int] = dict(
        work.session.execute(
            select(Send.state, func.count()).where(Send.campaign_id == campaign_id).group_by(Send.state)
        ).all()
    )
    answers = _answers(work, campaign_id)
    treated, holdout = lift.arms(work, row)
    return CampaignNumbers(
        sent=states.get(sending.SENT, 0) + states.get(sending.UNKNOWN, 0),
        waiting=sum(states.get(state, 0) for state in _WAITING),
        bounced=answers.get(Answer.BOUNCE, 0),
        replied=answers.get(Answer.REPLY, 0),
        unsubscribed=answers.get(Answer.UNSUBSCRIBE, 0),
        deals=answers.get(Answer.DEAL, 0),
        clicked=answers.get(Answer.CLICK, 0),
        calls=states.get(plans.TASK_SENT, 0),
        called=_called(work, campaign_id),
        treated=treated.people,
        treated_ordered=treated.ordered,
        revenue=from_major(round(treated.spent, 2), currency(work)),
        after_letters=_attributed(work, campaign_id),
        holdout=holdout.people,
        holdout_ordered=holdout.ordered,
    )


def _called(work: Work, campaign_id: str) -> int:
    """How many of the calls asked for are made, as their tasks say now."""
    done = (
        select(func.count())
        .select_from(Send)
        .join(Task, (Task.team_id == Send.team_id) & (Task.task_id == Send.task_id))
        .where(Send.campaign_id == campaign_id, Task.state == "done")
    )
    return work.session.scalar(done) or 0


def _attributed(work: Work, campaign_id: str) -> Money:
    """What the orders that followed a letter or a call of this campaign came to, orders taken back left out."""
    total = work.session.scalar(
        select(func.coalesce(func.sum(Response.amount_minor), 0))
        .join(Send, (Send.team_id == Response.team_id) & (Send.send_id == Response.send_id))
        .join(Order, (Order.team_id == Response.team_id) & (Order.order_id == Response.source_id))
        .where(Send.campaign_id == campaign_id, Response.kind == Answer.ORDER.value, Order.removed_at.is_(None))
    )
    return Money(int(total or 0), currency(work))


def _answers(work: Work, campaign_id: str) -> Mapping[str, int]:
    rows = work.session.execute(
        select(Response.kind, func.count(func.distinct(Send.customer_id)))
        .join(Send, (Send.team_id == Response.team_id) & (Send.send_id == Response.send_id))
        .where(Send.campaign_id == campaign_id)
        .group_by(Response.kind)
    ).all()
    return dict(rows)


def _row(work: Work, campaign_id: str) -> Campaign:
    row = work.session.get(Campaign, (work.team_id, campaign_id))
    if row is None:
        raise NotFound("That campaign is no longer there.", wanted=campaign_id)
    return row


def _card(work: Work, row: Campaign) -> CampaignCard:
    excluded = work.session.scalar(
        select(func.count()).where(CampaignMember.campaign_id == row.campaign_id, CampaignMember.arm == "excluded")
    )
    return CampaignCard(
        campaign_id=row.campaign_id,
        suggestion_id=row.suggestion_id,
        name=row.name,
        kind=row.kind,
        state=row.state,
        approved_by=slack_ids(work).get(row.approved_by),
        created_at=row.created_at,
        ends_at=lift.window(row)[1],
        excluded=excluded or 0,
        numbers=numbers(work, row.campaign_id),
        lift=from_json(row.measured) if row.measured else None,
        tried=_tried(work, row),
        by_phone=row.template.get(plans.CHANNEL) == plans.CALL,
    )


def _tried(work: Work, row: Campaign) -> tuple[Variant, ...]:
    """Of two subjects that were tried: how many letters left with each, and how many of those people replied."""
    subjects = {name: str(one["subject"]) for name, one in (row.template.get("variants") or {}).items()}
    if not subjects:
        return ()
    replied = (
        select(Response.response_id)
        .where(Response.team_id == Send.team_id, Response.send_id == Send.send_id, Response.kind == Answer.REPLY.value)
        .exists()
    )
    rows = work.session.execute(
        select(Send.variant, func.count(), func.count().filter(replied))
        .where(Send.campaign_id == row.campaign_id, Send.step == 0, Send.state == sending.SENT)
        .group_by(Send.variant)
    ).all()
    counts = {name: (people, answers) for name, people, answers in rows}
    return tuple(Variant(name, subjects[name], *counts.get(name, (0, 0))) for name in sorted(subjects))
