"""Pages of all that happened: what was said, bought, moved and done, forward and back, as each may see it."""

from datetime import timedelta

import pytest

from crm_store.actions import communications, deals, orders, tasks
from crm_store.errors import NotFound
from crm_store.money import Money
from crm_store.queries import customers, history
from crm_store.values.acts import NewCommunication, NewDeal, NewOrder, NewOrderLine, NewTask
from crm_store.values.timeline import HistoryPage, Place, Subject, Wanted
from tests.cast import Cast
from tests.units.crm_store.history.acme import MORNING, call, customer, logged

EUR_360 = Money(360_00, "EUR")


def _page(cast: Cast, of: str, row_id: str, wanted: Wanted | None = None, place: Place | None = None) -> HistoryPage:
    whose = cast.ada.read_now(history.subject, of, row_id)
    return cast.ada.read_now(history.page, whose, wanted or Wanted(), place, 3)


def test_orders_deals_and_finished_tasks_stand_between_what_was_said(cast: Cast) -> None:
    ann = customer(cast.ada)
    logged(cast.ada, ann, at=MORNING - timedelta(days=3))
    cast.ada.write_now(
        orders.add, NewOrder("o-1", ann, MORNING - timedelta(days=2), EUR_360, (NewOrderLine("Seat", 3, EUR_360),))
    )
    deal = cast.ada.write_now(deals.add, NewDeal("Renewal", ann, None, "usr_ada")).row_id
    cast.ada.write_now(deals.change, deal, Money(900_00, "EUR"))
    task = cast.ada.write_now(tasks.add, NewTask("send the quote", None, "usr_ada", ann)).row_id
    cast.ada.write_now(tasks.done, task)
    whose = cast.ada.read_now(history.subject, "customer", ann)
    found = cast.ada.read_now(history.page, whose, Wanted()).entries
    assert {one.kind for one in found} == {"call", "order", "deal", "task"}
    assert [one.happened_at for one in found] == sorted((one.happened_at for one in found), reverse=True)
    notes = " ".join(one.note for one in found)
    assert "3 x Seat" in notes
    assert "amount: €900" in notes
    assert [one.subject for one in _page(cast, "customer", ann, Wanted(("task",))).entries] == ["send the quote"]
    assert {one.kind for one in _page(cast, "deal", deal).entries} == {"deal"}
    assert {one.kind for one in _page(cast, "customer", ann, Wanted(text="seat")).entries} == {"order"}


def test_pages_turn_forward_and_back_without_losing_entries_of_one_moment(cast: Cast) -> None:
    ann = customer(cast.ada)
    for number in range(8):
        logged(cast.ada, ann, f"call-{number}", MORNING)
    first = _page(cast, "customer", ann)
    second = _page(cast, "customer", ann, place=first.older)
    third = _page(cast, "customer", ann, place=second.older)
    ids = [one.communication_id for page in (first, second, third) for one in page.entries]
    assert len(ids) == len(set(ids)) == 8
    assert first.newer is None
    assert third.older is None
    back = _page(cast, "customer", ann, place=third.newer)
    assert back.entries == second.entries
    assert _page(cast, "customer", ann, place=back.newer).entries == first.entries


def test_a_company_shows_all_its_people_but_no_private_one_of_a_colleague(cast: Cast) -> None:
    ann = customer(cast.ada, company="Acme")
    bo = customer(cast.ada, "Bo Hart", "bo@acme.example", company="Acme")
    logged(cast.ada, ann, "a")
    logged(cast.ada, bo, "b")
    company = cast.ada.read_now(customers.by_id, ann).company_id
    assert company
    assert len(_page(cast, "company", company).entries) == 2
    for stranger, of, row_id in ((cast.cleo, "company", company), (cast.cleo, "customer", ann)):
        with pytest.raises(NotFound):
            stranger.read_now(history.page, Subject(of, row_id, "x"), Wanted())  # type: ignore[arg-type]


def test_words_are_read_whole_by_whom_they_may_be_read(cast: Cast) -> None:
    ann = customer(cast.ada)
    private = cast.ada.write_now(communications.log, call(ann, level="private", text="w " * 900)).row_id
    assert cast.ada.read_now(history.words, private).entry.text.strip() == "w " * 899 + "w"
    for other in (cast.ben, cast.cleo):
        with pytest.raises(NotFound):
            other.read_now(history.words, private)


def test_days_and_words_narrow_a_page(cast: Cast) -> None:
    ann = customer(cast.ada)
    for number in range(3):
        new: NewCommunication = call(
            ann, key=f"c{number}", at=MORNING - timedelta(days=number), text=f"number {number} of seats"
        )
        cast.ada.write_now(communications.log, new)
    assert len(_page(cast, "customer", ann, Wanted(since=MORNING - timedelta(days=1))).entries) == 2
    assert len(_page(cast, "customer", ann, Wanted(until=MORNING)).entries) == 2
    assert [one.text for one in _page(cast, "customer", ann, Wanted(text="seats 2")).entries] == ["number 2 of seats"]


@pytest.mark.parametrize("text", ["", "-", "+nonsense|x", "-2026-11-25|x", "-2026-11-25T08:00:00+00:00|", "junk"])
def test_a_place_that_cannot_be_read_is_none(text: str) -> None:
    assert Place.read(text) is None
