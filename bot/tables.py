"""Lists as tables: the newest block first, and what stands in for it where a workspace refuses it."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot import blocks
from bot.blocks import Block, Message
from bot.letters import Letter

DATA_TABLES: Final = "data_table"
TABLES: Final = "table"
_ROWS: Final = 99
_COLUMNS: Final = 20
_CELL: Final = 200
_PAGE: Final = 10
_NARROW: Final = 26
_BAR: Final = 16
_BLOCK: Final = "█"
_NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Number:
    """A cell that is sorted by its value and shown as its text."""

    value: float
    text: str


def table(caption: str, headers: Sequence[str], rows: Sequence[Sequence[str | Number]]) -> Block | None:
    """A list that its reader can sort and page; nothing where there are no rows.

    Every row has a cell for each header. What Slack refuses goes out as `lettered` says.
    """
    if not rows or not headers:
        return None
    head = [_cell(one) for one in headers[:_COLUMNS]]
    body = [[_cell(one) for one in row[:_COLUMNS]] for row in rows[:_ROWS]]
    return {
        "type": DATA_TABLES,
        "caption": blocks.one_line(caption, _CELL) or _NOTHING,
        "rows": [head, *body],
        "page_size": _PAGE,
        "row_header_column_index": 0,
    }


def lettered(letter: Letter, refused: frozenset[str]) -> Letter:
    """The letter with the newest tables that the workspace takes, and what to send instead where it refuses them."""
    if letter.message is None or not has_tables(letter.message):
        return letter
    message = letter.message
    forms = ((DATA_TABLES, message), (TABLES, _with_table(message)), ("", plain(message)))
    taken = [(kind, replace(letter, message=form)) for kind, form in forms if kind not in refused]
    steps = tuple((given_up, plainer) for (given_up, _), (_, plainer) in itertools.pairwise(taken))
    return replace(taken[0][1], plainer=(*steps, *letter.plainer))


def has_tables(message: Message) -> bool:
    """Whether a message has a table of the newest kind."""
    return any(one.get("type") == DATA_TABLES for one in message.blocks)


def plain(message: Message) -> Message:
    """The same with columns of letters, and bars where there is one column of numbers."""
    return _changed(message, [_in_letters(one) if one.get("type") == DATA_TABLES else one for one in message.blocks])


def _with_table(message: Message) -> Message:
    """The first table as the older block, since Slack takes one of those in a message."""
    made: list[Block | None] = []
    drawn = False
    for one in message.blocks:
        if one.get("type") != DATA_TABLES:
            made.append(one)
        elif drawn:
            made.append(_in_letters(one))
        else:
            made += [blocks.context(str(one["caption"])), _older(one)]
            drawn = True
    return _changed(message, made)


def _changed(message: Message, made: Sequence[Block | None]) -> Message:
    return blocks.fit(Message(message.text, tuple(one for one in made if one is not None)))


def _older(block: Mapping[str, Any]) -> Block:
    rows = [[{"type": "raw_text", "text": str(cell["text"])} for cell in row] for row in block["rows"]]
    return {"type": TABLES, "rows": rows, "column_settings": [{"is_wrapped": True} for _ in rows[0]]}


def _in_letters(block: Mapping[str, Any]) -> Block | None:
    head, *body = block["rows"]
    columns = list(zip(*[[blocks.one_line(str(cell["text"]), _NARROW) for cell in row] for row in body], strict=True))
    numeric = [any(row[at]["type"] == "raw_number" for row in body) for at in range(len(head))]
    wide = [max(map(len, column)) for column in columns]
    bars = _bars([row[numeric.index(True)] for row in body]) if numeric.count(True) == 1 else [""] * len(body)
    lines = [
        "  ".join([*(_set(one, wide[at], numeric[at]) for at, one in enumerate(row)), bar]).rstrip()
        for row, bar in zip(zip(*columns, strict=True), bars, strict=True)
    ]
    return blocks.preformatted("\n".join(lines))


def _set(text: str, wide: int, to_the_right: bool) -> str:
    return f"{text:>{wide}}" if to_the_right else f"{text:<{wide}}"


def _bars(cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """A bar for each number; those below zero, as of returns, have none."""
    values = [float(cell.get("value") or 0) for cell in cells]
    largest = max(values, default=0.0)
    return [_BLOCK * max(1, round(one / largest * _BAR)) if one > 0 else "" for one in values]


def _cell(one: str | Number) -> Block:
    if isinstance(one, Number) and math.isfinite(one.value):
        return {"type": "raw_number", "value": one.value, "text": blocks.one_line(one.text, _CELL) or _NOTHING}
    text = one.text if isinstance(one, Number) else one
    return {"type": "raw_text", "text": blocks.one_line(text, _CELL) or _NOTHING}
