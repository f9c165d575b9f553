"""Tables of a trial: any CSV by its column names, orders as arrays, and the file of answers."""

import csv
import difflib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics import spelling
from crm_store.errors import BadInput

_MOST_BYTES: Final = 2_000_000_000
_DELIMITERS: Final = ",;\t|"
_HEAD: Final = 100_000
_FIRST_DAY: Final = date(1971, 1, 1).toordinal()
"""Days before it stand for unknown ones in many systems, and would be taken for a very old customer."""
_SAYS_DELIMITER: Final = re.compile(r"sep=(.)\r?\n")
"""The line that some spreadsheets put first."""
_ENCODINGS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as it was written: every cell is text, and an empty cell is empty text."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of a column; raises BadInput that names the nearest column."""
        place = self.place(name)
        return tuple(row[place] for row in self.rows)

    def place(self, name: str) -> int:
        """Where a column stands, by its exact name or else by the same letters in any case."""
        wanted = name.strip()
        for spelt in (str, str.casefold):
            places = [at for at, one in enumerate(self.names) if spelt(one) == spelt(wanted)]
            if len(places) > 1:
                raise BadInput(f"There are {len(places)} columns “{name}”; give all but one another name.")
            if places:
                return places[0]
        near = difflib.get_close_matches(name, self.names, 1, 0.5)
        there = ", ".join([each for each in self.names if each][:20])
        hint = f"did you mean “{near[0]}”?" if near else f"there are {there}."
        raise BadInput(f"There is no column “{name}”; {hint}")


@dataclass(frozen=True, slots=True, eq=False)
class OrderTable:
    """Orders before a day, one a customer and day: who ((n,) places in `ids`), day ((n,) ordinals), amount ((n,))."""

    ids: tuple[str, ...]
    customer: NDArray[np.int64]
    day: NDArray[np.int64]
    amount: NDArray[np.float64]
    skipped: Mapping[str, int]
    """How many rows could not be used, by what they lack."""


def read(path: Path) -> RawTable:
    """A CSV with any usual delimiter, in UTF-8, UTF-16 or Windows' Western encoding; raises BadInput for others."""
    text = _text(path)
    said = _SAYS_DELIMITER.match(text)
    text = text[said.end() :] if said else text
    delimiter = said[1] if said else _delimiter(text)
    try:
        filled = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error as problem:
        raise BadInput(f"{path.name} is no table that can be read: {problem}.") from problem
    # Some reports put a title above the names of the columns.
    while len(filled) > 2 and sum(map(bool, filled[0])) == 1 and sum(map(bool, filled[1])) > 1:
        filled = filled[1:]
    if len(filled) < 2:
        raise BadInput(f"{path.name} needs a line of column names and at least one row.")
    names = tuple(name.strip() for name in filled[0])
    width = len(names)
    return RawTable(names, tuple((*row[:width], *[""] * (width - len(row))) for row in filled[1:]))


def _delimiter(text: str) -> str:
    """The sign that the first line with any of them has most of."""
    for line in text[:_HEAD].splitlines():
        if any(each in line for each in _DELIMITERS):
            return max(_DELIMITERS, key=line.count)
    return _DELIMITERS[0]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInput(f"{path.name} is larger than {_MOST_BYTES // 10**9} GB.")
        raw = path.read_bytes()
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}.") from problem
    encoding = next((name for mark, name in _ENCODINGS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    if "\0" in text:
        raise BadInput(f"{path.name} is no text; export the table as CSV.")
    return text


def orders(path: Path, *, customer: str, day: str, amount: str, until: date) -> OrderTable:
    """Orders before `until`, several of a customer on one day as one; rows that lack something are counted.

    Raises BadInput where a column is missing, where no cell tells days from months, or where no row can be used.
    """
    table = read(path)
    places = [table.place(name) for name in (customer, day, amount)]
    people, whens, sums_said = ([row[place].strip() for row in table.rows] for place in places)
    days, amounts = _days(whens, day), _amounts(sums_said)
    _one_currency(sums_said, amount)
    sums: dict[tuple[str, int], float] = {}
    skipped: Counter[str] = Counter()
    later = 0
    for who, when, money in zip(people, whens, sums_said, strict=True):
        ordinal, value = days[when], amounts[money]
        if not who or ordinal is None or value is None:
            skipped["customer" if not who else "day" if ordinal is None else "amount"] += 1
        elif ordinal < until.toordinal():
            sums[who, ordinal] = sums.get((who, ordinal), 0.0) + value
        else:
            later += 1
    if not sums:
        unread = {day: _first_unread(days), amount: _first_unread(amounts)}
        raise BadInput(_nothing(path.name, skipped, later, until, unread))
    ids = tuple(dict.fromkeys(who for who, _ in sums))
    place_of = {who: place for place, who in enumerate(ids)}
    return OrderTable(
        ids,
        np.array([place_of[who] for who, _ in sums], dtype=np.int64),
        np.array([ordinal for _, ordinal in sums], dtype=np.int64),
        np.array(list(sums.values()), dtype=np.float64),
        dict(skipped),
    )


def _days(texts: Sequence[str], name: str) -> dict[str, int | None]:
    """The ordinal of each text that is a day."""
    different = dict.fromkeys(texts)
    first = spelling.day_first(different)
    if first is None:
        readings = ((text, spelling.day(text), spelling.day(text, first=True)) for text in different)
        told = next((text for text, one, other in readings if np.isfinite(one) and one != other), "")
        raise BadInput(f"“{name}” does not tell days from months, as in “{told}”; write days as 2026-03-31.")
    found = _read(different, lambda text: spelling.day(text, first=first), int)
    if all(each is None for each in found.values()):
        found |= {text: int(value) for text, value in spelling.counted_days(different).items()}
    return {text: value if value is None or value >= _FIRST_DAY else None for text, value in found.items()}


def _one_currency(texts: Sequence[str], name: str) -> None:
    """Raises BadInput where the cells name several currencies, since their sum would mean nothing."""
    kinds: Counter[str] = Counter()
    for text, times in Counter(texts).items():
        kinds[spelling.currency(text)] += times
    del kinds[""]
    if len(kinds) > 1:
        shown = ", ".join(f"{kind} {times:,}×" for kind, times in kinds.most_common(4))
        raise BadInput(f"“{name}” mixes currencies ({shown}); convert them to one, or give each a file of its own.")


def _amounts(texts: Sequence[str]) -> dict[str, float | None]:
    """The number in each text that is one; all are read with the decimal sign that the column uses."""
    different = dict.fromkeys(texts)
    comma = spelling.comma_is_decimal(different)
    return _read(different, lambda text: spelling.number(text, comma=comma), float)


def _read(texts: Iterable[str], reading: Callable[[str], float], kind: Callable[[float], Any]) -> dict[str, Any]:
    found = {text: reading(text) for text in texts}
    return {text: kind(value) if np.isfinite(value) else None for text, value in found.items()}


def _first_unread(found: Mapping[str, object]) -> str:
    return next((text for text, value in found.items() if value is None and text), "")


def _nothing(name: str, skipped: Mapping[str, int], later: int, until: date, unread: Mapping[str, str]) -> str:
    """Why no row of a file can be used, and what to do about it."""
    if later:
        return f"All {later:,} orders of {name} that can be read are on or after {until}; choose a later --until."
    day, amount = unread
    if skipped.get("day"):
        such = f", such as “{unread[day][:40]}”" if unread[day] else ""
        return f"No row of {name} can be used: “{day}” holds no days{such}; write them as 2026-03-31."
    if skipped.get("amount"):
        such = f", such as “{unread[amount][:40]}”" if unread[amount] else ""
        return f"No row of {name} can be used: “{amount}” holds no amounts{such}; write them as 1234.50."
    return f"No row of {name} names a customer."


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the answers; raises BadInput where the file cannot be written."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
    except OSError as problem:
        raise BadInput(f"{path} cannot be written: {problem.strerror}.") from problem
