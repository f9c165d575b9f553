"""Fitting BG/NBD and Gamma-Gamma; the peer is the textbook likelihood of every row, minimised by scipy as it comes."""

import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from analytics import purchase, spend
from analytics.features import FloatArray

_CUSTOMERS: Final = 2_400
_WEEKS: Final = 39
_ROUNDS: Final = 5


def measure() -> dict[str, Any]:
    """Seconds of processor time, the middle of five fits of the same made-up shop, and how far the results differ."""
    x, orders, mean = _shop(np.random.default_rng(1))
    ours, found = _timed(lambda: _ours(x, orders, mean))
    peer, plain = _timed(lambda: _plain(x, orders, mean))
    return {
        "customers": _CUSTOMERS,
        "seconds": round(ours, 4),
        "peer": "the same likelihoods of every row by scipy's L-BFGS-B with numerical gradients",
        "peer_seconds": round(peer, 4),
        "ratio": round(ours / peer, 3),
        "largest_difference_of_log_parameters": round(float(np.abs(np.log(found / plain)).max()), 5),
    }


def _timed(fit: Callable[[], FloatArray]) -> tuple[float, FloatArray]:
    took = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        found = fit()
        took.append(time.process_time() - began)
    return sorted(took)[_ROUNDS // 2], found


def _shop(random: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rows of `purchase.counts` in days, counts of all orders, and their mean amounts."""
    rows, means = [], []
    for _ in range(_CUSTOMERS):
        age = int(random.integers(_WEEKS * 7 - 84, _WEEKS * 7))
        pace, leaving = random.gamma(0.25, 1 / 31), random.beta(0.8, 2.4)
        day, last, repeats = 0.0, 0, 0
        while (day := day + random.exponential(1 / max(pace, 1e-9))) <= age:
            last, repeats = int(day), repeats + 1
            if random.random() < leaving:
                break
        rows.append([repeats, last, age])
        rate = random.gamma(3.7, 1 / 15.4)
        means.append(random.gamma(6.2 * (repeats + 1), 1 / rate) / (repeats + 1))
    x = np.array(rows, dtype=np.float64)
    return x, x[:, 0] + 1, np.array(means)


def _ours(x: FloatArray, orders: FloatArray, mean: FloatArray) -> FloatArray:
    model, size = purchase.BgNbd().fit(x), spend.GammaGamma().fit(orders, mean)
    return np.array([model.r_, model.alpha_, model.a_, model.b_, size.p_, size.q_, size.v_])


def _plain(x: FloatArray, orders: FloatArray, mean: FloatArray) -> FloatArray:
    repeats, last, age = x.T
    scale = 10 / age.max()
    last, age, unit = last * scale, age * scale, mean.mean()

    def purchases(logs: FloatArray) -> float:
        r, alpha, a, b = np.exp(logs)
        common = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha) + gammaln(a + b) + gammaln(b + repeats)
        common -= gammaln(b) + gammaln(a + b + repeats)
        stayed = -(r + repeats) * np.log(alpha + age)
        odds = np.log(a) - np.log(b + np.maximum(repeats, 1) - 1)
        left = np.where(repeats > 0, odds - (r + repeats) * np.log(alpha + last), -np.inf)
        return -float(np.mean(common + np.logaddexp(stayed, left)))

    def amounts(logs: FloatArray) -> float:
        p, q, v = np.exp(logs)
        each = gammaln(p * orders + q) - gammaln(p * orders) - gammaln(q) + q * np.log(v)
        each += (p * orders - 1) * np.log(mean / unit) + p * orders * np.log(orders)
        return -float(np.mean(each - (p * orders + q) * np.log(orders * mean / unit + v)))

    first = np.exp(minimize(purchases, np.zeros(4), method="L-BFGS-B").x)
    second = np.exp(minimize(amounts, np.array([1.0, 1.0, 0.0]), method="L-BFGS-B").x)
    return np.concatenate([first / [1, scale, 1, 1], second * [1, 1, unit]])
