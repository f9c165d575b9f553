"""Tables and charts: rows of equal length, series that cover every category."""

from typing import Any

from bot.local_slack.blocks.rich_text import RICH_TEXT_FIELDS
from bot.local_slack.blocks.rules import (
    Check,
    Faults,
    boolean,
    list_of,
    number,
    one_of,
    shape,
    string,
    typed,
    whole,
)

_COLUMNS = 20
_CONTENT = 20_000
_SERIES = 6
_POINTS = 20
_LABEL = string(20, 1)
_AXIS = string(50)


def words(value: Any) -> int:
    """The characters of all texts anywhere in a value."""
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(words(inner) for inner in value.values() if isinstance(inner, dict | list))
    return sum(words(inner) for inner in value) if isinstance(value, list) else 0


def _cells(least: int) -> Check:
    raw = {
        "raw_text": shape({"text": string(_CONTENT + 1, least)}),
        "raw_number": shape({"value": number(), "text": string(1000, 1)}),
        "rich_text": shape(RICH_TEXT_FIELDS, {"block_id": string(255)}),
    }
    return list_of(typed(raw, "table cell"), 1, _COLUMNS)


TABLE: dict[str, Check] = {"rows": list_of(_cells(0), 1, 100)}
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _column_or_nothing(value: Any, path: str, faults: Faults) -> None:
    if value is not None:
        _COLUMN(value, path, faults)


TABLE_OPTIONAL: dict[str, Check] = {"column_settings": list_of(_column_or_nothing, 0, _COLUMNS)}
DATA_TABLE: dict[str, Check] = {"caption": string(1000, 1), "rows": list_of(_cells(1), 2, 101)}
DATA_TABLE_OPTIONAL: dict[str, Check] = {"page_size": whole(1, 100), "row_header_column_index": whole(0, _COLUMNS - 1)}


def data_table_fits(block: Any, path: str, faults: Faults) -> None:
    """All rows are equal, the header is plain, the row header exists, and the content is not too long."""
    rows = block["rows"]
    width = len(rows[0])
    for position, row in enumerate(rows):
        if len(row) != width:
            faults.add(f"{path}/rows/{position}", f"all rows must have {width} cells")
    for position, cell in enumerate(rows[0]):
        if cell.get("type") == "rich_text":
            faults.add(f"{path}/rows/0/{position}", "a header cell must not be rich_text")
    if (block.get("row_header_column_index") or 0) >= width:
        faults.add(f"{path}/row_header_column_index", "must be the index of a column")
    if words(rows) > _CONTENT:
        faults.add(f"{path}/rows", f"no more than {_CONTENT} characters in all cells")


def _series_cover(chart: Any, path: str, faults: Faults) -> None:
    categories = chart["axis_config"]["categories"]
    if len(set(categories)) != len(categories):
        faults.add(f"{path}/axis_config/categories", "must be unique")
    names = [one["name"] for one in chart["series"]]
    if len(set(names)) != len(names):
        faults.add(f"{path}/series", "names must be unique")
    for position, one in enumerate(chart["series"]):
        if sorted(point["label"] for point in one["data"]) != sorted(categories):
            faults.add(f"{path}/series/{position}/data", "must have exactly one point for each category")


_POINT = shape({"label": _LABEL, "value": number()})
_SERIES_CHART = shape(
    {
        "series": list_of(shape({"name": _LABEL, "data": list_of(_POINT, 0, _POINTS)}), 1, _SERIES),
        "axis_config": shape({"categories": list_of(_LABEL, 1, _POINTS)}, {"x_label": _AXIS, "y_label": _AXIS}),
    },
    {},
    _series_cover,
)
CHART: dict[str, Check] = {
    "title": string(50, 1),
    "chart": typed(
        {
            "pie": shape({"segments": list_of(shape({"label": _LABEL, "value": number(above=0)}), 1, _SERIES)}),
            "bar": _SERIES_CHART,
            "line": _SERIES_CHART,
            "area": _SERIES_CHART,
        },
        "chart",
    ),
}
