"""The index gathers who bears what a typed word may mean, however many words begin so or how many bear them."""

import dataclasses
from random import Random

import numpy as np
import pytest

from crm_store.actions import customers
from crm_store.engine.work import Work
from crm_store.lookup import index_build
from crm_store.lookup.index import TeamIndex
from crm_store.lookup.index_arrays import Frozen
from crm_store.lookup.index_gather import LEAST_SHARE, SURELY_WEIGHED, Gatherer, reached
from crm_store.lookup.index_recent import Recent, words_of_candidate
from crm_store.lookup.index_words import Words
from crm_store.lookup.retrieval import Asked, read
from crm_store.lookup.search import search
from crm_store.lookup.vocabulary import Meant, beside
from crm_store.matching.rerank import LEAST_SCORE, rarity_of
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


def best(
    frozen: Frozen, asked: Asked, most: int = 1 << 30, spared: int = 1 << 30, least: float = 0.0
) -> dict[int, float]:
    """Who shares most, with how much; `most`, `spared` and `least` tell when words only weigh who is found."""
    recent = Recent(frozen.customers)
    gatherer = Gatherer(frozen, recent, most, spared, least)
    words = Words(frozen, recent)
    vocabulary = words.meanings(asked.all_words, asked.mailbox_words, 0)
    numbers, scores = gatherer.gather(vocabulary.meant, words.rarity(vocabulary), {})
    return dict(zip(numbers.tolist(), scores.tolist(), strict=True))


def weight_of(frozen: Frozen, asked: Asked) -> float:
    """What all words of a query weigh."""
    words = Words(frozen, Recent(frozen.customers))
    idf = words.rarity(words.meanings(asked.all_words, asked.mailbox_words, 0))
    return sum(rarity_of(word, idf) for word in asked.all_words)


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


def test_nobody_who_can_come_among_the_best_is_missed_where_the_rare_words_decide(frozen: Frozen) -> None:
    fewer = 0
    for typed in (*TYPED, "lotus quux ann", "lotusak lotusal quux lee", "quux lotusc smith"):
        whole, some = best(frozen, read(typed)), best(frozen, read(typed), spared=0, least=LEAST_SCORE)
        ordered = sorted(whole.values(), reverse=True)
        # Who shares less than a third of what was typed is shown to nobody.
        least = LEAST_SCORE * weight_of(frozen, read(typed))
        if len(ordered) >= SURELY_WEIGHED:
            least = max(least, ordered[SURELY_WEIGHED - 1] * LEAST_SHARE)
        expected = {one: value for one, value in whole.items() if value >= least + 1e-4}
        assert expected == pytest.approx({one: some[one] for one in expected}), typed
        fewer += len(some) < len(whole)
    assert fewer


def test_a_letter_is_the_first_of_some_word_of_theirs(frozen: Frozen) -> None:
    everybody = np.arange(frozen.customers)
    own = [words_of_candidate(frozen.candidate(number)) for number in everybody.tolist()]
    for letter in "aklmz5":
        begun = [any(word.startswith(letter) for word in words) for words in own]
        assert frozen.have_initial(everybody, letter).tolist() == begun


@pytest.mark.parametrize("different", [3, 50, 100_000])
@pytest.mark.parametrize("most", [1, 61, 6_400])
def test_the_score_that_so_many_reach_is_found_among_very_many_and_very_equal_ones(different: int, most: int) -> None:
    dice = np.random.default_rng(different + most)
    scores = dice.integers(0, different, 30_000).astype(np.float32)
    assert reached(scores, most) == np.sort(scores)[-most]


def test_who_owns_and_who_was_lately_in_touch_is_chosen_of_many_who_fit_alike(frozen: Frozen) -> None:
    owners = np.full(frozen.customers, -1, np.int32)
    owners[[7, 40]] = 0
    touched = np.arange(frozen.customers, dtype=np.int32) % 20
    told = dataclasses.replace(frozen.arrays, owners=owners, owner_ids=np.array([b"usr_ada"]), touched=touched)
    gatherer = Gatherer(Frozen(frozen.state, told), Recent(frozen.customers))
    everybody = np.arange(frozen.customers)
    assert gatherer.hints(everybody, "usr_ada", 4).tolist() == [7, 40, 19, 39]
    assert gatherer.hints(everybody, "usr_ben", 2).tolist() == [19, 39]
    assert gatherer.hints(everybody, "usr_ben", 0).tolist() == []


def test_of_very_many_who_share_as_much_the_one_with_two_errors_in_a_word_is_found(cast: Cast) -> None:
    def add(work: Work) -> str:
        vowels = "aeiou"
        for at in range(125):
            end = "".join(vowels[at // step % 5] for step in (1, 5, 25))
            customers.add(work, NewCustomer(f"Robert Q{end}zz", company="Mitchell Labs"))
        return customers.add(work, NewCustomer("Robert Stewart", company="Mitchell Labs")).row_id

    meant = cast.ada.write_now(add)
    index = TeamIndex(cast.ada.read_now(index_build.build))
    answer = cast.ada.read_now(search, "robert tswart mitchell", retriever=index)
    assert answer.found[0].customer.customer_id == meant


def test_a_word_with_an_error_is_not_pushed_out_by_the_many_that_begin_so() -> None:
    begun = [Meant(f"eber{at:03}", 0.9, 1) for at in range(200)]
    assert "weber" in {one.text for one in beside("eber", [*begun, Meant("weber", 0.776, 500)], (), {})}


def test_a_word_that_many_bear_as_typed_is_none_with_two_errors() -> None:
    near = [Meant("smith", 1.0, 900), Meant("smythe", 0.8, 5), Meant("smits", 0.6, 400)]
    assert [one.text for one in beside("smith", near, (), {})] == ["smith", "smythe"]
    assert [one.text for one in beside("smits", near, (), {})] == ["smith", "smythe", "smits"]
