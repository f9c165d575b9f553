"""Purchase processes of customers who may leave without saying so: BG/NBD and MBG/CNBD-k by maximum likelihood."""

from collections.abc import Callable, Mapping, Sequence
from typing import Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import betainc, betaln, gammaln, xlogy

from analytics.features import FloatArray, Table
from crm_store.errors import CrmError
from crm_store.values.scores import Json

_LOG_BOUND = 9.0
_SERIES_END = 1e-9
_STOP = {"ftol": 1e-10, "gtol": 1e-6, "maxiter": 150}
_MOST_TERMS = 2_000
FEWEST_REPEATERS = 10


class TooFewCustomers(CrmError):
    """Too few customers have ordered again to say how people order."""


def counts(table: Table) -> FloatArray:
    """What the models are fitted on, (n, 3): orders after the first, day of the last since the first, age; in days."""
    age = table.column("days_since_first")
    repeats = table.column("orders") - 1
    last = np.where(repeats > 0, age - table.column("days_since_order"), 0.0)
    return np.column_stack([repeats, last, age])


class BgNbd:
    """BG/NBD: gamma pace (r, alpha), and after each repeat order a chance to leave that is beta (a, b) over customers.

    Fader, Hardie & Lee 2005, Marketing Science 24:275. Times in any one unit.
    """

    name = "BG/NBD"

    def fit(self, x: FloatArray) -> Self:
        """Fit on (n, 3) rows of `counts`; raises TooFewCustomers."""
        self.r_, self.alpha_, self.a_, self.b_, self.log_likelihood_ = _fit(x, _bg_log_likelihood)
        return self

    def alive(self, x: FloatArray) -> FloatArray:
        """Chance of not having left, (n,); it is 1 for everybody who ordered once, so take MBG/CNBD-k's for people."""
        repeats, last, age = x.T
        shape = self.r_ + repeats
        odds = self.a_ / (self.b_ + np.maximum(repeats, 1) - 1) * ((self.alpha_ + age) / (self.alpha_ + last)) ** shape
        return np.where(repeats > 0, 1 / (1 + odds), 1.0)

    def predict(self, x: FloatArray, horizon: float) -> FloatArray:
        """Orders expected within `horizon` after the age, (n,)."""
        repeats, _, age = x.T
        orders = _orders_if_alive(horizon, self.alpha_ + age, self.r_ + repeats, (1, 0), (self.a_, self.b_ + repeats))
        return np.asarray(self.alive(x) * orders, dtype=np.float64)

    def to_json(self) -> dict[str, Json]:
        """The fitted numbers."""
        return {"r": self.r_, "alpha": self.alpha_, "a": self.a_, "b": self.b_, "log_likelihood": self.log_likelihood_}

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> Self:
        """A fitted model from `to_json`."""
        model = cls()
        model.r_, model.alpha_, model.a_, model.b_, model.log_likelihood_ = _numbers(numbers)
        return model


class MbgCnbd:
    """MBG/CNBD-k: as BG/NBD, but one may leave after the first order too, and gaps are Erlang-k, so regular for k > 1.

    Batislam et al. 2007; Reutterer, Platzer & Schroeder 2020, doi 10.1016/j.ijresmar.2020.09.002. k=1 is MBG/NBD.
    """

    def __init__(self, k: int = 1) -> None:
        self.k = k

    @property
    def name(self) -> str:
        """What people in the trade call it."""
        return f"MBG/CNBD-{self.k}" if self.k > 1 else "MBG/NBD"

    def fit(self, x: FloatArray, sum_log_gaps: float = 0.0) -> Self:
        """Fit on (n, 3) rows of `counts`; the sum of log gaps lets several k compare. Raises TooFewCustomers."""
        fitted = _fit(x, lambda logs, rows: np.logaddexp(*self._left_and_here(np.exp(logs), rows)[:2]))
        self.r_, self.alpha_, self.a_, self.b_, plain = fitted
        self.log_likelihood_ = plain + (self.k - 1) * sum_log_gaps - float(x[:, 0].sum()) * float(gammaln(self.k))
        return self

    def alive(self, x: FloatArray) -> FloatArray:
        """Chance of not having left, (n,)."""
        left, here, _ = self._left_and_here(self._parameters(), x)
        return np.asarray(1 / (1 + np.exp(np.clip(left - here, -700, 700))), dtype=np.float64)

    def predict(self, x: FloatArray, horizon: float) -> FloatArray:
        """Orders expected within `horizon` after the age, (n,): an exact series over the stages of the present gap."""
        repeats, _, age = x.T
        _, here, stages = self._left_and_here(self._parameters(), x)
        leaving = (self.a_, self.b_ + repeats + 1)
        orders = np.zeros(repeats.size)
        for stage in range(self.k):
            share = np.exp(stages[stage] - here)
            shape = self.r_ + self.k * repeats + stage
            orders += share * _orders_if_alive(horizon, self.alpha_ + age, shape, (self.k, stage), leaving)
        return np.asarray(self.alive(x) * orders, dtype=np.float64)

    def to_json(self) -> dict[str, Json]:
        """The fitted numbers."""
        numbers: dict[str, Json] = {"r": self.r_, "alpha": self.alpha_, "a": self.a_, "b": self.b_}
        return numbers | {"log_likelihood": self.log_likelihood_, "k": self.k}

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> Self:
        """A fitted model from `to_json`."""
        model = cls(int(str(numbers["k"])))
        model.r_, model.alpha_, model.a_, model.b_, model.log_likelihood_ = _numbers(numbers)
        return model

    def _parameters(self) -> FloatArray:
        return np.array([self.r_, self.alpha_, self.a_, self.b_])

    def _left_and_here(self, parameters: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray, list[FloatArray]]:
        """Log likelihoods of having left, of being here, and of being here in each stage; (n,) each."""
        r, alpha, a, b = parameters
        repeats, last, age = x.T
        shape = r + self.k * repeats
        start = r * np.log(alpha) - gammaln(r) - betaln(a, b)
        left = start + betaln(a + 1, b + repeats) + gammaln(shape) - shape * np.log(alpha + last)
        stays = start + betaln(a, b + repeats + 1)
        stages = [
            stays + xlogy(j, age - last) - gammaln(j + 1) + gammaln(shape + j) - (shape + j) * np.log(alpha + age)
            for j in range(self.k)
        ]
        return left, np.logaddexp.reduce(stages, axis=0), stages


def shapes(x: FloatArray, sum_log_gaps: float, most: int = 3) -> tuple[MbgCnbd, ...]:
    """MBG/CNBD-k for k = 1..most, from irregular to regular gaps; raises TooFewCustomers."""
    return tuple(MbgCnbd(k).fit(x, sum_log_gaps) for k in range(1, most + 1))


def likeliest(fitted: Sequence[MbgCnbd]) -> MbgCnbd:
    """The one with the best likelihood; they must have been fitted on the same rows with the same sum of log gaps."""
    return max(fitted, key=lambda model: model.log_likelihood_)


def _bg_log_likelihood(logs: FloatArray, x: FloatArray) -> FloatArray:
    r, alpha, a, b = np.exp(logs)
    repeats, last, age = x.T
    shape = r + repeats
    common = r * np.log(alpha) + gammaln(shape) - gammaln(r) + betaln(a, b + repeats) - betaln(a, b)
    stays = -shape * np.log(alpha + age)
    leaves = np.log(a) - np.log(b + np.maximum(repeats, 1) - 1) - shape * np.log(alpha + last)
    return np.asarray(common + np.where(repeats > 0, np.logaddexp(stays, leaves), stays), dtype=np.float64)


def _fit(
    x: FloatArray, log_likelihood: Callable[[FloatArray, FloatArray], FloatArray]
) -> tuple[float, float, float, float, float]:
    """Maximum likelihood over distinct rows, with times scaled to at most 10 and log parameters bounded.

    The likelihood returned is that of the rows in their own unit, so that models on the same rows compare.
    """
    if int((x[:, 0] > 0).sum()) < FEWEST_REPEATERS:
        raise TooFewCustomers
    scale = 10 / max(float(x[:, 2].max()), 1.0)
    rows, weights = np.unique(x, axis=0, return_counts=True)
    scaled = rows * np.array([1.0, scale, scale])

    def loss(logs: FloatArray) -> float:
        return -float(weights @ log_likelihood(logs, scaled)) / float(x.shape[0])

    bounds = [(-_LOG_BOUND, _LOG_BOUND)] * 4
    best = minimize(loss, np.zeros(4), method="L-BFGS-B", bounds=bounds, options=_STOP)
    r, alpha, a, b = (float(each) for each in np.exp(best.x))
    parameters = np.log([r, alpha / scale, a, b])
    return r, alpha / scale, a, b, float(weights @ log_likelihood(parameters, rows))


def _orders_if_alive(
    horizon: float, scale: FloatArray, shape: FloatArray, stages: tuple[int, int], leaving: tuple[float, FloatArray]
) -> FloatArray:
    """Orders within `horizon` of somebody who is here: the m-th comes with k m - j more stages and m - 1 stays."""
    (k, done), (a, b) = stages, leaving
    part = horizon / (scale + horizon)
    stayed = np.ones_like(shape)
    orders = np.zeros_like(shape)
    for m in range(1, _MOST_TERMS):
        term = stayed * betainc(k * m - done, shape, part)
        orders += term
        if not term.size or float(term.max()) < _SERIES_END:
            break
        stayed *= (b + m - 1) / (a + b + m - 1)
    return orders


def _numbers(numbers: Mapping[str, Json]) -> tuple[float, ...]:
    return tuple(float(str(numbers[name])) for name in ("r", "alpha", "a", "b", "log_likelihood"))
