"""How a team's customers order: a purchase process by the season's clock, apart for those who were there before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from analytics import purchase, season
from analytics.features import FloatArray, Table
from analytics.ledger import Ledger
from analytics.purchase import Ahead, BgNbd, MbgCnbd
from analytics.season import Clock
from crm_store.values.scores import Json

Process = BgNbd | MbgCnbd
_EARLY_SPANS = (30, 60, 90)
_FEWEST_APART = 50
_ROUNDS = 3
_ENOUGH_FOR_MONTHS = 4_000


@dataclass(frozen=True, slots=True)
class Habits:
    """A fitted process; with `early`, customers first seen up to the ordinal `early_until` follow that one instead.

    A table that begins in the midst of business shows old customers as if they were new: they order faster and stay
    longer than those who are new indeed.
    """

    process: Process
    clock: Clock = season.PLAIN
    early: Process | None = None
    early_until: int = 0

    @property
    def name(self) -> str:
        """What people in the trade call it."""
        return self.process.name

    def ahead(self, table: Table, horizon: int) -> Ahead:
        """What each row, (n,), will order within `horizon` days after the table's day."""
        day, x = table.as_of.toordinal(), self._rows(table)
        length = max(self.clock.ahead(day, horizon), 1e-6)
        said = self.process.ahead(x, length)
        if self.early is None:
            return said
        early, old = self._early(table), self.early.ahead(x, length)
        return Ahead(
            np.where(early, old.orders, said.orders),
            np.where(early, old.variance, said.variance),
            np.where(early, old.none, said.none),
        )

    def alive(self, table: Table) -> FloatArray:
        """Chance of not having left, (n,)."""
        x = self._rows(table)
        said = self.process.alive(x)
        return said if self.early is None else np.where(self._early(table), self.early.alive(x), said)

    def to_json(self) -> dict[str, Json]:
        """The fitted numbers."""
        numbers: dict[str, Json] = {"process": _process_json(self.process), "clock": self.clock.to_json()}
        if self.early is not None:
            numbers |= {"early": _process_json(self.early), "early_until": self.early_until}
        return numbers

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> Self:
        """Habits from `to_json`."""
        early = _process(numbers["early"]) if "early" in numbers else None
        until = int(str(numbers.get("early_until", 0)))
        return cls(_process(numbers["process"]), Clock.from_json(_mapping(numbers["clock"])), early, until)

    def _early(self, table: Table) -> FloatArray:
        return np.asarray(table.as_of.toordinal() - table.column("days_since_first") <= self.early_until)

    def _rows(self, table: Table) -> FloatArray:
        return by_clock(table, self.clock)


def by_clock(table: Table, clock: Clock) -> FloatArray:
    """`purchase.counts` of a table with times by a clock, (n, 3)."""
    if not clock.factors:
        return purchase.counts(table)
    day = table.as_of.toordinal()
    first = clock.at(day - table.column("days_since_first"))
    last = clock.at(day - table.column("days_since_order"))
    repeats = table.column("orders") - 1
    return np.column_stack([repeats, np.where(repeats > 0, last - first, 0.0), clock.at(day) - first])


def learn(ledger: Ledger, day: int, horizon: int, process: Process) -> Habits:
    """Habits as known by `day`, in the family of a fitted process; raises TooFewCustomers."""
    table = ledger.buyers(day)
    habits, some = _apart(table, Habits(process), ledger.first), ledger.sample(_ENOUGH_FOR_MONTHS)
    for _ in range(_ROUNDS - 1):
        clock = season.learn(some, day, horizon, _Foreseen(some, habits), habits.clock)
        if not clock.factors:
            break
        habits = _again(table, habits, clock)
    return habits


def alike(table: Table, found: Habits, process: Process) -> Habits:
    """Another process with the clock and the early customers of `found`, fitted on the same rows."""
    return _again(table, Habits(process, found.clock, found.early and process, found.early_until), found.clock)


@dataclass(frozen=True, slots=True)
class _Foreseen:
    """What habits foresee for the span after an earlier day."""

    ledger: Ledger
    habits: Habits

    def __call__(self, day: int, clock: Clock) -> float:
        return float(self.habits.ahead(self.ledger.buyers(day), season.STEP).orders.sum())


def _apart(table: Table, habits: Habits, first: int) -> Habits:
    """Early customers apart, where that is likelier by more than its four numbers may gain by chance (Schwarz 1978)."""
    day, best, gain = table.as_of.toordinal(), habits, 2 * np.log(max(len(table.ids), 2))
    x = purchase.counts(table)
    one = _refit(habits.process, x).log_likelihood_
    for span in _EARLY_SPANS:
        early = day - table.column("days_since_first") < first + span
        if min(int((x[rows, 0] > 0).sum()) for rows in (early, ~early)) < _FEWEST_APART:
            continue
        old, new = _refit(habits.process, x[early]), _refit(habits.process, x[~early])
        better = old.log_likelihood_ + new.log_likelihood_ - one
        if better > gain:
            best, gain = Habits(new, habits.clock, old, first + span - 1), better
    return best


def _again(table: Table, habits: Habits, clock: Clock) -> Habits:
    x = by_clock(table, clock)
    if habits.early is None:
        return Habits(_refit(habits.process, x), clock)
    early = table.as_of.toordinal() - table.column("days_since_first") <= habits.early_until
    return Habits(_refit(habits.process, x[~early]), clock, _refit(habits.early, x[early]), habits.early_until)


def _refit(process: Process, x: FloatArray) -> Process:
    return BgNbd().fit(x) if isinstance(process, BgNbd) else MbgCnbd(process.k).fit(x)


def _process_json(process: Process) -> Json:
    return {"family": "bg" if isinstance(process, BgNbd) else "mbg"} | process.to_json()


def _process(numbers: Json) -> Process:
    found = _mapping(numbers)
    return BgNbd.from_json(found) if found["family"] == "bg" else MbgCnbd.from_json(found)


def _mapping(numbers: Json) -> Mapping[str, Json]:
    assert isinstance(numbers, dict)
    return numbers
