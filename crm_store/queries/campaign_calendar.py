"""What campaigns do in the coming weeks: letters that wait, steps that fall due, ends, and open suggestions."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.models.marketing import Campaign, Send, Suggestion
from crm_store.queries import lift, plans
from crm_store.values import sending
from crm_store.values.campaign_calendar import Coming, What
from crm_store.values.marketing import OPEN_STATES

_GOING = ("approved", "running", "paused", "stopped")


def coming(work: Work, days: int = 35) -> tuple[Coming, ...]:
    """What comes up to so many days ahead, the soonest first; a paused campaign's steps are not promised.

    Within the usual days what begins today is measured.
    """
    until = work.now + timedelta(days=days)
    found = [*_letters(work), *_steps(work), *_ends(work), *_suggestions(work)]
    return tuple(sorted((one for one in found if one.at <= until), key=lambda one: (one.at, one.what, one.name)))


def _letters(work: Work) -> Iterator[Coming]:
    rows = work.session.execute(
        select(Campaign.campaign_id, Campaign.name, func.count(), func.min(Send.due_at))
        .join(Send, (Send.team_id == Campaign.team_id) & (Send.campaign_id == Campaign.campaign_id))
        .where(Send.state == sending.WAITING, Campaign.state.in_(("approved", "running")))
        .group_by(Campaign.campaign_id, Campaign.name)
    )
    for campaign_id, name, count, due in rows:
        yield Coming(max(due, work.now), What.LETTERS, name, count, campaign_id)


def _steps(work: Work) -> Iterator[Coming]:
    """Steps by day, as if nobody answered: at most so many."""
    for one in plans.running(work):
        for number, step in enumerate(one.steps, 1):
            before = work.session.execute(
                select(Send.at, Send.customer_id).where(
                    Send.campaign_id == one.campaign_id, Send.step == number - 1, Send.state == sending.SENT
                )
            ).all()
            there = set(
                work.session.scalars(
                    select(Send.customer_id).where(Send.campaign_id == one.campaign_id, Send.step == number)
                )
            )
            falls: Counter[datetime] = Counter()
            for at, customer_id in before:
                if at is not None and customer_id not in there:
                    due: datetime = max(at + timedelta(days=step.after_days), work.now)
                    falls[due.replace(hour=12, minute=0, second=0, microsecond=0)] += 1
            what = What.REMINDER if step.do == "mail" else What.TASK
            for at, count in falls.items():
                yield Coming(at, what, one.name, count, one.campaign_id)


def _ends(work: Work) -> Iterator[Coming]:
    for row in work.session.scalars(select(Campaign).where(Campaign.state.in_(_GOING))):
        yield Coming(max(lift.window(row)[1] + lift.GRACE, work.now), What.MEASURED, row.name, 0, row.campaign_id)


def _suggestions(work: Work) -> Iterator[Coming]:
    rows = select(Suggestion).where(Suggestion.state.in_(OPEN_STATES), Suggestion.expires_at > work.now)
    for row in work.session.scalars(rows):
        yield Coming(row.expires_at, What.EXPIRES, row.title, 0)
