"""Letters of campaigns: who may get one at this moment, and how far a campaign is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.lookup.briefs import briefs
from crm_store.models.history import Communication, Participant
from crm_store.models.marketing import Campaign, CampaignMember, Send
from crm_store.models.people import ContactPoint
from crm_store.queries import letter_limits, plans, send_times, suggestions
from crm_store.values import last_look, sending
from crm_store.values.last_look import Looked, MaySend
from crm_store.values.limits import Limits, free_again
from crm_store.values.plans import TASK_SENT
from crm_store.values.purposes import of_kind
from crm_store.values.sending import SendHours, SendProgress

_OUTGOING: Final = ("outgoing", "out")
_NAMED: Final = 5


def may_send(
    work: Work, sends: Sequence[Send], campaigns: dict[str, Campaign], hours: SendHours | None = None
) -> dict[str, MaySend]:
    """For each letter whether it may leave now, as the rows are in this very unit; the first of them go first.

    Consent, suppression, address and hold-out decide whether; a mail of the last hours, from whoever of the team, the
    person's letters of the month, the team's budget of the week and the hours where the person lives decide when; a
    letter of another campaign within 14 days ends it.
    """
    limits = letter_limits.of_team(work)
    if limits.budget is not None:
        # Two that send at once would each see the other's letters too late.
        work.lock_team()
    looked = _looked(work, sends, campaigns, limits)
    opened = send_times.opened(
        work, sends, {key: last_look.may_send(seen, work.now) for key, seen in looked.items()}, hours
    )
    budget = letter_limits.budget(work)
    # A letter whose hand-over was cut off is counted already.
    order = [one.send_id for one in sends if one.state == sending.WAITING]
    return last_look.within(order, opened, budget.left, budget.ends)


def _looked(work: Work, sends: Sequence[Send], campaigns: dict[str, Campaign], limits: Limits) -> dict[str, Looked]:
    ids = sorted({one.customer_id for one in sends})
    standings = suggestions.standings(work, ids)
    arms = _arms(work, sends)
    written = _last_written(work, ids, limits)
    months = letter_limits.month(work, ids)
    others = _other_campaigns(work, ids)
    answered = _answered(work, sends)
    found = {}
    for one in sends:
        campaign = campaigns[one.campaign_id]
        found[one.send_id] = Looked(
            standing=standings.get(one.customer_id),
            arm=arms.get((one.campaign_id, one.customer_id)),
            personal=bool(campaign.audience.get("personal")),
            other_campaign=bool(others.get(one.customer_id, set()) - {one.campaign_id}),
            last_mail=written.get(one.customer_id),
            ends_at=campaign.created_at + timedelta(days=campaign.window_days),
            answered=(one.campaign_id, one.customer_id) in answered,
            purpose=of_kind(campaign.kind),
            pause=limits.pause,
            month_free=free_again(months.get(one.customer_id, ()), limits.monthly, work.now),
        )
    return found


def _answered(work: Work, sends: Sequence[Send]) -> set[tuple[str, str]]:
    """Of those to whom a further step would go, who has answered meanwhile."""
    further: dict[str, list[str]] = {}
    for one in sends:
        if one.step:
            further.setdefault(one.campaign_id, []).append(one.customer_id)
    return {(at, one) for at, ids in further.items() for one in plans.answered(work, at, ids)}


def addresses(work: Work, customer_ids: Sequence[str]) -> dict[str, str]:
    """The main live address of each customer."""
    rows = work.session.execute(
        select(ContactPoint.owner_row, ContactPoint.value)
        .where(ContactPoint.owner_row.in_(customer_ids), ContactPoint.kind == "email", ContactPoint.state == "live")
        .order_by(ContactPoint.point_id.desc())
    )
    return dict(rows.all())


def progress(work: Work, campaign_id: str) -> SendProgress:
    """How many letters wait, left, were withheld and why, failed, or may or may not have left."""
    rows = work.session.execute(
        select(Send.state, Send.reason, func.count())
        .where(Send.campaign_id == campaign_id)
        .group_by(Send.state, Send.reason)
    ).all()
    of = {state: sum(count for each, _, count in rows if each == state) for state, _, _ in rows}
    skipped = sorted(((why or "stopped", count) for state, why, count in rows if state == sending.SKIPPED))
    waiting = of.get(sending.WAITING, 0) + of.get(sending.HANDING, 0)
    return SendProgress(
        waiting, of.get(sending.SENT, 0), tuple(skipped), of.get(sending.FAILED, 0), of.get(sending.UNKNOWN, 0)
    )


def waits(work: Work, campaign_id: str) -> bool:
    """Whether a letter of a campaign is still to leave."""
    waiting = select(Send.send_id).where(
        Send.campaign_id == campaign_id, Send.state.in_((sending.WAITING, sending.HANDING))
    )
    return work.session.scalar(waiting.limit(1)) is not None


def in_doubt(work: Work, campaign_id: str) -> tuple[int, tuple[str, ...]]:
    """How many letters may or may not have left and wait for somebody's word, and the names of the first few."""
    ids = work.session.scalars(
        select(Send.customer_id)
        .where(Send.campaign_id == campaign_id, Send.state == sending.UNKNOWN, Send.reason == sending.DOUBT)
        .order_by(Send.customer_id)
    ).all()
    return len(ids), tuple(one.name for one in briefs(work, ids[:_NAMED]))


def _arms(work: Work, sends: Sequence[Send]) -> dict[tuple[str, str], str]:
    rows = work.session.execute(
        select(CampaignMember.campaign_id, CampaignMember.customer_id, CampaignMember.arm).where(
            CampaignMember.campaign_id.in_({one.campaign_id for one in sends}),
            CampaignMember.customer_id.in_({one.customer_id for one in sends}),
        )
    )
    return {(campaign_id, customer_id): arm for campaign_id, customer_id, arm in rows}


def _last_written(work: Work, ids: Sequence[str], limits: Limits) -> dict[str, datetime]:
    """When somebody of the team last wrote to them, within the pause; letters of campaigns are logged as well."""
    rows = work.session.execute(
        select(Participant.customer_id, func.max(Communication.happened_at))
        .join(
            Communication,
            (Communication.team_id == Participant.team_id)
            & (Communication.communication_id == Participant.communication_id),
        )
        .where(
            Participant.customer_id.in_(ids),
            Communication.kind == "mail",
            Communication.direction.in_(_OUTGOING),
            Communication.happened_at > work.now - limits.pause,
            Communication.happened_at <= work.now,
            Communication.removed_at.is_(None),
        )
        .group_by(Participant.customer_id)
    )
    return {customer_id: at for customer_id, at in rows if customer_id}


def _other_campaigns(work: Work, ids: Sequence[str]) -> dict[str, set[str]]:
    rows = work.session.execute(
        select(Send.customer_id, Send.campaign_id).where(
            Send.customer_id.in_(ids), Send.state.in_((sending.SENT, sending.UNKNOWN, TASK_SENT)),
            Send.at > work.now - suggestions.CAMPAIGN_PAUSE,
        )
    )  # fmt: skip
    found: dict[str, set[str]] = {}
    for customer_id, campaign_id in rows:
        found.setdefault(customer_id, set()).add(campaign_id)
    return found
