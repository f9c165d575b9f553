"""The size of a customer's orders: the Gamma-Gamma model, and the plain mean where all orders are alike."""

from collections.abc import Mapping
from typing import Self

import numpy as np
from scipy.special import digamma, gammaln

from analytics.features import FloatArray
from analytics.purchase import TooFewCustomers
from crm_store.values.scores import Json

_ALIKE = 0.05
_FEWEST_CUSTOMERS = 10


class GammaGamma:
    """Gamma amounts (p, v) around a customer's own mean, which is inverse gamma (q) over customers.

    Fader, Hardie & Lee 2005, J. Marketing Research 42:415. Degenerate when means hardly differ: then `alike_` is true
    and everybody is expected to spend the plain mean.
    """

    def fit(self, orders: FloatArray, mean: FloatArray) -> Self:
        """Fit on counts of all orders and mean amounts, both (n,), leaving out means of 0; raises TooFewCustomers."""
        orders, mean = orders[mean > 0], mean[mean > 0]
        if orders.size < _FEWEST_CUSTOMERS:
            raise TooFewCustomers("Too few customers have ordered to say what an order is worth.")
        self.mean_ = float(orders @ mean / orders.sum())
        self.alike_ = bool(np.std(mean) < _ALIKE * self.mean_)
        self.p_, self.q_, self.v_ = 1.0, 2.0, self.mean_
        if not self.alike_:
            self._search(orders, mean / self.mean_)
        return self

    def predict(self, orders: FloatArray, mean: FloatArray) -> FloatArray:
        """The expected amount of a further order, (n,): own mean shrunk to everybody's, less so with more orders."""
        if self.alike_:
            return np.full(orders.size, self.mean_)
        return np.asarray(self.p_ * (self.v_ + orders * mean) / (self.p_ * orders + self.q_ - 1), dtype=np.float64)

    def squares(self, orders: FloatArray, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(s, d), (n,) each: the expected square of the sum of N further orders is s N^2 + d N.

        A customer's rate is gamma with shape p n + q and rate v + n m, so that its inverse square has a mean where the
        shape is above 2; it is held there, since a single order of a heavy-tailed team has none.
        """
        if self.alike_:
            return np.full(orders.size, self.mean_**2), np.zeros(orders.size)
        shape = np.maximum(self.p_ * orders + self.q_, 2.5)
        inverse = (self.v_ + orders * mean) ** 2 / ((shape - 1) * (shape - 2))
        return self.p_**2 * inverse, self.p_ * inverse

    def to_json(self) -> dict[str, Json]:
        """The fitted numbers."""
        return {"p": self.p_, "q": self.q_, "v": self.v_, "mean": self.mean_, "alike": self.alike_}

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> Self:
        """A fitted model from `to_json`."""
        model = cls()
        model.p_, model.q_, model.v_, model.mean_ = (float(str(numbers[name])) for name in ("p", "q", "v", "mean"))
        model.alike_ = bool(numbers["alike"])
        return model

    def _search(self, orders: FloatArray, mean: FloatArray) -> None:
        """Maximum likelihood over log p, log (q - 1) and log v; q above 1, since the expected mean needs it."""
        from scipy.optimize import minimize  # noqa: PLC0415 - it loads only where a model is fitted

        kinds, place = np.unique(orders, return_inverse=True)
        logs, sums = np.log(mean), orders * mean

        def loss(found: FloatArray) -> tuple[float, FloatArray]:
            p, extra, v = np.exp(found)
            q = 1 + extra
            shapes, shape, total = p * kinds, p * orders, np.log(v + sums)
            apart = (gammaln(shapes + q) - gammaln(shapes) + shapes * np.log(kinds))[place]
            value = apart - gammaln(q) + q * np.log(v) + (shape - 1) * logs - (shape + q) * total
            each = (digamma(shapes + q) - digamma(shapes) + np.log(kinds))[place]
            by_p = float(np.mean(orders * (each + logs - total)))
            by_q = float(np.mean(digamma(shapes + q)[place] - total) - digamma(q) + np.log(v))
            by_v = float(q / v - np.mean((shape + q) / (v + sums)))
            return -float(value.mean()), -np.array([p * by_p, extra * by_q, v * by_v])

        bounds = [(-5, 7), (-4, 7), (-7, 7)]
        found = minimize(loss, np.array([1.0, 1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds)
        self.p_, self.q_ = float(np.exp(found.x[0])), float(1 + np.exp(found.x[1]))
        self.v_ = float(np.exp(found.x[2])) * self.mean_
