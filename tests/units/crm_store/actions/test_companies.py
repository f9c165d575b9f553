"""Companies by hand: made before anybody of them is known, once, and taken back."""

from sqlalchemy import select

from crm_store.actions import companies, customers, undo
from crm_store.engine.work import Work
from crm_store.models.people import Company
from crm_store.values.acts import NewCustomer
from tests.cast import Cast


def _names(work: Work) -> list[str]:
    return list(work.session.scalars(select(Company.name).order_by(Company.name)))


def test_a_company_is_made_once_and_taken_back(cast: Cast) -> None:
    made = cast.ada.write_now(companies.add, "Umbra", "umbra.com")
    assert made.sentence == "Added Umbra, where nobody is known yet"
    again = cast.ada.write_now(companies.add, "The Umbra Ltd")
    assert (again.row_id, again.undo_id) == (made.row_id, None)
    assert again.sentence == "Umbra is known already. Nothing was made"
    assert cast.ada.read_now(_names) == ["Umbra"]
    assert made.undo_id is not None
    cast.ada.write_now(undo.undo, made.undo_id)
    assert cast.ada.read_now(_names) == []


def test_whoever_comes_with_the_domain_of_a_company_belongs_to_it(cast: Cast) -> None:
    made = cast.ada.write_now(companies.add, "Umbra", "umbra.com")
    assert cast.cleo.read_now(_names) == []
    cast.ada.write_now(customers.add, NewCustomer("Ann Lee", ("ann@umbra.com",)))
    assert cast.ada.read_now(companies.by_domain, "umbra.com") == made.row_id
