"""Calls that a campaign asks for: a task for each customer's owner, with the reason and what to talk about."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from crm_store.actions import tasks
from crm_store.engine.work import Work
from crm_store.lookup.briefs import briefs
from crm_store.models.marketing import Campaign
from crm_store.models.people import Customer, Team
from crm_store.queries import talking_points
from crm_store.values.acts import NewTask

_MORNING: Final = time(9)
_SATURDAY: Final = 5


def put_down(work: Work, campaign: Campaign, customer_ids: Sequence[str], reason: str) -> int:
    """A task for each of these people, due in the morning of the next working day; says how many.

    Without an owner it is whoever approved the campaign. Each can be undone as any task.
    """
    rows = work.session.execute(
        select(Customer.customer_id, Customer.owner).where(Customer.customer_id.in_(customer_ids))
    )
    owners = dict(rows.all())
    points = talking_points.of(work, customer_ids)
    due = next_morning(work)
    people = briefs(work, customer_ids)
    for brief in people:
        owner = owners.get(brief.customer_id) or campaign.approved_by
        about = "; ".join(points.get(brief.customer_id, ()))
        title = f"Call {brief.name}: {reason}{f'. To talk about: {about}' if about else ''}"
        tasks.add(work, NewTask(title, due, owner, brief.customer_id))
    return len(people)


def next_morning(work: Work) -> datetime:
    """Nine o'clock of the next working day where the team lives. Not audited: reads only."""
    team = work.session.get_one(Team, (work.team_id,))
    zone = ZoneInfo(str(team.settings.get("time_zone", "UTC")))
    day = work.now.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, _MORNING, zone).astimezone(UTC)
