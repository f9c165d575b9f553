"""The size of a customer's orders: the Gamma-Gamma model, and the plain mean where all orders are alike."""

from collections.abc import Mapping
from typing import Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

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

        def loss(logs: FloatArray) -> float:
            p, v = np.exp(logs[0]), np.exp(logs[2])
            q = 1 + np.exp(logs[1])
            shape = p * orders
            likelihood = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(v) + (shape - 1) * np.log(mean)
            likelihood += shape * np.log(orders) - (shape + q) * np.log(v + orders * mean)
            return -float(likelihood.mean())

        found = minimize(loss, np.array([1.0, 1.0, 0.0]), method="L-BFGS-B", bounds=[(-5, 7), (-4, 7), (-7, 7)])
        self.p_, self.q_ = float(np.exp(found.x[0])), float(1 + np.exp(found.x[1]))
        self.v_ = float(np.exp(found.x[2])) * self.mean_
