"""More blocks than a view holds or a person reads, in pages with a button to the page before and the one after."""

from collections.abc import Sequence
from typing import Final

from bot import blocks
from bot.blocks import Block
from bot.names import Action

HOME_BLOCKS: Final = 60
"""Slack shows a hundred; fewer are read more easily, and leave room for long words."""
_CHARACTERS: Final = 10_000
_BELONGS_TO_WHAT_IS_ABOVE: Final = frozenset({"actions", "context"})


def pages(of: Sequence[Block], most: int) -> list[list[Block]]:
    """The blocks in pages of about `most`; a header begins one, a row of buttons stays with what it is about."""
    found: list[list[Block]] = []
    written = 0
    for one in of:
        written += blocks.characters(one)
        has_room = found and len(found[-1]) < most and written <= _CHARACTERS and one["type"] != "header"
        if has_room or (found and one["type"] in _BELONGS_TO_WHAT_IS_ABOVE):
            found[-1].append(one)
        else:
            found.append([one])
            written = blocks.characters(one)
    return found


def page(of: Sequence[Block], number: int, action: Action, most: int = HOME_BLOCKS) -> list[Block]:
    """One page, the last where there are fewer, with the way to its neighbours below it where there are any."""
    found = pages(of, most)
    if len(found) < 2:
        return list(of)
    number = max(0, min(number, len(found) - 1))
    before = blocks.button("◀ Back", action, {"page": number - 1}, label_aloud="Page before") if number else None
    after = blocks.button("More ▶", action, {"page": number + 1}, label_aloud="Next page")
    turning = blocks.actions(before, after if number < len(found) - 1 else None)
    said = blocks.context(f"Page {number + 1} of {len(found)}")
    return [*found[number], *(one for one in (turning, said) if one is not None)]
