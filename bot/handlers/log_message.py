"""Logging a Slack message: by shortcut (two clicks) or by reaction (none); edits and deletions follow."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bot.ask import Ask
from bot.cards import dialogs, receipt
from bot.gestures import Did
from bot.grammar import mentions, notes, words
from bot.names import Dialog, Shortcut
from bot.routes import Routes
from crm_store.actions import communications as communication_actions
from crm_store.actions import undo as undo_actions
from crm_store.engine.work import Work
from crm_store.errors import DeliveryError
from crm_store.lookup import search
from crm_store.queries import customers as customer_queries
from crm_store.queries import teams as team_queries
from crm_store.queries import undo as undo_queries
from crm_store.values.acts import NewCommunication, Person, Receipt
from crm_store.values.people import CustomerBrief

_TAKEN_BACK_WITHIN: Final = 60.0
_KINDS: Final = frozenset({"call", "meeting", "mail"})


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.shortcut(Shortcut.LOG_TO_CRM, open_dialog)
    routes.dialog(Dialog.LOG_MESSAGE, submitted, dialogs.check_message)
    routes.gesture(Did.REACTED, reacted)
    routes.gesture(Did.UNREACTED, unreacted)
    routes.gesture(Did.EDITED, edited)
    routes.gesture(Did.DELETED, deleted)


async def open_dialog(ask: Ask) -> None:
    """Click one: the shortcut; the customer is guessed from the text. Click two: Log."""
    text = words.from_slack(ask.gesture.text)
    guess = await guess_customer(ask, text)
    await ask.open(dialogs.message_dialog(guess, text, ask.gesture.channel, ask.gesture.ts, ask.gesture.author))


async def guess_customer(ask: Ask, text: str) -> CustomerBrief | None:
    """Who a message is about: an address in it, else a name that one customer alone fits."""
    addresses = [word.strip(".,;:<>()") for word in text.split() if "@" in word[1:]]
    if addresses:
        known = await ask.read(customer_queries.by_points, addresses)
        if known:
            return next(iter(known.values()))
    for phrase in mentions.names_in(text):
        answer = await ask.read(search.search, phrase, prefer_owner=ask.user.user_id)
        if answer.found and answer.certain:
            return answer.found[0].customer
    return None


async def submitted(ask: Ask) -> None:
    """The dialog was sent."""
    fields = dialogs.read_message(ask.gesture.values, ask.gesture.metadata)
    customer = await ask.read(customer_queries.by_id, fields.customer_id)
    await _log(ask, customer, fields.text, fields.channel, fields.ts, fields.author)


async def reacted(ask: Ask) -> None:
    """One reaction logs the message, without a dialog; where it is open who is meant, a question follows."""
    if ask.gesture.reaction != ask.log_reaction:
        await ask.done("another reaction")
        return
    message = await ask.slack.message(ask.gesture.channel, ask.gesture.ts)
    if message is None:
        await ask.done("the message is gone")
        return
    text = words.from_slack(str(message.get("text", "")))
    customer = await ask.read(customer_queries.by_id, ask.chosen) if ask.chosen else await guess_customer(ask, text)
    if customer is None:
        answer = await ask.read(search.search, text[:200], prefer_owner=ask.user.user_id)
        await ask.answer(
            receipt.which_customer_for_message(text, answer.found, ask.claimed.inbox_id, now=ask.now, zone=ask.zone)
        )
        return
    await _log(ask, customer, text, ask.gesture.channel, ask.gesture.ts, str(message.get("user", "")))


async def _log(ask: Ask, customer: CustomerBrief, text: str, channel: str, ts: str, author: str) -> None:
    understood = notes.understand(text, ask.now, ask.zone, ask.team.currency)
    try:
        permalink = await ask.slack.permalink(channel, ts)
    except DeliveryError:
        permalink = None
    by = await ask.read(team_queries.user_by_slack, author) if author else None
    speaker = by or ask.user
    communication = NewCommunication(
        kind=understood.kind.value if understood.kind.value in _KINDS else "message",
        direction="outgoing",
        happened_at=min(datetime.fromtimestamp(float(ts), UTC), ask.now),
        text=text,
        source="slack",
        source_key=f"slack:{channel}:{ts}",
        people=(
            Person("to", customer.name, customer.email, customer_id=customer.customer_id),
            Person("from", speaker.name, user_id=speaker.user_id),
        ),
        permalink=permalink,
        needs=tuple(need.text for need in understood.needs),
    )
    card = await ask.read(customer_queries.card, customer.customer_id)

    def action(work: Work) -> Receipt:
        return communication_actions.log(work, communication)

    await replace(ask).act(
        action,
        lambda made: receipt.logged(made, customer, communication, deal=None, card=card, now=ask.now, zone=ask.zone),
    )


async def unreacted(ask: Ask) -> None:
    """Taking the reaction off within a minute takes the log back."""
    key = f"slack:{ask.gesture.channel}:{ask.gesture.ts}"
    found = None
    if ask.gesture.reaction == ask.log_reaction:
        found = await ask.read(undo_queries.of_source, key, ask.user.user_id)
    if found is None or (ask.now - found.at).total_seconds() > _TAKEN_BACK_WITHIN:
        await ask.done("nothing to take back")
        return

    def action(work: Work) -> object:
        return undo_actions.undo(work, found.undo_id)

    await ask.act(action, lambda _: receipt.undone(f"Taken back: {found.sentence}", ()))


async def edited(ask: Ask) -> None:
    """A logged message that is edited stays in step."""
    key = f"slack:{ask.gesture.channel}:{ask.gesture.ts}"
    text = words.from_slack(ask.gesture.text)
    await ask.act(lambda work: communication_actions.follow_edit(work, key, text), lambda _: None)


async def deleted(ask: Ask) -> None:
    """A logged message that is deleted is hidden, and the timeline says so."""
    key = f"slack:{ask.gesture.channel}:{ask.gesture.ts}"
    await ask.act(lambda work: communication_actions.hide(work, key), lambda _: None)
