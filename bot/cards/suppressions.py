"""Addresses that campaigns do not write to: how many for each reason, and how to change that."""

from collections.abc import Sequence

from bot import blocks
from bot.blocks import Message
from bot.cards import wording

_HOW = (
    "`/crm settings suppress ann@acme.com` adds an address, `/crm settings suppress remove ann@acme.com` takes it off."
)


def counts(found: Sequence[tuple[str, int]]) -> Message:
    """The counts by reason; single addresses are not listed, since a channel may read along."""
    total = sum(count for _, count in found)
    if not total:
        said = "Campaigns may write to every address that consented; none is suppressed."
        return blocks.message(said, blocks.section(said), blocks.context(_HOW))
    said = f"Campaigns do not write to {wording.counted(total, 'address', 'addresses')}."
    rows = [f"{count:,} {blocks.one_line(reason, 80)}" for reason, count in found[:12]]
    return blocks.message(
        f"{said} {', '.join(rows)}.", blocks.section(said), blocks.bullets(rows), blocks.context(_HOW)
    )
