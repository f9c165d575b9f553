"""Maximum likelihood of purchase processes: the likelihood of each customer's history, its gradient, and the search."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import betaln, digamma, gammaln, xlogy

from analytics.features import FloatArray

_LOG_BOUND = 9.0
_STOP = {"ftol": 1e-13, "gtol": 1e-7, "maxiter": 300}


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Distinct histories: `counts` ((u,) distinct numbers of repeats), `place` ((n,) of each row among them), `last`
    and `age` ((n,), one unit of time), `weight` ((n,) customers alike).
    """

    counts: FloatArray
    place: npt.NDArray[np.int64]
    last: FloatArray
    age: FloatArray
    weight: FloatArray

    def of(self, values: FloatArray) -> FloatArray:
        """One number a distinct count, (u,), spread to the rows, (n,)."""
        return values[self.place]


@dataclass(frozen=True, slots=True)
class Found:
    """Maximum-likelihood parameters in the unit of the rows, with the log likelihood of all customers."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float


Likelihood = Callable[[FloatArray, Rows], tuple[FloatArray, FloatArray]]
"""(r, alpha, a, b) and rows to the log likelihood of each, (n,), and its gradient by the parameters, (4, n)."""


def maximise(x: FloatArray, likelihood: Likelihood) -> Found:
    """The best parameters for (n, 3) rows of repeats, last, age: L-BFGS-B on log parameters over distinct rows.

    Times are scaled so that the largest is 10, or the start would be far off; the result is in the unit given.
    """
    scale = 10 / max(float(x[:, 2].max()), 1e-9)
    distinct, weight = np.unique(x, axis=0, return_counts=True)
    counts, place = np.unique(distinct[:, 0], return_inverse=True)
    weights = weight / weight.sum()
    rows = Rows(counts, place, distinct[:, 1] * scale, distinct[:, 2] * scale, weights)

    def loss(logs: FloatArray) -> tuple[float, FloatArray]:
        parameters = np.exp(logs)
        value, gradient = likelihood(parameters, rows)
        return -float(weights @ value), -(gradient @ weights) * parameters

    bounds = [(-_LOG_BOUND, _LOG_BOUND)] * 4
    best = minimize(loss, np.zeros(4), jac=True, method="L-BFGS-B", bounds=bounds, options=_STOP)
    r, alpha, a, b = (float(each) for each in np.exp(best.x))
    # A density of times in another unit differs by the scale to the power of the repeats.
    unit = float(weight @ distinct[:, 0]) * np.log(scale)
    return Found(r, alpha / scale, a, b, float(-best.fun * weight.sum() + unit))


def bg_nbd(parameters: FloatArray, rows: Rows) -> tuple[FloatArray, FloatArray]:
    """BG/NBD. Fader, Hardie & Lee 2005, Marketing Science 24:275, formula 6."""
    r, alpha, a, b = parameters
    x, repeats = rows.counts, rows.of(rows.counts)
    old, young = np.log(alpha + rows.age), np.log(alpha + rows.last)
    common = r * np.log(alpha) + gammaln(r + x) - gammaln(r) + betaln(a, b + x) - betaln(a, b)
    last_chance = np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1) - 1), -np.inf)
    stays, leaves = -(r + repeats) * old, rows.of(last_chance) - (r + repeats) * young
    either = np.logaddexp(stays, leaves)
    left = np.exp(leaves - either)
    here = 1 - left
    both = digamma(a + b) - digamma(a + b + x)
    gradient = np.stack(
        [
            np.log(alpha) + rows.of(digamma(r + x) - digamma(r)) - here * old - left * young,
            r / alpha - (r + repeats) * (here / (alpha + rows.age) + left / (alpha + rows.last)),
            rows.of(both) + left / a,
            rows.of(both + digamma(b + x) - digamma(b)) - left * rows.of(1 / (b + np.maximum(x, 1) - 1)),
        ]
    )
    return rows.of(common) + either, gradient


def mbg_cnbd(k: int) -> Likelihood:
    """MBG/CNBD-k without its constant. Reutterer, Platzer & Schroeder 2020, doi 10.1016/j.ijresmar.2020.09.002."""

    def likelihood(parameters: FloatArray, rows: Rows) -> tuple[FloatArray, FloatArray]:
        r, alpha, a, b = parameters
        x, shape = rows.counts, r + k * rows.of(rows.counts)
        old, young = np.log(alpha + rows.age), np.log(alpha + rows.last)
        start = r * np.log(alpha) - gammaln(r) - betaln(a, b)
        leaves = rows.of(start + betaln(a + 1, b + x) + gammaln(r + k * x)) - shape * young
        stages = np.stack(
            [
                rows.of(start + betaln(a, b + x + 1) + gammaln(r + k * x + j) - gammaln(j + 1))
                + xlogy(j, rows.age - rows.last)
                - (shape + j) * old
                for j in range(k)
            ]
        )
        either = np.logaddexp(leaves, np.logaddexp.reduce(stages, axis=0))
        left, in_stage = np.exp(leaves - either), np.exp(stages - either)
        here = in_stage.sum(axis=0)
        done = in_stage.T @ np.arange(k)
        pace = np.log(alpha) - digamma(r) + left * (rows.of(digamma(r + k * x)) - young) - here * old
        pace += sum(in_stage[j] * rows.of(digamma(r + k * x + j)) for j in range(k))
        both = digamma(a + b) - digamma(a + b + x + 1)
        gradient = np.stack(
            [
                pace,
                r / alpha - left * shape / (alpha + rows.last) - (here * shape + done) / (alpha + rows.age),
                rows.of(both) + left / a,
                rows.of(both + digamma(b + x) - digamma(b)) + here * rows.of(1 / (b + x)),
            ]
        )
        return either, gradient

    return likelihood
