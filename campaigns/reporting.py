"""Reports that go by the clock to a team's channel, or to its managers where it has none, each once for its time."""

from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from crm_store import outbox
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.queries import report_facts, reports, teams
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
    if await desk.read(reports.switched_off):
        return "The team wants no reports by the clock.", {"sent": False}
    channel = await desk.read(reports.place)
    sent = await desk.write(_enqueue, channel, key, {"which": facts.which, **more})
    where = "the channel" if channel else "the managers"
    said = f"The report goes to {where}." if sent else f"The report of this time went to {where} before."
    return said, {"sent": bool(sent)}


def _enqueue(work: Work, channel: str, key: str, payload: dict[str, Any]) -> int:
    """To the channel; without one, to whoever leads the team, by direct message."""
    if channel:
        payload = {"channel": channel, **payload}
        return int(outbox.enqueue(work, "report", f"channel:{channel}", key, payload) is not None)
    sent = 0
    for one in teams.leads(work):
        own = {"user_id": one.user_id, **payload}
        sent += outbox.enqueue(work, "report", f"report:{one.user_id}", f"{key}:{one.user_id}", own) is not None
    return sent


def _happened(told: Period) -> bool:
    sums = told.sums
    return bool(sums.logged or sums.won or sums.lost or sums.opened or told.waiting.n or told.overdue.n)
