"""A report as a message: the finding in words, sections, tables and charts as far as the workspace draws them."""

from collections.abc import Sequence
from typing import Final

from analytics.report.document import Report, Section, Table
from bot import blocks
from bot.blocks import Block, Line, Message, Piece
from bot.cards import wording
from bot.ladder import CHARTS, TABLES
from crm_store.values.marketing import ChartView

NEWER: Final = (CHARTS, TABLES)
"""Blocks that not every workspace takes, in the order in which they are given up."""
_MOST_CHARTS: Final = 2  # Slack refuses a third in one message.
_POINTS, _SERIES, _LABEL, _TITLE = 20, 6, 20, 50
_ROWS: Final = 6


def written(report: Report, takes: frozenset[str]) -> Message:
    """The report with the blocks that the workspace takes; without any of them it says the same in lines."""
    drawn = {one.key for one in native(report.charts, takes)}
    chosen = _chosen(report.sections) if TABLES in takes else None
    parts: list[Block | None] = [
        blocks.header(report.title),
        blocks.lines(_spoken(report.finding)),
        blocks.context(report.span),
    ]
    for one in report.sections:
        parts += _section(one, chosen)
    for chart in report.charts[:10]:
        parts.append(
            blocks.lines([blocks.bold(chart.title)], [blocks.quiet(chart.subtitle)] if chart.subtitle else None)
        )
        parts.append(_chart(chart) if chart.key in drawn else _rows(chart))
    return blocks.message(f"{report.title}. {report.finding}", *parts)


def coming(number: int) -> Message:
    """The report is on its way to the direct message."""
    charts = f": {wording.counted(number, 'chart')}" if number else ""
    said = f"The report comes to you by direct message{charts}."
    return blocks.message(said, blocks.section(said))


def native(charts: Sequence[ChartView], takes: frozenset[str]) -> tuple[ChartView, ...]:
    """The charts that Slack itself draws; the others come as pictures."""
    if CHARTS not in takes:
        return ()
    return tuple(one for one in charts if _series(one))[:_MOST_CHARTS]


def pictured(charts: Sequence[ChartView], takes: frozenset[str]) -> tuple[ChartView, ...]:
    """The charts that come as pictures."""
    drawn = {one.key for one in native(charts, takes)}
    return tuple(one for one in charts if one.key not in drawn and one.png)


def _section(section: Section, chosen: Table | None) -> list[Block | None]:
    head: list[Line] = [[blocks.bold(section.heading)], *(_spoken(one) for one in section.sentences)]
    parts: list[Block | None] = [blocks.lines(*head)]
    for table in section.tables:
        caption = "" if table.caption == section.heading else table.caption
        if table is chosen:
            parts += [blocks.context(f"{caption}{_more(table)}"), _table(table)]
        else:
            rows: list[Line] = [_row(table.headers, row) for row in table.rows]
            small = [blocks.quiet(f"{caption} ({', '.join(table.headers)}){_more(table)}".strip())]
            parts.append(blocks.together(blocks.lines(small), blocks.bullets(rows)))
    return parts


def _row(headers: Sequence[str], row: Sequence[str]) -> list[Piece]:
    """A row as words: a count carries the name of its column, and what is not known is left out."""
    pieces: list[Piece] = [blocks.bold(row[0])]
    for name, one in list(zip(headers, row, strict=True))[1:]:
        if one and one != "–":
            # The mark keeps a day or an amount in its order behind a name that reads from right to left.
            pieces += [" \u200e· ", *_spoken(f"{one} {name}" if one.replace(",", "").isdigit() else one)]
    return pieces


def _more(table: Table) -> str:
    return f", and {table.more:,} more" if table.more else ""


def _chosen(sections: Sequence[Section]) -> Table | None:
    """The one table drawn as such, since Slack takes one in a message: the one with the most cells."""
    tables = [table for one in sections for table in one.tables if table.rows]
    return max(tables, key=lambda table: len(table.rows) * len(table.headers), default=None)


def _table(table: Table) -> Block:
    rows = [[{"type": "raw_text", "text": blocks.one_line(cell, 200) or "–"} for cell in row]
            for row in (table.headers, *table.rows)]  # fmt: skip
    settings = [{"is_wrapped": True} for _ in table.headers]
    return {"type": TABLES, "rows": rows, "column_settings": settings}


def _spoken(text: str) -> list[Piece]:
    """A sentence in which what is to be typed, between backticks, is shown as such."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return [text]
    return [blocks.code(part) if at % 2 else part for at, part in enumerate(parts) if part]


def _rows(chart: ChartView) -> Block | None:
    """The numbers behind a picture as lines; of many days the latest."""
    if not chart.rows:
        return None
    by_time = chart.shape == "lines"
    shown = chart.rows[-_ROWS:] if by_time else chart.rows[:_ROWS]
    rows = [" · ".join(filter(None, row)) for row in [chart.headers, *shown]]
    more = len(chart.rows) - len(shown)
    if more:
        rows.append(f"… and {more} earlier" if by_time else f"… and {more} more")
    return blocks.lines(*[blocks.one_line(one, 200) for one in rows])


def _chart(chart: ChartView) -> Block:
    kind = "line" if chart.shape == "lines" else "bar"
    found = _series(chart)
    categories = [point["label"] for point in found[0]["data"]]
    title = blocks.one_line(chart.headers[0] if len(chart.columns) > 1 else chart.columns[0], _TITLE)
    axis = {"categories": categories}
    return {"type": CHARTS, "title": title, "chart": {"type": kind, "series": found, "axis_config": axis}}


def _series(chart: ChartView) -> list[Block]:
    """A series for each column of numbers of one unit; nothing for a chart that has another form."""
    one_unit = chart.shape == "lines" or (chart.shape == "bars" and len(chart.columns) == 1) or chart.counts
    if not (one_unit and chart.cells and len(chart.cells) == len(chart.rows)):
        return []
    labels = [blocks.one_line(row[0], _LABEL) for row in chart.rows][-_POINTS:]
    names = [blocks.one_line(name, _LABEL) for name in chart.columns]
    fits = all(labels) and all(names) and len(set(labels)) == len(labels) and len(set(names)) == len(names)
    if not fits or len(names) > _SERIES or (chart.shape != "lines" and len(chart.rows) > _POINTS):
        return []
    values = chart.cells[-_POINTS:]
    return [
        {"name": name, "data": [{"label": label, "value": row[at]} for label, row in zip(labels, values, strict=True)]}
        for at, name in enumerate(names)
    ]
