"""Answers to a look-up that are no person: a company with its people, and deals."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message
from bot.cards import wording
from bot.names import Action
from crm_store.queries.look_up import CompanyFound
from crm_store.values.people import DealView, Found

_OTHERS: Final = 3


def company(wanted: str, found: CompanyFound, then: str, *, now: datetime, zone: ZoneInfo) -> Message:
    """The company and the likeliest of its people; choosing one finishes the gesture `then`."""
    nearest: Line = ["Found ", blocks.bold(found.name), f"; nearest to “{blocks.one_line(wanted, 100)}”."]
    people = wording.counted(found.people_in_all, "person", "people")
    counts = f"{people}, {wording.counted(found.open_deals, 'open deal')}."
    rows: list[Block] = []
    for one in found.people:
        value = {"customer": one.customer_id, "then": then}
        pick = blocks.button("Choose", Action.PICK_CUSTOMER, value, label_aloud=f"Choose {one.name}")
        details = f"{blocks.one_line(one.name)}\n{blocks.one_line(wording.last_contact(one, now, zone), 300)}"
        rows.append(blocks.section(details, accessory=pick))
    more = found.people_in_all - len(found.people)
    names = ", ".join(blocks.one_line(one.name, 100) for one in found.people)
    none = blocks.button("None of these: add a contact", Action.ADD_CONTACT, {"name": wanted[:200]})
    return blocks.message(
        f"{blocks.one_line(found.name, 200)}: {names}",
        blocks.header(found.name),
        blocks.lines(None if found.exact else nearest, counts),
        *rows,
        blocks.context(f"and {wording.counted(more, 'more person', 'more people')}") if more else None,
        blocks.actions(none, blocks.button("Timeline", Action.TIMELINE, {"of": "company", "id": found.company_id})),
    )


def deals(wanted: str, found: Sequence[DealView], people: Sequence[Found], *, now: datetime, zone: ZoneInfo) -> Message:
    """Open deals that were meant, each with the card of its customer, and people who may be meant instead."""
    today = now.astimezone(zone).date()
    said = f"{wording.counted(len(found), 'open deal')} for “{blocks.one_line(wanted, 100)}”"
    rows = [_deal(one, today) for one in found]
    others = [
        blocks.button(wording.customer(one.customer), Action.CARD, {"customer": one.customer.customer_id})
        for one in people[:_OTHERS]
    ]
    return blocks.message(
        f"{said}: {', '.join(blocks.one_line(one.name, 100) for one in found)}",
        blocks.lines([blocks.bold(said)]),
        *rows,
        blocks.context("Or did you mean") if others else None,
        blocks.actions(*others) if others else None,
    )


def _deal(one: DealView, today: date) -> Block:
    whose = ", ".join(part for part in (one.customer, one.company) if part)
    words = "\n".join(blocks.one_line(part, 300) for part in (wording.deal(one, today), whose) if part)
    show = blocks.button("Show", Action.DEAL, {"deal": one.deal_id}, label_aloud=f"Show {one.name}")
    return blocks.section(words or "A deal", accessory=show)
