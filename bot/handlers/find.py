"""Look-up: cards, choices when it is open who is meant, sharing, and search as one types."""

from dataclasses import replace
from typing import Any, Final

from bot.ask import Ask, original
from bot.audience import Place
from bot.cards import customer as cards
from bot.cards import deal_dialogs, error
from bot.cards import help as help_cards
from bot.cards import look_up as look_up_cards
from bot.gestures import Gesture
from bot.grammar import courtesies
from bot.grammar.commands import Card, Find
from bot.grammar.courtesies import Courtesy
from bot.names import Action
from bot.routes import Routes
from crm_store.actions import customers as customer_actions
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.lookup import search
from crm_store.queries import company_names, look_up, reports
from crm_store.queries import customers as customer_queries
from crm_store.queries import deals as deal_queries
from crm_store.queries import teams as team_queries
from crm_store.values.people import Found

_REPLIES: Final = {
    Courtesy.THANKS: "You are welcome. `/crm due` shows what is next.",
    Courtesy.FAREWELL: "Until then. `/crm due` shows what is next.",
    Courtesy.STOP: "Nothing is under way. `/crm undo` takes back what was done last.",
}
_SIGNS: Final = " .,:;!\"'“”"
_MOST_OPTIONS: Final = 20
_CLOSE: Final = 0.75
"""Beside a certain answer others are offered that fit three quarters as well."""
_THEM: Final = frozenset({"them", "him", "her"})


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(Card, card)
    routes.command(Find, find)
    routes.button(Action.PICK_CUSTOMER, picked)
    routes.button(Action.CARD, show)
    routes.button(Action.SHARE, share)


async def card(ask: Ask, command: Card) -> None:
    """A bare name: the card of the best match."""
    said = courtesies.read(command.who)
    if ask.chosen or (said is None and command.who.strip(_SIGNS)):
        await _look_up(ask, command.who, command.perhaps)
        return
    reply = _REPLIES.get(said) if said else None
    await ask.answer(error.sentence(reply) if reply else help_cards.help_card(""))


async def find(ask: Ask, command: Find) -> None:
    """`find TEXT`."""
    if not command.text.strip() and not ask.chosen:
        raise BadInput("Say who or what: `/crm find ann`, `/crm find acme`, or an address or a number.")
    await _look_up(ask, command.text, "")


async def _look_up(ask: Ask, text: str, perhaps: str) -> None:
    if ask.chosen:
        await show_card(ask, ask.chosen, query=text, exact=True)
        return
    if text.strip().casefold() in _THEM:
        await show_card(ask, (await ask.who(text)).customer_id)
        return
    meant = await ask.read(look_up.meaning, text, prefer_owner=ask.user.user_id, channel=ask.gesture.channel)
    answer = meant.people
    if await _no_person(ask, text, meant):
        return
    if not answer.found:
        if perhaps:
            await ask.answer(help_cards.did_you_mean(text, perhaps))
            return
        raise NotFound(f"Nobody fits “{text}”.", wanted=text)
    if not answer.certain:
        await ask.answer(cards.choices(text, answer.found, ask.claimed.inbox_id, now=ask.now, zone=ask.zone))
        return
    first, *others = answer.found
    if answer.exact and "@" in text:
        others = []
    close = tuple(one for one in others if one.score >= _CLOSE * first.score)
    await show_card(ask, first.customer.customer_id, query=text, exact=answer.exact, others=close)


async def _no_person(ask: Ask, text: str, meant: look_up.Meaning) -> bool:
    """Answer with the company or the deals that were meant; False where it was a person."""
    company = meant.company
    if company and len(company.people) == 1:
        await show_card(ask, company.people[0].customer_id, query=text, exact=company.exact, company=company.name)
    elif company and company.people:
        await ask.answer(look_up_cards.company(text, company, ask.claimed.inbox_id, now=ask.now, zone=ask.zone))
    elif meant.deals:
        await ask.answer(look_up_cards.deals(text, meant.deals, meant.people.found, now=ask.now, zone=ask.zone))
    else:
        return False
    return True


async def show_card(
    ask: Ask,
    customer_id: str,
    *,
    query: str = "",
    exact: bool = True,
    others: tuple[Found, ...] = (),
    company: str = "",
) -> None:
    """The card of a customer, seen by the asker alone; remembered as `them` for half an hour.

    `company` is what the query was nearest to, where that was the customer's company.
    """
    found = await ask.read(customer_queries.card, customer_id)
    place = Place("dm") if ask.gesture.channel.startswith("D") else cards.ASKER
    days = await ask.read(reports.horizon_days) if found.value else 0
    message = cards.found(
        found, query or None, exact, others, now=ask.now, zone=ask.zone, place=place, currency=ask.team.currency,
        days=days, nearest=company,
    )  # fmt: skip

    def remember(work: Work) -> None:
        customer_actions.remember_shown(work, customer_id)

    await ask.act(remember, lambda _: message)


async def show(ask: Ask) -> None:
    """A button that leads to a customer."""
    await show_card(ask, str(ask.pressed.get("customer", "")))


async def picked(ask: Ask) -> None:
    """The asker chose who was meant: finish what was asked, and remember the answer."""
    customer_id, inbox_id = str(ask.pressed.get("customer", "")), str(ask.pressed.get("then", ""))
    gesture = await ask.read(original, inbox_id)
    if gesture is None or gesture.user != ask.user.slack_user_id:
        await show_card(ask, customer_id)
        return
    gesture = replace(gesture, response_url=ask.gesture.response_url, trigger_id=ask.gesture.trigger_id)
    await ask.perform(replace(ask, gesture=gesture, chosen=customer_id))


async def share(ask: Ask) -> None:
    """Show the card to the channel, with what its least trusted reader may see."""
    customer_id = str(ask.pressed.get("customer", ""))
    if not await ask.slack.is_member_of(ask.gesture.channel):
        raise BadInput("I am not in this channel, so I cannot show anything here. `/invite @Rapport` lets me in.")
    found = await ask.read(customer_queries.card, customer_id)
    outsiders = await ask.slack.outsiders_in(ask.gesture.channel)
    message = cards.shared(found, ask.user.slack_user_id, outsiders=outsiders, now=ask.now, zone=ask.zone)
    await ask.post_in_channel(message)


async def options_for(desk: Desk, gesture: Gesture) -> list[dict[str, Any]]:
    """What fits the letters typed so far; nobody but the one who types sees what is private."""
    user = await desk.read(team_queries.user_by_slack, gesture.user)
    if user is None:
        return []
    own = desk.store.team(desk.team_id, user.user_id)
    if gesture.action_id == Action.FIND_COMPANY:
        found = await own.read(company_names.fitting, gesture.value)
        known = any(name.casefold() == gesture.value.strip().casefold() for _, name in found)
        new = [] if known or not gesture.value.strip() else [deal_dialogs.new_company_option(gesture.value)]
        return [*(deal_dialogs.company_option(*one) for one in found), *new]
    if gesture.action_id == Action.FIND_DEAL:
        deals, _sure = await own.read(deal_queries.named, gesture.value)
        return [deal_dialogs.deal_option(one) for one in deals[:_MOST_OPTIONS]]
    answer = await own.read(search.search, gesture.value, _MOST_OPTIONS, channel=gesture.channel)
    return [cards.option(one.customer) for one in answer.found]
