"""Logistic regression with ridge shrinkage by Newton's method, and its shrinkage by cross-validated log-loss."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.evaluate import BoolArray
from analytics.features import FloatArray

IntArray = npt.NDArray[np.int64]
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""Inverse shrinkage tried; the number is the variance that the prior gives a coefficient."""
_ROWS_TO_CHOOSE = 6_000
_FEW = 1_000
_STEPS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Log odds of rows x, (n, p): `intercept` + x @ `weights`, (p,)."""

    intercept: float
    weights: FloatArray

    def log_odds(self, x: FloatArray) -> FloatArray:
        """The log odds of each row, (n,)."""
        return np.asarray(x @ self.weights + self.intercept, dtype=np.float64)


def chance(log_odds: FloatArray) -> FloatArray:
    """The chance of each log odds, (n,), never quite 0 or 1."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))), dtype=np.float64)


def log_odds(chances: FloatArray) -> FloatArray:
    """The inverse of `chance`, (n,)."""
    held = np.clip(chances, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(held / (1 - held)), dtype=np.float64)


def fit(
    x: FloatArray,
    y: BoolArray,
    strength: float,
    weights: FloatArray | None = None,
    start: Line | None = None,
    exact: float = 1e-7,
) -> Line:
    """The line with the least penalised log-loss of x (n, p), y (n,); both outcomes must be present.

    The penalty is |weights|^2 / (2 strength); the intercept is free. Steps that do not help are halved.
    """
    told = x.any(axis=0)
    if not told.all():
        # Columns of noughts, such as those of levels that do not occur, have no weight but would cost their time.
        begin = None if start is None else Line(start.intercept, start.weights[told])
        some = fit(x[:, told], y, strength, weights, begin, exact)
        every = np.zeros(told.size)
        every[told] = some.weights
        return Line(some.intercept, every)
    w = np.ones(y.size) if weights is None else weights
    rate = float(np.average(y, weights=w))
    both = np.column_stack([np.ones(len(x)), x])
    beta = np.zeros(both.shape[1])
    beta[0] = np.log(rate / (1 - rate))
    if start is not None:
        beta = np.concatenate([[start.intercept], start.weights])
    shrink = np.full(beta.size, 1 / strength)
    shrink[0] = 1e-9
    target = y.astype(np.float64)
    loss = _loss(both @ beta, target, w) + 0.5 * float(shrink @ beta**2)
    for _ in range(_STEPS):
        said = chance(both @ beta)
        slope = both.T @ (w * (said - target)) + shrink * beta
        bend = (both * (w * said * (1 - said))[:, None]).T @ both
        bend[np.diag_indices_from(bend)] += shrink
        step = np.linalg.solve(bend, slope)
        size, moved = 1.0, False
        while size > 1e-4 and not moved:
            tried = beta - size * step
            new = _loss(both @ tried, target, w) + 0.5 * float(shrink @ tried**2)
            moved = new <= loss
            size /= 2
        if not moved:
            break
        gain, beta, loss = loss - new, tried, new
        if gain < exact * max(1.0, abs(loss)):
            break
    return Line(float(beta[0]), beta[1:])


def strength(
    x: FloatArray,
    y: BoolArray,
    weights: FloatArray | None = None,
    repeats: int = 1,
    units: IntArray | None = None,
) -> float:
    """The inverse shrinkage by log-loss over shuffled folds, x (n, p) and y (n,); many rows are thinned.

    Rows of one of the `units`, (n,), are held out together.
    Each strength counts by how likely it makes the rows held out, so that a few rows do not tip it from end to end.
    """
    found = losses(x, y, repeats, weights, units)
    return float(np.exp(np.average(np.log(STRENGTHS), weights=np.exp(-(found - found.min())))))


def losses(
    x: FloatArray, y: BoolArray, repeats: int, weights: FloatArray | None = None, units: IntArray | None = None
) -> FloatArray:
    """The log-loss of rows held out in shuffled folds at each of the strengths, the mean of the repeats."""
    w = np.ones(y.size) if weights is None else weights
    if y.size > _ROWS_TO_CHOOSE:
        keep = np.sort(np.random.default_rng(0).permutation(y.size)[:_ROWS_TO_CHOOSE])
        x, y, w = x[keep], y[keep], w[keep]
        units = None if units is None else units[keep]
    found = np.zeros(len(STRENGTHS))
    for seed in range(repeats):
        for held in folds(y, 5 if y.size < _FEW else 3, seed, units):
            learn = np.setdiff1d(np.arange(y.size), held)
            if y[learn].all() or not y[learn].any():
                continue
            line: Line | None = None
            for at, each in enumerate(STRENGTHS):
                line = fit(x[learn], y[learn], each, w[learn], line, 1e-4)
                found[at] += _loss(line.log_odds(x[held]), y[held].astype(np.float64), w[held])
    return found / repeats


def folds(y: BoolArray, most: int, seed: int, units: IntArray | None = None) -> list[IntArray]:
    """Shuffled parts of the rows of y, (n,), each with its share of both outcomes.

    Rows of one of the `units`, (n,), lie in one part: a model that has seen one of them would know the others. A unit
    counts by its first outcome; with fewer than two units of an outcome there are no parts.
    """
    if units is not None:
        _, first, of = np.unique(units, return_index=True, return_inverse=True)
        if first.size < y.size:
            lone = y[first]
            parts = folds(lone, most, seed) if min(int(lone.sum()), int((~lone).sum())) > 1 else []
            return [np.flatnonzero(np.isin(of, part)) for part in parts]
    random = np.random.default_rng(seed)
    place = np.empty(y.size, dtype=np.int64)
    count = max(2, min(most, int(y.sum()), int((~y).sum())))
    start = 0
    for outcome in (True, False):
        rows = random.permutation(np.flatnonzero(y == outcome))
        place[rows] = (np.arange(rows.size) + start) % count
        start += rows.size
    return [np.flatnonzero(place == each) for each in range(count)]


def _loss(odds: FloatArray, target: FloatArray, weights: FloatArray) -> float:
    return float(weights @ (np.logaddexp(0, odds) - target * odds))
