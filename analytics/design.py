"""Turns a frame into numbers for models, with everything learnt from the rows it was fitted on and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import BSpline

from analytics.encode import Column, Frame
from analytics.features import FloatArray
from crm_store.values.scores import Json

IntArray = npt.NDArray[np.int64]
_MOST_LEVELS = 40
_DEGREE = 3
_FEWEST_FOR_SPLINE = 150
_WIDEST = 300
"""How many numbers a row may have before columns are put more plainly: more would fit slowly, and rather to noise."""
_MOST_WORDS = 1_000
"""How many levels the columns of words may have together."""
_SPLINED = 7
"""About how many numbers a column with a spline has."""
_COMMON = 0.25
"""Share from which one number stands for something of its own, such as nought visits or `-1` for never."""


@dataclass(frozen=True, slots=True, eq=False)
class Coder:
    """What was learnt of one column: limits, knots and the usual value of numbers, or the levels of words."""

    name: str
    usual: float
    low: float = 0.0
    high: float = 0.0
    common: float | None = None
    knots: tuple[float, ...] = ()
    missing: bool = False
    levels: tuple[str, ...] = ()
    words: bool = False
    centre: tuple[float, ...] = ()
    scale: float = 1.0

    def width(self) -> int:
        """How many columns of the design this column has."""
        return len(self.centre)

    def raw(self, column: Column) -> FloatArray:
        """The uncentred part of the design, (n, width)."""
        if self.words:
            codes = self.codes(column).astype(np.int64)
            return np.eye(len(self.levels) + 2)[codes][:, : len(self.levels) + 2]
        values = column.numbers
        lost = ~np.isfinite(values)
        held = np.clip(np.where(lost, self.usual, values), self.low, self.high)
        parts = [(held / self.scale)[:, None]]
        if self.common is not None:
            parts.append((held == self.common).astype(np.float64)[:, None])
        if self.missing:
            parts.append(lost.astype(np.float64)[:, None])
        if self.knots:
            parts.append(_spline(held, self.knots))
        return np.concatenate(parts, axis=1)

    def codes(self, column: Column) -> FloatArray:
        """One number a row, (n,): the number itself, or 0 for missing, 1 for rare or new, and 2 up for the levels."""
        if not self.words:
            return column.numbers
        places = {level: at + 2 for at, level in enumerate(self.levels)}
        table = np.array([*[places.get(level, 1) for level in column.levels], 0], dtype=np.float64)
        return table[column.codes]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Learnt coders, one a column, in the frame's order."""

    coders: tuple[Coder, ...]

    def matrix(self, frame: Frame) -> FloatArray:
        """Centred numbers for linear models, (n, sum of widths)."""
        parts = [coder.raw(column) - np.array(coder.centre) for coder, column in self._pairs(frame)]
        return np.concatenate(parts, axis=1) if parts else np.zeros((frame.size, 0))

    def codes(self, frame: Frame) -> FloatArray:
        """One number a column for trees, (n, len(coders)); missing numbers stay not a number."""
        parts = [coder.codes(column) for coder, column in self._pairs(frame)]
        return np.column_stack(parts) if parts else np.zeros((frame.size, 0))

    def usual(self) -> FloatArray:
        """The usual row in the form of `codes`, (len(coders),)."""
        return np.array([coder.usual for coder in self.coders])

    def slices(self) -> list[slice]:
        """Where each column's part lies in `matrix`."""
        ends = np.cumsum([coder.width() for coder in self.coders])
        return [slice(int(end) - coder.width(), int(end)) for end, coder in zip(ends, self.coders, strict=True)]

    def usual_matrix(self) -> FloatArray:
        """The usual row in the form of `matrix`, (sum of widths,)."""
        parts = []
        for coder in self.coders:
            if coder.words:
                row = np.eye(len(coder.levels) + 2)[int(coder.usual)]
            else:
                row = coder.raw(Column(coder.name, np.array([coder.usual]), np.zeros(0, dtype=np.int64), ()))[0]
            parts.append(row - np.array(coder.centre))
        return np.concatenate(parts) if parts else np.zeros(0)

    def to_json(self) -> list[Json]:
        """The coders as plain values."""
        return [_coder_json(coder) for coder in self.coders]

    def _pairs(self, frame: Frame) -> list[tuple[Coder, Column]]:
        by_name = {column.name: column for column in frame.columns}
        return [(coder, by_name[coder.name]) for coder in self.coders]


def learn(frame: Frame, *, splines: bool = True) -> Design:
    """The coders of a frame's columns; words seen too rarely share one level, missing ones have a level of their own.

    Splines are cubic with knots at quantiles; they need 150 rows, and more than a handful of values. A table of very
    many columns has none, and fewer levels of each word.
    """
    words = sum(column.is_words for column in frame.columns)
    bends = splines and (len(frame.columns) - words) * _SPLINED <= _WIDEST
    most = int(np.clip(_MOST_WORDS / max(words, 1), 3, _MOST_LEVELS))
    return Design(tuple(_coder(column, frame.size, splines=bends, most=most) for column in frame.columns))


def from_json(rows: object) -> Design:
    """A design from `to_json`."""
    found = []
    for row in rows if isinstance(rows, list) else []:
        assert isinstance(row, Mapping)
        common = row["common"]
        found.append(
            Coder(
                str(row["name"]), float(row["usual"]), float(row["low"]), float(row["high"]),
                None if common is None else float(common), tuple(float(each) for each in row["knots"]),
                bool(row["missing"]), tuple(str(each) for each in row["levels"]), bool(row["words"]),
                tuple(float(each) for each in row["centre"]), float(row["scale"]),
            )
        )  # fmt: skip
    return Design(tuple(found))


def _coder_json(coder: Coder) -> dict[str, Json]:
    return {
        "name": coder.name, "usual": coder.usual, "low": coder.low, "high": coder.high, "common": coder.common,
        "knots": list(coder.knots), "missing": coder.missing, "levels": list(coder.levels), "words": coder.words,
        "centre": list(coder.centre), "scale": coder.scale,
    }  # fmt: skip


def _coder(column: Column, size: int, *, splines: bool, most: int) -> Coder:
    plain = _word_coder(column, size, most) if column.is_words else _number_coder(column, size, splines=splines)
    raw = plain.raw(column)
    return _with_centre(plain, raw.mean(axis=0))


def _with_centre(coder: Coder, centre: FloatArray) -> Coder:
    return Coder(
        coder.name, coder.usual, coder.low, coder.high, coder.common, coder.knots, coder.missing, coder.levels,
        coder.words, tuple(float(each) for each in centre), coder.scale,
    )  # fmt: skip


def _word_coder(column: Column, size: int, most: int) -> Coder:
    fewest = float(np.clip(size / 30, 3, 10))
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.levels))
    order = np.argsort(-counts, kind="stable")[:most]
    kept = tuple(column.levels[at] for at in order if counts[at] >= fewest)
    lost = int((column.codes < 0).sum())
    usual = 2.0 if kept and counts[order[0]] >= lost else 0.0 if lost else 1.0
    return Coder(column.name, usual, levels=kept, words=True)


def _number_coder(column: Column, size: int, *, splines: bool) -> Coder:
    seen = column.numbers[np.isfinite(column.numbers)]
    if not seen.size:
        return Coder(column.name, 0.0, missing=True)
    low, high = (float(each) for each in np.quantile(seen, [0.005, 0.995])) if seen.size >= 200 else (
        float(seen.min()), float(seen.max()))  # fmt: skip
    usual = float(np.median(seen))
    held = np.clip(seen, low, high)
    values, counts = np.unique(held, return_counts=True)
    most = int(counts.argmax())
    common = float(values[most]) if counts[most] > _COMMON * seen.size and values.size > 2 else None
    spread = float(held.std())
    rest = held[held != common] if common is not None else held
    knots: tuple[float, ...] = ()
    if splines and seen.size >= _FEWEST_FOR_SPLINE and np.unique(rest).size > 5:
        inner = np.quantile(rest, np.linspace(0, 1, 5))
        knots = tuple(float(each) for each in np.unique([low, *inner[1:-1], high]))
        knots = knots if len(knots) > 2 else ()
    missing = seen.size < size
    return Coder(
        column.name, usual, low, high, common, knots, missing, scale=spread if spread > 1e-12 else 1.0
    )  # fmt: skip


def _spline(values: FloatArray, knots: tuple[float, ...]) -> FloatArray:
    """The cubic B-spline basis, (n, len(knots) + 2), constant beyond the outer knots."""
    ends = [knots[0]] * _DEGREE, [knots[-1]] * _DEGREE
    every = np.array([*ends[0], *knots, *ends[1]])
    return np.asarray(BSpline.design_matrix(np.clip(values, knots[0], knots[-1]), every, _DEGREE).toarray())
