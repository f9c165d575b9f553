"""Reads the columns of any table: numbers, days, words; says which columns are left out, and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analytics import spelling
from analytics.features import FloatArray
from analytics.spelling import day, number

IntArray = npt.NDArray[np.int64]

_EMPTY: Final = frozenset(
    ("", "na", "n/a", "nan", "null", "none", "-", "--", "?", "select", "please select", "select one", "choose", "#n/a")
)
"""What people and programs write where nothing is known; a form field that was left alone reads `Select`."""
_TRUE: Final = frozenset(("true", "yes", "y", "t", "on"))
_FALSE: Final = frozenset(("false", "no", "n", "f", "off"))
_MOSTLY: Final = 0.95
"""Share of the filled cells from which a column counts as numbers or as days."""
_UNLIKE: Final = 0.9
"""Share of different values among the filled cells from which words name the row or are written freely."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column: `numbers` (n,), not a number where missing; or `codes` (n,), places in `levels`, -1 where missing."""

    name: str
    numbers: FloatArray
    codes: IntArray
    levels: tuple[str, ...]
    is_day: bool = False

    @property
    def is_words(self) -> bool:
        """Whether the column holds words; otherwise it holds numbers."""
        return self.codes.size > 0

    def take(self, rows: IntArray | slice) -> "Column":
        """The column on some rows only."""
        if self.is_words:
            return Column(self.name, self.numbers, self.codes[rows], self.levels, self.is_day)
        return Column(self.name, self.numbers[rows], self.codes, self.levels, self.is_day)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Columns of equal length; the rows keep their order."""

    columns: tuple[Column, ...]
    size: int

    def take(self, rows: IntArray | slice) -> "Frame":
        """Some rows, in the order asked for."""
        size = len(range(self.size)[rows]) if isinstance(rows, slice) else int(rows.size)
        return Frame(tuple(column.take(rows) for column in self.columns), size)

    def without(self, names: Sequence[str]) -> "Frame":
        """All columns but these."""
        return Frame(tuple(column for column in self.columns if column.name not in names), self.size)


def numeric(names: Sequence[str], values: FloatArray) -> Frame:
    """A frame of numbers only, from (n, len(names)) values."""
    nothing = np.zeros(0, dtype=np.int64)
    columns = (Column(name, np.ascontiguousarray(values[:, at]), nothing, ()) for at, name in enumerate(names))
    return Frame(tuple(columns), len(values))


def read(
    names: Sequence[str], columns: Sequence[Sequence[str]], known: int, moments: FloatArray | None = None
) -> tuple[Frame, dict[str, str]]:
    """The usable columns of a table of text, and each column left out with the reason in words.

    What a column is, is settled on its first `known` rows alone. A day is told as days before `moments`, (n,)
    ordinals of the rows' own time, where there are any, and as its own ordinal otherwise.
    """
    kept: list[Column] = []
    left_out: dict[str, str] = {}
    for name, cells in zip(names, columns, strict=True):
        found = _column(name, cells, known, moments)
        if isinstance(found, str):
            left_out[name] = found
        else:
            kept.append(found)
    return Frame(tuple(kept), len(columns[0]) if columns else 0), left_out


def is_empty(cell: str) -> bool:
    """Whether a cell says that nothing is known."""
    return cell.strip().casefold() in _EMPTY


def _column(name: str, cells: Sequence[str], known: int, moments: FloatArray | None) -> Column | str:
    """The column, or why it is left out."""
    texts = [cell.strip() for cell in cells]
    filled = Counter(texts[:known])
    for text in [each for each in filled if is_empty(each)]:
        del filled[text]
    total = sum(filled.values())
    if not total:
        return "it is empty"
    if len(filled) == 1 and total == known:
        return "it has one value only"
    reading = _reading(filled, total)
    if reading == "number":
        return _numbers(name, texts, known)
    if reading == "day":
        return _days(name, texts, known, moments)
    if total >= 20 and len(filled) >= _UNLIKE * total:
        words = sum(len(text.split()) * times for text, times in filled.items()) / total
        return "it is free text" if words > 3 else "it names the row"
    return _words(name, texts, known)


def _reading(filled: Counter[str], total: int) -> str:
    truths = {text.casefold() for text in filled}
    if truths <= _TRUE | _FALSE:
        return "word"
    if sum(times for text, times in filled.items() if np.isfinite(number(text))) >= _MOSTLY * total:
        return "day" if _looks_like_days(filled) else "number"
    if sum(times for text, times in filled.items() if np.isfinite(day(text))) >= _MOSTLY * total:
        return "day"
    return "word"


def _looks_like_days(filled: Counter[str]) -> bool:
    """Eight digits that all are days of this and the last century are days, not amounts."""
    return all(len(text) == 8 and text[:2] in ("19", "20") and np.isfinite(day(text)) for text in filled)


def _numbers(name: str, texts: Sequence[str], known: int) -> Column | str:
    comma = spelling.comma_is_decimal(set(texts[:known]))
    parsed = {text: spelling.NOTHING if is_empty(text) else number(text, comma=comma) for text in set(texts)}
    values = np.array([parsed[text] for text in texts], dtype=np.float64)
    seen = values[:known][np.isfinite(values[:known])]
    if seen.size >= 20 and seen.size == known and _is_running_number(seen):
        return "it numbers the rows"
    return Column(name, values, np.zeros(0, dtype=np.int64), ())


def _is_running_number(seen: FloatArray) -> bool:
    steps = np.diff(seen)
    whole = bool(np.all(seen == np.round(seen)))
    return whole and np.unique(seen).size == seen.size and (bool(np.all(steps > 0)) or _is_gapless(seen))


def _is_gapless(seen: FloatArray) -> bool:
    return float(np.ptp(seen)) <= 1.2 * seen.size


def _days(name: str, texts: Sequence[str], known: int, moments: FloatArray | None) -> Column | str:
    first = bool(spelling.day_first(set(texts[:known])))
    parsed = {text: spelling.NOTHING if is_empty(text) else day(text, first=first) for text in set(texts)}
    values = np.array([parsed[text] for text in texts], dtype=np.float64)
    if moments is not None:
        values = moments - values
        if np.nanmax(values[:known]) - np.nanmin(values[:known]) < 1e-9:
            return "it is the time itself"
    return Column(name, values, np.zeros(0, dtype=np.int64), (), is_day=moments is None)


def _words(name: str, texts: Sequence[str], known: int) -> Column:
    """Words by frequency in the known rows; spelling that differs in case only is one word, as first written."""
    counts, shown = Counter(texts[:known]), dict.fromkeys(texts)
    folded = {text: "" if is_empty(text) else text.casefold() for text in shown}
    frequent: Counter[str] = Counter()
    first: dict[str, str] = {}
    for text in shown:
        first.setdefault(folded[text], text)
        frequent[folded[text]] += counts[text]
    order = sorted((text for text in first if text), key=lambda text: (-frequent[text], text))
    places = {text: place for place, text in enumerate(order)}
    place_of = {text: places.get(folded[text], -1) for text in shown}
    codes = np.array([place_of[text] for text in texts], dtype=np.int64)
    return Column(name, np.zeros(0), codes, tuple(first[text] for text in order))
