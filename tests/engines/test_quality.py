"""The data report counts what is wrong with a team's data, on both engines."""

from datetime import timedelta

import pytest

from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.models.people import ContactPoint, Customer
from crm_store.models.trade import Deal, Order, Task
from crm_store.queries.quality import quality
from crm_store.values.quality import Quality
from tests.cast import Cast, gather
from tests.units.campaigns.shop import TODAY, noon


@pytest.fixture
def house(store: Store) -> Cast:
    return gather(store)


def customer(work: Work, name: str, *, mail: str | None = None, company: str | None = None, days: int = 0) -> None:
    customer_id = f"cus_{name}_{mail}"
    work.add(
        Customer(customer_id=customer_id, name=name, name_key=name, company_id=company, owner="usr_ada",
                 created_at=noon(TODAY - timedelta(days=days)))
    )  # fmt: skip
    if mail:
        work.add(
            ContactPoint(point_id="pnt_" + customer_id, owner_row=customer_id, kind="email", value=mail,
                         value_key=mail, source="test", last_seen=work.now)
        )  # fmt: skip


def order(work: Work, number: int, total: int, currency: str = "EUR") -> None:
    row = Order(order_id=f"ord_{number:03d}", external_key=str(number), customer_id="cus_ann", ordered_at=noon(TODAY))
    row.total_minor, row.currency = total, currency
    work.add(row)


def found(desk: Desk) -> dict[str, tuple[int, int]]:
    told: Quality = desk.read_now(quality, TODAY)
    return {one.what: (one.n, one.of) for one in (*told.missing, *told.double, *told.stale, *told.apart)}


def test_what_is_missing_double_and_stale_is_counted(house: Cast) -> None:
    def stock(work: Work) -> None:
        customer(work, "ann", mail="ann@acme.example", company="com_acme", days=500)
        customer(work, "ann", mail="info@acme.example", company="com_acme")
        customer(work, "bob", mail="info@acme.example")
        customer(work, "eve")
        for number, (name, close_on) in enumerate((("late", -1), ("due", 5))):
            deal = Deal(deal_id=f"dea_{number}", name=name, customer_id="cus_ann", stage_id="stg", opened_at=work.now)
            deal.close_on = TODAY + timedelta(days=close_on)
            work.add(deal)
        work.add(Task(task_id="tsk_1", title="Call", owner="usr_ada", deal_id="dea_1", created_at=work.now))

    house.ada.write_now(stock)
    told = found(house.ada)
    assert told["customers without an e-mail address"] == (1, 4)
    assert told["customers without a telephone number"] == (4, 4)
    assert told["customers without a company"] == (2, 4)
    assert told["customers without an owner"] == (0, 4)
    assert told["pairs of customers with the same address or number"] == (1, 4)
    assert told["pairs of customers of one name in one company"] == (1, 4)
    assert told["customers without a contact for a year"] == (1, 4)
    assert told["open deals past their closing day"] == (1, 2)
    assert told["open deals without a next step"] == (1, 2)
    assert set(found(house.cleo).values()) == {(0, 0)}


def test_odd_amounts_returns_and_other_currencies_are_counted_apart(house: Cast) -> None:
    def stock(work: Work) -> None:
        for number in range(40):
            order(work, number, 9_000 + 100 * number)
        order(work, 50, 9_000_000_000)
        order(work, 51, -4_000)
        order(work, 52, 10_000, "USD")

    house.ada.write_now(stock)
    told: Quality = house.ada.read_now(quality, TODAY)
    assert told.odd_count == 1
    assert [one.amount for one in told.odd] == [90_000_000.0]
    assert told.usual is not None
    assert 90 <= told.usual <= 130
    assert {one.what: (one.n, one.of) for one in told.apart} == {
        "orders in another currency than EUR, left out of sums": (1, 43),
        "returns, which are no orders": (1, 43),
    }


def test_few_orders_have_nothing_odd(house: Cast) -> None:
    def stock(work: Work) -> None:
        order(work, 1, 100)
        order(work, 2, 100_000_000)

    house.ada.write_now(stock)
    told: Quality = house.ada.read_now(quality, TODAY)
    assert (told.odd, told.odd_count) == ((), 0)
    assert house.cleo.read_now(quality, TODAY).usual is None
