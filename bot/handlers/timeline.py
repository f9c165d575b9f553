"""The timeline of a customer, a company or a deal: newest first, in pages that turn in place."""

from bot.ask import Ask
from bot.cards import timeline as cards
from bot.grammar.commands import Timeline
from bot.names import Action
from bot.routes import Routes
from crm_store.errors import BadInput
from crm_store.queries import company_names, history, look_up
from crm_store.queries import deals as deal_queries
from crm_store.values.people import DealView
from crm_store.values.timeline import Place, Subject, Wanted

_THEM = frozenset({"them", "him", "her"})


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Timeline, timeline)
    routes.button(Action.TIMELINE, first)
    routes.button(Action.TIMELINE_OLDER, turned)
    routes.button(Action.TIMELINE_NEWER, turned)
    routes.button(Action.TIMELINE_KIND, turned)
    routes.button(Action.TIMELINE_WHOLE, whole)


async def timeline(ask: Ask, command: Timeline) -> None:
    """`timeline acme mails since:may`; `timeline deal renewal`, `timeline company acme`."""
    kinds = tuple(one.value for one in command.kinds)
    wanted = Wanted(kinds, command.since, command.until, command.text)
    await _show(ask, await _whose(ask, command), wanted)


async def first(ask: Ask) -> None:
    """The Timeline button of a card."""
    of, row_id, wanted, _ = cards.read(ask.pressed)
    await _show(ask, await ask.read(history.subject, of, row_id), wanted)


async def turned(ask: Ask) -> None:
    """Older, Newer or another kind: the page turns where it stands."""
    of, row_id, wanted, place = cards.read(ask.pressed)
    await _show(ask, await ask.read(history.subject, of, row_id), wanted, place, replace=True)


async def whole(ask: Ask) -> None:
    """Show all: a long text and the earlier conversation, to the eyes of the asker alone."""
    found = await ask.read(history.words, str(ask.pressed.get("communication", "")))
    part = ask.pressed.get("part", 0)
    message = cards.whole(found, part if isinstance(part, int) else 0, now=ask.now, zone=ask.zone)
    await ask.answer(message, replace="part" in ask.pressed)


async def _show(ask: Ask, of: Subject, wanted: Wanted, place: Place | None = None, *, replace: bool = False) -> None:
    page = await ask.read(history.page, of, wanted, place)
    await ask.answer(cards.page(of, page, wanted, now=ask.now, zone=ask.zone), replace=replace)


async def _whose(ask: Ask, command: Timeline) -> Subject:
    """A person, else the company or the one deal that the words name."""
    word, _, rest = command.who.partition(" ")
    if not ask.chosen and (command.deal or (word.lower() == "deal" and rest)):
        return await _deal(ask, command.deal or rest)
    if not ask.chosen and word.lower() == "company" and rest:
        found = await ask.read(company_names.fitting, rest, 1)
        if not found:
            raise BadInput(f"There is no company like “{rest[:100]}”. `/crm find` shows who is known.")
        return Subject("company", *found[0])
    if ask.chosen or not command.who or word.lower() in _THEM:
        return await _customer(ask, command.who)
    meant = await ask.read(
        look_up.meaning, command.who, prefer_owner=ask.user.user_id, channel=ask.gesture.channel
    )  # fmt: skip
    if meant.company:
        return Subject("company", meant.company.company_id, meant.company.name)
    if len(meant.deals) == 1 and not meant.people.certain:
        return _of_deal(meant.deals[0])
    return await _customer(ask, command.who)


async def _customer(ask: Ask, who: str) -> Subject:
    return await ask.read(history.subject, "customer", (await ask.who(who)).customer_id)


async def _deal(ask: Ask, text: str) -> Subject:
    found, _sure = await ask.read(deal_queries.named, text)
    if len(found) != 1:
        said = f"There is no open deal “{text[:100]}”" if not found else f"“{text[:100]}” may be {len(found)} deals"
        raise BadInput(f"{said}. `/crm deals` lists them; a deal's card has a Timeline button.")
    return _of_deal(found[0])


def _of_deal(one: DealView) -> Subject:
    return Subject("deal", one.deal_id, one.name)
