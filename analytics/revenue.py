"""Candidates that say each buyer's revenue within a horizon: purchase models, challengers, the own rate."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import TweedieRegressor
from sklearn.tree import DecisionTreeRegressor

from analytics import features, purchase, spend
from analytics.features import FloatArray, Table
from crm_store.values.history import Histories
from crm_store.values.scores import Json

SHORTEST_RATE = 30
"""The own rate is reckoned over at least this many days, or a first order today would be repeated daily."""
FEWEST_ROWS = 30
CHALLENGER_COLUMNS = (
    "orders", "spend", "days_since_order", "days_since_first", "orders_30", "orders_90", "orders_180", "spend_30",
    "spend_90", "spend_180",
)  # fmt: skip

Predictor = Callable[[Table], FloatArray]
Buyers = Callable[[date], Table]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A way to say the revenue of each row of a table, with its numbers."""

    predict: Predictor
    parameters: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a candidate may see: buyers as known by a day, what they ordered later up to that day, and the horizon."""

    histories: Histories
    buyers: Buyers
    horizon: int

    def later(self, ids: Sequence[str], day: date) -> FloatArray:
        """Revenue within the horizon after `day`, (n,)."""
        return features.revenue_between(self.histories, ids, day, day + timedelta(days=self.horizon))


def own_rate(table: Table, horizon: int) -> FloatArray:
    """The plain rule: what was spent so far, at the same pace, (n,)."""
    return table.column("spend") / np.maximum(table.column("days_since_first"), SHORTEST_RATE) * horizon


def sum_log_gaps(histories: Histories, day: date) -> float:
    """The sum over customers of the logs of the gaps between their days with orders, up to `day`."""
    days = features.order_days(features.known_by(histories, day).orders).values()
    return float(sum(np.log((b[0] - a[0]).days) for each in days for a, b in pairwise(each)))


def _fit_bg(setting: Setting, day: date) -> Fitted:
    table = setting.buyers(day)
    return _with_amounts(purchase.BgNbd().fit(purchase.counts(table)), table, setting.horizon)


def _fit_mbg(setting: Setting, day: date) -> Fitted:
    table = setting.buyers(day)
    model = purchase.likeliest(purchase.shapes(purchase.counts(table), sum_log_gaps(setting.histories, day)))
    return _with_amounts(model, table, setting.horizon)


def _with_amounts(model: purchase.BgNbd | purchase.MbgCnbd, table: Table, horizon: int) -> Fitted:
    size = spend.GammaGamma().fit(table.column("orders"), table.column("mean_order"))

    def predict(rows: Table) -> FloatArray:
        amounts = size.predict(rows.column("orders"), rows.column("mean_order"))
        return model.predict(purchase.counts(rows), horizon) * amounts

    return Fitted(predict, {"orders": model.to_json(), "amounts": size.to_json()})


def _fit_tweedie(setting: Setting, day: date) -> Fitted:
    x, y = _earlier_window(setting, day)
    middle, spread, unit = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9), max(float(y.mean()), 1e-9)
    model = TweedieRegressor(power=1.5, link="log", alpha=0.01, max_iter=2_000)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error", ConvergenceWarning)
        model.fit((x - middle) / spread, y / unit)
    coefficients = np.asarray(model.coef_, dtype=np.float64)
    most = 3 * float(y.max())

    def predict(rows: Table) -> FloatArray:
        logs = ((np.log1p(rows.columns(CHALLENGER_COLUMNS)) - middle) / spread) @ coefficients + float(model.intercept_)
        return np.asarray(np.minimum(unit * np.exp(np.minimum(logs, 50.0)), most), dtype=np.float64)

    numbers: dict[str, Json] = {"intercept": float(model.intercept_), "unit": unit}
    return Fitted(
        predict, numbers | {"coefficients": coefficients.tolist(), "means": middle.tolist(), "sds": spread.tolist()}
    )


def _fit_tree(setting: Setting, day: date) -> Fitted:
    x, y = _earlier_window(setting, day)
    model = DecisionTreeRegressor(max_leaf_nodes=8, min_samples_leaf=max(10, round(0.03 * y.size)), random_state=0)
    model.fit(x, y)
    tree = model.tree_
    numbers: dict[str, Json] = {
        "feature": tree.feature.tolist(),
        "threshold": tree.threshold.tolist(),
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "value": tree.value[:, 0, 0].tolist(),
    }
    return Fitted(lambda rows: np.asarray(model.predict(np.log1p(rows.columns(CHALLENGER_COLUMNS)))), numbers)


def _earlier_window(setting: Setting, day: date) -> tuple[FloatArray, FloatArray]:
    """Features a horizon before `day` and what came up to `day`: a window that ends where the prediction begins."""
    earlier = day - timedelta(days=setting.horizon)
    table = setting.buyers(earlier)
    y = setting.later(table.ids, earlier)
    if y.size < FEWEST_ROWS or int((y > 0).sum()) < purchase.FEWEST_REPEATERS:
        raise purchase.TooFewCustomers
    return np.log1p(table.columns(CHALLENGER_COLUMNS)), y


CANDIDATES: Mapping[str, Callable[[Setting, date], Fitted]] = {
    "BG/NBD with Gamma-Gamma": _fit_bg,
    "MBG/CNBD-k with Gamma-Gamma": _fit_mbg,
    "Tweedie regression": _fit_tweedie,
    "decision tree": _fit_tree,
}
OWN_RATE = "own rate so far"
CHALLENGERS = frozenset({"Tweedie regression", "decision tree"})


def fit(name: str, setting: Setting, day: date) -> Fitted | None:
    """The candidate as known by `day`, or nothing where there is too little or it does not settle."""
    try:
        return CANDIDATES[name](setting, day)
    except (purchase.TooFewCustomers, ConvergenceWarning, ValueError):
        return None
