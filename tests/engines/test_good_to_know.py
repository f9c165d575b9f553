"""What a receipt gives back is read in three small looks, and says the same as the card does."""

from datetime import timedelta

import pytest

from crm_store.actions import customers, merges, needs, tasks
from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.people import Customer
from crm_store.queries import customers as customer_queries
from crm_store.queries import good_to_know
from crm_store.values.acts import NewCustomer, NewTask
from tests.cast import Cast


def _ann(cast: Cast) -> str:
    return cast.ada.write_now(customers.add, NewCustomer("Ann Lee", ("ann@globex.example",), company="Globex")).row_id


def test_the_next_step_is_the_one_due_first_and_the_newest_need_is_told(cast: Cast) -> None:
    ann = _ann(cast)
    now = cast.store.clock.now()
    for title, due in (("some day", None), ("later", now + timedelta(days=9)), ("sooner", now + timedelta(days=1))):
        cast.ada.write_now(tasks.add, NewTask(title, due, "usr_ben", customer_id=ann))
    cast.ada.write_now(needs.add, ann, "40 seats")
    known, card = cast.ada.read_now(good_to_know.of, ann), cast.ada.read_now(customer_queries.card, ann)
    assert known.next_task == card.next_task
    assert known.next_task is not None
    assert (known.next_task.title, known.next_task.owner) == ("sooner", "U_BEN")
    assert (known.customer, known.wants) == (card.customer, "40 seats")


def test_who_has_neither_is_known_all_the_same(cast: Cast) -> None:
    known = cast.ada.read_now(good_to_know.of, _ann(cast))
    assert (known.next_task, known.wants, known.customer.company) == (None, "", "Globex")


def test_a_merged_customer_is_the_one_merged_into(cast: Cast) -> None:
    ann = _ann(cast)
    other = cast.ada.write_now(customers.add, NewCustomer("A. Lee", ("a.lee@globex.example",))).row_id
    cast.ada.write_now(merges.merge, ann, other)
    assert cast.ada.read_now(good_to_know.of, other).customer.customer_id == ann


def test_a_private_customer_is_their_owners_alone_and_another_teams_is_not_there(cast: Cast) -> None:
    ann = _ann(cast)

    def keep_private(work: Work) -> None:
        row = work.session.get(Customer, (work.team_id, ann))
        assert row is not None
        row.level, row.owner = "private", "usr_ada"

    cast.ada.write_now(keep_private)
    assert cast.ada.read_now(good_to_know.of, ann).customer.name == "Ann Lee"
    for desk in (cast.ben, cast.cleo):
        with pytest.raises(NotFound):
            desk.read_now(good_to_know.of, ann)
