"""Calls that a campaign asks for: a task for each customer's owner, with the reason and what to talk about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from crm_store.actions import tasks
from crm_store.engine.work import Work
from crm_store.lookup.briefs import briefs
from crm_store.models.marketing import Campaign, Send
from crm_store.models.people import Customer, Team
from crm_store.queries import suggestions, talking_points
from crm_store.values import drafts
from crm_store.values.acts import NewTask

_MORNING: Final = time(9)
_SATURDAY: Final = 5


def of_campaign(work: Work, campaign: Campaign, customer_ids: Sequence[str], begins: datetime) -> int:
    """The tasks with which a campaign by phone begins, each with what to say filled in for its customer.

    None is due before the campaign `begins`.
    """
    fields = suggestions.draft_fields(work, customer_ids)
    body = campaign.template["body"]
    return _put_down(work, campaign, {one: drafts.render(body, known) for one, known in fields.items()}, 0, begins)


def put_down(work: Work, campaign: Campaign, customer_ids: Sequence[str], step: int, reason: str) -> int:
    """A task for each of these people as a step of a campaign, due on the next working day's morning; says how many.

    Without an owner it is whoever approved the campaign. Each can be undone as any task.
    """
    return _put_down(work, campaign, dict.fromkeys(customer_ids, reason), step, work.now)


def _put_down(work: Work, campaign: Campaign, reasons: Mapping[str, str], step: int, begins: datetime) -> int:
    customer_ids = list(reasons)
    rows = work.session.execute(
        select(Customer.customer_id, Customer.owner).where(Customer.customer_id.in_(customer_ids))
    )
    owners = dict(rows.all())
    points = talking_points.of(work, customer_ids)
    due = next_morning(work, begins)
    people = briefs(work, customer_ids)
    for brief in people:
        owner = owners.get(brief.customer_id) or campaign.approved_by
        about = "; ".join(points.get(brief.customer_id, ()))
        reason = reasons[brief.customer_id].rstrip(".")
        title = f"Call {brief.name}: {reason}{f'. To talk about: {about}' if about else ''}"
        made = tasks.add(work, NewTask(title, due, owner, brief.customer_id))
        _remember(work, f"{campaign.campaign_id}:{brief.customer_id}:{step}", made.row_id)
    return len(people)


def _remember(work: Work, idempotency_key: str, task_id: str) -> None:
    """Which task the call became, so that it counts as made once that is done."""
    call = update(Send).where(Send.idempotency_key == idempotency_key).values(task_id=task_id)
    work.session.execute(call.execution_options(synchronize_session=False))


def next_morning(work: Work, begins: datetime) -> datetime:
    """Nine o'clock of the next working day where the team lives, not before it `begins`. Not audited: reads only."""
    team = work.session.get_one(Team, (work.team_id,))
    zone = ZoneInfo(str(team.settings.get("time_zone", "UTC")))
    day = max(work.now.astimezone(zone).date() + timedelta(days=1), begins.astimezone(zone).date())
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return max(datetime.combine(day, _MORNING, zone).astimezone(UTC), begins)
