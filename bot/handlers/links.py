"""Links to customers and deals become cards below the message, with what everybody there may see, and side panes."""

import contextlib
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from bot.ask import Ask
from bot.cards import customer as customer_cards
from bot.cards import links as cards
from bot.cards.dialogs import chosen, typed
from bot.gestures import Did
from bot.grammar import dates
from bot.handlers import deals
from bot.names import Field
from bot.routes import Routes
from crm_store import money, outbox
from crm_store.engine.work import Work
from crm_store.errors import CrmError, DeliveryError
from crm_store.ids import Prefix
from crm_store.queries import customers as customer_queries
from crm_store.queries import deals as deal_queries
from crm_store.values.deals import DealChange, DealDetails
from crm_store.values.people import CustomerCard

_MOST: Final = 5
_CUSTOMER: Final = f"{Prefix.CUSTOMER}_"
_DEAL: Final = f"{Prefix.DEAL}_"


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.gesture(Did.SHARED_LINK, unfurl)
    routes.gesture(Did.OPENED_ENTITY, details)
    routes.gesture(Did.SAVED_ENTITY, saved)


async def unfurl(ask: Ask) -> None:
    """Unfurl what is ours; what is not found, or is not everybody's to see, stays a bare link."""
    outsiders = await ask.slack.outsiders_in(ask.gesture.channel)
    unfurls: dict[str, Any] = {}
    entities = []
    for link in list(dict.fromkeys(ask.gesture.links))[:_MOST]:
        shown = await _shown(ask, link, outsiders=outsiders)
        if shown is not None:
            unfurls[link] = {"blocks": shown[0]}
            entities.append(shown[1])
    if not unfurls:
        await ask.done("no link of ours")
        return
    place = {"via": "unfurl", "channel": ask.gesture.channel, "ts": ask.gesture.ts}
    payload = {**place, "unfurls": unfurls, "entities": entities}

    def action(work: Work) -> None:
        outbox.enqueue(work, "answer", f"unfurl:{ask.claimed.inbox_id}", f"unfurl:{ask.claimed.inbox_id}", payload)

    await ask.act(action, lambda _: None)


async def _shown(ask: Ask, link: str, *, outsiders: bool) -> tuple[list[Any], cards.Entity] | None:
    """A link as blocks and as an object; a bare address is shown to colleagues alone, what is private to nobody."""
    named = named_by(link, ask.link_domain)
    try:
        if named.startswith(_DEAL):
            deal = await ask.read(deal_queries.details, named)
            if deal.level != "team":
                return None
            message = cards.deal_blocks(deal, outsiders=outsiders, now=ask.now, zone=ask.zone)
            entity = cards.deal(deal, link, outsiders=outsiders, in_pane=False, now=ask.now, zone=ask.zone)
            return list(message.blocks), entity
        if named.startswith(_CUSTOMER) or ("@" in named and not outsiders):
            found = await ask.read(_customer, named)
            if found is None or found.level != "team":
                return None
            message = customer_cards.shared(found, None, outsiders=outsiders, now=ask.now, zone=ask.zone)
            entity = cards.customer(found, link, outsiders=outsiders, in_pane=False, now=ask.now, zone=ask.zone)
            return list(message.blocks), entity
    except CrmError:
        return None
    return None


def _customer(work: Work, named: str) -> CustomerCard | None:
    """The card by id, or by an address that is known exactly."""
    if "@" in named:
        known = customer_queries.by_points(work, [named])
        return customer_queries.card(work, next(iter(known.values())).customer_id) if known else None
    return customer_queries.card(work, named)


def named_by(link: str, domain: str) -> str:
    """What the last part of a link of ours names: an id or an address; empty for every other link."""
    try:
        parts = urlsplit(link.strip())
        if parts.scheme not in ("http", "https") or parts.hostname != domain.partition(":")[0].lower():
            return ""
    except ValueError:
        return ""
    return unquote(parts.path).rstrip("/").rpartition("/")[2].strip()


async def details(ask: Ask) -> None:
    """The side pane of a card: what the colleague who opened it may see, and nobody else sees."""
    link, row_id = next(iter(ask.gesture.links), ""), ask.gesture.value
    entity: cards.Entity | None = None
    try:
        if row_id.startswith(_DEAL):
            deal = await ask.read(deal_queries.details, row_id)
            entity = cards.deal(deal, link, outsiders=False, in_pane=True, now=ask.now, zone=ask.zone)
        elif row_id.startswith(_CUSTOMER):
            card = await ask.read(customer_queries.card, row_id)
            entity = cards.customer(card, link, outsiders=False, in_pane=True, now=ask.now, zone=ask.zone)
    except DeliveryError:
        raise
    except CrmError:
        entity = None
    await _present(ask, entity)


async def _present(ask: Ask, entity: cards.Entity | None) -> None:
    """The trigger is good for 3 seconds, so this does not wait in the outbox; a pane that is closed by then is left."""
    try:
        if entity is None:
            await ask.slack.present_details(ask.gesture.trigger_id, error=cards.GONE)
        else:
            await ask.slack.present_details(ask.gesture.trigger_id, cards.presented(entity))
    except DeliveryError as problem:
        if not problem.permanent:
            raise
        await ask.done(f"the pane was not taken: {problem.code}")
        return
    await ask.done("showed details")


async def saved(ask: Ask) -> None:
    """Fields of a deal were changed in the side pane: done, or asked about first; then the pane shows what is true."""
    link = next(iter(ask.gesture.links), "")
    try:
        deal = await ask.read(deal_queries.details, ask.gesture.value)
        wanted = _wanted(ask, deal)
        if wanted.is_empty:
            await ask.done("nothing was changed")
        else:
            await deals.carry_out(ask, deal, wanted)
    except DeliveryError:
        raise
    except CrmError as problem:
        with contextlib.suppress(DeliveryError):
            await ask.slack.present_details(ask.gesture.trigger_id, error=cards.not_saved(problem.sentence))
        await ask.done("not saved")
        return
    deal = await ask.read(deal_queries.details, ask.gesture.value)
    entity = cards.deal(deal, link, outsiders=False, in_pane=True, now=ask.now, zone=ask.zone)
    with contextlib.suppress(DeliveryError):
        await ask.slack.present_details(ask.gesture.trigger_id, cards.presented(entity))


def _wanted(ask: Ask, deal: DealDetails) -> DealChange:
    """What differs from what the pane showed."""
    values = ask.gesture.values
    amount, close = typed(values, Field.AMOUNT).strip(), typed(values, Field.CLOSE).strip()
    stage = chosen(values, Field.STAGE)
    new_amount = amount and amount not in (cards.UNSET, cards.shown_amount(deal))
    new_day = close and close not in (cards.UNSET, cards.shown_day(deal))
    return DealChange(
        amount=money.read(amount, ask.team.currency) if new_amount else None,
        stage=stage if stage != deal.view.stage_id else "",
        close_on=dates.read(close, ask.now, ask.zone).astimezone(ask.zone).date() if new_day else None,
    )
