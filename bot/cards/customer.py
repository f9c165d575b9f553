"""Customers: the card, the choices where it is open who is meant, nothing found, and the short form for a channel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.audience import Place
from bot.blocks import Block, Line, Message, Piece
from bot.cards import wording
from bot.names import Action
from crm_store.values.people import CustomerBrief, CustomerCard, Found, ScoreView

ASKER: Final = Place("ephemeral")
MORE: Final = (
    ("Change owner", "owner"),
    ("Edit", "edit"),
    ("Merge", "merge"),
    ("Privacy", "privacy"),
    ("Who knows them", "knows"),
)
"""What the menu of a card offers beside its buttons; Slack takes five at most."""
_CHOICES: Final = 5
_LONGEST_NAME: Final = 80
_MOST_WORDS: Final = 5


def found(
    card: CustomerCard, query: str | None, exact: bool, others: Sequence[Found], *, now: datetime, zone: ZoneInfo,
    place: Place, currency: str = "", days: int = 0, nearest: str = "",
) -> Message:  # fmt: skip
    """All that the place may see of a customer, one screen, with what to do next; `nearest` is what the query meant."""
    customer = card.customer
    if place.only_name:
        return _name_alone(customer)
    rows = [
        _matched(query, exact, nearest or customer.name),
        *_about(card, place),
        *(_scores(card, _currency(card, currency), days) if place.scores else ()),
        *(blocks.one_line(one, 300) for one in card.news[:4] if place.contact_points),
        _last_contact(customer, now, zone),
        _next_step(card, now, zone),
        _private(card, place),
    ]
    return blocks.message(
        _aloud(card, now, zone),
        blocks.header(wording.customer(customer)),
        blocks.lines(*rows),
        *_needs(card),
        *_deals(card, now, zone),
        _buttons(card, place),
        *_others(others, customer.customer_id),
    )


def _matched(query: str | None, exact: bool, nearest: str) -> Line | None:
    if not query or exact:
        return None
    return ["Found ", blocks.bold(nearest), f"; nearest to “{blocks.one_line(query, 100)}”."]


def _aloud(card: CustomerCard, now: datetime, zone: ZoneInfo) -> str:
    parts = [wording.customer(card.customer), wording.last_contact(card.customer, now, zone)]
    if card.next_task:
        parts.append(f"next: {card.next_task.title}, {wording.due(card.next_task.due_at, now, zone)[1]}")
    return "; ".join(blocks.one_line(part, 200) for part in parts) + "."


def _about(card: CustomerCard, place: Place) -> list[Line]:
    customer = card.customer
    first: list[Piece] = [blocks.one_line(card.title)] if card.title else []
    if customer.owner:
        first += [" · Owner " if first else "Owner ", blocks.person(customer.owner)]
    rows: list[Line] = [first] if first else []
    if place.contact_points:
        points = [blocks.one_line(one.value, 100) for one in card.points if one.state == "live"][:3]
        rows += [" · ".join(points)] if points else []
    if card.segments:
        rows.append("Segment " + ", ".join(blocks.one_line(one, 60) for one in card.segments[:3]))
    return rows


def _currency(card: CustomerCard, given: str) -> str:
    return given or next((one.amount.currency for one in card.deals if one.amount), "")


def _scores(card: CustomerCard, currency: str, days: int) -> list[Line]:
    rows: list[Line] = []
    if card.potential:
        rows += _score("Potential", card.potential, currency)
    if card.value:
        rows += _score("Value", card.value, currency, days)[:1]
    return rows


def _score(name: str, score: ScoreView, currency: str, days: int = 0) -> list[Line]:
    head: Line = [
        blocks.bold(name),
        f" {wording.score(score, currency, days)}",
        f" · n {score.n:,}, {score.as_of:%d %b %Y}",
    ]
    return [head, *(f"– {blocks.one_line(reason, 200)}" for reason in score.reasons[:2])]


def _last_contact(customer: CustomerBrief, now: datetime, zone: ZoneInfo) -> Line | None:
    if customer.last_touch_at is None:
        return None
    at = customer.last_touch_at
    said = f" {wording.kind(customer.last_touch_kind or 'contact')}, {wording.moment(at, now, zone)}"
    row = [blocks.bold("Last contact"), f"{said} ({wording.ago(at, now, zone)})"]
    return [*row, " by ", blocks.person(customer.last_touch_by)] if customer.last_touch_by else row


def _next_step(card: CustomerCard, now: datetime, zone: ZoneInfo) -> Line | None:
    if card.next_task is None:
        return None
    return [blocks.bold("Next step"), " ", *wording.task_line(card.next_task, now, zone, who=False)]


def _private(card: CustomerCard, place: Place) -> Line | None:
    if not card.private_notes or not place.private_lines:
        return None
    return wording.counted(card.private_notes, "private note")


def _needs(card: CustomerCard) -> list[Block | None]:
    if not card.needs:
        return []
    return [
        blocks.lines([blocks.bold("Wants")]),
        blocks.bullets([blocks.one_line(one.text, 300) for one in card.needs[:5]]),
    ]


def _deals(card: CustomerCard, now: datetime, zone: ZoneInfo) -> list[Block | None]:
    if not card.deals:
        return []
    today = now.astimezone(zone).date()
    rows: list[Line] = [blocks.one_line(wording.deal(one, today), 300) for one in card.deals[:3]]
    more = card.deals_more + max(0, len(card.deals) - 3)
    if more:
        rows.append(f"and {wording.counted(more, 'more deal')}")
    return [blocks.lines([blocks.bold("Open deals")]), blocks.bullets(rows)]


def _buttons(card: CustomerCard, place: Place) -> Block | None:
    customer = card.customer
    value = {"customer": customer.customer_id}
    scored = place.scores and (card.value or card.potential)
    why = {"line": f"why {customer.email or blocks.one_line(customer.name, 200)}"}
    return blocks.actions(
        blocks.button("Log", Action.LOG_DIALOG, value, style="primary"),
        blocks.button("Task", Action.TASK_DIALOG, value),
        blocks.button("Stage", Action.CUSTOMER_STAGE, value, label_aloud=f"Deals of {customer.name}"),
        blocks.button("Timeline", Action.TIMELINE, value),
        blocks.button("Why", Action.DID_YOU_MEAN, why, label_aloud="Why these scores") if scored else None,
        blocks.button("Share here", Action.SHARE, value) if place.kind == "ephemeral" else None,
        blocks.overflow(Action.CUSTOMER_MORE, [(label, {**value, "do": what}) for label, what in MORE]),
    )


def privacy(card: CustomerCard, *, now: datetime, zone: ZoneInfo) -> Message:
    """Who sees a customer, where each address and number came from, and how the data leave or go."""
    customer = card.customer
    who = "Only the owner sees this customer." if card.level != "team" else "Everybody of the team sees this customer."
    rows: list[Line] = [
        f"{blocks.one_line(one.value, 100)}: from {wording.kind(one.source)}, last seen "
        f"{wording.ago(one.last_seen, now, zone)}"
        for one in card.points[:20]
    ]
    named = customer.email or blocks.one_line(customer.name, 200)
    said = f"Privacy of {wording.customer(customer)}"
    return blocks.message(
        said,
        blocks.header(said),
        blocks.lines(who, "Private notes are read by whoever wrote them, and by nobody else."),
        blocks.lines([blocks.bold("Where addresses and numbers come from")]) if rows else None,
        blocks.bullets(rows),
        blocks.actions(
            blocks.button("Erase this person", Action.DID_YOU_MEAN, {"line": f"forget {named}"}),
            blocks.button("Edit", Action.EDIT, {"customer": customer.customer_id}),
        ),
        blocks.context("Erasing is for admins; it asks once more and says before what will go."),
    )


def _others(others: Sequence[Found], shown: str) -> list[Block | None]:
    rest = [one.customer for one in others if one.customer.customer_id != shown][:3]
    if not rest:
        return []
    buttons = [blocks.button(wording.customer(one), Action.CARD, {"customer": one.customer_id}) for one in rest]
    return [blocks.context("Or did you mean"), blocks.actions(*buttons)]


def choices(
    wanted: str, found: Sequence[Found], then: str, *, now: datetime, zone: ZoneInfo, question: str = ""
) -> Message:
    """Who is meant: up to five with company and last contact, and None of these; `then` is the gesture to finish."""
    asked = question or f"Who is “{blocks.one_line(wanted, 100)}”?"
    rows = []
    for one in found[:_CHOICES]:
        value = {"customer": one.customer.customer_id, "then": then}
        pick = blocks.button("Choose", Action.PICK_CUSTOMER, value, label_aloud=f"Choose {one.customer.name}")
        who = wording.customer(one.customer)
        twin = sum(wording.customer(other.customer) == who for other in found[:_CHOICES]) > 1
        parts = (one.customer.email if twin else "", wording.last_contact(one.customer, now, zone))
        details = " · ".join(part for part in parts if part)
        words = f"{blocks.one_line(who)}\n{blocks.one_line(details, 300)}"
        rows.append(blocks.section(words, accessory=pick))
    names = ", ".join(blocks.one_line(wording.customer(one.customer), 100) for one in found[:_CHOICES])
    none = blocks.button("None of these: add a contact", Action.ADD_CONTACT, {"name": wanted[:200]})
    return blocks.message(f"{asked} {names}", blocks.lines([blocks.bold(asked)]), *rows, blocks.actions(none))


def nothing(wanted: str, sentence: str = "") -> Message:
    """Nobody found, with a button that adds the person; a whole sentence is nobody's name."""
    if not wanted.strip():
        said = blocks.one_line(sentence, 300)
        return blocks.message(said, blocks.section(said))
    said = f"Nobody fits “{blocks.one_line(wanted, 120)}”."
    more = blocks.button("Show help", Action.HELP_TRY, {"line": "help"})
    if not _may_be_a_name(wanted):
        how = "A name alone shows its card; what was said is kept by `log ann: …`, and what is to be done by `task …`."
        return blocks.message(said, blocks.section(said), blocks.context(how), blocks.actions(more))
    add = blocks.button(f"Add {blocks.one_line(wanted, 60)}", Action.ADD_CONTACT, {"name": wanted[:200]})
    return blocks.message(said, blocks.section(said), blocks.actions(add, more))


def _may_be_a_name(text: str) -> bool:
    has_letters = any(letter.isalnum() for letter in text)
    return has_letters and len(text) <= _LONGEST_NAME and len(text.split()) <= _MOST_WORDS and not text.endswith("?")


def shared(card: CustomerCard, by: str | None, *, outsiders: bool, now: datetime, zone: ZoneInfo) -> Message:
    """The short form for a channel: no scores, no addresses, no text; with outsiders the name alone."""
    customer = card.customer
    head = _name_alone(customer) if outsiders else None
    if head is not None:
        return head
    rows: list[Line | None] = [["Shared by ", blocks.person(by)] if by else None]
    if customer.last_touch_at:
        rows.append(f"Last contact {wording.ago(customer.last_touch_at, now, zone)}")
    if card.deals:
        rows.append(wording.counted(len(card.deals) + card.deals_more, "open deal"))
    show = blocks.button("Show me the card", Action.CARD, {"customer": customer.customer_id})
    return blocks.message(
        wording.customer(customer), blocks.header(wording.customer(customer)), blocks.lines(*rows), blocks.actions(show)
    )


def _name_alone(customer: CustomerBrief) -> Message:
    show = blocks.button("Show me the card", Action.CARD, {"customer": customer.customer_id})
    return blocks.message(customer.name, blocks.header(customer.name or "A customer"), blocks.actions(show))


def option(customer: CustomerBrief) -> Block:
    """A customer as one choice of a customer field."""
    return blocks.option(wording.customer(customer), customer.customer_id, customer.email or "")
