"""Further kinds of ideas: thanks, what goes together, referrals and likely leads, each with numbers that hold."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from campaigns import drafts, ideas, kinds
from crm_store.engine.work import Work
from crm_store.models.trade import Order, OrderLine
from crm_store.queries import patterns
from crm_store.values.history import CustomerFact, Histories, OrderFact, TouchFact
from crm_store.values.marketing import Idea
from crm_store.values.patterns import CrossSell, ProductPair
from crm_store.values.scores import Score, ScoreKind
from tests.cast import Cast
from tests.units.analytics.simulated import TODAY
from tests.units.campaigns.shop import noon, stock


def found(
    orders: Mapping[str, list[tuple[int, float]]], touches: tuple[TouchFact, ...] = (), scores: tuple[Score, ...] = ()
) -> dict[str, Idea]:
    """The ideas by kind, from orders by customer as days before today and amounts."""
    people = tuple(CustomerFact(one, one.title(), TODAY - timedelta(days=900)) for one in orders)
    bought = tuple(
        OrderFact(one, TODAY - timedelta(days=days), amount) for one, when in orders.items() for days, amount in when
    )
    return {idea.kind: idea for idea in ideas.make(Histories(TODAY, people, bought, touches, (), "EUR"), scores)}


def test_a_tenth_order_and_a_large_one_are_thanked_for() -> None:
    tenth = [(5 + 10 * at, 100.0) for at in range(10)]
    large = [(3, 250.0), (40, 100.0), (80, 100.0), (120, 100.0)]
    usual = [(3, 150.0), (40, 100.0), (80, 100.0), (120, 100.0)]
    orders = {"tenth": tenth, "large": large, "big": large, "usual": usual, "ninth": tenth[:9]}
    thanked = found(orders)["thank"]
    assert thanked.members == ("tenth", "big", "large")
    assert thanked.why[0].startswith("1 of them reached a round number of orders, 2 ordered twice")
    assert "€250" in thanked.why[1]
    assert "€100" in thanked.why[1]


def test_a_referral_is_asked_of_loyal_customers_who_answered_lately() -> None:
    loyal = [(10, 100.0), (50, 100.0), (90, 100.0)]
    orders = {**{f"fit{at}": loyal for at in range(3)}, "silent": loyal, "written": loyal, "new": [(10, 100.0)]}
    heard = [TouchFact(one, TODAY - timedelta(days=20), "mail", "in") for one in ("fit0", "fit1", "fit2", "new")]
    written = TouchFact("written", TODAY - timedelta(days=20), "mail", "out")
    assert set(found(orders, (*heard, written))["refer"].members) == {"fit0", "fit1", "fit2"}


def leads(points: list[float]) -> tuple[Score, ...]:
    return tuple(Score(f"lead{at}", ScoreKind.LEAD, point, point, point) for at, point in enumerate(points))


def test_the_likeliest_fifth_of_leads_is_attracted_where_nobody_spoke_with_them() -> None:
    scores = leads([0.01 * at for at in range(25)])
    spoken = (TouchFact("lead24", TODAY - timedelta(days=300), "call", "out"),)
    idea = found({f"lead{at}": [] for at in range(25)}, spoken, scores)["attract"]
    assert idea.members == ("lead23", "lead22", "lead21", "lead20")
    assert "21.5% of them" in idea.why[1]
    assert not idea.personal


def test_leads_that_all_look_alike_are_not_told_apart() -> None:
    assert "attract" not in found({f"lead{at}": [] for at in range(25)}, (), leads([0.1] * 25))


SURE = ProductPair("Seat", "Training", 18, 24, 30, 100, 12)


def test_what_goes_together_is_offered_with_its_counts() -> None:
    histories = Histories(TODAY, (), (), (), (), "EUR")
    (idea,) = ideas.make(histories, cross=CrossSell(SURE, ("a", "b", "c")))
    assert idea.kind == "cross_sell"
    assert idea.why[0].startswith("18 of 24 who buy Seat also buy Training")
    assert "2.5 times as likely" in idea.why[1]
    assert idea.members == ("a", "b", "c")
    assert "many who order Seat from us also use Training" in drafts.render(idea.body, {
        "first_name": "Ann", "company": "Acme", "owner_name": "Ada"
    })  # fmt: skip


@pytest.mark.parametrize("name", ["{{ owner_name }}", "100 % cotton", "{% for a in b %}", "x" * 500, "%(other)s"])
def test_a_products_name_is_text_in_a_letter_whatever_stands_in_it(name: str) -> None:
    pair = ProductPair(name, "Other", 18, 24, 30, 100, 12)
    (idea,) = ideas.make(Histories(TODAY, (), (), (), (), "EUR"), cross=CrossSell(pair, ("a", "b", "c")))
    drafts.check(idea.subject, idea.body)
    assert idea.body.count("{{") == 3
    assert len(idea.target) <= 80


def test_the_pair_with_most_to_gain_is_chosen_and_chance_is_not_taken_for_a_pattern() -> None:
    chance = ProductPair("A", "B", 9, 24, 30, 100, 1560)
    bigger = ProductPair("Desk", "Lamp", 180, 240, 300, 1000, 12)
    assert kinds.best_pair([chance]) is None
    assert kinds.best_pair([]) is None
    assert kinds.best_pair([chance, SURE, bigger]) == bigger
    assert kinds.best_pair([SURE]) == SURE


def test_among_more_pairs_a_pattern_must_be_clearer() -> None:
    few, many = (ProductPair("A", "B", 14, 24, 30, 100, compared) for compared in (2, 1560))
    assert kinds.best_pair([few]) == few
    assert kinds.best_pair([many]) is None


def shelves(work: Work, bought: Mapping[str, tuple[str, ...]]) -> None:
    """Each customer's products, one order each."""
    people = tuple(CustomerFact(one, one, TODAY - timedelta(days=90)) for one in bought)
    facts = tuple(OrderFact(one, TODAY - timedelta(days=at), 10.0) for at, one in enumerate(bought))
    stock(work, Histories(TODAY, people, facts, (), (), "EUR"))
    lines = [
        {"order_id": f"ord_{at}", "position": place, "product": product, "amount_minor": 1000}
        for at, products in enumerate(bought.values())
        for place, product in enumerate(products)
    ]
    work.insert(OrderLine, lines)


async def test_pairs_are_counted_by_customer_in_any_spelling(cast: Cast) -> None:
    bought = {f"cus_{at:02}": ("Seat", "seat ", "Training") if at < 12 else ("SEAT",) for at in range(16)}
    bought |= {f"cus_{at}": ("Desk",) for at in range(20, 30)}
    await cast.ada.write(shelves, bought)
    counted = await cast.ada.read(patterns.pairs, TODAY)
    assert {(one.product.lower(), one.other.lower(), one.both, one.of, one.other_of) for one in counted} == {
        ("seat", "training", 12, 16, 12),
        ("training", "seat", 12, 12, 16),
    }
    assert {(one.buyers, one.compared) for one in counted} == {(26, 6)}
    pair = next(one for one in counted if one.other == "Training")
    assert await cast.ada.read(patterns.without_other, pair, TODAY, 3) == ("cus_12", "cus_13", "cus_14")
    assert await cast.cleo.read(patterns.pairs, TODAY) == ()


async def test_an_order_taken_back_or_still_to_come_is_no_pattern(cast: Cast) -> None:
    await cast.ada.write(shelves, {f"cus_{at:02}": ("Seat", "Training") for at in range(12)})

    def take_back(work: Work) -> None:
        for at in range(3):
            order = work.session.get_one(Order, (work.team_id, f"ord_{at}"))
            order.removed_at = noon(TODAY)

    await cast.ada.write(take_back)
    assert await cast.ada.read(patterns.pairs, TODAY) == ()
    assert await cast.ada.read(patterns.pairs, TODAY - timedelta(days=5)) == ()
