"""Reports that go to a team's channel by the clock, each once for its time."""

from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from crm_store import outbox
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.queries import report_facts, reports
from crm_store.values.periods import Period
from crm_store.values.report_facts import ReportFacts

WEEK: Final = "week"
CARD: Final = "health"
Told = tuple[str, dict[str, Any]]


async def week(desk: Desk, as_of: date, zone: ZoneInfo) -> Told:
    """The last week from Monday to Sunday; one in which nothing happened is passed over."""
    since, until = report_facts.last_whole(WEEK, as_of)
    facts = await desk.read(report_facts.facts, WEEK, zone, since, until)
    if facts.period is None or not _happened(facts.period):
        return "Nothing happened in the week, so no report was sent.", {"sent": False}
    days = {"since": since.isoformat(), "until": until.isoformat()}
    return await _send(desk, facts, f"report:{WEEK}:{since.isoformat()}", {"zone": zone.key, **days})


async def card(desk: Desk, as_of: date, zone: ZoneInfo) -> Told:
    """The report card of the scores, once a month; a team without any score gets none."""
    facts = await desk.read(report_facts.facts, CARD, zone)
    if not facts.cards:
        return "No score was made yet, so there is no report card.", {"sent": False}
    return await _send(desk, facts, f"report:{CARD}:{as_of:%Y-%m}", {"zone": zone.key})


async def _send(desk: Desk, facts: ReportFacts, key: str, more: dict[str, Any]) -> Told:
    channel = await desk.read(reports.place)
    if not channel:
        return "The team wants no reports in a channel, or has none.", {"sent": False}
    sent = await desk.write(_enqueue, channel, key, {"channel": channel, "which": facts.which, **more})
    said = "The report goes to the channel." if sent else "The report of this time went to the channel before."
    return said, {"sent": sent}


def _enqueue(work: Work, channel: str, key: str, payload: dict[str, Any]) -> bool:
    return outbox.enqueue(work, "report", f"channel:{channel}", key, payload) is not None


def _happened(told: Period) -> bool:
    sums = told.sums
    return bool(sums.logged or sums.won or sums.lost or sums.opened or told.waiting.n or told.overdue.n)
