"""Purchase processes of customers who may leave without saying so: BG/NBD and MBG/CNBD-k, fitted and asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import betaln, gammaln, xlogy

from analytics.features import FloatArray, Table
from crm_store.errors import CrmError
from crm_store.values.scores import Json

_SERIES_END = 1e-7
_MOST_TERMS = 2_000
_CROWDED = 0.8
"""Settled customers are carried along, with nothing to add, until so few are left that the sum is worth shrinking."""
FEWEST_REPEATERS = 10


class TooFewCustomers(CrmError):
    """Too few customers have ordered again to say how people order."""


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """What a purchase process says of a horizon, (n,) each: expected orders, their variance, the chance of none."""

    orders: FloatArray
    variance: FloatArray
    none: FloatArray


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
        from analytics import likelihood  # noqa: PLC0415 - scipy's optimiser loads only where a model is fitted

        _enough(x)
        found = likelihood.maximise(x, likelihood.bg_nbd)
        self.r_, self.alpha_, self.a_, self.b_ = found.r, found.alpha, found.a, found.b
        self.log_likelihood_ = found.log_likelihood
        return self

    def alive(self, x: FloatArray) -> FloatArray:
        """Chance of not having left, (n,); it is 1 for everybody who ordered once, so take MBG/CNBD-k's for people."""
        repeats, last, age = x.T
        shape = self.r_ + repeats
        odds = self.a_ / (self.b_ + np.maximum(repeats, 1) - 1) * ((self.alpha_ + age) / (self.alpha_ + last)) ** shape
        return np.where(repeats > 0, 1 / (1 + odds), 1.0)

    def predict(self, x: FloatArray, horizon: float) -> FloatArray:
        """Orders expected within `horizon` after the age, (n,)."""
        return self.ahead(x, horizon).orders

    def ahead(self, x: FloatArray, horizon: float) -> Ahead:
        """Expected orders within `horizon` after the age, their variance and the chance of none."""
        repeats, _, age = x.T
        moments = _if_here(horizon, self.alpha_ + age, self.r_ + repeats, (1, 0), (self.a_, self.b_ + repeats))
        return _ahead(self.alive(x) * moments)

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
        from analytics import likelihood  # noqa: PLC0415 - scipy's optimiser loads only where a model is fitted

        _enough(x)
        found = likelihood.maximise(x, likelihood.mbg_cnbd(self.k))
        self.r_, self.alpha_, self.a_, self.b_ = found.r, found.alpha, found.a, found.b
        # Each of k stages counts in the density's unit, of which `maximise` has turned one back.
        repeats = float(x[:, 0].sum())
        unit = (self.k - 1) * repeats * np.log(10 / max(float(x[:, 2].max()), 1e-9))
        constant = (self.k - 1) * sum_log_gaps - repeats * float(gammaln(self.k))
        self.log_likelihood_ = float(found.log_likelihood + unit + constant)
        return self

    def alive(self, x: FloatArray) -> FloatArray:
        """Chance of not having left, (n,)."""
        left, here, _ = self._left_and_here(x)
        return np.asarray(1 / (1 + np.exp(np.clip(left - here, -700, 700))), dtype=np.float64)

    def predict(self, x: FloatArray, horizon: float) -> FloatArray:
        """Orders expected within `horizon` after the age, (n,): an exact series over the stages of the present gap."""
        return self.ahead(x, horizon).orders

    def ahead(self, x: FloatArray, horizon: float) -> Ahead:
        """Expected orders within `horizon` after the age, their variance and the chance of none."""
        repeats, _, age = x.T
        _, here, stages = self._left_and_here(x)
        moments = np.zeros((3, repeats.size))
        for stage in range(self.k):
            share, shape = np.exp(stages[stage] - here), self.r_ + self.k * repeats + stage
            leaving = (self.a_, self.b_ + repeats + 1)
            moments += share * _if_here(horizon, self.alpha_ + age, shape, (self.k, stage), leaving)
        return _ahead(self.alive(x) * moments)

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

    def _left_and_here(self, x: FloatArray) -> tuple[FloatArray, FloatArray, list[FloatArray]]:
        """Log likelihoods of having left, of being here, and of being here in each stage; (n,) each."""
        r, alpha, a, b = self.r_, self.alpha_, self.a_, self.b_
        repeats, last, age = x.T
        shape = r + self.k * repeats
        left = betaln(a + 1, b + repeats) + gammaln(shape) - shape * np.log(alpha + last)
        stays = betaln(a, b + repeats + 1)
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


def _enough(x: FloatArray) -> None:
    if int((x[:, 0] > 0).sum()) < FEWEST_REPEATERS:
        raise TooFewCustomers


def _ahead(moments: FloatArray) -> Ahead:
    orders, squares, some = moments
    return Ahead(orders, np.maximum(squares - orders**2, 0.0), np.clip(1 - some, 0.0, 1.0))


def _if_here(
    horizon: float, scale: FloatArray, shape: FloatArray, stages: tuple[int, int], leaving: tuple[float, FloatArray]
) -> FloatArray:
    """Expected orders within `horizon`, their expected square, and the chance of any, for who is here: (3, n).

    The m-th order comes with k m - j more stages and m - 1 stays; customers leave the sum when it has settled.
    """
    (k, done), (a, b) = stages, leaving
    moments = np.zeros((3, shape.size))
    rows = np.arange(shape.size)
    part, stayed = horizon / (scale + horizon), np.ones_like(shape)
    # The chance of at least so many stages is an incomplete beta integral; each further stage takes one term off it
    # (Abramowitz & Stegun 26.5.16), which is far cheaper than asking for every integral anew.
    odds, enough = np.log(part), -np.expm1(shape * np.log1p(-part))
    at, log_term = 1, odds + shape * np.log1p(-part) + np.log(shape)
    for m in range(1, _MOST_TERMS):
        while at < k * m - done:
            enough = np.maximum(enough - np.exp(log_term), 0.0)
            log_term = log_term + odds + np.log((at + shape) / (at + 1))
            at += 1
        term = stayed * enough
        moments[0, rows] += term
        moments[1, rows] += (2 * m - 1) * term
        if m == 1:
            moments[2] = term
        going = term > _SERIES_END
        stayed = np.where(going, stayed * ((b + (m - 1)) / (b + (a + m - 1))), 0.0)
        left = np.count_nonzero(going)
        if not left:
            break
        if left < _CROWDED * going.size:
            rows, shape, odds, stayed, b = rows[going], shape[going], odds[going], stayed[going], b[going]
            enough, log_term = enough[going], log_term[going]
    return moments


def _numbers(numbers: Mapping[str, Json]) -> tuple[float, ...]:
    return tuple(float(str(numbers[name])) for name in ("r", "alpha", "a", "b", "log_likelihood"))
