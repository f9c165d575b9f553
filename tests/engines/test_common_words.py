"""Words that very many bear find the few who bear them together, by the tables alone, on both databases."""

import pytest

from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.lookup import tokens
from crm_store.lookup.briefs import briefs
from crm_store.lookup.retrieval import read
from crm_store.lookup.search import search
from crm_store.lookup.sql_candidates import SQL
from crm_store.models.people import Company, Customer
from crm_store.queries.identity import name_key
from tests.cast import Cast, gather

OTHERS = ("Ana", "Bea", "Cyd", "Dov", "Eve", "Flo", "Gus", "Hal", "Ida", "Jed")
MANY = 2_400
MEANT = {"Katherine Mullins": "Acme", "Zed Quux": "Solar Ocean Systems", "Rex Mullins": "Water Systems"}


def _people() -> list[tuple[str, str]]:
    """More of each word than are ever read, and in their middle those who are meant."""
    found = []
    for at in range(MANY):
        other = OTHERS[at % len(OTHERS)]
        found += [(f"{other} Mullins", "Water Systems"), (f"Katherine {other}ton", "Solar Foods")]
        if at == MANY // 2:
            found += MEANT.items()
    return found


@pytest.fixture
def crowd(store: Store) -> Cast:
    cast = gather(store)

    def fill(work: Work) -> None:
        firms = {firm: work.new_id(Prefix.COMPANY) for firm in dict.fromkeys(firm for _, firm in _people())}
        rows = [{"company_id": one, "name": firm, "name_key": name_key(firm), "created_at": work.now}
                for firm, one in firms.items()]  # fmt: skip
        work.insert(Company, rows)
        people = [
            {"customer_id": work.new_id(Prefix.CUSTOMER), "name": name, "company_id": firms[firm], "source": "test",
             "created_at": work.now, "owner": work.actor if name == "Rex Mullins" else None}
            for name, firm in _people()
        ]  # fmt: skip
        work.insert(Customer, people)
        tokens.refresh_many(work, [str(row["customer_id"]) for row in people])

    cast.ada.write_now(fill)
    return cast


def test_those_who_bear_two_common_words_and_the_askers_own_are_found_among_all_who_bear_one(crowd: Cast) -> None:
    for typed, meant in (
        ("katherine mullins", "Katherine Mullins"),
        ("kahterine mulins", "Katherine Mullins"),
        ("mullins kathrine acme", "Katherine Mullins"),
        ("kat mull", "Katherine Mullins"),
        ("solar systems", "Zed Quux"),
    ):
        assert crowd.ada.read_now(search, typed).found[0].customer.name == meant, typed
    weighed = crowd.ada.read_now(
        lambda work: briefs(work, SQL.candidates(work, read("mullins"), work.actor).customer_ids)
    )
    assert "Rex Mullins" in [one.name for one in weighed]
    assert crowd.cleo.read_now(search, "mullins").found == ()
