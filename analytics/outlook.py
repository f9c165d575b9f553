"""What is expected of each customer, from plain numbers alone, be it a whole night's or one touched customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics import candidates
from analytics.candidates import BG, MBG, OWN, Base, Challenger, Expected
from analytics.features import FloatArray, Table
from analytics.interval import Interval
from analytics.purchase import Ahead
from crm_store.values.scores import Json

PROCESS, NEXT_ORDER, RECENCY = "chance of not having left", "chance of an order in the window", "days since last order"
RANKINGS: Final = (PROCESS, NEXT_ORDER, RECENCY)
_GRID = np.linspace(0, 1, 101)


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """All that is said of each row, (n,) each: orders, revenue, its 80 % interval, the chance of being a customer."""

    orders: FloatArray
    revenue: FloatArray
    low: FloatArray
    high: FloatArray
    alive: FloatArray


@dataclass(frozen=True, slots=True)
class Blend:
    """Shares of candidates, which add up to 1, and the level and slope that earlier windows vouch for.

    With a slope below 1 large figures come down and small ones up towards `pivot`, which keeps the total.
    """

    shares: Mapping[str, float]
    level: float = 1.0
    slope: float = 1.0
    pivot: float = 1.0

    def of(self, said: Mapping[str, FloatArray]) -> FloatArray:
        """The blend of what candidates say, (n,)."""
        parts = [share * said[name] for name, share in self.shares.items()]
        joined = np.asarray(np.sum(parts, axis=0), dtype=np.float64)
        if self.slope == 1.0:
            return self.level * joined
        return np.asarray(self.level * self.pivot * (joined / self.pivot) ** self.slope, dtype=np.float64)

    def pivoted(self, said: Mapping[str, FloatArray]) -> "Blend":
        """The same blend with the pivot that keeps the total of these rows."""
        joined = Blend(self.shares).of(said)
        lifted = float((joined**self.slope).sum())
        if self.slope == 1.0 or not lifted > 0:
            return Blend(self.shares, self.level)
        pivot = (float(joined.sum()) / lifted) ** (1 / (1 - self.slope))
        return Blend(self.shares, self.level, self.slope, pivot)

    def to_json(self) -> dict[str, Json]:
        """Shares, level, slope and pivot."""
        return {"shares": dict(self.shares), "level": self.level, "slope": self.slope, "pivot": self.pivot}

    @classmethod
    def from_json(cls, numbers: Json) -> "Blend":
        """A blend from `to_json`."""
        found = _mapping(numbers)
        shares = {name: float(str(each)) for name, each in _mapping(found["shares"]).items()}
        return cls(shares, *(float(str(found[name])) for name in ("level", "slope", "pivot")))


@dataclass(frozen=True, slots=True)
class Ranking:
    """Who is still a customer: in the order of `by`, with as many at each chance as the process says (`levels`)."""

    by: str = PROCESS
    marks: tuple[float, ...] = ()
    levels: tuple[float, ...] = ()

    def alive(self, table: Table, process: FloatArray, ahead: Ahead) -> FloatArray:
        """The chance of each row, (n,)."""
        if not self.marks:
            return process
        mark = ranked(self.by, table, process, ahead)
        return np.asarray(np.interp(mark, np.array(self.marks), np.array(self.levels)), dtype=np.float64)

    def to_json(self) -> dict[str, Json]:
        """The ranking as numbers."""
        return {"by": self.by, "marks": list(self.marks), "levels": list(self.levels)}

    @classmethod
    def from_json(cls, numbers: Json) -> "Ranking":
        """A ranking from `to_json`."""
        assert isinstance(numbers, dict)
        marks, levels = (tuple(float(str(each)) for each in _list(numbers[name])) for name in ("marks", "levels"))
        return cls(str(numbers["by"]), marks, levels)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A fitted answer: `horizon` days, purchase models, the challengers that are needed, and how they are joined."""

    horizon: int
    base: Base
    challengers: Mapping[str, Challenger]
    orders: Blend
    revenue: Blend
    interval: Interval
    ranking: Ranking

    def say(self, table: Table) -> Said:
        """What is expected of each row after the table's day."""
        needed = {*self.orders.shares, *self.revenue.shares}
        ahead = self.base.mbg.ahead(table, self.horizon)
        said = expected(self.base, self.challengers, table, self.horizon, ahead, needed)
        orders = self.orders.of({name: each.orders for name, each in said.items()})
        revenue = self.revenue.of({name: each.revenue for name, each in said.items()})
        low, high = self.interval.of(self.base.spread(table, ahead).around(revenue))
        return Said(orders, revenue, low, high, self.ranking.alive(table, self.base.mbg.alive(table), ahead))

    def revenue_of(self, table: Table) -> FloatArray:
        """The expected revenue alone, (n,)."""
        ahead = self.base.mbg.ahead(table, self.horizon)
        said = expected(self.base, self.challengers, table, self.horizon, ahead, set(self.revenue.shares))
        return self.revenue.of({name: each.revenue for name, each in said.items()})

    def to_json(self) -> dict[str, Json]:
        """All numbers; `from_json` of them says the same."""
        return {
            "horizon_days": self.horizon,
            "base": self.base.to_json(),
            "challengers": {name: each.to_json() for name, each in self.challengers.items()},
            "orders": self.orders.to_json(),
            "revenue": self.revenue.to_json(),
            "interval": self.interval.to_json(),
            "ranking": self.ranking.to_json(),
        }

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> "Outlook":
        """An outlook from `to_json`."""
        base, challengers, interval = (_mapping(numbers[name]) for name in ("base", "challengers", "interval"))
        return cls(
            int(str(numbers["horizon_days"])),
            Base.from_json(base),
            {name: Challenger.from_json(_mapping(each)) for name, each in challengers.items()},
            Blend.from_json(numbers["orders"]),
            Blend.from_json(numbers["revenue"]),
            Interval.from_json(interval),
            Ranking.from_json(numbers["ranking"]),
        )


def expected(
    base: Base,
    challengers: Mapping[str, Challenger],
    table: Table,
    horizon: int,
    ahead: Ahead,
    names: Sequence[str] | set[str],
) -> dict[str, Expected]:
    """What each named candidate says of each row; `ahead` is what `base.mbg` says of the horizon."""
    amounts = base.amounts(table)
    found: dict[str, Expected] = {}
    for name in sorted(names):
        if name == MBG:
            found[name] = Expected(ahead.orders, ahead.orders * amounts)
        elif name == BG:
            orders = base.bg.ahead(table, horizon).orders
            found[name] = Expected(orders, orders * amounts)
        elif name == OWN:
            found[name] = candidates.own_rate(table, horizon)
        elif name in challengers:
            found[name] = challengers[name].expected(base, table, horizon)
    return found


def ranked(by: str, table: Table, process: FloatArray, ahead: Ahead) -> FloatArray:
    """The numbers, (n,), that one of RANKINGS sorts customers by, the likeliest to be one last."""
    if by == NEXT_ORDER:
        return 1 - ahead.none
    return process if by == PROCESS else -table.column("days_since_order")


def levelled(by: str, table: Table, process: FloatArray, ahead: Ahead) -> Ranking:
    """A ranking by `by` with the levels of the process, learnt on these rows."""
    if by == PROCESS:
        return Ranking()
    marks, levels = np.quantile(ranked(by, table, process, ahead), _GRID), np.quantile(process, _GRID)
    kept = np.append(np.diff(marks) > 0, True)
    return Ranking(by, tuple(float(each) for each in marks[kept]), tuple(float(each) for each in levels[kept]))


def _mapping(numbers: Json) -> dict[str, Json]:
    assert isinstance(numbers, dict)
    return numbers


def _list(numbers: Json) -> list[Json]:
    assert isinstance(numbers, list)
    return numbers
