"""The look-up's tables are written and read alike on both databases."""

import pytest
from sqlalchemy import func, select

from crm_store.actions import customers
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.lookup import tokens
from crm_store.lookup.search import search
from crm_store.models.lookup import PhoneSuffix, Posting, Token, TokenDelete, WordPair
from crm_store.values.acts import NewCustomer
from tests.cast import Cast, gather

PEOPLE = (
    NewCustomer("Ann Lee", ("ann.lee@globex.example",), ("+44 20 7946 0917",), company="Globex"),
    NewCustomer("Katherine Müller", ("k.muller@ashbypartners.example",), company="Ashby & Partners GmbH"),
    NewCustomer("Ximena De la Rosa", ("ximena9469@mail.example",), company="Caldera Foods"),
    NewCustomer("دانيال كوهين", company="Initech"),
)


@pytest.fixture
def known(store: Store) -> tuple[Cast, dict[str, str]]:
    cast = gather(store)
    return cast, {person.name: cast.ada.write_now(customers.add, person).row_id for person in PEOPLE}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kahterine muler ashby", "Katherine Müller"),
        ("kate muller", "Katherine Müller"),
        ("k.mulller@ashbypartners.example", "Katherine Müller"),
        ("946 0917", "Ann Lee"),
        ("delarosa caldera", "Ximena De la Rosa"),
        ("iximena9469", "Ximena De la Rosa"),
        ("daniel cohen", "دانيال كوهين"),
    ],
)
def test_people_are_found_on_both_databases(known: tuple[Cast, dict[str, str]], typed: str, meant: str) -> None:
    cast, ids = known
    assert cast.ada.read_now(search, typed).found[0].customer.customer_id == ids[meant]


def test_a_change_is_found_and_a_removal_leaves_nothing_on_both_databases(
    known: tuple[Cast, dict[str, str]],
) -> None:
    cast, ids = known
    cast.ada.write_now(customers.edit, ids["Ann Lee"], {"name": "Ann Zuckerfeld"})
    assert cast.ada.read_now(search, "zukerfeld").found[0].customer.customer_id == ids["Ann Lee"]
    cast.ada.write_now(tokens.refresh_many, list(ids.values()))
    for customer_id in ids.values():
        cast.ada.write_now(customers.remove, customer_id)

    def left(work: Work) -> list[int | None]:
        tables = (Token, TokenDelete, Posting, PhoneSuffix, WordPair)
        return [work.session.scalar(select(func.count()).select_from(model)) for model in tables]

    assert cast.ada.read_now(left) == [0, 0, 0, 0, 0]
    assert not cast.cleo.read_now(search, "ann").found
