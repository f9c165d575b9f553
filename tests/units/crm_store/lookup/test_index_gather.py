"""The index gathers who bears what a typed word may mean, however many words begin so or how many bear them."""

from random import Random

import pytest

from crm_store.actions import customers
from crm_store.engine.work import Work
from crm_store.lookup import index_build
from crm_store.lookup.index import TeamIndex
from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_gather import Gatherer
from crm_store.lookup.index_recent import Recent
from crm_store.lookup.index_words import Words
from crm_store.lookup.retrieval import Asked, rarity, read
from crm_store.lookup.vocabulary import Meant, beside
from crm_store.values.acts import NewCustomer
from tests.cast import Cast
from tests.units.crm_store.lookup.test_index import TYPED, invented


@pytest.fixture
def frozen(cast: Cast) -> Frozen:
    """Thirty invented customers, and fifty whose names begin alike."""

    def add(work: Work) -> None:
        dice = Random(3)
        for _ in range(30):
            customers.add(work, invented(dice))
        for at in range(50):
            customers.add(work, NewCustomer(f"Lotus{'abcdefghij'[at // 10]}{'klmnopqrst'[at % 10]} Quux"))

    cast.ada.write_now(add)
    return cast.ada.read_now(index_build.build)


def best(frozen: Frozen, asked: Asked, most: int | None = None) -> dict[int, float]:
    """Who shares most, with how much; `most` is after how many bearers words only weigh who is found."""
    recent = Recent(frozen.customers)
    gatherer = Gatherer(frozen, recent) if most is None else Gatherer(frozen, recent, most)
    meant = Words(frozen, recent).meanings(asked.all_words, asked.mailbox_words, 0).meant
    idf = rarity({one.text: one.df for some in meant.values() for one in some}, frozen.customers)
    numbers, scores = gatherer.gather(meant, idf, {})
    return dict(zip(numbers.tolist(), scores.tolist(), strict=True))


def test_all_words_that_begin_so_are_followed_and_not_the_nearest_alone(cast: Cast, frozen: Frozen) -> None:
    found = cast.ada.read_now(TeamIndex(frozen).candidates, read("lotus"), cast.ada.actor)
    names = {one.name for one in found.known}
    assert sum(name.startswith("Lotus") for name in names) == 50


def test_common_words_weigh_who_is_found_as_if_all_their_bearers_were_added(frozen: Frozen) -> None:
    for typed in TYPED:
        whole, some = best(frozen, read(typed)), best(frozen, read(typed), 3)
        first = max(whole.values(), default=0.0)
        assert max(some.values(), default=0.0) == pytest.approx(first), typed
        assert {one for one, value in whole.items() if value > first - 1e-4} == {
            one for one, value in some.items() if value > first - 1e-4
        }, typed


def test_a_word_with_an_error_is_not_pushed_out_by_the_many_that_begin_so() -> None:
    begun = [Meant(f"eber{at:03}", 0.9, 1) for at in range(200)]
    assert "weber" in {one.text for one in beside("eber", [*begun, Meant("weber", 0.776, 500)], (), {})}


def test_a_word_that_many_bear_as_typed_is_none_with_two_errors() -> None:
    near = [Meant("smith", 1.0, 900), Meant("smythe", 0.8, 5), Meant("smits", 0.6, 400)]
    assert [one.text for one in beside("smith", near, (), {})] == ["smith", "smythe"]
    assert [one.text for one in beside("smits", near, (), {})] == ["smith", "smythe", "smits"]
