"""A chance from a few outcomes: two ways to put the columns into numbers, each counting as far as it foresees."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.special import ndtri

from analytics import design, grounds, ridge
from analytics.design import Design
from analytics.encode import Column, Frame
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from analytics.fitted import Linear, Model
from analytics.ridge import IntArray, Line

_REPEATS: Final = 3
_MOST_AXES: Final = 120
_LEAN: Final = 0.25
"""The power of a direction's variance by which it is stretched: what many columns tell alike is rarely noise."""


@dataclass(frozen=True, slots=True, eq=False)
class Coding:
    """Every row, known or to be scored, as numbers, with nothing learnt from outcomes.

    `matrix`, (n, p), is the design of `frame`; a line is fitted on `rows`, (n, d), which `turn`, (p, d), leads to.
    """

    frame: Frame
    design: Design
    matrix: FloatArray
    rows: FloatArray
    turn: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Few:
    """A line for each coding; their log odds are added."""

    codings: Sequence[Coding]
    lines: Sequence[Line]

    def log_odds(self, places: IntArray) -> FloatArray:
        """The log odds of the rows at these places, (m,)."""
        parts = [line.log_odds(each.rows[places]) for each, line in zip(self.codings, self.lines, strict=True)]
        return np.asarray(np.sum(parts, axis=0), dtype=np.float64)

    def effects(self, places: IntArray) -> FloatArray:
        """How far each column moves the log odds from where its usual value would leave them, (m, columns)."""
        parts = []
        for each, line in zip(self.codings, self.lines, strict=True):
            model = Model("logistic", each.design, Linear(Line(line.intercept, each.turn @ line.weights)))
            parts.append(grounds.effects(model, each.frame.take(places)))
        return np.asarray(np.sum(parts, axis=0), dtype=np.float64)


def codings(frame: Frame, known: IntArray) -> tuple[Coding, Coding]:
    """All rows of a frame as they are, learnt from the `known` ones, and by rank along the columns' main directions.

    By rank a few huge numbers do not hide the rest (normal scores, Blom 1958). The main directions weigh more than the
    ridge alone would give them, which helps where columns share a cause. Neither is right for every table.
    """
    plain = design.learn(frame.take(known))
    matrix = plain.matrix(frame)
    by_rank = Frame(tuple(_ranked(column) for column in frame.columns), frame.size)
    learnt = design.learn(by_rank, splines=False)
    ranked = learnt.matrix(by_rank)
    turn, axes = _turn(ranked), _axes(matrix[known])
    return (
        Coding(frame, plain, matrix, matrix @ axes, axes),
        Coding(by_rank, learnt, ranked, ranked @ turn, turn),
    )


def fit(seen: Sequence[Coding], places: IntArray, y: BoolArray, repeats: int = _REPEATS) -> Few:
    """The lines of all strengths on the rows at `places`, outcomes y (k,), by how likely they make rows held out.

    The strengths of all codings compete, so that the coding that fits the table has the say where outcomes tell, and
    both have it where they do not.
    """
    losses = np.array([ridge.losses(each.rows[places], y, repeats) for each in seen])
    likely = np.exp(-(losses - losses.min()))
    likely /= likely.sum()
    found = []
    for each, shares in zip(seen, likely, strict=True):
        lines = [ridge.fit(each.rows[places], y, strength) for strength in ridge.STRENGTHS]
        intercept = sum(float(share) * line.intercept for share, line in zip(shares, lines, strict=True))
        found.append(Line(intercept, np.asarray(shares @ np.array([line.weights for line in lines]))))
    return Few(seen, found)


def _ranked(column: Column) -> Column:
    if column.is_words:
        return column
    seen = np.sort(column.numbers[np.isfinite(column.numbers)])
    if not seen.size:
        return column
    below, upto = (np.searchsorted(seen, column.numbers, side) for side in ("left", "right"))
    shares = ((below + upto) / 2 + 0.125) / (seen.size + 0.25)
    scores = ndtri(np.clip(shares, 0.5 / (seen.size + 0.25), 1 - 0.5 / (seen.size + 0.25)))
    return replace(column, numbers=np.where(np.isfinite(column.numbers), scores, np.nan))


def _axes(matrix: FloatArray) -> FloatArray:
    """The columns themselves, or the main directions of very many: a ridge knows nothing beyond those of its rows."""
    if matrix.shape[1] <= _MOST_AXES:
        return np.eye(matrix.shape[1])
    _, directions = np.linalg.eigh(matrix.T @ matrix)
    return np.asarray(directions[:, -_MOST_AXES:], dtype=np.float64)


def _turn(matrix: FloatArray) -> FloatArray:
    """Directions of the columns, each stretched by a power of its variance; the variance of all together stays."""
    spread, directions = np.linalg.eigh(matrix.T @ matrix / max(len(matrix), 1))
    spread = np.maximum(spread, 0.0)
    lifted = spread**_LEAN
    total = float((spread * lifted**2).sum())
    kept = spread > 1e-12 * max(float(spread.max(initial=0.0)), 1e-300)
    kept[:-_MOST_AXES] = False
    level = np.sqrt(float(spread.sum()) / total) if total > 0 else 1.0
    return np.asarray((directions * lifted * level)[:, kept], dtype=np.float64)
