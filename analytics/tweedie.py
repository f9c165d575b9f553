"""Tweedie regression with a log link, power 1.5, for amounts of which many are nought; corrects what is expected."""

from dataclasses import dataclass

import numpy as np

from analytics.features import FloatArray
from crm_store.values.scores import Json

_ROUNDS = 50
_SETTLED = 1e-9
_FAR = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Tweedie:
    """exp(offset + intercept + x coefficients) for x standardised by `middle` and `spread`, (d,) each."""

    intercept: float
    coefficients: FloatArray
    middle: FloatArray
    spread: FloatArray

    def predict(self, x: FloatArray, offset: FloatArray) -> FloatArray:
        """The mean of each row, (n,), of x (n, d); columns are held within three spreads of what was learnt."""
        held = np.clip((x - self.middle) / self.spread, -3.0, 3.0)
        return np.exp(np.clip(offset + self.intercept + held @ self.coefficients, -_FAR, _FAR))

    def to_json(self) -> dict[str, Json]:
        """The fitted numbers."""
        return {
            "intercept": self.intercept,
            "coefficients": [float(each) for each in self.coefficients],
            "middle": [float(each) for each in self.middle],
            "spread": [float(each) for each in self.spread],
        }

    @classmethod
    def from_json(cls, numbers: dict[str, Json]) -> "Tweedie":
        """A regression from `to_json`."""
        coefficients, middle, spread = (np.array(numbers[each]) for each in ("coefficients", "middle", "spread"))
        return cls(float(str(numbers["intercept"])), coefficients, middle, spread)


def fit(x: FloatArray, offset: FloatArray, y: FloatArray, ridge: float) -> Tweedie:
    """Least penalised Tweedie deviance of y (n,) >= 0 by Newton's method; raises ValueError where it does not settle.

    `ridge` is the penalty on squared coefficients beside the mean deviance; the offset, (n,), is a log mean that the
    regression starts from. y is measured in units of its mean, so that the penalty does not depend on the currency.
    """
    unit = float(y.mean())
    if not unit > 0:
        raise ValueError("There is nothing to learn from: all amounts are 0.")
    middle, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    design = np.column_stack([np.ones(y.size), np.clip((x - middle) / spread, -3.0, 3.0)])
    start, scaled = np.clip(offset - np.log(unit), -_FAR, _FAR), y / unit
    penalty = np.append(0.0, np.full(x.shape[1], ridge))
    beta = np.zeros(design.shape[1])
    beta[0] = -np.log(max(float(np.exp(start).mean()), 1e-12))
    loss = _loss(design, start, scaled, penalty, beta)
    for _ in range(_ROUNDS):
        root = np.exp(np.clip(start + design @ beta, -_FAR, _FAR) / 2)
        gradient = design.T @ (root - scaled / root) / y.size + penalty * beta
        curve = (root + scaled / root) / 2
        hessian = (design * curve[:, None]).T @ design / y.size + np.diag(penalty + 1e-9)
        step = np.linalg.solve(hessian, gradient)
        for halving in range(30):
            new = _loss(design, start, scaled, penalty, beta - step / 2**halving)
            if new <= loss:
                beta = beta - step / 2**halving
                break
        settled, loss = loss - new < _SETTLED * max(abs(loss), 1.0), min(new, loss)
        if settled:
            return Tweedie(float(beta[0]), beta[1:], middle, spread)
    raise ValueError("The regression did not settle.")


def _loss(design: FloatArray, start: FloatArray, y: FloatArray, penalty: FloatArray, beta: FloatArray) -> float:
    """Half the mean deviance of power 1.5, penalised, without its constant. Jorgensen 1987, J. R. Stat. Soc. B."""
    root = np.exp(np.clip(start + design @ beta, -_FAR, _FAR) / 2)
    return float(np.mean(2 * y / root + 2 * root) + 0.5 * penalty @ beta**2)
