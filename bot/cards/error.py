"""Plain sentences: notices, and what went wrong with what was kept and what to do."""

import re
from typing import Final

from bot import blocks
from bot.blocks import Message, Piece

_MARKED: Final = re.compile(r"`([^`\n]{1,200})`|<#(C[A-Z0-9_]{1,30})>")


def sentence(text: str, ref: str | None = None) -> Message:
    """Sentences as they are, with the short id that the log carries; channels and things to type are shown as such."""
    text = blocks.cut(text, 2_900).strip() or "That did not work."
    pieces: list[Piece] = []
    after = 0
    for mark in _MARKED.finditer(text):
        pieces.append(text[after : mark.start()])
        pieces.append(blocks.code(mark[1]) if mark[1] else {"type": "channel", "channel_id": mark[2]})
        after = mark.end()
    pieces.append(text[after:])
    said = _MARKED.sub(lambda mark: mark[1] or "the channel", text)
    said = f"{said} Ref {ref}." if ref else said
    return blocks.message(
        said, blocks.lines([one for one in pieces if one]), blocks.context(f"Ref {ref}") if ref else None
    )
