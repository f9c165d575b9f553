"""Logging a Slack message or its thread: by shortcut (two clicks) or by reaction (none)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from bot.ask import Ask
from bot.blocks import Block
from bot.cards import messages as cards
from bot.cards import receipt
from bot.gestures import Did
from bot.grammar import mentions, notes, promises, words
from bot.handlers import hearing
from bot.handlers.hearing import Said, Speaker
from bot.names import Dialog, Shortcut
from bot.routes import Routes
from crm_store.actions import files as file_actions
from crm_store.actions import threads as thread_actions
from crm_store.actions import undo as undo_actions
from crm_store.engine.work import Work
from crm_store.errors import BadInput, CrmError, DeliveryError, NotFound
from crm_store.lookup import search
from crm_store.queries import channel_links as link_queries
from crm_store.queries import customers as customer_queries
from crm_store.queries import good_to_know
from crm_store.queries import threads as thread_queries
from crm_store.queries import undo as undo_queries
from crm_store.values.acts import NewCommunication, Person, Receipt
from crm_store.values.people import CustomerBrief
from crm_store.values.threads import Heard

_TAKEN_BACK_WITHIN: Final = 60.0
_KINDS: Final = frozenset({"call", "meeting", "mail"})
_GUESSED_FROM: Final = 20


@dataclass(frozen=True, slots=True)
class Place:
    """What is to be logged: the thread of `root_ts`, or without `whole` the message `ts`; `text` where it was typed.

    `readable` says that we are in that channel, so that what comes later can follow.
    """

    channel: str
    ts: str
    root_ts: str
    whole: bool
    text: str = ""
    readable: bool = True

    @property
    def anchor(self) -> str:
        """The message that the log hangs on."""
        return self.root_ts if self.whole else self.ts


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.shortcut(Shortcut.LOG_TO_CRM, open_dialog)
    routes.dialog(Dialog.LOG_MESSAGE, submitted, cards.check_message)
    routes.gesture(Did.REACTED, reacted)
    routes.gesture(Did.UNREACTED, unreacted)


async def open_dialog(ask: Ask) -> None:
    """Click one: the shortcut; the customer is guessed. Click two: Log.

    The first message of a thread stands for the thread; of a reply it is open how much is meant.
    """
    await ask.open_made(_dialog(ask))


async def _dialog(ask: Ask) -> Block:
    gesture = ask.gesture
    text = words.from_slack(gesture.text)
    root_ts = gesture.thread_ts or gesture.ts
    guess = await guess_customer(ask, text, gesture.channel, root_ts)
    if guess is None and gesture.thread_ts:
        guess = await _guess_from_thread(ask, gesture.channel, root_ts)
    guess = guess or await _shown_last(ask)
    return cards.message_dialog(
        guess, text, gesture.channel, gesture.ts, gesture.author, gesture.thread_ts,
        whole=_begins(gesture.channel, gesture.ts, root_ts),
    )  # fmt: skip


def _begins(channel: str, ts: str, root_ts: str) -> bool:
    """Whether a message stands for its thread; what is said to us directly is an order and no thread."""
    return root_ts == ts and not channel.startswith("D")


async def guess_customer(ask: Ask, text: str, channel: str = "", root_ts: str = "") -> CustomerBrief | None:
    """Who a message is about: an address in it, a name that one customer alone fits, then its thread and channel."""
    addresses = [word.strip(".,;:<>()") for word in text.split() if "@" in word[1:]]
    if addresses:
        known = await ask.read(customer_queries.by_points, addresses)
        if known:
            return next(iter(known.values()))
    for phrase in mentions.names_in(text):
        answer = await ask.read(search.search, phrase, prefer_owner=ask.user.user_id, channel=channel)
        if answer.found and answer.certain:
            return answer.found[0].customer
        if answer.found and (here := await _of_the_channel(ask, channel)):
            there = [one.customer for one in answer.found if one.customer.company_id == here]
            if len(there) == 1:
                return there[0]
    return await _from_around(ask, channel, root_ts) if channel else None


async def _of_the_channel(ask: Ask, channel: str) -> str:
    link = await ask.read(link_queries.of_channel, channel) if channel else None
    return link.company_id if link else ""


async def _from_around(ask: Ask, channel: str, root_ts: str) -> CustomerBrief | None:
    """Whom the thread was logged with, else the only person of the channel's company."""
    known = await ask.read(thread_queries.customer_of, channel, root_ts)
    if known is not None:
        return await ask.read(customer_queries.by_id, known)
    if company_id := await _of_the_channel(ask, channel):
        people = await ask.read(link_queries.people, company_id)
        return await ask.read(customer_queries.by_id, people[0]) if len(people) == 1 else None
    return None


async def _shown_last(ask: Ask) -> CustomerBrief | None:
    """Whom the asker saw last: good enough for a dialog that shows the guess before anything is written."""
    try:
        return await ask.read(customer_queries.resolve, "them")
    except NotFound:
        return None


async def submitted(ask: Ask) -> None:
    """The dialog was sent."""
    fields = cards.read_message(ask.gesture.values, ask.gesture.metadata)
    customer = await ask.read(customer_queries.by_id, fields.customer_id)
    place = Place(fields.channel, fields.ts, fields.root_ts, fields.whole, fields.text)
    await _log(ask, customer, place, {"user": fields.author, "text": fields.text, "ts": fields.ts})


async def reacted(ask: Ask) -> None:
    """One reaction logs the message, or the thread it begins; where it is open who is meant, a question follows."""
    if ask.gesture.reaction != ask.log_reaction:
        await ask.done("another reaction")
        return
    channel, ts = ask.gesture.channel, ask.gesture.ts
    found = await _seen(ask, channel, ts)
    if found is None:
        await ask.done("the message is gone")
        return
    root_ts = str(found.get("thread_ts") or ts)
    place = Place(channel, ts, root_ts, _begins(channel, ts, root_ts))
    text = words.from_slack(str(found.get("text", "")))
    customer: CustomerBrief | None
    if ask.chosen:
        customer = await ask.read(customer_queries.by_id, ask.chosen)
    else:
        customer = await guess_customer(ask, text, channel, root_ts)
        if customer is None and found.get("thread_ts"):
            customer = await _guess_from_thread(ask, channel, root_ts)
    if customer is None:
        answer = await ask.read(search.search, text[:200], prefer_owner=ask.user.user_id, channel=channel)
        await _beside(ask, place, root_ts != ts).answer(
            receipt.which_customer_for_message(text, answer.found, ask.claimed.inbox_id, now=ask.now, zone=ask.zone)
        )
        return
    await _log(ask, customer, place, found)


async def _seen(ask: Ask, channel: str, ts: str) -> Mapping[str, Any] | None:
    """A message by its place; a reply is found in the thread that Slack names for it."""
    found = await ask.slack.message(channel, ts)
    if found is not None:
        return found
    return next((one for one in await ask.slack.thread(channel, ts) if one.get("ts") == ts), None)


async def _guess_from_thread(ask: Ask, channel: str, root_ts: str) -> CustomerBrief | None:
    """What else was said in the thread may name whom this message does not."""
    try:
        messages = await ask.slack.thread(channel, root_ts, _GUESSED_FROM)
    except DeliveryError as problem:
        if not problem.permanent:
            raise
        return None
    for one in messages[:_GUESSED_FROM]:
        if hearing.by_people(one) and (guess := await guess_customer(ask, words.from_slack(str(one.get("text", ""))))):
            return guess
    return None


async def _messages(
    ask: Ask, place: Place, message: Mapping[str, Any]
) -> tuple[Place, list[Mapping[str, Any]]]:  # fmt: skip
    """What is to be logged, as it is now; what may not be read is what the gesture brought, and that message alone."""
    # What is said from here on is kept as it comes, so that nothing falls between reading and logging.
    await ask.desk.write(thread_actions.watch, place.channel, place.anchor, whole=place.whole)
    try:
        if place.whole:
            return place, await ask.slack.thread(place.channel, place.root_ts) or [message]
        found = await ask.slack.message(place.channel, place.ts, place.root_ts)
    except DeliveryError as problem:
        if not problem.permanent:
            raise
        return replace(place, whole=False, readable=False), [message]
    return place, [found or message]


async def _log(ask: Ask, customer: CustomerBrief, place: Place, message: Mapping[str, Any]) -> None:
    try:
        await _write(ask, customer, *await _messages(ask, place, message))
    except CrmError:
        await ask.desk.write(thread_actions.unwatch, place.channel, place.anchor)
        raise


async def _write(ask: Ask, customer: CustomerBrief, place: Place, messages: Sequence[Mapping[str, Any]]) -> None:
    wanted = [one for one in messages if hearing.not_by_us(ask, one)]
    said = await hearing.said(ask, place.channel, place.root_ts, wanted)
    if not said.heard:
        raise BadInput("There is nothing to log: the message has no words, or they are mine.")
    files = await hearing.fetched(ask, said.files)
    link = await hearing.permalink(ask, place.channel, place.anchor)
    communication = replace(_communication(ask, customer, place, said, link), attachments=files.attached)
    known = await ask.read(good_to_know.of, customer.customer_id)
    offers = _offers(ask, said)

    def action(work: Work) -> Receipt:
        file_actions.keep(work, files.kept)
        return thread_actions.log(
            work, communication, said.heard, channel=place.channel, root_ts=place.anchor, whole=place.whole
        )

    await _beside(ask, place, len(said.heard) > 1 or place.ts != place.root_ts).act(
        action,
        lambda made: receipt.logged(
            made, customer, communication, deal=None, known=known, now=ask.now, zone=ask.zone, promises=offers,
            told=(*_extent(place, said), *files.refused),
        ),
    )  # fmt: skip


def _beside(ask: Ask, place: Place, in_thread: bool) -> Ask:
    """The answer is read by the asker alone, in the thread that was logged, where there is one."""
    return replace(ask, beside=(place.channel, place.root_ts if in_thread else ""))


def _extent(place: Place, said: Said) -> tuple[str, ...]:
    if not place.readable:
        return ("I am not in this channel, so later replies and edits cannot follow.",)
    if not place.whole:
        return ()
    count = len(said.heard)
    if count == 1:
        return ("Replies to it will be added.",)
    return (f"The whole thread of {count} messages. Replies to come are added.",)


def _communication(
    ask: Ask, customer: CustomerBrief, place: Place, said: Said, link: str | None
) -> NewCommunication:  # fmt: skip
    text = place.text if place.text and not place.whole else "\n".join(one.text for one in said.heard)
    understood = notes.understand(text, ask.now, ask.zone, ask.team.currency)
    first = said.first or Speaker(ask.user.slack_user_id, ask.user.name, ask.user)
    speaking = {one.slack_user_id: one.person() for one in (first, *said.speakers)}
    own = {one.customer_id for one in speaking.values() if one.customer_id}
    about = (
        ()
        if customer.customer_id in own
        else (Person("to", customer.name, customer.email, customer_id=customer.customer_id),)
    )
    return NewCommunication(
        kind=understood.kind.value if understood.kind.value in _KINDS and len(said.heard) == 1 else "message",
        direction="incoming" if first.is_theirs else "outgoing",
        happened_at=min(datetime.fromtimestamp(float(place.anchor), UTC), ask.now),
        text=text,
        source="slack",
        source_key=thread_queries.key(place.channel, place.anchor),
        people=(*about, *speaking.values()),
        permalink=link,
        needs=tuple(need.text for need in understood.needs),
    )


def _offers(ask: Ask, said: Said) -> tuple[receipt.Offer, ...]:
    """What colleagues said in it that they would do; of others than the asker with their names."""
    users = {one.slack_user_id: one.user for one in said.speakers}
    found = []
    for one in said.heard:
        user = users.get(one.author)
        if user is None:
            continue
        by = "" if user.user_id == ask.user.user_id else user.name
        for promised in promises.made_in(one.text, _at(one), ask.zone, ask.now):
            found.append(receipt.Offer(promised.title, promised.due, user.user_id, by))
    return tuple(found[:3])


def _at(heard: Heard) -> datetime:
    return datetime.fromtimestamp(float(heard.ts), UTC)


async def unreacted(ask: Ask) -> None:
    """Taking the reaction off within a minute takes the log back."""
    channel, ts = ask.gesture.channel, ask.gesture.ts
    found = None
    if ask.gesture.reaction == ask.log_reaction:
        found = await ask.read(undo_queries.of_source, thread_queries.key(channel, ts), ask.user.user_id)
    if found is None or (ask.claimed.received_at - found.at).total_seconds() > _TAKEN_BACK_WITHIN:
        await ask.done("nothing to take back")
        return

    def action(work: Work) -> object:
        return undo_actions.undo(work, found.undo_id)

    await replace(ask, beside=(channel, "")).act(action, lambda _: receipt.undone(f"Taken back: {found.sentence}", ()))
