"""What the index foretells of a ranking is what the ranking gives, so that stopping early changes no answer."""

from random import Random

import pytest

from crm_store.actions import customers
from crm_store.engine.work import Work
from crm_store.lookup import index_build
from crm_store.lookup.index import AMONG_FEW, TeamIndex
from crm_store.lookup.retrieval import Gathered, read
from crm_store.lookup.search import search
from crm_store.lookup.sql_candidates import SQL
from crm_store.matching.rerank import rank, score
from crm_store.values.acts import NewCustomer
from tests.cast import Cast
from tests.units.crm_store.lookup.test_index import FIRMS, FIRST, LAST, TYPED, invented

MISTYPED = ("delarosa acme", "ana maria", "mac donald lee", "acme acme", "lee li", "k k", "ashbypartners muler")
ADDRESSED = (
    "an.lee@acme",
    "smith@globex",
    "@initech",
    "jose.smith4@acme.example",
    "lee ann.smith@umbra",
    "wang@ kowalczyk",
)


def typed_by(dice: Random) -> str:
    words = f"{dice.choice(FIRST)} {dice.choice(LAST)} {dice.choice(FIRMS)}".lower().split()
    word = dice.randrange(len(words))
    at = dice.randrange(len(words[word]))
    words[word] = words[word][:at] + dice.choice(("", "e", words[word][at] * 2)) + words[word][at + 1 :]
    dice.shuffle(words)
    return " ".join(words[: dice.randrange(1, 4)])


@pytest.fixture
def index(cast: Cast) -> TeamIndex:
    """Of thirty customers, ten of whom changed after it was made."""

    def add(work: Work) -> list[str]:
        return [customers.add(work, invented(dice)).row_id for _ in range(30)]

    dice = Random(5)
    people = cast.ada.write_now(add)
    made = TeamIndex(cast.ada.read_now(index_build.build))
    for customer_id in people[::3]:
        cast.ada.write_now(customers.edit, customer_id, {"name": f"{dice.choice(FIRST)} {dice.choice(LAST)}"})
    return made


def queries() -> list[str]:
    dice = Random(8)
    return [*TYPED, *MISTYPED, *ADDRESSED, *(typed_by(dice) for _ in range(60))]


def gathered(cast: Cast, index: TeamIndex, typed: str) -> Gathered:
    return cast.ada.read_now(index.candidates, read(typed), cast.ada.actor)


def test_a_ranking_that_stops_early_is_that_of_all(cast: Cast, index: TeamIndex) -> None:
    foretold = 0
    for typed in queries():
        found = gathered(cast, index, typed)
        foretold += found.hopes is not None
        for limit in (1, 5):
            assert rank(typed, found.known, found.idf, limit, found.hopes) == rank(
                typed, list(found.known), found.idf, limit
            ), typed
    assert foretold > 60


def test_what_is_foretold_is_the_score_or_the_most_it_can_be(cast: Cast, index: TeamIndex) -> None:
    for typed in queries():
        found = gathered(cast, index, typed)
        if found.hopes is None:
            continue
        for candidate, hoped, open_ in zip(found.known, found.hopes.scores, found.hopes.open, strict=True):
            given = score(typed, candidate, found.idf).score
            assert given <= hoped + 1e-9 if open_ else given == pytest.approx(hoped, abs=1e-9), (typed, candidate)


@pytest.mark.parametrize("typed", ADDRESSED)
def test_whole_and_half_addresses_are_foretold_as_words_are(cast: Cast, index: TeamIndex, typed: str) -> None:
    found = gathered(cast, index, typed)
    assert found.hopes is not None
    assert not all(found.hopes.open)


def test_changed_customers_are_foretold_as_well(cast: Cast, index: TeamIndex) -> None:
    found = gathered(cast, index, "lee")
    assert index.changed
    assert found.hopes is not None
    assert len(found.hopes.scores) == len(found.known) > 0


def test_a_word_that_stands_twice_in_a_company_counts_as_in_the_ranking(cast: Cast) -> None:
    def add(work: Work) -> None:
        for name, company in (("Gregory King", "Smith & Smith Inc"), ("Daniel Smith", "King Furniture")):
            customers.add(work, NewCustomer(name, company=company))

    cast.ada.write_now(add)
    index = TeamIndex(cast.ada.read_now(index_build.build))
    answer = cast.ada.read_now(search, "smith kng", retriever=index)
    assert [one.customer.name for one in answer.found] == ["Daniel Smith", "Gregory King"]
    assert answer == cast.ada.read_now(search, "smith kng", retriever=SQL)


def test_who_answers_far_better_than_all_others_is_found_among_few_as_among_all(cast: Cast) -> None:
    def add(work: Work) -> None:
        for _ in range(120):
            customers.add(work, invented(dice))

    dice = Random(21)
    cast.ada.write_now(add)
    index = TeamIndex(cast.ada.read_now(index_build.build))
    few = 0
    for typed in [*TYPED, *(typed_by(dice) for _ in range(60))]:
        gathered = cast.ada.read_now(index.candidates, read(typed), cast.ada.actor)
        if len(gathered.customer_ids) != AMONG_FEW:
            continue
        few += 1
        here, there = (cast.ada.read_now(search, typed, retriever=one) for one in (index, SQL))
        assert (here.found[0], here.certain, here.exact) == (there.found[0], there.certain, there.exact), typed
    assert few
