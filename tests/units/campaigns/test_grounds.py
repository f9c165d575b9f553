"""What ideas are made from, counted from columns of orders and communications."""

from datetime import date, timedelta

from campaigns import grounds
from crm_store.values.history import CustomerFact, Histories, OrderFact, TouchFact

DAY = date(2026, 11, 25)


def on(back: int) -> date:
    return DAY - timedelta(days=back)


KNOWN = Histories(
    DAY,
    tuple(CustomerFact(one, one, on(900)) for one in ("ann", "bob", "eve")),
    orders=[
        OrderFact("bob", on(3), 20.0),
        OrderFact("ann", on(10), 5.0),
        OrderFact("ann", on(40), 7.0),
        OrderFact("ann", on(10), 2.5),
        OrderFact("ann", on(12), 1.0),
        OrderFact("ann", on(5), -4.0),
        OrderFact("ann", on(-1), 99.0),
        OrderFact("gone", on(2), 50.0),
        OrderFact("eve", on(1), -1.0),
    ],
    touches=[
        TouchFact("ann", on(9), "mail", "in"),
        TouchFact("ann", on(2), "mail", "out"),
        TouchFact("bob", on(8), "call", "out"),
        TouchFact("bob", on(-2), "mail", "in"),
    ],
)


def test_orders_of_one_day_are_one_and_refunds_later_ones_and_those_of_the_gone_are_none() -> None:
    bob, ann = grounds.buyers(KNOWN)
    assert (bob.customer_id, bob.days, bob.spent, bob.gap) == ("bob", (on(3),), 20.0, None)
    assert (ann.customer_id, ann.days, ann.amounts) == ("ann", (on(40), on(12), on(10)), (7.0, 1.0, 7.5))
    assert (ann.spent, ann.gap) == (15.5, 15.0)


def test_what_everybody_spent_is_what_the_buyers_spent() -> None:
    assert grounds.spent(KNOWN) == {one.customer_id: one.spent for one in grounds.buyers(KNOWN)}


def test_who_was_spoken_with_and_who_was_heard_from_are_told_apart() -> None:
    assert grounds.last_spoken(KNOWN) == {"ann": on(2), "bob": on(8)}
    assert grounds.last_spoken(KNOWN, heard=True) == {"ann": on(9)}
