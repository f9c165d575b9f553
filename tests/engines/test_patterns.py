"""Products that go together are counted alike on both engines, and addresses put down by hand are counted."""

from crm_store.actions import suppressions
from crm_store.engine.store import Store
from crm_store.queries import consents, patterns
from tests.cast import gather
from tests.units.campaigns.shop import TODAY
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


def test_suppressed_addresses_are_counted_by_reason(store: Store) -> None:
    ben = gather(store).ben
    for address in ("a@shop.example", "b@shop.example"):
        ben.write_now(suppressions.suppress, address)
    ben.write_now(suppressions.allow, "a@shop.example")
    assert ben.read_now(consents.suppressed) == (("by hand", 1),)
