"""Text cut into records: a quote that nobody closes costs its own row and not the rest of the file."""

import csv
from typing import Final

_LONGEST_CELL: Final = 10_000_000
_MOST_BROKEN: Final = 50
_UNCLOSED: Final = "A quotation mark in this row is not closed."
_TOO_LONG: Final = "A cell of this row has more than 10 million characters; shorten it."
# What a spreadsheet would run as a formula; exports put an apostrophe in front of it.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
Record = tuple[int, tuple[str, ...]]


def read_records(text: str, delimiter: str) -> tuple[list[Record], list[tuple[int, str]]]:
    """The records that hold something and the rows that cannot be read, each with its number, the first being 1."""
    csv.field_size_limit(_LONGEST_CELL)
    lines = _lines(text, "\n" if "\n" in text else "\r")
    records: list[Record] = []
    broken: list[tuple[int, str]] = []
    at = number = 0
    while at < len(lines):
        at, number, problem = _read(lines, at, number, delimiter, records, len(broken) >= _MOST_BROKEN)
        if problem:
            broken.append((number, problem))
    return records, broken


def _lines(text: str, ending: str) -> list[str]:
    """Cut at one sign alone, since others that end lines stand inside of cells."""
    parts = text.split(ending)
    return [f"{part}{ending}" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _read(
    lines: list[str], start: int, number: int, delimiter: str, records: list[Record], bare: bool
) -> tuple[int, int, str]:
    """Read until the end or a broken record; where to go on, the number reached, and what is wrong with that row."""
    rest = (lines[at] for at in range(start, len(lines)))
    if bare:
        reader = csv.reader(rest, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(rest, delimiter=delimiter)
    while True:
        width = len(records[0][1]) if records else 0
        first = start + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return len(lines), number, ""
        except csv.Error:
            # A mark that is not closed takes all rows below it into one cell.
            return first + 1, number + 1, _UNCLOSED if start + reader.line_num > first + 1 else _TOO_LONG
        number += 1
        end = start + reader.line_num
        if end - first > 1 and _swallowed(lines, first, end, cells, delimiter, width):
            return first + 1, number, _UNCLOSED
        if any(cell.strip() for cell in cells):
            records.append((number, tuple(cells)))


def _swallowed(lines: list[str], first: int, end: int, cells: list[str], delimiter: str, width: int) -> bool:
    """Whether a record of several lines is one whose quotation mark was never closed, with rows that it took along."""
    if end == len(lines) and "".join(lines[first:end]).count('"') % 2:
        return True
    return bool(width) and len(cells) != width and lines[first].count(delimiter) + 1 == width


def unguarded(cell: str) -> str:
    """A cell without the apostrophe before what looks like a formula, or the `="…"` around a number, of an export."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 3:
        return cell[2:-1]
    return cell[1:] if _is_guarded(cell) else cell


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula; what looks guarded already is guarded once more."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) or _is_guarded(cell) else cell


def _is_guarded(cell: str) -> bool:
    return cell.startswith("'") and cell.lstrip("'").startswith(FORMULA_STARTS)
