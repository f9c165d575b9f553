"""The timeline of a customer: newest first, in pages."""

from datetime import datetime

from bot.ask import Ask
from bot.cards import timeline as cards
from bot.grammar.commands import Timeline
from bot.names import Action
from bot.routes import Routes
from crm_store.queries import customers as customer_queries
from crm_store.queries import timeline as timeline_queries


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Timeline, timeline)
    routes.button(Action.TIMELINE, first)
    routes.button(Action.TIMELINE_OLDER, older)


async def timeline(ask: Ask, command: Timeline) -> None:
    """`timeline acme mails since:may`."""
    customer = await ask.who(command.who)
    kinds = tuple(one.value for one in command.kinds)
    await _show(ask, customer.customer_id, kinds, command.since, command.until, command.text, None)


async def first(ask: Ask) -> None:
    """The Timeline button of a card."""
    await _show(ask, str(ask.pressed.get("customer", "")), (), None, None, "", None)


async def older(ask: Ask) -> None:
    """The Older button: go on where the page ended."""
    pressed = ask.pressed
    kinds = tuple(one for one in str(pressed.get("kinds", "")).split(",") if one)
    before = datetime.fromisoformat(str(pressed.get("before")))
    since = datetime.fromisoformat(str(pressed["since"])) if pressed.get("since") else None
    await _show(ask, str(pressed.get("customer", "")), kinds, since, None, str(pressed.get("text", "")), before)


async def _show(
    ask: Ask,
    customer_id: str,
    kinds: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    text: str,
    before: datetime | None,
) -> None:
    customer = await ask.read(customer_queries.by_id, customer_id)
    page = await ask.read(
        timeline_queries.timeline, [customer_id], kinds=kinds, since=since, until=until, text=text, before=before
    )
    message = cards.page(
        customer, page, kinds=kinds, text=text, since=since, until=until, now=ask.now, zone=ask.zone
    )  # fmt: skip
    await ask.answer(message)
