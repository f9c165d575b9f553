"""The index in memory: its arrays find what was put in, and wherever it cannot answer the token tables do."""

import pytest
from sqlalchemy import delete

from crm_store.actions import customers
from crm_store.engine.work import Work
from crm_store.lookup import tokens
from crm_store.lookup.index.arrays import Builder, Frozen
from crm_store.lookup.index.retriever import IndexRetriever
from crm_store.lookup.index.team import LEAST_DELTA
from crm_store.lookup.index.worth import pays
from crm_store.lookup.search import search
from crm_store.models.lookup import LookupChange
from crm_store.values.acts import NewCustomer
from tests.cast import Cast


def _frozen(*postings: tuple[str, str]) -> Frozen:
    builder = Builder()
    builder.take_postings(postings)
    builder.take_forms([(-7, "lee"), (5, "anna"), (5, "nobody")])
    builder.take_numbers([("719", "c3"), ("71", "c1"), ("98", "c2")])
    return builder.freeze()


@pytest.fixture
def frozen() -> Frozen:
    """Words and customers in another order than that of their bytes, as a database may sort them."""
    return _frozen(("lee", "c3"), ("ann", "c2"), ("ann", "c1"), ("anna", "c1"), ("anna", "c2"), ("anna", "c3"))


def test_words_keep_their_bearers_however_the_database_sorts(frozen: Frozen) -> None:
    borne = {
        frozen.text(word): {bytes(frozen.ids[place]).decode() for place in frozen.bearers_of(word)}
        for word in range(len(frozen.words))
    }
    assert borne == {"ann": {"c1", "c2"}, "anna": {"c1", "c2", "c3"}, "lee": {"c3"}}
    assert [frozen.df(word) for word in range(3)] == [2, 3, 1]


def test_beginnings_forms_and_numbers_lead_to_their_words_and_customers(frozen: Frozen) -> None:
    assert [frozen.text(word) for word in frozen.beginning_with("an", 9)] == ["ann", "anna"]
    assert [frozen.text(word) for word in frozen.beginning_with("an", 1)] == ["anna"]
    assert [frozen.text(word) for word in frozen.with_forms([-7, 4])] == ["lee"]
    assert [frozen.text(word) for word in frozen.with_forms([5])] == ["anna"]
    assert {bytes(frozen.ids[place]) for place in frozen.ending_with("71", 9)} == {b"c1", b"c3"}


def test_what_is_longer_than_anything_known_is_not_known(frozen: Frozen) -> None:
    assert frozen.word("annabella" * 9) is None
    assert frozen.beginning_with("annabella", 9) == []
    assert frozen.word("anna") is not None
    assert [frozen.text(word) for word in frozen.beginning_with("anna", 9)] == ["anna"]


def test_an_empty_team_has_an_index_too(cast: Cast) -> None:
    index = IndexRetriever()
    assert index.warm(cast.ada) > 0
    assert cast.ada.read_now(search, "anybody at all", retriever=index).found == ()
    added = cast.ada.write_now(customers.add, NewCustomer("Ann Lee"))
    assert cast.ada.read_now(search, "ann lee", retriever=index).found[0].customer.customer_id == added.row_id
    assert index.answered == 2


def test_an_index_that_would_be_too_large_is_not_kept(cast: Cast) -> None:
    added = cast.ada.write_now(customers.add, NewCustomer("Ann Lee"))
    index = IndexRetriever(most_megabytes=0)
    assert index.warm(cast.ada) == 0
    assert not index.is_warm(cast.ada.team_id)
    assert cast.ada.read_now(search, "ann lee", retriever=index).found[0].customer.customer_id == added.row_id
    assert index.answered == 0


def test_a_log_that_no_longer_reaches_back_ends_the_index(cast: Cast) -> None:
    cast.ada.write_now(customers.add, NewCustomer("Ann Lee"))
    index = IndexRetriever()
    index.warm(cast.ada)
    bob = cast.ada.write_now(customers.add, NewCustomer("Bob Stone"))
    cast.ada.write_now(customers.add, NewCustomer("Cy Young"))

    def forget(work: Work) -> None:
        work.session.execute(delete(LookupChange).where(LookupChange.seq < 3))

    cast.ada.write_now(forget)
    assert cast.ada.read_now(search, "bob stone", retriever=index).found[0].customer.customer_id == bob.row_id
    assert not index.is_warm(cast.ada.team_id)
    assert index.answered == 0


def test_more_changes_than_a_delta_holds_end_the_index_until_it_is_warmed_again(cast: Cast) -> None:
    ann = cast.ada.write_now(customers.add, NewCustomer("Ann Lee"))
    index = IndexRetriever()
    index.warm(cast.ada)

    def often(work: Work) -> None:
        work.insert(
            LookupChange,
            [{"seq": 2 + at, "customer_id": ann.row_id, "op": "put"} for at in range(LEAST_DELTA)],
        )

    cast.ada.write_now(often)
    for warm in (False, True):
        assert cast.ada.read_now(search, "ann lee", retriever=index).found[0].customer.customer_id == ann.row_id
        assert index.is_warm(cast.ada.team_id) is warm
        index.warm(cast.ada)


def test_a_customer_who_changed_often_stands_in_the_answer_once(cast: Cast) -> None:
    ann = cast.ada.write_now(customers.add, NewCustomer("Ann Lee", company="Globex"))
    index = IndexRetriever()
    index.warm(cast.ada)
    for _ in range(3):
        cast.ada.write_now(tokens.refresh, ann.row_id)
        found = cast.ada.read_now(search, "ann lee globex", retriever=index).found
        assert [one.customer.customer_id for one in found] == [ann.row_id]
    assert index.answered == 3


def test_a_few_queries_are_not_worth_an_index(cast: Cast) -> None:
    assert not cast.ada.read_now(pays, 49)
    assert cast.ada.read_now(pays, 50)

    def grown(work: Work) -> None:
        work.insert(LookupChange, [{"seq": 100_000, "customer_id": "c", "op": "put"}])

    cast.ada.write_now(grown)
    assert not cast.ada.read_now(pays, 999)
    assert cast.ada.read_now(pays, 1_000)
