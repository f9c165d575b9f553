"""Who here knows a customer or a company, and the way in."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Line, Message
from bot.cards import wording
from bot.names import Action
from crm_store.values.knows import Acquaintance, WhoKnows

_HOW: Final = {"well": "knows them well", "some": "is in touch", "little": "has met them"}


def told(known: WhoKnows, *, now: datetime, zone: ZoneInfo, asker: str = "") -> Message:
    """Colleagues, the best acquainted first, and the way in for the asker; nothing of what was said."""
    about = blocks.one_line(known.about, 120)
    if not known.found:
        said = f"Nobody here has been in touch with {about} yet, as far as Rapport has seen."
        return blocks.message(said, blocks.section(said))
    first = known.found[0]
    company = known.people != 1
    way = _way_in(known, asker)
    ask = {"customer": first.best.customer_id}
    rows = [_row(one, company, now, zone) for one in known.found]
    return blocks.message(
        f"{first.name} knows {about} best. {way}",
        blocks.header(f"Who knows {known.about}"),
        blocks.lines([blocks.bold("The way in"), f"  {way}"]),
        *(blocks.lines(*one) for one in rows),
        blocks.actions(
            blocks.button(f"Card of {wording.customer(first.best)}", Action.CARD, ask),
            blocks.button("Timeline", Action.DID_YOU_MEAN, {"line": f"timeline {_line(first)}"}),
        ),
        blocks.context("Told from who wrote to whom, and when. What was said is not looked at, nor anything private."),
    )


def _way_in(known: WhoKnows, asker: str) -> str:
    """One sentence: who can introduce the asker to whom."""
    first = known.found[0]
    person = blocks.one_line(wording.customer(first.best), 120)
    if first.slack_user_id != asker:
        return f"Ask {first.name} to introduce you to {person.rstrip('.')}."
    if len(known.found) == 1:
        return f"You are the one who knows {person}; nobody else here does."
    return f"You know {person} best yourself; after you it is {known.found[1].name}."


def _line(one: Acquaintance) -> str:
    """The customer as a line names them."""
    return one.best.email or one.best.name


def _row(one: Acquaintance, company: bool, now: datetime, zone: ZoneInfo) -> list[Line]:
    parts = [f"{one.from_them:,} from them", f"{one.from_us:,} from us"]
    last = f"last {wording.kind(one.last_kind)} {wording.ago(one.last_at, now, zone)}"
    head: Line = [blocks.person(one.slack_user_id), f" {_HOW[one.strength]} · {', '.join(parts)} · {last}"]
    return [head, f"best known: {blocks.one_line(wording.customer(one.best), 150)}"] if company else [head]
