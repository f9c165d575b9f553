"""Columns of facts seen by numpy without copying: cut at a day, put in a fixed order, summed by customer and day."""

from array import array
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from crm_store.values.history import OrderColumns, OrderFact, TouchColumns, TouchFact

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intc]
LARGEST_ORDER: Final = 1e12


@dataclass(frozen=True, slots=True, eq=False)
class DailyOrders:
    """Days with orders: customer `i` of `ids` (n) has rows starts[i] to starts[i + 1] of `days` and `amounts` (m).

    `days` are calendar ordinals that rise within a customer, `amounts` the sum of each day in whole currency units.
    """

    ids: tuple[str, ...]
    starts: npt.NDArray[np.intp]
    days: IntArray
    amounts: FloatArray

    @property
    def owners(self) -> npt.NDArray[np.intp]:
        """The place in `ids` of each row, (m,)."""
        return np.repeat(np.arange(len(self.ids)), np.diff(self.starts))


def orders_known(facts: Sequence[OrderFact], day: date) -> OrderColumns:
    """The orders up to and including `day` sorted by customer, day and amount.

    Negative and absurd amounts are left out, since a refund is no order; a free order is one.
    """
    columns = OrderColumns.of(facts)
    days, amounts = ints(columns.days), floats(columns.amounts)
    keep = (days <= day.toordinal()) & np.isfinite(amounts) & (amounts >= 0) & (amounts <= LARGEST_ORDER)
    ids, places = _sorted_ids(columns.customers, ints(columns.places)[keep])
    days, amounts = days[keep], amounts[keep]
    key = _rank(places, days)
    if not _rises(key, amounts):
        order = np.lexsort((amounts, key))
        places, days, amounts = places[order], days[order], amounts[order]
    return OrderColumns(ids, _whole(places), _whole(days), _real(amounts))


def touches_known(facts: Sequence[TouchFact], day: date) -> TouchColumns:
    """The communications up to and including `day` sorted by customer, day, kind and direction."""
    columns = TouchColumns.of(facts)
    days = ints(columns.days)
    keep = days <= day.toordinal()
    ids, places = _sorted_ids(columns.customers, ints(columns.places)[keep])
    names, kinds = _sorted_ids(columns.kind_names, ints(columns.kinds)[keep])
    days, came = days[keep], np.frombuffer(columns.came, dtype=np.int8)[keep]
    # `in` sorts before `out`, as the words do.
    key, second = _rank(places, days), (2 * kinds + (1 - came)).astype(np.float64)
    if not _rises(key, second):
        order = np.lexsort((second, key))
        places, days, kinds, came = places[order], days[order], kinds[order], came[order]
    flags = array("b")
    flags.frombytes(came.tobytes())
    return TouchColumns(ids, names, _whole(places), _whole(days), _whole(kinds), flags)


def orders_of(facts: Sequence[OrderFact], kept: Set[str]) -> OrderColumns:
    """The orders of some customers, in the same order."""
    columns = OrderColumns.of(facts)
    rows = _rows_of(columns, kept)
    ids, places = _sorted_ids(columns.customers, ints(columns.places)[rows])
    return OrderColumns(ids, _whole(places), _whole(ints(columns.days)[rows]), _real(floats(columns.amounts)[rows]))


def touches_of(facts: Sequence[TouchFact], kept: Set[str]) -> TouchColumns:
    """The communications of some customers, in the same order."""
    columns = TouchColumns.of(facts)
    rows = _rows_of(columns, kept)
    ids, places = _sorted_ids(columns.customers, ints(columns.places)[rows])
    days, kinds = ints(columns.days)[rows], ints(columns.kinds)[rows]
    return TouchColumns(ids, columns.kind_names, _whole(places), _whole(days), _whole(kinds), _flags(columns, rows))


def _rows_of(columns: OrderColumns | TouchColumns, kept: Set[str]) -> npt.NDArray[np.intp]:
    """The places of the facts of some customers."""
    wanted = np.fromiter((one in kept for one in columns.customers), dtype=np.bool_, count=len(columns.customers))
    return np.flatnonzero(wanted[ints(columns.places)])


def _flags(columns: TouchColumns, rows: npt.NDArray[np.intp]) -> "array[int]":
    found = array("b")
    found.frombytes(np.frombuffer(columns.came, dtype=np.int8)[rows].tobytes())
    return found


def daily(orders: Sequence[OrderFact]) -> DailyOrders:
    """Each customer's days with orders and the sum of each day; customers sorted by id, only those with orders."""
    columns = OrderColumns.of(orders)
    ids, places = _sorted_ids(columns.customers, ints(columns.places))
    days, amounts = ints(columns.days), floats(columns.amounts)
    key = _rank(places, days)
    if not _rises(key):
        order = np.lexsort((amounts, key))
        places, days, amounts, key = places[order], days[order], amounts[order], key[order]
    first = np.flatnonzero(np.diff(key, prepend=key[:1] - 1))
    sums = np.add.reduceat(amounts, first) if len(first) else np.zeros(0)
    places, days = places[first], days[first]
    begins = np.flatnonzero(np.diff(places, prepend=places[:1] - 1))
    return DailyOrders(
        tuple(ids[place] for place in places[begins]), np.append(begins, len(places)), days, sums.astype(np.float64)
    )


def of_customers(columns: OrderColumns, wanted: frozenset[str] | set[str]) -> OrderColumns:
    """The orders of some customers, in the order they come."""
    kept = np.array([one in wanted for one in columns.customers], dtype=np.bool_)
    places = ints(columns.places)
    keep = kept[places] if len(places) else np.zeros(0, dtype=np.bool_)
    return replace(
        columns,
        places=_whole(places[keep]),
        days=_whole(ints(columns.days)[keep]),
        amounts=_real(floats(columns.amounts)[keep]),
    )


def present(columns: OrderColumns | TouchColumns) -> set[str]:
    """The customers that have a fact."""
    used = _used(ints(columns.places), len(columns.customers))
    return set(columns.customers) if len(used) == len(columns.customers) else {columns.customers[one] for one in used}


def totals(table: DailyOrders) -> dict[str, float]:
    """What each customer spent in all."""
    sums = np.bincount(table.owners, weights=table.amounts, minlength=len(table.ids))
    return dict(zip(table.ids, sums.tolist(), strict=True))


def last_days(touches: TouchColumns) -> dict[str, date]:
    """The day of each customer's last communication."""
    days = np.zeros(len(touches.customers), dtype=np.intc)
    np.maximum.at(days, ints(touches.places), ints(touches.days))
    return {one: date.fromordinal(day) for one, day in zip(touches.customers, days.tolist(), strict=True) if day}


def ints(column: "array[int]") -> IntArray:
    """A column of whole numbers as an array over the same memory."""
    return np.frombuffer(column, dtype=np.intc)


def floats(column: "array[float]") -> FloatArray:
    """A column of numbers as an array over the same memory."""
    return np.frombuffer(column, dtype=np.float64)


def _sorted_ids(names: tuple[str, ...], places: IntArray) -> tuple[tuple[str, ...], IntArray]:
    """The names that occur in `places`, sorted, and the places moved with them."""
    used = _used(places, len(names))
    order = sorted(used, key=names.__getitem__)
    if len(order) == len(names) and order == used:
        return names, places
    moved = np.zeros(len(names), dtype=np.intc)
    moved[order] = np.arange(len(order), dtype=np.intc)
    return tuple(names[one] for one in order), moved[places]


def _used(places: IntArray, most: int) -> list[int]:
    """The places that occur, in order; counting is many times as fast as sorting a million of them."""
    found: list[int] = np.flatnonzero(np.bincount(places, minlength=most)).tolist()
    return found


def _rank(places: IntArray, days: IntArray) -> npt.NDArray[np.int64]:
    """One number a row that sorts by customer, then day."""
    return places.astype(np.int64) * 2**22 + days


def _rises(key: npt.NDArray[np.int64], second: FloatArray | None = None) -> bool:
    steps = np.diff(key)
    if second is None:
        return bool(np.all(steps >= 0))
    return bool(np.all((steps > 0) | ((steps == 0) & (np.diff(second) >= 0))))


def _whole(values: npt.NDArray[np.generic]) -> "array[int]":
    column = array("i")
    column.frombytes(np.ascontiguousarray(values, dtype=np.intc).tobytes())
    return column


def _real(values: FloatArray) -> "array[float]":
    column = array("d")
    column.frombytes(np.ascontiguousarray(values).tobytes())
    return column
