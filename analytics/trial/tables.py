"""Tables of a trial: any CSV by its column names, orders as arrays, and the file of answers."""

import csv
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crm_store.errors import BadInput

_MOST_BYTES: Final = 2_000_000_000
_DELIMITERS: Final = ",;\t|"


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
        if name in self.names:
            return self.names.index(name)
        folded = [one.casefold().strip() for one in self.names]
        if name.casefold().strip() in folded:
            return folded.index(name.casefold().strip())
        near = difflib.get_close_matches(name, self.names, 1, 0.5)
        hint = f"did you mean “{near[0]}”?" if near else f"there are {', '.join(self.names[:20])}."
        raise BadInput(f"There is no column “{name}”; {hint}")


@dataclass(frozen=True, slots=True, eq=False)
class OrderTable:
    """Orders before a day, one a customer and day: who ((n,) places in `ids`), day ((n,) ordinals), amount ((n,))."""

    ids: tuple[str, ...]
    customer: NDArray[np.int64]
    day: NDArray[np.int64]
    amount: NDArray[np.float64]
    skipped: int


def read(path: Path) -> RawTable:
    """A CSV in UTF-8 or Windows' Western encoding, with any of the usual delimiters; raises BadInput for others."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInput(f"{path.name} is larger than {_MOST_BYTES // 10**9} GB.")
        raw = path.read_bytes()
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}.") from problem
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))
    filled = [row for row in rows if any(row)]
    if len(filled) < 2:
        raise BadInput(f"{path.name} needs a line of column names and at least one row.")
    names = tuple(name.strip() for name in filled[0])
    width = len(names)
    return RawTable(names, tuple((*row[:width], *[""] * (width - len(row))) for row in filled[1:]))


def orders(path: Path, *, customer: str, day: str, amount: str, until: date) -> OrderTable:
    """Orders before `until`, several of a customer on one day as one; rows that lack something are counted.

    Raises BadInput where a column is missing or no row can be used.
    """
    table = read(path)
    places = [table.place(name) for name in (customer, day, amount)]
    sums: dict[tuple[str, int], float] = {}
    days: dict[str, int | None] = {}
    skipped = 0
    last = until.toordinal()
    for row in table.rows:
        who, when, money = (row[place].strip() for place in places)
        if when not in days:
            days[when] = read_day(when)
        ordinal, value = days[when], read_number(money)
        if not who or ordinal is None or value is None:
            skipped += 1
        elif ordinal < last:
            sums[who, ordinal] = sums.get((who, ordinal), 0.0) + value
    if not sums:
        raise BadInput(f"No row of {path.name} has a customer, a day before {until} and an amount.")
    ids = tuple(dict.fromkeys(who for who, _ in sums))
    place_of = {who: place for place, who in enumerate(ids)}
    return OrderTable(
        ids,
        np.array([place_of[who] for who, _ in sums], dtype=np.int64),
        np.array([ordinal for _, ordinal in sums], dtype=np.int64),
        np.array(list(sums.values()), dtype=np.float64),
        skipped,
    )


def read_day(text: str) -> int | None:
    """The ordinal of a day written as ISO 8601, with a time or without; None for anything else."""
    try:
        return datetime.fromisoformat(text).date().toordinal()
    except ValueError:
        return None


def read_number(text: str) -> float | None:
    """A finite number, also with a decimal comma; None for anything else."""
    try:
        value = float(text)
    except ValueError:
        try:
            value = float(text.replace(".", "").replace(",", ".")) if text.count(",") == 1 else float("nan")
        except ValueError:
            return None
    return value if np.isfinite(value) else None


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the answers; raises BadInput where the file cannot be written."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
    except OSError as problem:
        raise BadInput(f"{path} cannot be written: {problem.strerror}.") from problem
