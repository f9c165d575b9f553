"""Notices that the world moved, in the rate of late outcomes or in columns, and corrects chances for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from analytics import ridge
from analytics.evaluate import BoolArray
from analytics.features import FloatArray

MOVED = 2.58
"""Standard errors from which a difference of rates is told to people: 1 in 100 by chance."""
_SHIFT_PRIOR = 0.5
_SLOPE_PRIOR = 0.25
"""How far shift and slope of log odds are expected to stray, as standard deviations."""
_FEWEST_PARTS = 3
STRANGE = 0.25
"""Population stability index from which a column counts as changed, the usual rule of thumb."""


def base_rate(before: BoolArray, lately: BoolArray) -> float:
    """Standard errors between the rates of two groups of outcomes, above 0 where the late rate is higher."""
    if not before.size or not lately.size:
        return 0.0
    pooled = (before.sum() + lately.sum()) / (before.size + lately.size)
    error = np.sqrt(pooled * (1 - pooled) * (1 / before.size + 1 / lately.size))
    return float((lately.mean() - before.mean()) / error) if error > 0 else 0.0


def stability(trained: FloatArray, now: FloatArray, bins: int = 5) -> float:
    """Population stability index of one column, (n,) and (m,); missing values are left out."""
    trained, now = trained[np.isfinite(trained)], now[np.isfinite(now)]
    if min(trained.size, now.size) < 10 * bins:
        return 0.0
    edges = np.unique(np.quantile(trained, np.linspace(0, 1, bins + 1)[1:-1]))
    shares = [
        (np.bincount(np.searchsorted(edges, each), minlength=edges.size + 1) + 0.5)
        / (each.size + 0.5 * (edges.size + 1))
        for each in (trained, now)
    ]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def strange_columns(names: Sequence[str], trained: FloatArray, now: FloatArray) -> dict[str, float]:
    """The columns of (n, p) and (m, p) that changed, with their index."""
    found = {name: stability(trained[:, at], now[:, at]) for at, name in enumerate(names)}
    return {name: round(index, 3) for name, index in found.items() if index >= STRANGE}


@dataclass(frozen=True, slots=True)
class Correction:
    """Log odds are stretched by `slope` and moved by `shift`; the plain one changes nothing."""

    slope: float = 1.0
    shift: float = 0.0

    def apply(self, odds: FloatArray) -> FloatArray:
        """The corrected log odds, (n,)."""
        return np.asarray(odds * self.slope + self.shift, dtype=np.float64)


def moves(came: BoolArray, part: npt.NDArray[np.int64], plain: FloatArray) -> bool:
    """Whether the parts' rates differ from those known before by more than chance: chi-squared, 1 in 100; all (m,)."""
    counts = np.bincount(part).astype(np.float64)
    hits, expected = np.bincount(part, came.astype(np.float64)), np.bincount(part, plain)
    spread = np.bincount(part, plain * (1 - plain))
    if not counts.size or (spread <= 0).any():
        return False
    return bool(chdtrc(counts.size, float(((hits - expected) ** 2 / spread).sum())) < 0.01)


def correction(odds: FloatArray, came: BoolArray, part: npt.NDArray[np.int64]) -> Correction:
    """The correction that helped on later parts of a backtest, (m,): none, the latest rate, or rate and stretch.

    Each is fitted on the parts before a part and tested on it. One that does not win by a standard error is not used.
    """
    parts = np.unique(part)
    if parts.size < _FEWEST_PARTS:
        return Correction()
    later = parts[2:]
    plain = _squares(odds[np.isin(part, later)], came[np.isin(part, later)])
    best, won = Correction(), 0.0
    for stretch in (False, True):
        tried = np.concatenate(
            [
                _squares(
                    _fitted(odds[part < each], came[part < each], stretch=stretch).apply(odds[part == each]),
                    came[part == each],
                )
                for each in later
            ]
        )
        gain = plain - tried
        if float(gain.mean()) > max(won, float(gain.std()) / np.sqrt(gain.size)):
            best, won = _fitted(odds, came, stretch=stretch), float(gain.mean())
    return best


def foreseen(odds: FloatArray, came: BoolArray, part: npt.NDArray[np.int64]) -> FloatArray:
    """The log odds, (m,), that would have been said in each part of a backtest, corrected by the parts before it."""
    said = odds.copy()
    for each in np.unique(part):
        before, rows = part < each, part == each
        said[rows] = correction(odds[before], came[before], part[before]).apply(odds[rows])
    return said


def _squares(odds: FloatArray, came: BoolArray) -> FloatArray:
    return np.asarray((ridge.chance(odds) - came) ** 2, dtype=np.float64)


def _fitted(odds: FloatArray, came: BoolArray, *, stretch: bool) -> Correction:
    """Shift and slope by penalised likelihood; Newton's steps from the plain correction."""
    both = np.column_stack([np.ones(odds.size), odds])
    centre = np.array([0.0, 1.0])
    shrink = 1 / np.array([_SHIFT_PRIOR, _SLOPE_PRIOR if stretch else 1e-6]) ** 2
    found = centre.copy()
    for _ in range(25):
        said = ridge.chance(both @ found)
        slope = both.T @ (said - came) + shrink * (found - centre)
        bend = (both * (said * (1 - said))[:, None]).T @ both + np.diag(shrink)
        step = np.clip(np.linalg.solve(bend, slope), -1, 1)
        found = found - step
        if float(np.abs(step).max()) < 1e-9:
            break
    return Correction(float(found[1]), float(found[0]))


class Level:
    """The rate's slow walk on top of a model's log odds, followed batch by batch (a Kalman filter of one number)."""

    def __init__(self, pace: float) -> None:
        """`pace` is the variance that the level gains over 1,000 rows."""
        self._pace = pace
        self._level, self._variance = 0.0, 0.0

    def said(self, odds: FloatArray) -> FloatArray:
        """The chances of the next batch, (n,)."""
        return ridge.chance(odds + self._level)

    def learn(self, odds: FloatArray, came: BoolArray) -> None:
        """Take in what came of a batch, both (n,)."""
        if not self._pace or not odds.size:
            return
        before, variance = self._level, self._variance + self._pace * odds.size / 1_000
        for _ in range(20):
            said = ridge.chance(odds + self._level)
            slope = float((came - said).sum()) - (self._level - before) / variance
            bend = float((said * (1 - said)).sum()) + 1 / variance
            step = float(np.clip(slope / bend, -1, 1))
            self._level += step
            if abs(step) < 1e-9:
                break
        self._variance = 1 / bend
