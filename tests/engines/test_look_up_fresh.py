"""No look-up from memory is behind what was committed, on both databases, whoever commits and in whatever order."""

import threading

import pytest

from crm_store.actions import customers
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.lookup import freshness, index_build
from crm_store.lookup.index import TeamIndex
from crm_store.lookup.index_state import State
from crm_store.lookup.search import search
from crm_store.values.acts import NewCustomer
from tests.cast import Cast, gather
from tests.engines.conftest import Opens


@pytest.fixture
def known(store: Store) -> tuple[Cast, str, TeamIndex]:
    cast = gather(store)
    ann = cast.ada.write_now(customers.add, NewCustomer("Ann Lee", ("ann@globex.example",), company="Globex")).row_id
    return cast, ann, TeamIndex(cast.ada.read_now(index_build.build))


def found(cast: Cast, index: TeamIndex, typed: str) -> list[str]:
    return [one.customer.name for one in cast.ada.read_now(search, typed, retriever=index).found]


def test_a_change_is_found_at_once_and_the_index_holds_it(known: tuple[Cast, str, TeamIndex]) -> None:
    cast, ann, index = known
    assert found(cast, index, "ann leee globx") == ["Ann Lee"]
    cast.ada.write_now(customers.edit, ann, {"name": "Ann Zuckerfeld"})
    assert found(cast, index, "zukerfeld") == ["Ann Zuckerfeld"]
    assert index.changed == 1
    cast.ada.write_now(customers.remove, ann)
    assert found(cast, index, "zuckerfeld globex") == []
    assert (index.changed, index.spent) == (0, False)


def test_what_another_process_commits_is_found_at_once(known: tuple[Cast, str, TeamIndex], opens: Opens) -> None:
    cast, ann, index = known
    other = opens()
    try:
        desk = other.team(cast.ada.team_id, cast.ada.actor)
        for number in range(5):
            desk.write_now(customers.edit, ann, {"name": f"Ann Nr{number}quux"})
            assert found(cast, index, f"nr{number}quux") == [f"Ann Nr{number}quux"]
    finally:
        other.close()


def test_of_two_transactions_at_once_none_is_missed(known: tuple[Cast, str, TeamIndex], opens: Opens) -> None:
    """The one that numbers its change first commits first: the other waits for its number until then."""
    cast, ann, index = known
    other = opens()
    written, go_on = threading.Event(), threading.Event()

    def slow(work: Work) -> None:
        customers.add(work, NewCustomer("Slow Quux"))
        work.flush()
        written.set()
        assert go_on.wait(60)

    try:
        first = cast.ada.store.submit_write(cast.ada.team_id, cast.ada.actor, slow)
        assert written.wait(60)
        quick = other.submit_write(
            cast.ada.team_id, cast.ada.actor, lambda work: customers.add(work, NewCustomer("Quick Quux"))
        )
        # Neither is committed: nobody may see either, nor may the index move past what it would then miss.
        assert found(cast, index, "quux") == []
        go_on.set()
        first.result(20)
        quick.result(20)
    finally:
        go_on.set()
        other.close()
    assert sorted(found(cast, index, "quux")) == ["Quick Quux", "Slow Quux"]
    assert index.changed == 2
    assert ann


def test_what_is_undone_leaves_no_trace_though_its_number_is_used_again(known: tuple[Cast, str, TeamIndex]) -> None:
    cast, ann, index = known

    def regretted(work: Work) -> None:
        customers.add(work, NewCustomer("Wrong Quux"))
        assert search(work, "quux", retriever=index).found
        raise LookupError

    with pytest.raises(LookupError):
        cast.ada.write_now(regretted)
    cast.ada.write_now(customers.add, NewCustomer("Right Frobnitz"))
    assert found(cast, index, "quux") == []
    assert found(cast, index, "frobnitz") == ["Right Frobnitz"]
    assert (index.changed, index.spent) == (1, False)
    assert ann


def test_changes_are_numbered_without_a_gap_and_all_bear_marks(known: tuple[Cast, str, TeamIndex]) -> None:
    cast, ann, _index = known
    before = cast.ada.read_now(freshness.newest)
    cast.ada.write_now(customers.edit, ann, {"name": "Ann Other"})
    after = cast.ada.read_now(freshness.newest)
    assert after.seq > before.seq
    assert after.mark not in (0, before.mark)
    changes = cast.ada.read_now(freshness.since, before, 10)
    assert changes is not None
    assert changes.until == after
    assert changes.customer_ids == (ann,)
    assert cast.ada.read_now(freshness.since, State(cast.ada.team_id, before.seq, 12345), 10) is None
