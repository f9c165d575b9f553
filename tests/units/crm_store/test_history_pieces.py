"""Histories told from one process to another arrive as they were."""

from dataclasses import asdict, replace
from datetime import date

import pytest

from crm_store.values.history import CustomerFact, Histories, OrderColumns, OrderFact, TouchColumns, TouchFact
from crm_store.values.history_pieces import Gathered, HistoryPiece, pieces

DAY = date(2026, 11, 25)
NAMES = ("cus_1", "cus_2", "cus_3")
ORDERS = [OrderFact("cus_3", DAY, 12.5), OrderFact("cus_1", date(2025, 1, 2), 0.0), OrderFact("cus_3", DAY, 3.0)]
TOUCHES = [TouchFact("cus_2", DAY, "mail", "in"), TouchFact("cus_1", date(2024, 2, 29), "call", "out")]


def read() -> Histories:
    """Histories as the store gives them: all columns name all customers."""
    places = {name: at for at, name in enumerate(NAMES)}
    orders, touches = OrderColumns.of(ORDERS), TouchColumns.of(TOUCHES)
    orders.places[:] = type(orders.places)("i", [places[one.customer_id] for one in ORDERS])
    touches.places[:] = type(touches.places)("i", [places[one.customer_id] for one in TOUCHES])
    return Histories(
        DAY,
        tuple(CustomerFact(name, "Somebody", DAY) for name in NAMES),
        replace(orders, customers=NAMES),
        replace(touches, customers=NAMES),
        currency="EUR",
    )


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_pieces_of_any_size_make_the_same_histories(rows: int) -> None:
    gathered = Gathered()
    for piece in pieces(read(), rows):
        gathered.add(HistoryPiece(**asdict(piece)))
    found = gathered.histories(DAY, (), "EUR")
    assert found is not None
    assert list(found.orders) == ORDERS
    assert list(found.touches) == TOUCHES
    assert tuple(one.customer_id for one in found.customers) == NAMES


def test_nothing_told_is_no_histories() -> None:
    assert Gathered().histories(DAY, (), "EUR") is None
    assert list(pieces(Histories(DAY))) == []


def test_columns_that_name_others_are_refused() -> None:
    with pytest.raises(ValueError, match="other customers"):
        list(pieces(replace(read(), touches=TOUCHES)))
