"""The pass for duplicates: plain identity is joined, the rest is asked, and each owner hears once a day."""

from collections.abc import AsyncGenerator, Callable
from datetime import date

import pytest
from sqlalchemy import select

from analytics.child import AnalysisOrder, Result
from analytics.duplicates import of_store
from campaigns import duplicates
from campaigns.duplicates import PassOutcome
from crm_store.actions import customers, undo
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk
from crm_store.models.people import Customer
from crm_store.models.plumbing import OutboxRow
from crm_store.queries import duplicates as queries
from crm_store.values.acts import NewCustomer
from crm_store.values.duplicates import FoundPairs
from tests.cast import Cast

ORDER = AnalysisOrder("tea_rapport", date(2026, 11, 25), "")


def searching(desk: Desk) -> duplicates.Searcher:
    """The search in this process, on what the store holds."""

    async def found(_order: AnalysisOrder, on_progress: Callable[[str], None]) -> AsyncGenerator[Result, None]:
        records, decided = await desk.read(queries.records), await desk.read(queries.verdicts)
        yield FoundPairs(of_store.proposed(records, decided, on_progress))

    return found


def filled(desk: Desk) -> None:
    """Thirty people who are different, and three pairs who are not."""
    firsts = ("Mara", "Otto", "Ines", "Hugo", "Vera", "Klaus")
    lasts = ("Brandt", "Okoye", "Silva", "Novak", "Meyer")
    for at, (first, last) in enumerate([(one, two) for one in firsts for two in lasts]):
        address = f"{first}.{last}@firm{at}.example".lower()
        phone = f"+44 20 7946 {at * 317 % 10000:04d}"
        new = NewCustomer(f"{first} {last}", (address,), (phone,), company=f"Firm {at}", owner="usr_ben")
        desk.write_now(customers.add, new)
    pairs = (
        (("Ann Lee", "ann@globex.example", "+44 7911 123456"), ("Anne Lee", "alee@globex.example", "+44 7911 123456")),
        (("Rita Gold", "rita@globex.example", ""), ("Rita Gold", "rita.gold@globex.example", "")),
    )
    for each in pairs:
        for name, email, phone in each:
            new = NewCustomer(name, (email,), (phone,) if phone else (), company="Globex", owner="usr_ada")
            desk.write_now(customers.add, new)


def notices(desk: Desk) -> list[str]:
    return desk.read_now(
        lambda work: [
            str(one.payload["text"]) for one in work.session.scalars(select(OutboxRow).where(OutboxRow.kind == "news"))
        ]
    )


def silent(_words: str) -> None:
    return None


async def test_pairs_are_found_and_their_owner_hears_once(cast: Cast, clock: MovableClock) -> None:
    filled(cast.ada)
    outcome = await duplicates.run(cast.ada, ORDER, silent, searching(cast.ada))
    assert outcome == PassOutcome(found=2, new=2, joined=0, closed=0)
    told = notices(cast.ada)
    assert len(told) == 1
    assert told[0].startswith("2 pairs of customers may be one person, such as")
    clock.advance(60)
    assert (await duplicates.run(cast.ada, ORDER, silent, searching(cast.ada))).new == 0
    assert len(notices(cast.ada)) == 1


async def test_who_shares_a_personal_address_is_joined_and_can_be_taken_apart(cast: Cast) -> None:
    filled(cast.ada)
    first = cast.ada.write_now(customers.add, NewCustomer("Ida Moss", (), ("+44 7911 654321",), owner="usr_ada"))
    second = cast.ada.write_now(customers.add, NewCustomer("Ida Moss", ("ida@moss.example",), owner="usr_ada"))
    cast.ada.write_now(customers.edit, first.row_id, {"email": "ida@moss.example"})
    outcome = await duplicates.run(cast.ada, ORDER, silent, searching(cast.ada))
    assert outcome.joined == 1
    merged = cast.ada.read_now(lambda work: work.session.get_one(Customer, (work.team_id, second.row_id)).merged_into)
    assert merged == first.row_id
    payload = cast.ada.read_now(
        lambda work: next(
            one.payload
            for one in work.session.scalars(select(OutboxRow).where(OutboxRow.kind == "news"))
            if "undo_id" in one.payload
        )
    )
    assert "Nobody else has this address" in payload["text"]
    cast.ada.write_now(undo.undo, payload["undo_id"])
    merged = cast.ada.read_now(lambda work: work.session.get_one(Customer, (work.team_id, second.row_id)).merged_into)
    assert merged is None
    assert (await duplicates.run(cast.ada, ORDER, silent, searching(cast.ada))).joined == 0


@pytest.mark.parametrize("name", ["Info", "Sales Team"])
async def test_a_shared_mailbox_is_nobodys_duplicate(cast: Cast, name: str) -> None:
    filled(cast.ada)
    for company in ("Globex", "Initech"):
        address = f"{name.split(maxsplit=1)[0].lower()}@{company.lower()}.example"
        cast.ada.write_now(customers.add, NewCustomer(name, (address,), company=company))
    outcome = await duplicates.run(cast.ada, ORDER, silent, searching(cast.ada))
    assert outcome.found == 2
