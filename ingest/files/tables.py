"""Any text table as rows: the encoding, the sign between cells and the head found out, and what was doubtful said."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crm_store.errors import BadInput
from ingest.charsets import decode, scrub
from ingest.files.records import Record, read_records, unguarded

_SIGNS: Final = (",", ";", "\t", "|")
_SAMPLE_LINES: Final = 40
_LONGEST_TITLE: Final = 20
_SAMPLE: Final = 65_536
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_DATA: Final = re.compile(r"^(?:\S+@\S+\.\S+|[+(]?[\d ()./:+-]*\d{2}[\d ()./:+-]*)$")


@dataclass(frozen=True, slots=True)
class Table:
    """Headers and rows of a file; `numbers` are the rows as a spreadsheet counts them, its first being 1."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    encoding: str
    delimiter: str
    warnings: tuple[str, ...] = ()
    problems: tuple[tuple[int, str], ...] = ()


def read_table(raw: bytes, name: str) -> Table:
    """Read a CSV file of any make; raises BadInput with one sentence for what is no table."""
    if raw[:4] == b"PK\x03\x04" or raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise BadInput(f"{name} is a spreadsheet file; save it as CSV and import that.", field="file")
    if re.match(rb"\s*(?:<!doctype html|<html|<table|[\[{]\s*[\"{])", raw[:200], re.IGNORECASE):
        raise BadInput(f"{name} is a web page or JSON and no table; save or export it as CSV.", field="file")
    text, encoding, warnings = _text(raw)
    stated = re.match(r"sep=(.)\r?\n", text)
    if stated:
        text = text[stated.end() :]
    delimiter = stated[1] if stated else _delimiter(text)
    records, broken = read_records(text, delimiter)
    if not records:
        what = "holds no table that could be read; save it as CSV anew" if raw.strip() else "is empty"
        raise BadInput(f"{name} {what}.", field="file")
    records, above = _without_title(records)
    if above:
        warnings.append(f"{above} {'line' if above == 1 else 'lines'} above the column names left out.")
    first = records[0][1]
    offset = 1 if stated else 0
    if _is_head(first):
        headers = tuple(cell.strip() or f"column {at}" for at, cell in enumerate(first, 1))
        records = records[1:]
        if not records:
            warnings.append("There are column names but no rows below them.")
    else:
        headers = tuple(f"column {at}" for at in range(1, len(first) + 1))
        warnings.append("The file has no line of column names; what each column is was guessed from its content.")
    if len(set(headers)) < len(headers):
        twice = next(one for one, count in Counter(headers).items() if count > 1)
        warnings.append(f"Several columns are called “{twice}”; where only one is wanted, the first is taken.")
    rows = tuple(_fitted(cells, len(headers)) for _, cells in records)
    uneven = sum(len(cells) > len(headers) for _, cells in records)
    if uneven:
        warnings.append(f"{uneven} {'row has' if uneven == 1 else 'rows have'} more cells than there are columns.")
    numbers = tuple(number + offset for number, _ in records)
    problems = tuple((number + offset, problem) for number, problem in broken)
    return Table(headers, rows, numbers, encoding, delimiter, tuple(warnings), problems)


def _without_title(records: Sequence[Record]) -> tuple[list[Record], int]:
    """Without the lines of one cell that programs put above a table of several columns, and how many those are."""
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in records[:_SAMPLE_LINES]]
    at = next((place for place, count in enumerate(filled[:_LONGEST_TITLE]) if count > 1), 0)
    below = Counter(count > 1 for count in filled[at:])
    if below[True] > max(1, below[False]) and all(_is_head(cells) for _, cells in records[: at + 1]):
        return list(records[at:]), at
    return list(records), 0


def _text(raw: bytes) -> tuple[str, str, list[str]]:
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            text = raw.removeprefix(codecs.BOM_UTF8).decode(codec, "replace")
            return scrub(text).removeprefix("\ufeff"), codec, _broken(text)
    wide = _unmarked_utf16(raw)
    if wide:
        text = raw.decode(wide, "replace")
        return scrub(text), wide, _broken(text)
    try:
        return scrub(raw.decode("utf-8")), "utf-8", []
    except UnicodeDecodeError:
        text = decode(raw)
    warnings = ["The file is not in UTF-8; look whether accents and umlauts came out right."]
    return text, "guessed", warnings + _broken(text)


def _unmarked_utf16(raw: bytes) -> str:
    """UTF-16 without its mark: in Latin text every other byte is zero."""
    start = raw[:2_000]
    even, odd = start[::2].count(0), start[1::2].count(0)
    most = len(start) // 2
    if most < 4 or max(even, odd) < most * 0.6 or min(even, odd) > most * 0.1:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _broken(text: str) -> list[str]:
    count = text.count("\ufffd")
    return [f"{count} {'character' if count == 1 else 'characters'} could not be read."] if count else []


def _delimiter(text: str) -> str:
    """The sign that cuts most lines into the same number of cells, at least two."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, chosen = (0.0, 0), ","
    for sign in _SIGNS:
        lengths: Counter[int] = Counter()
        try:
            for at, cells in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=sign)):
                if at >= _SAMPLE_LINES:
                    break
                lengths[len(cells)] += bool(cells)
        except csv.Error:
            continue
        usual, lines = lengths.most_common(1)[0] if lengths else (0, 0)
        fit = (lines / max(1, sum(lengths.values())), usual)
        if usual > 1 and fit > best:
            best, chosen = fit, sign
    return chosen


def _is_head(cells: tuple[str, ...]) -> bool:
    """Names of columns hold no address, date or number."""
    return not any(_DATA.match(cell.strip()) for cell in cells if cell.strip())


def _fitted(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return tuple(unguarded(cell).strip() for cell in cells[:width]) + ("",) * (width - len(cells))
