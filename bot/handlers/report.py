"""Reports: words, numbers and pictures."""

from datetime import timedelta
from typing import Final

from bot.ask import Ask
from bot.cards import report as cards
from bot.grammar.commands import Report
from bot.handlers import deals
from bot.routes import Routes
from crm_store import outbox
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import report_facts, reports

_PIPELINE: Final = "pipeline"
"""The one report of charts alone that a list can stand in for."""


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Report, report)


async def report(ask: Ask, command: Report) -> None:
    """`report [week|month|segments|value|pipeline|health|data]`: words, numbers and pictures by direct message.

    A week or a month ends today, or where `since:` and `until:` say.
    """
    which = command.which or reports.DEFAULT
    if which not in reports.REPORTS:
        names = ", ".join(f"`report {one}`" for one in reports.REPORTS if one != reports.DEFAULT)
        raise BadInput(
            f"There is no report “{which[:60]}”. There are {names}, and `report` for the usual three charts."
        )
    charts = await ask.read(reports.charts, which)
    if not charts and which == _PIPELINE:
        await deals.everybody(ask)
        return
    if not charts and which == reports.DEFAULT:
        raise BadInput(
            "There is nothing to draw yet: the nightly job has not run. A manager can say `/crm run nightly`. "
            "`/crm report week` and `/crm pipeline` do not wait for it."
        )
    channel = ask.gesture.channel if ask.gesture.channel.startswith("D") else ask.user.slack_user_id
    days = _days(ask, command, which)
    payload = {"user_id": ask.user.user_id, "channel": channel, "which": which, "zone": ask.user.time_zone, **days}
    key = f"report:{ask.claimed.inbox_id}"

    def action(work: Work) -> None:
        outbox.enqueue(work, "report", f"dm:{ask.user.user_id}", key, payload)

    await ask.act(action, lambda _: None if ask.gesture.channel.startswith("D") else cards.coming(len(charts)))


def _days(ask: Ask, command: Report, which: str) -> dict[str, str]:
    """The days of a week or a month, settled now, so that what is wrong with them is said at once."""
    if which not in report_facts.PERIODS:
        return {}
    today = ask.now.astimezone(ask.zone).date()
    since = command.since.astimezone(ask.zone).date() if command.since else None
    # What ends at midnight ends with the day before.
    until = (command.until - timedelta(microseconds=1)).astimezone(ask.zone).date() if command.until else None
    first, last = report_facts.days(which, since, until, today)
    return {"since": first.isoformat(), "until": last.isoformat()}
