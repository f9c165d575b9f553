"""Lists as tables, figures as charts: the newest blocks first, and what stands in where a workspace refuses them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot import blocks, ladder
from bot.blocks import Block, Message
from bot.ladder import CHARTS, DATA_TABLES, TABLES
from bot.letters import Letter

_KINDS: Final = (CHARTS, DATA_TABLES, TABLES)
_ROWS: Final = 99
_POINTS: Final = 20
_LABEL: Final = 20
_TITLE: Final = 50
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


def chart(title: str, name: str, points: Sequence[tuple[str, float]], *, over_time: bool = False) -> Block | None:
    """One row of figures as bars, or as a line over time; nothing where Slack would not draw it.

    A chart shows what the words or a table beside it say as well, so nothing is lost where it is left out.
    """
    labels = [blocks.one_line(label, _LABEL) for label, _ in points]
    fits = 1 < len(points) <= _POINTS and all(labels) and len(set(labels)) == len(labels)
    if not fits or not blocks.one_line(name, _LABEL) or not all(math.isfinite(value) for _, value in points):
        return None
    data = [{"label": label, "value": value} for label, (_, value) in zip(labels, points, strict=True)]
    return {
        "type": CHARTS,
        "title": blocks.one_line(title, _TITLE) or _NOTHING,
        "chart": {
            "type": "line" if over_time else "bar",
            "series": [{"name": blocks.one_line(name, _LABEL), "data": data}],
            "axis_config": {"categories": labels},
        },
    }


def lettered(letter: Letter, refused: frozenset[str]) -> Letter:
    """The letter with the newest blocks that the workspace takes, and what to send instead where it refuses them."""
    message = letter.message
    if message is None or not has_newer(message):
        return letter
    has_table = any(one.get("type") == DATA_TABLES for one in message.blocks)
    has_chart = any(one.get("type") == CHARTS for one in message.blocks)
    kinds = [kind for kind in _KINDS if (has_chart if kind == CHARTS else has_table)]
    charts = tuple(one for one in message.blocks if one.get("type") == CHARTS)

    def made(takes: frozenset[str]) -> Letter:
        return replace(letter, message=taken(message, takes), undrawn=() if CHARTS in takes else charts)

    return ladder.stepped(kinds, refused, made)


def has_newer(message: Message) -> bool:
    """Whether a message has a chart, or a table of the newest kind."""
    return any(one.get("type") in (CHARTS, DATA_TABLES) for one in message.blocks)


def taken(message: Message, takes: frozenset[str]) -> Message:
    """The same with those newer blocks alone that a workspace takes."""
    kept = message if CHARTS in takes else _changed(message, [one for one in message.blocks if one["type"] != CHARTS])
    if DATA_TABLES in takes:
        return kept
    return _with_table(kept) if TABLES in takes else plain(kept)


def plain(message: Message) -> Message:
    """The same with columns of letters for tables, and bars where there is one column of numbers."""
    return _changed(message, [_in_letters(one) if one["type"] == DATA_TABLES else one for one in message.blocks])


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
