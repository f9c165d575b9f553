"""What the team and the asker have set, each with the line that changes it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot import blocks
from bot.blocks import Line, Message, Piece

_CHANNEL: Final = re.compile(r"C[A-Z0-9_]{1,30}")


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set: its name, what it is now (words or a channel's id), and the line that changes it."""

    name: str
    now: str
    line: str


def overview(team: Sequence[Setting], own: Sequence[Setting]) -> Message:
    """First what is set for all, then what is the asker's own."""
    return blocks.message(
        "Settings of the team and yours, each with the line that changes it.",
        blocks.header("Settings"),
        blocks.together(blocks.lines([blocks.bold("The team's")]), blocks.bullets([_row(one) for one in team])),
        blocks.together(blocks.lines([blocks.bold("Your own")]), blocks.bullets([_row(one) for one in own])),
        blocks.context("What is the team's is changed by managers and admins; /crm settings roles says who that is."),
    )


def _row(one: Setting) -> Line:
    is_channel = _CHANNEL.fullmatch(one.now) is not None
    now: Piece = {"type": "channel", "channel_id": one.now} if is_channel else blocks.one_line(one.now, 300)
    return [blocks.bold(one.name), "  ", now, *(["  "] if one.now else []), blocks.code(f"/crm {one.line}")]
