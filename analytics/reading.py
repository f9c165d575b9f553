"""Reads all histories of a team in pages, so that no transaction lasts, and joins them without making single facts."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

import numpy as np

from analytics import columns
from crm_store.engine.store import Desk
from crm_store.queries import features
from crm_store.values.history import Histories, OrderColumns, TouchColumns

PAGE: Final = 5000
"""Customers read in one transaction."""


def everything(desk: Desk, as_of: date, progress: Callable[[str], None], most: int = PAGE) -> Histories:
    """All that a team knew on a day; deals are read once, since some belong to no customer."""
    parts: list[Histories] = []
    after = ""
    while page := desk.read_now(features.next_page, after, most):
        parts.append(desk.read_now(features.histories, as_of, page, with_deals=False))
        after = page.upto
        if len(parts) > 1:
            progress(f"reading histories of {sum(len(part.customers) for part in parts)} customers")
    return Histories(
        as_of=as_of,
        customers=tuple(one for part in parts for one in part.customers),
        orders=_orders([OrderColumns.of(part.orders) for part in parts]),
        touches=_touches([TouchColumns.of(part.touches) for part in parts]),
        deals=desk.read_now(features.all_deals, as_of),
        currency=desk.read_now(features.currency),
    )


def _orders(parts: Sequence[OrderColumns]) -> OrderColumns:
    """Orders of different customers after one another."""
    names = tuple(one for part in parts for one in part.customers)
    amounts = array("d")
    for part in parts:
        amounts.extend(part.amounts)
    places = _moved([part.places for part in parts], [len(part.customers) for part in parts])
    return OrderColumns(names, places, _chained(part.days for part in parts), amounts)


def _touches(parts: Sequence[TouchColumns]) -> TouchColumns:
    """Communications of different customers after one another; kinds are named once."""
    names = tuple(one for part in parts for one in part.customers)
    kinds = tuple(dict.fromkeys(kind for part in parts for kind in part.kind_names))
    said, came = array("i"), array("b")
    for part in parts:
        mine = np.array([kinds.index(kind) for kind in part.kind_names], dtype=np.intc)
        said.frombytes(mine[columns.ints(part.kinds)].tobytes() if len(part) else b"")
        came.extend(part.came)
    places = _moved([part.places for part in parts], [len(part.customers) for part in parts])
    return TouchColumns(names, kinds, places, _chained(part.days for part in parts), said, came)


def _moved(places: Sequence["array[int]"], sizes: Sequence[int]) -> "array[int]":
    """Places in the joined names: each part's begin where the names before it end."""
    found = array("i")
    start = 0
    for part, size in zip(places, sizes, strict=True):
        found.frombytes((columns.ints(part) + np.intc(start)).astype(np.intc).tobytes())
        start += size
    return found


def _chained(parts: Iterable["array[int]"]) -> "array[int]":
    found = array("i")
    for part in parts:
        found.extend(part)
    return found
