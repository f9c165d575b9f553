"""Reasons for a row of any table: what each column adds to the log odds, told with how such rows came out before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from analytics import explain, fitted
from analytics.encode import Column, Frame
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from analytics.fitted import Linear, Model, Rows
from analytics.ridge import IntArray
from crm_store.values.scores import Reason

_FEWEST_LIKE: Final = 5
_LEAST_APART: Final = 0.02
_FIFTHS: Final = (0.2, 0.4, 0.6, 0.8)


def effects(model: Model, frame: Frame) -> FloatArray:
    """How far each column moves the log odds of each row from where its usual value would leave them, (n, columns).

    For a model that is a sum over columns these are its exact contributions; for trees, what leaving the column at
    its usual value changes.
    """
    known, asked = model.design, model.fitted
    rows = fitted.rows_of(known, frame)
    if isinstance(asked, Linear):
        moved = (rows.matrix - known.usual_matrix()) * asked.line.weights
        parts = [moved[:, part].sum(axis=1) for part in known.slices()]
        return np.column_stack(parts) if parts else np.zeros((frame.size, 0))
    odds = asked.log_odds(rows)
    usual, usual_codes = known.usual_matrix(), known.usual()
    found = np.zeros((frame.size, len(known.coders)))
    for at, part in enumerate(known.slices()):
        matrix, codes = rows.matrix.copy(), rows.codes.copy()
        matrix[:, part], codes[:, at] = usual[part], usual_codes[at]
        found[:, at] = odds - asked.log_odds(Rows(matrix, codes))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Witness:
    """What came of known rows by a column's values: `edges` between numbers, `hits` and `counts` of each bin."""

    column: Column
    edges: FloatArray
    hits: FloatArray
    counts: FloatArray
    told: dict[tuple[int, str], str] = field(default_factory=dict)

    def bins(self, column: Column) -> IntArray:
        if column.is_words:
            return column.codes + 1
        places = np.searchsorted(self.edges, column.numbers, side="right") + 1
        return np.where(np.isfinite(column.numbers), places, 0).astype(np.int64)


class Grounds:
    """What came of the known rows, by each column's values, for reasons in words."""

    def __init__(self, known: Frame, y: BoolArray) -> None:
        """`known` are rows with their outcomes y, (n,)."""
        self._rate = float(y.mean()) if y.size else 0.0
        self._witnesses = [_witness(column, y) for column in known.columns]

    def reasons(self, frame: Frame, moved: FloatArray) -> list[tuple[Reason, ...]]:
        """Up to three reasons each way of each row; `moved` are the effects, (n, columns), of the same columns.

        An effect is absurd, and not told, where the known rows with such a value came out the other way round, or no
        more often than all by two points and a standard error.
        """
        columns = {column.name: column for column in frame.columns}
        ordered = [columns[witness.column.name] for witness in self._witnesses]
        bins = [witness.bins(column) for witness, column in zip(self._witnesses, ordered, strict=True)]
        least = 0.05 * np.abs(moved).sum(axis=1)
        found: list[tuple[Reason, ...]] = []
        for row in range(frame.size):
            told = [
                Reason(self._words(at, ordered[at], row, int(bins[at][row])), float(moved[row, at]))
                for at in np.flatnonzero(np.abs(moved[row]) > max(float(least[row]), 1e-6)).tolist()
                if self._sound(at, int(bins[at][row]), float(moved[row, at]))
            ]
            found.append(explain.strongest(told))
        return found

    def _sound(self, at: int, place: int, effect: float) -> bool:
        witness = self._witnesses[at]
        if place >= witness.counts.size or witness.counts[place] < _FEWEST_LIKE:
            return False
        apart = float(witness.hits[place] / witness.counts[place]) - self._rate
        error = float(np.sqrt(self._rate * (1 - self._rate) / witness.counts[place]))
        return apart * effect > 0 and abs(apart) >= max(_LEAST_APART, error)

    def _words(self, at: int, column: Column, row: int, place: int) -> str:
        witness = self._witnesses[at]
        shown = _value(column, row)
        if (place, shown) not in witness.told:
            count = int(witness.counts[place])
            share = explain.percent(float(witness.hits[place]) / count)
            like = "like it" if not column.is_words and shown else "such"
            fact = f"{column.name} is {shown}" if shown else f"{column.name} is empty"
            witness.told[place, shown] = (
                f"{fact} ({share} of {count:,} {like} came out yes, {explain.percent(self._rate)} of all)"
            )
        return witness.told[place, shown]


def sentence(reasons: Sequence[Reason], otherwise: str) -> str:
    """The reasons of one row in one line, what speaks for it first; `otherwise` where there are none."""
    ways = (("for", [each.text for each in reasons if each.effect > 0]),
            ("against", [each.text for each in reasons if each.effect < 0]))  # fmt: skip
    parts = [f"{way}: {'; '.join(texts)}" for way, texts in ways if texts]
    return " | ".join(parts) or otherwise


def _witness(column: Column, y: BoolArray) -> _Witness:
    seen = column.numbers[np.isfinite(column.numbers)]
    edges = np.unique(np.quantile(seen, _FIFTHS)) if seen.size else np.zeros(0)
    empty = _Witness(column, edges, np.zeros(0), np.zeros(0))
    places = empty.bins(column)
    size = (len(column.levels) if column.is_words else edges.size + 1) + 1
    hits = np.bincount(places, y.astype(np.float64), minlength=size)
    counts = np.bincount(places, np.ones(places.size), minlength=size)
    return _Witness(column, edges, hits.astype(np.float64), counts.astype(np.float64))


def _value(column: Column, row: int) -> str:
    if column.is_words:
        return column.levels[column.codes[row]] if column.codes[row] >= 0 else ""
    value = float(column.numbers[row])
    if not np.isfinite(value):
        return ""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.4g}"
