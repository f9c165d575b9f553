"""Customers by hand: added once, edited with a memory, and gone when they are removed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store import audit
from crm_store.actions import companies, customers, undo
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.errors import Ambiguous, BadInput, NotFound
from crm_store.models.people import Affiliation, Company, FieldHistory
from crm_store.queries.customers import by_id, by_points, card, resolve
from crm_store.values.acts import NewCustomer
from tests.cast import Cast

ANN = NewCustomer("Ann Lee", ("Ann.Lee@globex.example", "ann@home.example"), ("+44 20 7946 0917",), company="Globex")


def test_a_customer_is_made_with_company_addresses_and_numbers(cast: Cast) -> None:
    receipt = cast.ada.write_now(customers.add, ANN)
    shown = cast.ada.read_now(card, receipt.row_id)
    assert (receipt.sentence, shown.customer.company, shown.customer.email) == (
        "Added Ann Lee",
        "Globex",
        "Ann.Lee@globex.example",
    )
    assert [point.kind for point in shown.points] == ["email", "email", "phone"]
    assert cast.ada.read_now(audit.verify).ok


def test_somebody_with_the_same_address_is_not_made_twice(cast: Cast) -> None:
    first = cast.ada.write_now(customers.add, ANN)
    again = cast.ben.write_now(customers.add, NewCustomer("A. Lee", ("ann.lee@GLOBEX.example",)))
    assert (again.row_id, again.undo_id, again.sentence) == (first.row_id, None, "Ann Lee is already there")


def test_a_shared_mailbox_is_nobody(cast: Cast) -> None:
    first = cast.ada.write_now(customers.add, NewCustomer("Ann Lee", ("info@globex.example",)))
    other = cast.ada.write_now(customers.add, NewCustomer("Bob Ray", ("info@globex.example",)))
    assert first.row_id != other.row_id


def test_a_removed_customer_may_be_made_again(cast: Cast) -> None:
    first = cast.ada.write_now(customers.add, ANN)
    cast.ada.write_now(customers.remove, first.row_id)
    assert cast.ada.write_now(customers.add, ANN).row_id != first.row_id
    with pytest.raises(NotFound):
        cast.ada.read_now(by_id, first.row_id)


def test_a_customer_without_name_or_address_is_refused(cast: Cast) -> None:
    with pytest.raises(BadInput, match="name"):
        cast.ada.write_now(customers.add, NewCustomer("  "))
    with pytest.raises(BadInput, match="no address"):
        cast.ada.write_now(customers.add, NewCustomer("Ann", ("not an address",)))


def test_a_company_is_the_same_in_every_spelling_and_never_a_mail_providers(cast: Cast) -> None:
    one = cast.ada.write_now(companies.ensure, "Acme Ltd.", "ann@acme.co.uk")
    assert cast.ada.write_now(companies.ensure, "ACME") == one
    assert cast.ada.write_now(companies.ensure, "Other name", "mail.acme.co.uk") == one
    free = cast.ada.write_now(companies.ensure, "Freelance One", "x@gmail.com")
    assert cast.ada.write_now(companies.ensure, "Freelance Two", "y@gmail.com") != free


def test_a_known_domain_gives_the_company(cast: Cast) -> None:
    cast.ada.write_now(companies.ensure, "Acme", "acme.co.uk")
    made = cast.ada.write_now(customers.add, NewCustomer("Jo Park", ("jo@acme.co.uk",)))
    assert cast.ada.read_now(by_id, made.row_id).company == "Acme"


def test_an_edit_keeps_what_was_before_and_can_be_taken_back(cast: Cast) -> None:
    ann = cast.ada.write_now(customers.add, ANN).row_id
    changes = {"Title": "Buyer", "company": "Initech", "owner": "<@U_BEN>", "phone": "+1 646 555 0142"}
    receipt = cast.ada.write_now(customers.edit, ann, changes)
    shown = cast.ada.read_now(card, ann)
    assert (shown.title, shown.customer.company, shown.customer.owner) == ("Buyer", "Initech", "U_BEN")
    assert "title none → Buyer" in receipt.sentence

    def remembered(work: Work) -> tuple[set[str], int]:
        fields = set(work.session.scalars(select(FieldHistory.field).where(FieldHistory.row_id == ann)))
        ended = work.session.scalars(select(Affiliation).where(Affiliation.until.is_not(None))).all()
        return fields, len(ended)

    assert cast.ada.read_now(remembered) == ({"title", "company", "owner", "phone"}, 1)
    assert receipt.undo_id is not None
    cast.ada.write_now(undo.undo, receipt.undo_id)
    back = cast.ada.read_now(card, ann)
    assert (back.title, back.customer.company, back.customer.owner) == (None, "Globex", None)
    assert len(back.points) == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shoe size": "42"}, "cannot be edited"),
        ({"name": ""}, "needs a name"),
        ({"email": "nowhere"}, "no e-mail address"),
        ({"owner": "Nobody"}, "no colleague"),
    ],
)
def test_a_wrong_edit_is_refused_and_changes_nothing(cast: Cast, changes: dict[str, str], said: str) -> None:
    ann = cast.ada.write_now(customers.add, ANN).row_id
    with pytest.raises(BadInput, match=said):
        cast.ada.write_now(customers.edit, ann, {"title": "Buyer", **changes})
    assert cast.ada.read_now(card, ann).title is None


def test_an_edit_that_changes_nothing_says_so(cast: Cast) -> None:
    ann = cast.ada.write_now(customers.add, ANN).row_id
    receipt = cast.ada.write_now(customers.edit, ann, {"name": "Ann Lee", "email": "ann.lee@globex.example"})
    assert (receipt.undo_id, receipt.sentence) == (None, "Nothing to change on Ann Lee")


def test_a_checked_customer_needs_no_check(cast: Cast) -> None:
    ann = cast.ada.write_now(customers.add, NewCustomer("Ann Lee", needs_check=True)).row_id
    assert cast.ada.read_now(by_id, ann).needs_check
    cast.ada.write_now(customers.checked, ann)
    assert not cast.ada.read_now(by_id, ann).needs_check


def test_an_undone_customer_is_found_no_longer(cast: Cast) -> None:
    receipt = cast.ada.write_now(customers.add, ANN)
    assert receipt.undo_id is not None
    cast.ada.write_now(undo.undo, receipt.undo_id)
    with pytest.raises(NotFound):
        cast.ada.read_now(resolve, "ann lee")

    def companies_left(work: Work) -> int:
        return len(work.session.scalars(select(Company)).all())

    assert cast.ada.read_now(companies_left) == 0


def test_whoever_is_meant_is_found_by_name_address_number_id_and_them(cast: Cast, clock: MovableClock) -> None:
    ann = cast.ada.write_now(customers.add, ANN).row_id
    for who in ("ann lee", "ANN@home.example", "7946 0917", ann, "Globex"):
        assert cast.ada.read_now(resolve, who).customer_id == ann
    with pytest.raises(NotFound):
        cast.ada.read_now(resolve, "them")
    cast.ada.write_now(customers.remember_shown, ann)
    assert cast.ada.read_now(resolve, "them").customer_id == ann
    with pytest.raises(NotFound):
        cast.ben.read_now(resolve, "them")
    clock.advance(31 * 60)
    with pytest.raises(NotFound):
        cast.ada.read_now(resolve, "them")


def test_two_who_fit_alike_are_asked_about(cast: Cast) -> None:
    for company in ("Globex", "Initech"):
        cast.ada.write_now(customers.add, NewCustomer("Ann Lee", company=company))
    with pytest.raises(Ambiguous) as asked:
        cast.ada.read_now(resolve, "ann lee")
    assert len(asked.value.candidates) == 2
    assert cast.ada.read_now(resolve, "ann lee initech").company == "Initech"


def test_addresses_are_matched_by_the_hundred_and_by_all_of_a_persons(cast: Cast) -> None:
    ann = cast.ada.write_now(customers.add, ANN).row_id
    crowd = [f"nobody{number}@x.example" for number in range(600)]
    found = cast.ada.read_now(by_points, [*crowd, "ANN@HOME.example", "Ann Lee <ann.lee@globex.example>", "junk"])
    assert {key: one.customer_id for key, one in found.items()} == {
        "ann@home.example": ann,
        "ann.lee@globex.example": ann,
    }
    assert cast.cleo.read_now(by_points, ["ann@home.example"]) == {}


def test_a_private_customers_card_is_the_owners(cast: Cast) -> None:
    sam = cast.ada.write_now(customers.add, NewCustomer("Sam", level="private")).row_id
    assert cast.ada.read_now(card, sam).customer.owner == "U_ADA"
    with pytest.raises(NotFound):
        cast.ben.read_now(card, sam)


def test_a_move_ends_one_time_and_begins_another_on_its_day(cast: Cast, clock: MovableClock) -> None:
    ann = cast.ada.write_now(customers.add, ANN).row_id
    clock.advance(30 * 86_400)
    day = clock.now() - timedelta(days=3)
    receipt = cast.ada.write_now(lambda work: customers.move(work, ann, "Initech", title="Head", since=day))
    assert receipt.sentence == "Ann Lee has moved: company Globex → Initech"
    times = cast.ada.read_now(
        lambda work: [
            (one.since, one.until)
            for one in work.session.scalars(select(Affiliation).order_by(Affiliation.affiliation_id))
        ]
    )
    assert [times[0][1], times[1]] == [day, (day, None)]
    assert cast.ada.read_now(card, ann).title == "Head"
    assert receipt.undo_id is not None
    cast.ada.write_now(undo.undo, receipt.undo_id)
    assert cast.ada.read_now(by_id, ann).company == "Globex"


def test_a_move_to_where_somebody_is_changes_nothing(cast: Cast) -> None:
    ann = cast.ada.write_now(customers.add, ANN).row_id
    receipt = cast.ada.write_now(customers.move, ann, "Globex")
    assert (receipt.undo_id, receipt.sentence) == (None, "Ann Lee is at Globex already")
