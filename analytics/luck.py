"""Tells whether a few outcomes can be foreseen at all, or look as if they were dealt out at random."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from analytics.ridge import IntArray

_REPEATS: Final = 8
_FOLDS: Final = 5
_SHRINKS: Final = (1.0, 6.0)
"""Ridge penalties, in units of the mean squared length of a row."""
_MOST: Final = 400


def of_chance(
    x: FloatArray, y: BoolArray, parts: Sequence[slice] = (), beside: FloatArray | None = None, draws: int = 1999
) -> float:
    """How often shuffled outcomes show as much pattern as y, (n,), in x, (n, p): a one-sided p-value.

    `parts` are the places of each column's numbers in x; `beside`, (n, d), are the same rows in other numbers. Several
    signs of a pattern are looked at: how well ridge regression on either ranks and fits rows held out, at two
    penalties, and what the columns tell one by one, all together and the best alone. Each is ranked among the shuffles
    and the ranks are joined (Liu & Xie 2020, the Cauchy combination); the joined figure is again compared with those
    of the shuffles, so that the level holds whatever the signs share.
    Folds do not look at the outcomes, so that one projection serves every shuffle (Ojala & Garriga 2010, test 1).
    More than 400 rows are thinned, the rarer outcome last: rows that outcomes alone choose are still dealt at random
    where there is no pattern.
    """
    random = np.random.default_rng(0)
    if y.size > _MOST:
        keep = _thinned(y, random)
        x, y = x[keep], y[keep]
        beside = None if beside is None else beside[keep]
    if min(int(y.sum()), int((~y).sum())) < 2 or not x.shape[1]:
        return 1.0
    outcomes = np.empty((y.size, draws + 1))
    outcomes[:, 0] = y
    for draw in range(1, draws + 1):
        outcomes[:, draw] = random.permutation(y)
    signs = [_one_by_one(x, outcomes, parts or [slice(at, at + 1) for at in range(x.shape[1])])]
    for numbers in (x,) if beside is None else (x, beside):
        signs += [_held_out(each, outcomes) for each in _projections(numbers, random)]
    joined = np.sum([np.tan((0.5 - share) * np.pi) for each in signs for share in each], axis=0)
    return float((joined >= joined[0] - 1e-9).mean())


def _thinned(y: BoolArray, random: np.random.Generator) -> IntArray:
    """The places of at most 400 rows in their order, half of them of the rarer outcome where there are as many."""
    rarer, commoner = sorted((np.flatnonzero(y), np.flatnonzero(~y)), key=lambda each: each.size)
    few = random.permutation(rarer)[: _MOST // 2]
    return np.sort(np.concatenate([few, random.permutation(commoner)[: _MOST - few.size]]))


def _shares(reached: FloatArray) -> FloatArray:
    """For each draw, the share of draws that reach as much; never quite 1, so that its tangent is finite."""
    ordered = np.sort(reached)
    return (reached.size - np.searchsorted(ordered, reached - 1e-9) - 0.5) / reached.size


def _one_by_one(x: FloatArray, outcomes: FloatArray, parts: Sequence[slice]) -> list[FloatArray]:
    """Shares for the columns' own patterns joined (Fisher's combination), and for the best column's."""
    centred, apart = x - x.mean(axis=0), outcomes - outcomes.mean(axis=0)
    told = [((centred[:, part].T @ apart) ** 2).sum(axis=0) for part in parts if np.ptp(x[:, part], axis=0).any()]
    if not told:
        return []
    rare = np.array([-np.log(_shares(each)) for each in told])
    return [_shares(rare.sum(axis=0)), _shares(rare.max(axis=0))]


def _held_out(repeats: Sequence[FloatArray], outcomes: FloatArray) -> list[FloatArray]:
    """Shares for the mean area under the curve, and for how the mean of the repeats correlates with the outcomes."""
    said = np.mean(repeats, axis=0) @ outcomes
    said -= said.mean(axis=0)
    length = np.sqrt((said**2).sum(axis=0)) + 1e-12
    agrees = (said * (outcomes - outcomes.mean(axis=0))).sum(axis=0) / length
    return [_shares(_areas(repeats, outcomes)), _shares(agrees)]


def _projections(x: FloatArray, random: np.random.Generator) -> list[list[FloatArray]]:
    """For each penalty and repeat, the (n, n) matrix that turns outcomes into what is said of rows held out."""
    n = len(x)
    kernel = x @ x.T
    unit = float(np.trace(kernel)) / n or 1.0
    splits = [np.array_split(random.permutation(n), _FOLDS) for _ in range(_REPEATS)]
    found = []
    for shrink in _SHRINKS:
        repeats = []
        for parts in splits:
            whole = np.zeros((n, n))
            for held in parts:
                learn = np.setdiff1d(np.arange(n), held)
                centre = np.eye(learn.size) - 1 / learn.size
                inside = kernel[np.ix_(learn, learn)] + shrink * unit * np.eye(learn.size)
                whole[np.ix_(held, learn)] = kernel[np.ix_(held, learn)] @ np.linalg.solve(inside, centre)
            repeats.append(whole)
        found.append(repeats)
    return found


def _areas(repeats: Sequence[FloatArray], outcomes: FloatArray) -> FloatArray:
    """The mean area under the curve of each column of outcomes, (draws,)."""
    hits = outcomes.sum(axis=0)
    total = np.zeros(outcomes.shape[1])
    for whole in repeats:
        said = whole @ outcomes
        ranks = said.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") + 1
        total += ((ranks * outcomes).sum(axis=0) - hits * (hits + 1) / 2) / (hits * (len(outcomes) - hits))
    return total / len(repeats)
