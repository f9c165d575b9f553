"""Segments by a rule of one's own are counted live, in one statement, and never over the team's border."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.models.people import Company, Customer
from crm_store.models.scoring import Score, Segment, SegmentMember
from crm_store.models.trade import Deal, Order, Stage
from crm_store.queries import rule_segments
from crm_store.values.segment_rules import All, Any, Comparison, Measure, Named, Not, Number, Rule, Trait, Window
from tests.cast import Cast

ZONE = ZoneInfo("Europe/Berlin")
OVER, UNDER, LEAST, MOST, EXACTLY = (
    Comparison.OVER,
    Comparison.UNDER,
    Comparison.AT_LEAST,
    Comparison.AT_MOST,
    Comparison.EXACTLY,
)


def _customer(work: Work, customer_id: str, touched: int | None, orders: tuple[tuple[int, int], ...]) -> None:
    at = None if touched is None else work.now - timedelta(days=touched)
    work.add(
        Customer(
            customer_id=customer_id,
            name=customer_id,
            created_at=work.now,
            last_touch_at=at,
            source="import" if customer_id == "cus_ann" else "chat",
            company_id="com_acme" if customer_id == "cus_john" else None,
        )
    )
    for place, (ago, total) in enumerate(orders):
        _order(work, f"{customer_id}{place}", customer_id, ago, total)


def _order(work: Work, order_id: str, customer_id: str, ago: int, total: int, currency: str = "EUR") -> None:
    work.add(
        Order(
            order_id=order_id,
            external_key=order_id,
            customer_id=customer_id,
            ordered_at=work.now - timedelta(days=ago),
            total_minor=total * 100,
            currency=currency,
        )
    )


def _shop(work: Work) -> None:
    """John orders often and talks, Ann ordered much long ago, Lee never did, Max was removed."""
    work.add(Company(company_id="com_acme", name="Acme GmbH", name_key="acme", created_at=work.now))
    _customer(work, "cus_john", 3, ((10, 300), (40, 250), (200, 20)))
    _customer(work, "cus_ann", 90, ((150, 5000),))
    _customer(work, "cus_lee", None, ())
    _customer(work, "cus_max", 1, ((1, 9999),))
    _order(work, "dollars", "cus_lee", 5, 700, "USD")
    work.session.flush()
    gone = work.session.get(Customer, (work.team_id, "cus_max"))
    assert gone
    gone.removed_at = work.now
    scored = {"cus_john": ("value", 1200.0), "cus_ann": ("potential", 0.7)}
    for about, (kind, point) in scored.items():
        work.add(Score(about=about, kind=kind, run_id="run", as_of=work.now.date(), point=point, low=point, high=point))
    work.add(Stage(stage_id="sta_1", pipeline_id="pip_1", name="Proposal", position=1))
    work.add(
        Deal(deal_id="dea_1", name="Seats", customer_id="cus_lee", stage_id="sta_1", opened_at=work.now, state="open")
    )
    work.add(
        Segment(
            segment_id="seg_1", method="tree", key="tree-big", name="Big spenders", rule="Spent over 500",
            run_id="run", as_of=work.now.date(), current=True,
        )
    )  # fmt: skip
    work.add(SegmentMember(segment_id="seg_1", customer_id="cus_ann", since=work.now.date()))


@pytest.fixture
def shop(cast: Cast) -> Cast:
    cast.ada.write_now(_shop)
    return cast


def _found(cast: Cast, rule: Rule) -> list[str]:
    return [each.removeprefix("cus_") for each in cast.ada.read_now(rule_segments.members, rule, ZONE)]


RULES: dict[str, tuple[Rule, list[str]]] = {
    "spend in a window": (Number(Measure.SPEND, OVER, 500, Window(days=90)), ["john"]),
    "spend of all time": (Number(Measure.SPEND, LEAST, 570), ["ann", "john"]),
    "little spend counts who never ordered": (Number(Measure.SPEND, UNDER, 500, Window(days=90)), ["ann", "lee"]),
    "no spend at all, other currencies apart": (Number(Measure.SPEND, EXACTLY, 0), ["lee"]),
    "orders": (Number(Measure.ORDERS, LEAST, 3), ["john"]),
    "no orders lately": (Number(Measure.ORDERS, EXACTLY, 0, Window(days=90)), ["ann"]),
    "at least no orders is everybody": (Number(Measure.ORDERS, LEAST, 0), ["ann", "john", "lee"]),
    "no order for a while": (Number(Measure.ORDER_AGE, LEAST, 60), ["ann"]),
    "ordered lately": (Number(Measure.ORDER_AGE, MOST, 15), ["john", "lee"]),
    "silent, or never in touch": (Number(Measure.CONTACT_AGE, LEAST, 60), ["ann", "lee"]),
    "in touch": (Number(Measure.CONTACT_AGE, MOST, 30), ["john"]),
    "value": (Number(Measure.VALUE, OVER, 1000), ["john"]),
    "potential": (Number(Measure.POTENTIAL, LEAST, 0.7), ["ann"]),
    "stage of an open deal": (Named(Trait.STAGE, "proposal"), ["lee"]),
    "company in another spelling": (Named(Trait.COMPANY, "ACME"), ["john"]),
    "not of a company": (Not(Named(Trait.COMPANY, "Acme")), ["ann", "lee"]),
    "segment": (Named(Trait.SEGMENT, "big spenders"), ["ann"]),
    "source": (Named(Trait.SOURCE, "Import"), ["ann"]),
    "both": (All((Number(Measure.SPEND, OVER, 100), Number(Measure.CONTACT_AGE, LEAST, 60))), ["ann"]),
    "either": (Any((Named(Trait.STAGE, "Proposal"), Number(Measure.VALUE, OVER, 1))), ["john", "lee"]),
}


@pytest.mark.parametrize(("rule", "expected"), RULES.values(), ids=RULES.keys())
def test_a_rule_holds_for_whom_it_says(shop: Cast, rule: Rule, expected: list[str]) -> None:
    assert _found(shop, rule) == expected
    assert shop.ada.read_now(rule_segments.counted, rule, ZONE).count == len(expected)


def test_a_rule_and_its_opposite_part_all_customers(shop: Cast) -> None:
    for rule, expected in RULES.values():
        assert sorted([*expected, *_found(shop, Not(rule))]) == ["ann", "john", "lee"]


def test_examples_are_those_in_touch_last(shop: Cast) -> None:
    found = shop.ada.read_now(rule_segments.counted, Number(Measure.ORDERS, LEAST, 0), ZONE)
    assert [each.customer_id for each in found.examples] == ["cus_john", "cus_ann", "cus_lee"]


def test_another_team_sees_none_of_it(shop: Cast) -> None:
    for rule, _ in RULES.values():
        assert shop.cleo.read_now(rule_segments.members, rule, ZONE) == []
        assert shop.cleo.read_now(rule_segments.counted, Not(rule), ZONE).count == 0


def test_members_come_page_by_page(shop: Cast) -> None:
    everybody = Number(Measure.ORDERS, LEAST, 0)
    first = shop.ada.read_now(rule_segments.members, everybody, ZONE, 2)
    rest = shop.ada.read_now(rule_segments.members, everybody, ZONE, 2, first[-1])
    assert [*first, *rest] == ["cus_ann", "cus_john", "cus_lee"]


def test_count_and_examples_are_found_in_one_statement(shop: Cast, store: Store) -> None:
    assert isinstance(store, SqliteStore)
    told: list[str] = []
    rule = All((Number(Measure.SPEND, OVER, 1, Window(days=90)), Named(Trait.COMPANY, "Acme")))

    def ask(work: Work) -> None:
        work.session.flush()
        event.listen(work.session.get_bind(), "before_cursor_execute", lambda *given: told.append(given[2]))
        rule_segments.counted(work, rule, ZONE)

    shop.ada.read_now(ask)
    assert len([each for each in told if "from orders" in each.lower()]) == 1
