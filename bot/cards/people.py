"""People in a list, as the cards of suggestions and campaigns show who is meant."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Line, Message
from bot.cards import wording
from crm_store.values.people import CustomerBrief

_SHOWN = 30
_NAMED = 5


def listed(briefs: Sequence[CustomerBrief], heading: str, nobody: str, *, now: datetime, zone: ZoneInfo) -> Message:
    """Names with their last contact under a heading; `nobody` is said where the list is empty."""
    if not briefs:
        return blocks.message(nobody, blocks.section(nobody))
    rows: list[Line] = [
        [blocks.bold(wording.customer(one), 150), f" · {wording.last_contact(one, now, zone)}"]
        for one in briefs[:_SHOWN]
    ]
    names = ", ".join(blocks.one_line(one.name, 60) for one in briefs[:_NAMED])
    return blocks.message(f"The first are {names}.", blocks.header(heading), blocks.bullets(rows))
