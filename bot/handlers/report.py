"""Reports and scores: pictures with their text, and the reasons of a score."""

from bot.ask import Ask
from bot.cards import report as cards
from bot.grammar.commands import Potential, Report, Segment, Value, Why
from bot.routes import Routes
from crm_store import outbox
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.queries import mailroom, reports
from crm_store.queries import segments as segment_queries
from crm_store.queries.best import best as best_of


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Report, report)
    routes.command(Why, why)
    routes.command(Value, value)
    routes.command(Potential, potential)
    routes.command(Segment, segment)


async def report(ask: Ask, command: Report) -> None:
    """`report [segments|value|pipeline|week|health]`: the pictures come by direct message or into the channel."""
    which = command.which or reports.DEFAULT
    if which not in reports.REPORTS:
        names = ", ".join(f"`report {one}`" for one in reports.REPORTS if one != reports.DEFAULT)
        raise BadInput(
            f"There is no report “{which[:60]}”. There are {names}, and `report` for the usual three charts."
        )
    charts = await ask.read(reports.charts, which)
    if not charts:
        raise BadInput(
            "There is nothing to draw yet: the nightly job has not run. A manager can say `/crm run nightly`."
        )
    channel = ask.gesture.channel if ask.gesture.channel.startswith("D") else ask.user.slack_user_id
    payload = {"user_id": ask.user.user_id, "channel": channel, "which": which}
    key = f"report:{ask.claimed.inbox_id}"

    def action(work: Work) -> None:
        outbox.enqueue(work, "report", f"dm:{ask.user.user_id}", key, payload)

    await ask.act(action, lambda _: None if ask.gesture.channel.startswith("D") else cards.coming(len(charts)))


async def why(ask: Ask, command: Why) -> None:
    """`why ann`: the reasons of the scores; `why mail`: why the last mails were filed or dropped."""
    if command.topic == "mail":
        lines = await ask.read(mailroom.why, ask.user.user_id)
        await ask.answer(cards.why_mail(lines, now=ask.now, zone=ask.zone))
        return
    await _scores(ask, command.who, ("value", "alive", "potential", "lead", "deal"))


async def value(ask: Ask, command: Value) -> None:
    """`value ann`, or the best of the team."""
    await _one_kind(ask, command.who, "value")


async def potential(ask: Ask, command: Potential) -> None:
    """`potential ann`, or the best of the team."""
    await _one_kind(ask, command.who, "potential")


async def _one_kind(ask: Ask, who: str, kind: str) -> None:
    if who or ask.chosen:
        await _scores(ask, who, (kind, "lead") if kind == "potential" else (kind,))
        return
    best = await ask.read(best_of, kind, 10)
    days = await ask.read(reports.horizon_days)
    await ask.answer(cards.best(kind, best, currency=ask.team.currency, days=days))


async def _scores(ask: Ask, who: str, kinds: tuple[str, ...]) -> None:
    customer = await ask.who(who)
    scores = await ask.read(reports.why, customer.customer_id)
    records = await ask.read(reports.latest)
    fitting = tuple(one for one in scores if one.kind in kinds)
    judged = tuple(one for one in records if one.kind in kinds)
    await ask.answer(cards.why(customer, fitting, judged, currency=ask.team.currency))


async def segment(ask: Ask, command: Segment) -> None:
    """`segment`: the segments there are; rules of one's own come with the analysis issue."""
    if command.rule:
        raise BadInput("Segments by a rule of your own are not in this version. `/crm segment` lists those found.")
    found = await ask.read(segment_queries.list)
    await ask.answer(cards.segments(found))
