"""Two customers or two companies that may be one, side by side, and what was decided of them."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message
from bot.cards import receipt, wording
from bot.names import Action
from crm_store.values.acts import NewCustomer, Receipt
from crm_store.values.duplicates import CompanyPairView, CompanySide, Likeness, PairView, Record, Side

_REASONS: Final = 5
_POINTS: Final = 3
_ENOUGH_ALIKE: Final = 5
_FAIRLY: Final = 0.75
_BITS: Final = re.compile(r" \([+-][\d.]+\)$")
"""Weights are for whoever compares two at length, not for a question in passing."""


def pair(shown: PairView, record: Record, *, now: datetime, zone: ZoneInfo, about: str = "") -> Message:
    """The tray: one pair with what speaks for and against it, and three answers that last."""
    a, b = (blocks.one_line(one.customer.name, 100) for one in (shown.a, shown.b))
    said = f"{a} and {b} may be one person: {wording.sure(shown.probability)}."
    waiting = f"{wording.counted(shown.others, 'more pair')} after this one." if shown.others else "The last pair."
    reasons: list[Line] = [[one] for one in shown.why[:_REASONS]]
    moved = f"One person who went to {_newer(shown)}? Then press Changed company." if shown.moved else None
    return blocks.message(
        said,
        blocks.lines(
            [blocks.bold(a), " and ", blocks.bold(b), f" may be one person: {wording.sure(shown.probability)}."]
        ),
        blocks.fields([_side(shown.a, now, zone), _side(shown.b, now, zone)]),
        blocks.together(blocks.lines([blocks.bold("Why")]), blocks.bullets(reasons)) if reasons else None,
        blocks.lines(moved),
        _answers(shown, about),
        blocks.context(f"{waiting} Your answer lasts, and is not asked again without something new. {_so_far(record)}"),
    )


def companies(shown: CompanyPairView, record: Record, *, now: datetime, zone: ZoneInfo) -> Message:
    """The tray of companies: two with what speaks for their being one."""
    a, b = (blocks.one_line(one.name, 100) for one in (shown.a, shown.b))
    waiting = f"{wording.counted(shown.others, 'more pair')} after this one." if shown.others else "The last pair."
    reasons: list[Line] = [[one] for one in shown.why[:_REASONS]]
    return blocks.message(
        f"{a} and {b} may be one company: {wording.sure(shown.probability)}.",
        blocks.lines(
            [blocks.bold(a), " and ", blocks.bold(b), f" may be one company: {wording.sure(shown.probability)}."]
        ),
        blocks.fields([_firm(shown.a, now, zone), _firm(shown.b, now, zone)]),
        blocks.together(blocks.lines([blocks.bold("Why")]), blocks.bullets(reasons)) if reasons else None,
        _answers_of_companies(shown),
        blocks.context(
            f"{waiting} Your answer lasts, and is not asked again without something new. "
            f"{_so_far(record, 'one company')}"
        ),
    )


def none_left(about: str | None, firms: int = 0) -> Message:
    """Nothing waits, or only pairs of companies, which `firms` counts."""
    whom = f"about {blocks.one_line(about, 100)} " if about else ""
    said = f"No duplicates wait {whom}to be looked at. The nightly pass looks anew."
    if firms:
        said = f"{said} {wording.counted(firms, 'pair')} of companies: `/crm duplicates companies`."
    return blocks.message(said, blocks.section(said))


def no_companies_left() -> Message:
    """No two companies wait."""
    said = "No companies wait that may be one. The nightly pass looks anew."
    return blocks.message(said, blocks.section(said))


def decided(done: Receipt, then: Message) -> Message:
    """What was decided, with Undo, and the next pair below."""
    return blocks.joined([receipt.of(done), then])


def may_be(like: Sequence[Likeness], new: NewCustomer, *, now: datetime, zone: ZoneInfo) -> Message:
    """Before a new customer is made: who is known already, with what speaks for it."""
    who, chance = blocks.one_line(wording.customer(like[0].customer), 150), like[0].probability
    sure = f", {wording.sure(chance)}" if chance >= _FAIRLY else ""
    carried = _carried(new)
    rows: list[Block | None] = []
    for one in like:
        known = blocks.one_line(wording.customer(one.customer), 150)
        reason = f" · {_BITS.sub('', one.why[0]).replace(' ~ ', ' is like ')}" if one.why else ""
        value = {**carried, "customer": one.customer.customer_id}
        use = blocks.button("Use this one", Action.DUPLICATE_USE, value, label_aloud=f"Use {one.customer.name}")
        last = wording.last_contact(one.customer, now, zone)
        rows.append(blocks.section(blocks.one_line(f"{known} · {last}{reason}", 400), accessory=use))
    create = blocks.button("Create anyway", Action.DUPLICATE_CREATE, carried)
    return blocks.message(
        f"This may be {who}. Nothing was made yet.",
        blocks.lines(["This may be ", blocks.bold(who), f"{sure}. Nothing was made yet."]),
        *rows,
        blocks.actions(create),
    )


def _carried(new: NewCustomer) -> dict[str, str | int]:
    """A new contact as a button carries it."""
    return {
        "name": new.name,
        "company": new.company or "",
        "emails": " ".join(new.emails),
        "phones": "|".join(new.phones),
        "title": new.title or "",
        "private": int(new.level == "private"),
    }


def _side(one: Side, now: datetime, zone: ZoneInfo) -> str:
    rows = [
        blocks.one_line(one.customer.name, 150),
        blocks.one_line(", ".join(part for part in (one.title or "", one.customer.company or "") if part), 200),
        *[blocks.one_line(address, 150) for address in one.emails[:_POINTS]],
        *[blocks.one_line(number, 60) for number in one.phones[:_POINTS]],
        wording.last_contact(one.customer, now, zone),
        f"known since {wording.day(one.since.astimezone(zone).date(), now.astimezone(zone).date())}",
    ]
    return "\n".join(row for row in rows if row)


def _firm(one: CompanySide, now: datetime, zone: ZoneInfo) -> str:
    rows = [
        blocks.one_line(one.name, 150),
        blocks.one_line(", ".join(part for part in (one.industry or "", one.country or "") if part), 200),
        *[blocks.one_line(domain, 150) for domain in one.domains[:_POINTS]],
        f"{wording.counted(one.people, 'person', 'people')}, {wording.counted(one.deals, 'deal')}",
        f"known since {wording.day(one.since.astimezone(zone).date(), now.astimezone(zone).date())}",
    ]
    return "\n".join(row for row in rows if row)


def _newer(shown: PairView) -> str:
    """The company of whoever of the two is known for the shorter time."""
    later = max((shown.a, shown.b), key=lambda one: (one.since, one.customer.customer_id))
    return blocks.one_line(later.customer.company or "another company", 60)


def _answers(shown: PairView, about: str) -> Block | None:
    a, b = shown.a.customer, shown.b.customer
    value = {"a": a.customer_id, "b": b.customer_id, **({"about": about} if about else {})}
    sure = blocks.confirm(
        "Join the two?",
        "Everything of both stays, on one card. For each field the better source wins. Undo works for 90 days.",
        "Join them",
    )
    went = blocks.confirm(
        "Join, and note the move?",
        f"Both become one person at {_newer(shown)}; the time at the other company stays on record.",
        "Note it",
    )
    return blocks.actions(
        blocks.button("Changed company", Action.DUPLICATE_MOVED, value, confirm=went) if shown.moved else None,
        blocks.button("Different people", Action.DUPLICATE_DIFFERENT, value),
        blocks.button("Same person", Action.DUPLICATE_SAME, value, confirm=sure),
        blocks.button("Later", Action.DUPLICATE_LATER, value),
        blocks.button("Look closer", Action.DUPLICATE_CLOSER, value),
    )


def _answers_of_companies(shown: CompanyPairView) -> Block | None:
    value = {"a": shown.a.company_id, "b": shown.b.company_id}
    sure = blocks.confirm(
        "Join the two?",
        "People, deals, domains and channel of both stand under one name. Undo works for 90 days.",
        "Join them",
    )
    return blocks.actions(
        blocks.button("Different companies", Action.DUPLICATE_DIFFERENT, value),
        blocks.button("Same company", Action.DUPLICATE_SAME, value, confirm=sure),
        blocks.button("Later", Action.DUPLICATE_LATER, value),
        blocks.button("Look closer", Action.DUPLICATE_CLOSER, value),
    )


def _so_far(record: Record, one: str = "one person") -> str:
    """What the team's own answers say of such proposals: of those about as likely, once they are enough to tell."""
    if not record.decided:
        return ""
    if record.alike >= _ENOUGH_ALIKE:
        return f"Of {record.alike} decided so far that looked as much alike, {record.alike_same} were {one}."
    return f"Of {wording.counted(record.decided, 'pair')} decided so far, {record.same} were {one}."
