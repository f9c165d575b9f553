"""Orders and communications told from one process to another as text, so that only one of them has to read them."""

from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Union

from crm_store.values.history import CustomerFact, DealFact, Histories, OrderColumns, TouchColumns

ROWS: Final = 200_000
"""Customers, orders and communications a piece: some megabytes of text."""
Column = Union["array[int]", "array[float]"]


@dataclass(frozen=True, slots=True)
class HistoryPiece:
    """The next rows of each column, numbers as the machine keeps them; places count from the first piece on."""

    customers: tuple[str, ...]
    kind_names: tuple[str, ...]
    orders: tuple[str, ...]
    touches: tuple[str, ...]


def pieces(histories: Histories, rows: int = ROWS) -> Iterator[HistoryPiece]:
    """All orders and communications of histories as they were read.

    Raises ValueError where orders and communications do not name all customers in the same order.
    """
    orders, touches = OrderColumns.of(histories.orders), TouchColumns.of(histories.touches)
    names = tuple(each.customer_id for each in histories.customers)
    if not orders.customers == touches.customers == names:
        raise ValueError("The columns name other customers than there are.")
    for start in range(0, max(len(names), len(orders), len(touches)), rows):
        part = slice(start, start + rows)
        yield HistoryPiece(
            names[part],
            () if start else touches.kind_names,
            tuple(_told(each[part]) for each in _of_orders(orders)),
            tuple(_told(each[part]) for each in _of_touches(touches)),
        )


@dataclass(slots=True)
class Gathered:
    """Pieces put together again."""

    _names: list[str] = field(default_factory=list)
    _kind_names: list[str] = field(default_factory=list)
    _orders: OrderColumns = field(default_factory=OrderColumns)
    _touches: TouchColumns = field(default_factory=TouchColumns)

    def add(self, piece: HistoryPiece) -> None:
        """Take the next piece."""
        self._names.extend(piece.customers)
        self._kind_names.extend(piece.kind_names)
        columns: list[Column] = [*_of_orders(self._orders), *_of_touches(self._touches)]
        for text, column in zip((*piece.orders, *piece.touches), columns, strict=True):
            column.frombytes(b64decode(text))

    def histories(self, as_of: date, deals: Sequence[DealFact], currency: str) -> Histories | None:
        """What was told, with the deals that the reader knows; None where nothing was.

        Of customers only the ids are known.
        """
        if not self._names:
            return None
        names = tuple(self._names)
        return Histories(
            as_of,
            tuple(CustomerFact(one, "", as_of) for one in names),
            OrderColumns(names, *_of_orders(self._orders)),
            TouchColumns(names, tuple(self._kind_names), *_of_touches(self._touches)),
            tuple(deals),
            currency,
        )


def _of_orders(columns: OrderColumns) -> tuple["array[int]", "array[int]", "array[float]"]:
    return columns.places, columns.days, columns.amounts


def _of_touches(columns: TouchColumns) -> tuple["array[int]", "array[int]", "array[int]", "array[int]"]:
    return columns.places, columns.days, columns.kinds, columns.came


def _told(column: Column) -> str:
    return b64encode(column.tobytes()).decode()
