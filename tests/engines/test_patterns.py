"""Products that go together are counted alike on both engines, and addresses put down by hand are counted."""

from pathlib import Path

from crm_store.actions import patterns as acts
from crm_store.actions import suppressions
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.models.trade import Order
from crm_store.queries import consents, patterns
from crm_store.values.patterns import ProductPair
from tests import stores
from tests.cast import gather
from tests.engines.steps import Steps
from tests.units.campaigns.shop import TODAY, noon
from tests.units.campaigns.test_kinds import shelves


def test_pairs_and_who_lacks_the_other_are_counted_by_customer(store: Store) -> None:
    desk = gather(store).ada
    desk.write_now(shelves, {f"cus_{at:02}": ("Seat", "Training") if at < 12 else (" SEAT",) for at in range(16)})
    counted = desk.read_now(patterns.pairs, TODAY)
    assert {(one.product.upper(), one.both, one.of, one.other_of, one.buyers) for one in counted} == {
        ("SEAT", 12, 16, 12, 16),
        ("TRAINING", 12, 12, 16, 16),
    }
    pair = next(one for one in counted if one.other == "Training")
    assert desk.read_now(patterns.without_other, pair, TODAY, 10) == ("cus_12", "cus_13", "cus_14", "cus_15")
    assert desk.read_now(patterns.without_other, pair, TODAY, 2) == ("cus_12", "cus_13")


def test_the_pair_of_the_night_is_kept_and_asked_of_the_few_who_ordered(store: Store) -> None:
    cast = gather(store)
    desk = cast.ada
    desk.write_now(shelves, {f"cus_{at:02}": ("Seat", "Training") if at < 12 else (" SEAT",) for at in range(16)})
    assert desk.read_now(patterns.kept) is None
    pair = next(one for one in desk.read_now(patterns.pairs, TODAY) if one.other == "Training")
    assert desk.write_now(acts.keep, pair)
    assert not desk.write_now(acts.keep, pair)
    assert desk.read_now(patterns.kept) == pair
    assert cast.cleo.read_now(patterns.kept) is None
    assert desk.read_now(patterns.lacking, pair, TODAY, ("cus_15", "cus_03", "cus_13")) == ("cus_13", "cus_15")
    assert cast.cleo.read_now(patterns.lacking, pair, TODAY, ("cus_13",)) == ()
    assert desk.write_now(acts.keep, None)
    assert desk.read_now(patterns.kept) is None


def test_a_pair_as_another_version_kept_it_is_none() -> None:
    assert ProductPair.recalled({"product": "Seat"}) is None
    assert ProductPair.recalled(None) is None


def test_orders_without_products_are_not_read_for_those_that_have_some(tmp_path: Path) -> None:
    store = stores.fresh(tmp_path / "crm.db", MovableClock(noon(TODAY)))
    desk = gather(store).ada
    desk.write_now(shelves, {f"cus_{at:02}": ("Seat", "Training") for at in range(16)})
    pair = desk.read_now(patterns.pairs, TODAY)[0]
    before = _steps(store, desk, pair)
    desk.write_now(many_orders, "cus_03", 3_000)
    assert _steps(store, desk, pair) <= 2 * before
    store.close()


def many_orders(work: Work, customer_id: str, n: int) -> None:
    """Orders that say nothing of products."""
    at = noon(TODAY)
    work.insert(Order, [
        {"order_id": f"ord_bare_{one}", "external_key": f"bare {one}", "customer_id": customer_id, "ordered_at": at,
         "ordered_on": TODAY, "total_minor": 100, "currency": "EUR"} for one in range(n)
    ])  # fmt: skip


def _steps(store: Store, desk: Desk, pair: ProductPair) -> int:
    counted = Steps(store)
    desk.read_now(patterns.pairs, TODAY)
    desk.read_now(patterns.without_other, pair, TODAY, 10)
    return counted.of.total()


def test_suppressed_addresses_are_counted_by_reason(store: Store) -> None:
    ben = gather(store).ben
    for address in ("a@shop.example", "b@shop.example"):
        ben.write_now(suppressions.suppress, address)
    ben.write_now(suppressions.allow, "a@shop.example")
    assert ben.read_now(consents.suppressed) == (("by hand", 1),)
