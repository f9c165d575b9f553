"""Orders of many customers as arrays: who, which day, how much, and what was known of each buyer on any day."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from analytics import columns
from analytics.columns import LARGEST_ORDER
from analytics.features import FloatArray, Table
from crm_store.values.history import OrderFact

Days = npt.NDArray[np.int64]
WINDOWS = (30, 90, 180)
COLUMNS = (
    "orders", "spend", "mean_order", "days_since_order", "days_since_first", "orders_30", "orders_90", "orders_180",
    "spend_30", "spend_90", "spend_180", "log_gaps",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """Days with orders, sorted by customer and day, one row a customer and day: `who` ((n,) places in `ids`, which
    are sorted), `day` ((n,) ordinals), `amount` ((n,) whole currency units).
    """

    ids: tuple[str, ...]
    who: Days
    day: Days
    amount: FloatArray

    @property
    def first(self) -> int:
        """The ordinal of the earliest day; 0 where nobody ordered."""
        return int(self.day.min()) if self.day.size else 0

    def buyers(self, day: int) -> Table:
        """One row for each who had ordered by the end of `day` (an ordinal), with COLUMNS; nothing later is seen."""
        who, when, amount = self._until(day)
        if not who.size:
            return Table(date.fromordinal(max(day, 1)), (), COLUMNS, np.zeros((0, len(COLUMNS))))
        starts = np.flatnonzero(np.diff(who, prepend=-1))
        ends = np.append(starts[1:], who.size) - 1
        orders = (ends - starts + 1).astype(np.float64)
        spend = np.add.reduceat(amount, starts)
        gaps = np.diff(when, prepend=when[0])
        gaps[starts] = 1
        recent = [when > day - window for window in WINDOWS]
        values = np.column_stack(
            [
                orders,
                spend,
                spend / orders,
                day - when[ends],
                day - when[starts],
                *[np.add.reduceat(each.astype(np.float64), starts) for each in recent],
                *[np.add.reduceat(np.where(each, amount, 0.0), starts) for each in recent],
                np.add.reduceat(np.log(gaps), starts),
            ]
        )
        ids = tuple(self.ids[place] for place in who[starts])
        return Table(date.fromordinal(day), ids, COLUMNS, values)

    def came(self, day: int, until: int) -> tuple[FloatArray, FloatArray]:
        """Order days and revenue of each row of `buyers(day)` after `day` up to and including `until`: a target."""
        inside = (self.day > day) & (self.day <= until)
        seen = np.unique(self.who[self.day <= day])
        orders = np.bincount(self.who[inside], minlength=len(self.ids))[seen].astype(np.float64)
        revenue = np.bincount(self.who[inside], self.amount[inside], minlength=len(self.ids))[seen]
        return orders, np.asarray(revenue, dtype=np.float64)

    def sample(self, most: int) -> "Ledger":
        """At most `most` customers by a hash of their ids: the same ones from night to night."""
        if len(self.ids) <= most:
            return self
        marks = np.array([zlib.crc32(each.encode()) for each in self.ids])
        places = np.sort(np.argsort(marks, kind="stable")[:most])
        keep = np.isin(self.who, places)
        ids = tuple(self.ids[place] for place in places)
        return Ledger(ids, np.searchsorted(places, self.who[keep]), self.day[keep], self.amount[keep])

    def _until(self, day: int) -> tuple[Days, Days, FloatArray]:
        known = self.day <= day
        return self.who[known], self.day[known], self.amount[known]


def ledger(ids: Sequence[str], who: Days, day: Days, amount: FloatArray) -> Ledger:
    """A ledger of orders in any sequence: `who` ((n,) places in `ids`), `day` ((n,) ordinals), `amount` ((n,)).

    Negative and absurd amounts are left out, since a refund is no order; several orders of a customer on one day are
    one. The result does not depend on the sequence of the rows.
    """
    usable = np.isfinite(amount) & (amount >= 0) & (amount <= LARGEST_ORDER)
    who, day, amount = who[usable], day[usable], amount[usable]
    names = np.array(ids, dtype=object)
    seen = np.unique(who)
    ranked = seen[np.argsort(names[seen].astype(str), kind="stable")] if seen.size else seen
    place = np.zeros(len(ids), dtype=np.int64)
    place[ranked] = np.arange(ranked.size)
    who = place[who]
    sequence = np.lexsort((amount, day, who))
    who, day, amount = who[sequence], day[sequence], amount[sequence]
    new = np.flatnonzero((np.diff(who, prepend=-1) != 0) | (np.diff(day, prepend=-1) != 0))
    sums = np.add.reduceat(amount, new) if new.size else amount
    return Ledger(tuple(str(names[each]) for each in ranked), who[new], day[new], sums)


def of_facts(facts: Sequence[OrderFact], until: date) -> Ledger:
    """The ledger of orders up to and including `until`."""
    found = columns.daily(columns.orders_known(facts, until))
    return Ledger(found.ids, found.owners.astype(np.int64), found.days.astype(np.int64), found.amounts)
