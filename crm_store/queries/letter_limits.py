"""What a team's limits leave of letters: its budget of the week, each person's month, and what people refused."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from crm_store.engine.work import Work
from crm_store.models.marketing import Consent, Send
from crm_store.models.people import Team
from crm_store.queries.listed import Ids
from crm_store.values import limits, sending
from crm_store.values.limits import Budget, Limits
from crm_store.values.purposes import Purpose

_LEFT: Final = (sending.SENT, sending.UNKNOWN)
"""A letter of which nobody can tell whether it left counts as if it had."""


def of_team(work: Work) -> Limits:
    """The team's limits."""
    team = work.session.get(Team, (work.team_id,))
    return Limits.read(team.settings if team else {})


def budget(work: Work) -> Budget:
    """How far the budget of this week is used; a letter that is being handed over counts as sent."""
    team = work.session.get(Team, (work.team_id,))
    settings = team.settings if team else {}
    begins, ends = limits.week(work.now, ZoneInfo(str(settings.get("time_zone", "UTC"))))
    used = work.session.scalar(
        select(func.count())
        .select_from(Send)
        .where(or_(Send.state == sending.HANDING, Send.state.in_(_LEFT) & (Send.at >= begins) & (Send.at < ends)))
    )
    return Budget(used or 0, Limits.read(settings).budget, begins, ends)


def month(work: Work, ids: Ids) -> Mapping[str, list[datetime]]:
    """When letters left to each of these people in the last 30 days."""
    found: dict[str, list[datetime]] = {}
    rows = work.session.execute(
        select(Send.customer_id, Send.at).where(
            Send.customer_id.in_(ids), Send.state.in_(_LEFT), Send.at > work.now - limits.MONTH
        )
    )
    for customer_id, at in rows:
        if at is not None:
            found.setdefault(customer_id, []).append(at)
    return found


def full(work: Work, ids: Ids) -> set[str]:
    """Who had as many letters in the last 30 days as a person may have."""
    monthly = of_team(work).monthly
    return {one for one, letters in month(work, ids).items() if limits.free_again(letters, monthly, work.now)}


def purposes(work: Work, ids: Ids, *, given: bool) -> dict[str, frozenset[Purpose]]:
    """The purposes that each of these people agreed to, or refused, by name."""
    rows = work.session.execute(
        select(Consent.customer_id, Consent.purpose).where(
            Consent.customer_id.in_(ids), Consent.purpose.in_([one.value for one in Purpose]), Consent.given.is_(given)
        )
    )
    found: dict[str, set[Purpose]] = {}
    for customer_id, purpose in rows:
        found.setdefault(customer_id, set()).add(Purpose(purpose))
    return {one: frozenset(each) for one, each in found.items()}
