"""A line can mean a company or a deal as well as a person."""

import pytest
from sqlalchemy import select

from crm_store.actions import channel_links, customers, deals
from crm_store.engine.work import Work
from crm_store.lookup.search import search
from crm_store.models.people import Company
from crm_store.queries.look_up import Meaning, meaning
from crm_store.values.acts import NewCustomer, NewDeal
from tests.cast import Cast


@pytest.fixture
def known(cast: Cast) -> dict[str, str]:
    people = (
        NewCustomer("Ann Lee", company="Globex"),
        NewCustomer("Bo Roth", company="Globex"),
        NewCustomer("Freya Delaney", company="The Raine Group"),
        NewCustomer("John Smith", company="Acme Corporation"),
        NewCustomer("Mia Falk", company="Smith & Sons Ltd"),
    )
    return {person.name: cast.ada.write_now(customers.add, person).row_id for person in people}


def _asked(cast: Cast, text: str) -> Meaning:
    return cast.ada.read_now(meaning, text, prefer_owner="usr_ada")


@pytest.mark.parametrize(
    ("typed", "company", "exact"),
    [("globex", "Globex", True), ("globx", "Globex", False), ("rayn group", "The Raine Group", False)],
)
def test_a_companys_name_means_the_company_with_its_people(
    cast: Cast, known: dict[str, str], typed: str, company: str, exact: bool
) -> None:
    assert known
    found = _asked(cast, typed).company
    assert found is not None
    assert (found.name, found.exact) == (company, exact)
    assert found.people_in_all == len(found.people) == (2 if company == "Globex" else 1)


@pytest.mark.parametrize("typed", ["ann lee", "ann globex", "smith", "john smith", "acme smith", "zzqqxx"])
def test_a_line_with_a_persons_name_means_no_company(cast: Cast, known: dict[str, str], typed: str) -> None:
    assert known
    assert _asked(cast, typed).company is None


def test_what_the_team_has_been_taught_is_no_longer_the_company(cast: Cast, known: dict[str, str]) -> None:
    cast.ada.write_now(customers.learn_alias, "globex", known["Bo Roth"])
    assert _asked(cast, "globex").company is None
    assert _asked(cast, "globex").people.found[0].customer.name == "Bo Roth"


def test_private_people_of_a_company_are_neither_listed_nor_counted_for_others(
    cast: Cast, known: dict[str, str]
) -> None:
    assert known
    cast.ada.write_now(customers.add, NewCustomer("Secret Sam", company="Globex", level="private"))
    own = _asked(cast, "globex").company
    others = cast.ben.read_now(meaning, "globex", prefer_owner="usr_ben").company
    assert own is not None
    assert others is not None
    assert (own.people_in_all, others.people_in_all) == (3, 2)


def test_a_deal_is_found_by_its_name_and_not_beside_a_person_who_is_sure(cast: Cast, known: dict[str, str]) -> None:
    cast.ada.write_now(deals.add_pipeline, "Sales")
    cast.ada.write_now(deals.add, NewDeal("Boiler renewal", known["Ann Lee"], None, "usr_ada"))
    cast.ada.write_now(deals.add, NewDeal("Smith job", known["John Smith"], None, "usr_ada"))
    assert [one.name for one in _asked(cast, "renewal").deals] == ["Boiler renewal"]
    assert [one.name for one in _asked(cast, "boiler renewl").deals] == ["Boiler renewal"]
    assert not _asked(cast, "john smith").deals
    assert not _asked(cast, "nothing of the kind").deals


def test_a_deal_with_somebodys_private_customer_is_found_by_that_person_alone(cast: Cast) -> None:
    secret = cast.ada.write_now(customers.add, NewCustomer("Secret Sam", level="private")).row_id
    cast.ada.write_now(deals.add_pipeline, "Sales")
    cast.ada.write_now(deals.add, NewDeal("Submarine", secret, None, "usr_ada"))
    assert _asked(cast, "submarine").deals
    assert not cast.ben.read_now(meaning, "submarine", prefer_owner="usr_ben").deals


def test_in_a_companys_channel_its_people_come_first(cast: Cast) -> None:
    first = cast.ada.write_now(customers.add, NewCustomer("Max Bauer", company="Umbra")).row_id
    second = cast.ada.write_now(customers.add, NewCustomer("Max Bauer", company="Vandelay")).row_id

    def link(work: Work, company: str, channel: str) -> None:
        company_id = work.session.scalars(select(Company.company_id).where(Company.name == company)).one()
        channel_links.link(work, channel, company_id)

    for company, channel, meant in (("Umbra", "C_UMBRA", first), ("Vandelay", "C_VANDELAY", second)):
        cast.ada.write_now(link, company, channel)
        answer = cast.ada.read_now(search, "max bauer", channel=channel)
        assert answer.found[0].customer.customer_id == meant
        assert not answer.certain
