"""An import that is taken back after people were merged, parted and edited: what nobody holds any more is gone."""

import pytest

from crm_store import audit
from crm_store.actions import customers, merges, unmerge
from crm_store.clock import MovableClock
from crm_store.queries.customers import by_points, card
from crm_store.values.acts import NewCustomer
from ingest.files.intake import import_file
from tests.cast import Cast
from tests.units.ingest.files.test_undo import picture, taken_back

LIST = (
    b"name,email,title,company,phone\nAnn Lee,ann@globex.example,Buyer,Globex,+44 20 7946 0917\n"
    b"Anna Lee,anna@globex.example,Boss,Globex,\nBob Ray,bob@acme.example,Clerk,Acme,\n"
)


def _who(cast: Cast, address: str) -> str:
    return cast.ada.read_now(by_points, [address])[address].customer_id


@pytest.fixture
def ann(cast: Cast, clock: MovableClock) -> str:
    made = cast.ada.write_now(customers.add, NewCustomer("Ann Lee", ("ann@globex.example",))).row_id
    clock.advance(60)
    return made


def _merged(cast: Cast, clock: MovableClock, into: str, other: str) -> str:
    clock.advance(60)
    undo_id = cast.ada.write_now(merges.merge, into, other).undo_id
    merge_id = cast.ada.read_now(unmerge.of_undo, str(undo_id))
    assert merge_id is not None
    return merge_id


def _untold(pictured: dict[str, list[object]]) -> dict[str, list[object]]:
    """All but what people decided themselves."""
    return {table: rows for table, rows in pictured.items() if table not in {"merges", "pair_verdicts"}}


def test_people_of_a_list_who_were_merged_and_parted_go_without_a_trace(
    cast: Cast, clock: MovableClock, ann: str
) -> None:
    before = cast.ada.read_now(picture)
    done = import_file(cast.ada, LIST, "x.csv")
    merge = _merged(cast, clock, ann, _who(cast, "anna@globex.example"))
    cast.ada.write_now(unmerge.unmerge, merge)
    assert taken_back(cast.ada, str(done.import_id)).made == ()
    assert cast.ada.read_now(picture) == before
    assert cast.ada.read_now(audit.verify).ok


@pytest.mark.parametrize("ann_leads", [True, False])
def test_what_a_list_filled_in_goes_from_whoever_shows_it_since(
    cast: Cast, clock: MovableClock, ann: str, ann_leads: bool
) -> None:
    zed = cast.ada.write_now(customers.add, NewCustomer("Zed Lee", ("zed@globex.example",))).row_id
    before = cast.ada.read_now(picture)
    done = import_file(cast.ada, LIST, "x.csv")
    seat, other = (ann, zed) if ann_leads else (zed, ann)
    merge = _merged(cast, clock, seat, other)
    assert cast.ada.read_now(card, seat).title == "Buyer"
    receipt = taken_back(cast.ada, str(done.import_id))
    assert receipt.made == ()
    shown = cast.ada.read_now(card, seat)
    assert (shown.title, shown.customer.company) == (None, None)
    assert sorted(point.value for point in shown.points) == ["ann@globex.example", "zed@globex.example"]
    cast.ada.write_now(unmerge.unmerge, merge)
    assert _untold(cast.ada.read_now(picture)) == _untold(before)


def test_somebody_of_a_list_who_is_merged_stays_and_is_named_and_can_be_parted(
    cast: Cast, clock: MovableClock, ann: str
) -> None:
    done = import_file(cast.ada, LIST, "x.csv")
    anna = _who(cast, "anna@globex.example")
    merge = _merged(cast, clock, ann, anna)
    cast.ben.write_now(customers.edit, ann, {"title": "Chief"})
    receipt = taken_back(cast.ada, str(done.import_id))
    assert receipt.made == (anna,)
    assert "Anna Lee stayed, since somebody has used them" in receipt.sentence
    assert "the title of Ann Lee stayed" in receipt.sentence
    assert cast.ada.read_now(card, ann).title == "Chief"
    cast.ada.write_now(unmerge.unmerge, merge)
    assert cast.ada.read_now(card, ann).title == "Chief"
    assert cast.ada.read_now(card, anna).title == "Boss"
