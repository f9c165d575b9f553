"""Ways to say each buyer's orders and revenue within a horizon: purchase models, challengers, the own rate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from analytics import habits, purchase, trees, tweedie
from analytics.features import FloatArray, Table
from analytics.habits import Habits
from analytics.interval import Spread
from analytics.ledger import Ledger
from analytics.purchase import Ahead, MbgCnbd
from analytics.spend import GammaGamma
from analytics.trees import Trees
from analytics.tweedie import Tweedie
from crm_store.values.scores import Json

SHORTEST_RATE = 30
"""The own rate is reckoned over at least this many days, or a first order today would be repeated daily."""
FEWEST_ROWS = 30
RIDGE = 0.1
BG, MBG, OWN = "BG/NBD with Gamma-Gamma", "MBG/CNBD-k with Gamma-Gamma", "own rate so far"
REGRESSION, TREE, BOOSTING = "Tweedie regression", "decision tree", "gradient boosting"
PROCESSES: Final = (MBG, BG)
CHALLENGERS: Final = (REGRESSION, TREE, BOOSTING)
COLUMNS: Final = (
    "orders", "spend", "mean_order", "days_since_order", "days_since_first", "orders_30", "orders_90", "orders_180",
    "spend_30", "spend_90", "spend_180",
)  # fmt: skip
_REGRESSED: Final = ("mean_order", "days_since_order", "orders", "orders_30", "orders_90", "orders_180", "spend_90")
_TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Orders and revenue of each row within a horizon, (n,) each."""

    orders: FloatArray
    revenue: FloatArray


@dataclass(frozen=True, slots=True)
class Base:
    """Both purchase models and the size of orders; the level of everything else is taken from them."""

    mbg: Habits
    bg: Habits
    size: GammaGamma

    def amounts(self, table: Table) -> FloatArray:
        """The expected amount of a further order, (n,)."""
        return self.size.predict(table.column("orders"), table.column("mean_order"))

    def spread(self, table: Table, ahead: Ahead) -> Spread:
        """How revenue may spread around what `mbg` expects of the rows."""
        by_square, by_order = self.size.squares(table.column("orders"), table.column("mean_order"))
        square = by_square * (ahead.variance + ahead.orders**2) + by_order * ahead.orders
        return Spread(ahead.orders * self.amounts(table), square, ahead.none)

    def to_json(self) -> dict[str, Json]:
        """The fitted numbers."""
        return {"mbg": self.mbg.to_json(), "bg": self.bg.to_json(), "size": self.size.to_json()}

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> Self:
        """A base from `to_json`."""
        mbg, bg, size = (_mapping(numbers[name]) for name in ("mbg", "bg", "size"))
        return cls(Habits.from_json(mbg), Habits.from_json(bg), GammaGamma.from_json(size))


@dataclass(frozen=True, slots=True)
class Challenger:
    """A regression on a past window of `window` days; the purchase model carries it to any horizon and sets its level.

    A window behind a busy autumn says little of how much will be ordered in a quiet spring, but a lot of who orders:
    so the levels, found at fitting, make the total that of the purchase model.
    """

    window: int
    orders: Tweedie | Trees
    revenue: Tweedie | Trees
    orders_level: float = 1.0
    revenue_level: float = 1.0

    def expected(self, base: Base, table: Table, horizon: int) -> Expected:
        """What it says of each row."""
        known, ahead = base.mbg.ahead(table, self.window).orders, base.mbg.ahead(table, horizon).orders
        longer = ahead / np.maximum(known, _TINY)
        logs = _logs(base, table, known)
        orders, revenue = (
            _ask(model, table, logs[:, place]) if isinstance(model, Tweedie) else model.predict(_wide(table, logs))
            for place, model in enumerate((self.orders, self.revenue))
        )
        return Expected(orders * longer * self.orders_level, revenue * longer * self.revenue_level)

    def to_json(self) -> dict[str, Json]:
        """The fitted numbers."""
        return {
            "window": self.window,
            "linear": isinstance(self.orders, Tweedie),
            "orders": self.orders.to_json(),
            "revenue": self.revenue.to_json(),
            "orders_level": self.orders_level,
            "revenue_level": self.revenue_level,
        }

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> Self:
        """A challenger from `to_json`."""
        read: Callable[[dict[str, Json]], Tweedie | Trees] = Tweedie.from_json if numbers["linear"] else Trees.from_json
        orders, revenue = (read(_mapping(numbers[name])) for name in ("orders", "revenue"))
        levels = (float(str(numbers[name])) for name in ("orders_level", "revenue_level"))
        return cls(int(str(numbers["window"])), orders, revenue, *levels)


def own_rate(table: Table, horizon: int) -> Expected:
    """The plain rule: as much as so far, at the same pace; the first order is no pace of orders."""
    age = np.maximum(table.column("days_since_first"), SHORTEST_RATE)
    return Expected((table.column("orders") - 1) / age * horizon, table.column("spend") / age * horizon)


def learn(ledger: Ledger, day: int, horizon: int) -> Base:
    """The purchase models as known by `day` (an ordinal); raises TooFewCustomers."""
    table = ledger.buyers(day)
    x = purchase.counts(table)
    process = purchase.likeliest(purchase.shapes(x, float(table.column("log_gaps").sum())))
    found = habits.learn(ledger, day, horizon, process)
    size = GammaGamma().fit(table.column("orders"), table.column("mean_order"))
    return Base(found, habits.alike(table, found, purchase.BgNbd()), size)


def plain(table: Table) -> Base:
    """Where too few ordered again to fit anything: everybody's pace, blended with the own; nobody is called lost."""
    again, days = float((table.column("orders") - 1).sum()), float(table.column("days_since_first").sum())
    pace = (again + 0.5) / (days + SHORTEST_RATE)
    numbers: dict[str, Json] = {"r": 1.0, "alpha": 1 / pace, "a": 0.01, "b": 1.0, "log_likelihood": 0.0}
    model = MbgCnbd.from_json(numbers | {"k": 1})
    mean = float(table.column("spend").sum() / max(float(table.column("orders").sum()), 1.0))
    size = GammaGamma.from_json({"p": 1.0, "q": 2.0, "v": mean, "mean": mean, "alike": False})
    return Base(Habits(model), Habits(model), size)


def challenge(name: str, ledger: Ledger, day: int, window: int, base: Base, earlier: Base) -> Challenger:
    """A challenger that learnt from the `window` days up to `day` what came to the buyers of the day before them.

    `base` knows what was known by `day`, `earlier` what was known before the window. Raises TooFewCustomers, or
    ValueError where a regression does not settle.
    """
    table, now = ledger.buyers(day - window), ledger.buyers(day)
    orders, revenue = ledger.came(day - window, day)
    if orders.size < FEWEST_ROWS or int((orders > 0).sum()) < purchase.FEWEST_REPEATERS or revenue.sum() <= 0:
        raise purchase.TooFewCustomers
    logs = _logs(earlier, table, earlier.mbg.ahead(table, window).orders)
    if name == REGRESSION:
        x = np.log1p(table.columns(_REGRESSED))
        first: Tweedie | Trees = tweedie.fit(x, logs[:, 0], orders, RIDGE)
        second: Tweedie | Trees = tweedie.fit(x, logs[:, 1], revenue, RIDGE)
    else:
        grow, wide = trees.grow_one if name == TREE else trees.boost, _wide(table, logs)
        first, second = grow(wide, orders), grow(wide, revenue)
    found = Challenger(window, first, second)
    said, level = found.expected(base, now, window), base.mbg.ahead(now, window).orders
    return Challenger(
        window,
        first,
        second,
        float(level.sum() / max(float(said.orders.sum()), _TINY)),
        float((level * base.amounts(now)).sum() / max(float(said.revenue.sum()), _TINY)),
    )


def _ask(model: Tweedie, table: Table, offset: FloatArray) -> FloatArray:
    return model.predict(np.log1p(table.columns(_REGRESSED)), offset)


def _logs(base: Base, table: Table, orders: FloatArray) -> FloatArray:
    """Logs of the orders and of the revenue that the purchase model expects, (n, 2)."""
    return np.log(np.maximum(np.column_stack([orders, orders * base.amounts(table)]), _TINY))


def _wide(table: Table, logs: FloatArray) -> FloatArray:
    """What trees see, rounded to single precision, in which scikit-learn chooses the thresholds."""
    found = np.column_stack([np.log1p(table.columns(COLUMNS)), logs])
    return found.astype(np.float32).astype(np.float64)


def _mapping(numbers: Json) -> dict[str, Json]:
    assert isinstance(numbers, dict)
    return numbers
