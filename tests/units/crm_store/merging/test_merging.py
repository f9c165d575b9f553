"""Merging: what goes along, which value wins, who may merge whom, and what is remembered."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from crm_store import audit
from crm_store.actions import communications, companies, customers, merges, undo, unmerge, unsubscribing
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound, NotUndoable, Stale
from crm_store.lookup.search import search
from crm_store.models.lookup import PairVerdict
from crm_store.models.marketing import Consent, Send
from crm_store.models.people import Company, Customer
from crm_store.privacy import erase
from crm_store.queries import customers as customer_queries
from crm_store.queries import history, merging
from crm_store.queries.timeline import timeline
from crm_store.values.acts import NewCustomer, Person
from crm_store.values.timeline import Subject, Wanted
from tests.cast import Cast
from tests.units.crm_store.history.acme import call

ANN = NewCustomer("Ann Lee", ("ann@globex.example",), ("+44 20 7946 0917",), company="Globex", title="Buyer")
SHORT = NewCustomer("A. Lee", ("a.lee@globex.example",), source="import")


@pytest.fixture
def pair(cast: Cast) -> tuple[str, str]:
    """Ann, and Ann again."""
    first, second = (cast.ada.write_now(customers.add, new).row_id for new in (ANN, SHORT))
    return first, second


def _name(desk: Desk, row_id: str) -> str:
    return desk.read_now(customer_queries.by_id, row_id).name


def _mail(desk: Desk, key: str, address: str | None, customer_id: str) -> None:
    person = Person("from", address=address, customer_id=customer_id)
    new = replace(call(customer_id, key=key, needs=(f"need of {key}",)), people=(person,))
    desk.write_now(communications.log, new)


def _logged(desk: Desk, customer_id: str) -> set[str]:
    return {one.text for one in desk.read_now(timeline, customer_id).entries}


def test_the_card_of_a_merge_holds_what_both_have(cast: Cast, pair: tuple[str, str]) -> None:
    one, other = pair
    _mail(cast.ada, "mail-1", "a.lee@globex.example", other)
    receipt = cast.ada.write_now(merges.merge, one, other)
    assert receipt.sentence == "Merged A. Lee into Ann Lee. Everything of both is on one card."
    card = cast.ada.read_now(customer_queries.card, other)
    assert card.customer.customer_id == one
    assert {point.value for point in card.points} >= {"ann@globex.example", "a.lee@globex.example"}
    assert card.customer.last_touch_at is not None
    assert cast.ada.read_now(audit.verify).ok


def test_an_address_of_either_finds_the_one_that_is_kept(cast: Cast, pair: tuple[str, str]) -> None:
    one, other = pair
    cast.ada.write_now(merges.merge, one, other)
    found = cast.ada.read_now(customer_queries.by_points, ["a.lee@globex.example", "ann@globex.example"])
    assert {brief.customer_id for brief in found.values()} == {one}
    assert [hit.customer.customer_id for hit in cast.ada.read_now(search, "a.lee@globex.example").found] == [one]


def test_what_a_colleague_typed_wins_over_an_import_whichever_is_kept(cast: Cast, pair: tuple[str, str]) -> None:
    one, other = pair
    cast.ada.write_now(merges.merge, other, one)
    shown = cast.ada.read_now(customer_queries.by_id, other)
    assert (shown.name, shown.company) == ("Ann Lee", "Globex")


def test_a_value_chosen_by_hand_wins_until_somebody_edits(
    cast: Cast, pair: tuple[str, str], clock: MovableClock
) -> None:
    one, other = pair
    clock.advance(60)
    edge = cast.ada.write_now(merges.merge, one, other, {"name": other}).made[0]
    assert _name(cast.ada, one) == "A. Lee"
    clock.advance(60)
    cast.ben.write_now(customers.edit, one, {"name": "Ann B. Lee"})
    third = cast.ada.write_now(customers.add, NewCustomer("Annie", source="import")).row_id
    cast.ada.write_now(merges.merge, one, third)
    assert _name(cast.ada, one) == "Ann B. Lee"
    cast.ada.write_now(unmerge.unmerge, edge)
    assert (_name(cast.ada, one), _name(cast.ada, other)) == ("Ann B. Lee", "A. Lee")


def test_what_came_between_goes_to_whose_address_it_came_through(cast: Cast, pair: tuple[str, str]) -> None:
    one, other = pair
    done = cast.ada.write_now(merges.merge, one, other)
    for key, address in (("hers", "a.lee@globex.example"), ("mine", "ann@globex.example"), ("nobody's", None)):
        _mail(cast.ada, key, address, one)
    receipt = cast.ada.write_now(unmerge.unmerge, done.made[0])
    assert cast.ada.read_now(customer_queries.card, other).needs[0].text == "need of hers"
    assert {need.text for need in cast.ada.read_now(customer_queries.card, one).needs} == {
        "need of mine", "need of nobody's",
    }  # fmt: skip
    assert "1 log since then went to the one it came through" in receipt.sentence
    assert "stays with Ann Lee, not A. Lee: 1 log" in receipt.sentence


def test_undo_takes_a_merge_apart_once(cast: Cast, pair: tuple[str, str]) -> None:
    one, other = pair
    receipt = cast.ada.write_now(merges.merge, one, other)
    assert receipt.undo_id is not None
    outcome = cast.ada.write_now(undo.undo, receipt.undo_id)
    assert outcome.restored
    assert (_name(cast.ada, one), _name(cast.ada, other)) == ("Ann Lee", "A. Lee")
    with pytest.raises(NotUndoable):
        cast.ben.write_now(undo.undo, receipt.undo_id)
    with pytest.raises(NotUndoable):
        cast.ben.write_now(unmerge.unmerge, receipt.made[0])


def test_the_stricter_consent_holds_and_each_gets_its_own_back(cast: Cast, pair: tuple[str, str]) -> None:
    one, other = pair

    def agree(work: Work) -> None:
        for row_id, given in ((one, True), (other, False)):
            work.add(Consent(customer_id=row_id, purpose="offers", basis="asked", given=given, at=work.now))

    def given(work: Work, row_id: str) -> bool:
        return work.session.get_one(Consent, (work.team_id, row_id, "offers")).given

    cast.ada.write_now(agree)
    edge = cast.ada.write_now(merges.merge, one, other).made[0]
    assert not cast.ada.read_now(given, one)
    cast.ada.write_now(unmerge.unmerge, edge)
    assert (cast.ada.read_now(given, one), cast.ada.read_now(given, other)) == (True, False)


def test_two_people_who_merge_at_once_merge_once(cast: Cast, pair: tuple[str, str]) -> None:
    one, other = pair
    cast.ada.write_now(merges.merge, one, other)
    with pytest.raises(BadInput, match="one already, Ann Lee: Ada Lovell merged them at 09:00 UTC"):
        cast.ben.write_now(merges.merge, other, one)


def test_a_record_that_changed_since_it_was_looked_at_is_not_merged(cast: Cast, pair: tuple[str, str]) -> None:
    shown = cast.ada.read_now(merging.side_by_side, *pair)
    cast.ben.write_now(customers.edit, pair[1], {"title": "Head of Purchasing"})
    with pytest.raises(Stale, match="Nothing was merged"):
        cast.ada.write_now(merges.merge, *pair, versions=shown.versions)


def test_nobody_merges_with_themselves_or_with_another_team(cast: Cast, pair: tuple[str, str]) -> None:
    with pytest.raises(BadInput):
        cast.ada.write_now(merges.merge, pair[0], pair[0])
    theirs = cast.cleo.write_now(customers.add, ANN).row_id
    with pytest.raises(NotFound):
        cast.ada.write_now(merges.merge, pair[0], theirs)
    with pytest.raises(NotFound):
        cast.cleo.write_now(merges.merge, theirs, pair[1])


def test_a_private_customer_is_seen_by_its_owner_alone_and_never_mixed(cast: Cast, pair: tuple[str, str]) -> None:
    hidden = cast.ada.write_now(customers.add, NewCustomer("Ann L.", level="private")).row_id
    with pytest.raises(NotFound):
        cast.ben.write_now(merges.merge, pair[0], hidden)
    with pytest.raises(BadInput, match="one is private"):
        cast.ada.write_now(merges.merge, pair[0], hidden)


@pytest.mark.parametrize("verdict", ["different", "later"])
def test_a_decision_is_remembered_in_either_order_and_can_be_taken_back(
    cast: Cast, pair: tuple[str, str], verdict: str
) -> None:
    def said(work: Work) -> list[str]:
        return list(work.session.scalars(select(PairVerdict.verdict)))

    cast.ada.write_now(merges.decide_pair, *pair, verdict)
    receipt = cast.ada.write_now(merges.decide_pair, pair[1], pair[0], "different")
    assert cast.ada.read_now(said) == ["different"]
    assert receipt.sentence == "A. Lee and Ann Lee stay two records"
    if receipt.undo_id and verdict == "later":
        cast.ada.write_now(undo.undo, receipt.undo_id)
        assert cast.ada.read_now(said) == ["later"]


def test_the_same_decided_is_merged_into_who_is_known_longer(
    cast: Cast, pair: tuple[str, str], clock: MovableClock
) -> None:
    clock.advance(60)
    third = cast.ada.write_now(customers.add, NewCustomer("Annie")).row_id
    cast.ada.write_now(merges.decide_pair, third, pair[0], "same")
    assert cast.ada.read_now(merging.survivor, third) == pair[0]


def test_an_un_merged_pair_is_not_proposed_again(cast: Cast, pair: tuple[str, str]) -> None:
    edge = cast.ada.write_now(merges.merge, *pair).made[0]
    cast.ada.write_now(unmerge.unmerge, edge)
    verdict = cast.ada.read_now(lambda work: work.session.scalars(select(PairVerdict.verdict)).one())
    assert verdict == "different"


def test_an_address_that_both_have_stays_with_both(cast: Cast) -> None:
    one, other = (
        cast.ada.write_now(customers.add, NewCustomer(name, ("info@globex.example",))).row_id for name in ("Ann", "Bo")
    )
    edge = cast.ada.write_now(merges.merge, one, other).made[0]
    assert len(cast.ada.read_now(customer_queries.card, one).points) == 1
    cast.ada.write_now(unmerge.unmerge, edge)
    assert [len(cast.ada.read_now(customer_queries.card, each).points) for each in (one, other)] == [1, 1]


def test_companies_are_merged_with_their_people_and_a_mail_finds_the_one_that_is_kept(cast: Cast) -> None:
    ann = cast.ada.write_now(
        customers.add, NewCustomer("Ann Lee", ("ann@acme.example",), company="Acme Trading")
    ).row_id
    bob = cast.ada.write_now(customers.add, NewCustomer("Bob Ray", ("bob@acme-ltd.co.uk",), company="Acmee")).row_id
    first, second = (cast.ada.read_now(customer_queries.by_id, one).company_id for one in (ann, bob))
    assert first is not None
    assert second is not None
    edge = cast.ada.write_now(merges.merge, first, second).made[0]
    assert cast.ada.read_now(customer_queries.by_id, bob).company == "Acme Trading"
    assert cast.ada.write_now(companies.ensure, "Acmee") == first
    new = NewCustomer("Cy Roe", ("cy@acme-ltd.co.uk",), company="Acmee")
    cy = cast.ada.write_now(customers.add, new).row_id
    cast.ada.write_now(unmerge.unmerge, edge)
    shown = [cast.ada.read_now(customer_queries.by_id, one).company for one in (ann, bob, cy)]
    assert shown == ["Acme Trading", "Acmee", "Acmee"]


def test_companies_and_people_merged_across_each_other_are_restored_in_any_order(cast: Cast) -> None:
    for people_first in (True, False):
        mark = str(people_first).lower()
        people = [
            cast.ada.write_now(
                customers.add, NewCustomer(f"{name} {mark}", company=f"{firm} {mark}", source=source)
            ).row_id
            for name, firm, source in (("Ann", "Initech", "import"), ("Bo", "Umbrella", "chat"))
        ]
        firms = [str(cast.ada.read_now(customer_queries.by_id, one).company_id) for one in people]
        edges = [
            cast.ada.write_now(merges.merge, people[0], people[1]).made[0],
            cast.ada.write_now(merges.merge, firms[0], firms[1]).made[0],
        ]
        assert cast.ada.read_now(customer_queries.by_id, people[0]).company_id == firms[0]
        for edge in edges if people_first else reversed(edges):
            cast.ada.write_now(unmerge.unmerge, edge)
        assert [cast.ada.read_now(customer_queries.by_id, one).company_id for one in people] == firms


def test_side_by_side_says_what_wins_and_why(cast: Cast, pair: tuple[str, str]) -> None:
    shown = cast.ada.read_now(merging.side_by_side, *pair)
    said = {one.field: (one.kept, one.absorbed, one.winner, one.why) for one in shown.fields}
    assert said["name"] == ("Ann Lee", "A. Lee", pair[0], "typed by a colleague")
    assert said["company_id"] == ("Globex", "", pair[0], "the other is empty")


def test_a_merged_person_is_still_found_by_the_old_name_when_taken_apart(cast: Cast, pair: tuple[str, str]) -> None:
    cast.ada.write_now(merges.merge, *pair)
    assert cast.ada.read_now(merging.merged_named, "a. lee") == pair[0]
    assert [one.absorbed_name for one in cast.ada.read_now(merging.standing, pair[0])] == ["A. Lee"]


def test_a_removed_record_is_not_merged(cast: Cast, pair: tuple[str, str]) -> None:
    cast.ada.write_now(customers.remove, pair[1])
    with pytest.raises(NotFound):
        cast.ada.write_now(merges.merge, *pair)


def test_what_a_merge_knows_is_gone_when_it_is_taken_apart(cast: Cast, pair: tuple[str, str]) -> None:
    edge = cast.ada.write_now(merges.merge, *pair).made[0]
    cast.ada.write_now(unmerge.unmerge, edge)
    states = cast.ada.read_now(lambda work: list(work.session.scalars(select(Customer.merged_into))))
    assert states == [None, None]
    assert cast.ada.read_now(lambda work: list(work.session.scalars(select(Company.merged_into)))) == [None]


@pytest.mark.parametrize("which", [0, 1])
def test_who_is_part_of_a_merge_is_not_taken_away_by_an_earlier_undo(cast: Cast, which: int) -> None:
    made = [cast.ada.write_now(customers.add, new) for new in (ANN, SHORT)]
    edge = cast.ada.write_now(merges.merge, made[0].row_id, made[1].row_id).made[0]
    outcome = cast.ada.write_now(undo.undo, str(made[which].undo_id))
    assert outcome.conflicts
    cast.ada.write_now(unmerge.unmerge, edge)
    assert [_name(cast.ada, one.row_id) for one in made] == ["Ann Lee", "A. Lee"]


def test_of_two_spellings_of_a_company_the_one_that_is_kept_wins_until_somebody_edits(
    cast: Cast, clock: MovableClock
) -> None:
    older = cast.ada.write_now(companies.ensure, "Brightwater Logistics")
    clock.advance(60)
    newer = cast.ada.write_now(companies.ensure, "Brihgtwater Logistics")
    (name,) = cast.ada.read_now(merging.side_by_side, older, newer).fields
    assert (name.winner, name.why) == (older, "of the record that is kept")


def test_whoever_unsubscribes_while_merged_is_not_written_to_as_either_afterwards(
    cast: Cast, pair: tuple[str, str]
) -> None:
    def letter(work: Work) -> None:
        for one, given in zip(pair, ("asked", "shop"), strict=True):
            work.add(Consent(customer_id=one, purpose="campaign", basis=given, given=True, at=work.now))
        work.add(
            Send(send_id="snd_1", campaign_id="cam_1", customer_id=pair[1], idempotency_key="1", state="sent",
                 due_at=work.now)
        )  # fmt: skip

    cast.ada.write_now(letter)
    edge = cast.ada.write_now(merges.merge, *pair).made[0]
    cast.ada.write_now(unsubscribing.unsubscribe, "snd_1")
    cast.ada.write_now(unmerge.unmerge, edge)
    assert cast.ada.read_now(_consents) == {(one, "campaign"): False for one in pair}


def _consents(work: Work) -> dict[tuple[str, str], bool]:
    return {(row.customer_id, row.purpose): row.given for row in work.session.scalars(select(Consent))}


def test_what_was_said_in_the_channel_of_a_company_is_seen_after_two_merges(cast: Cast) -> None:
    first, second, third = (cast.ada.write_now(companies.ensure, name) for name in ("Globex", "Globex UK", "Globex IT"))
    said = replace(call("", key="channel"), people=(), tasks=(), needs=(), company_id=third)
    cast.ada.write_now(communications.log, said)
    cast.ada.write_now(merges.merge, second, third)
    cast.ada.write_now(merges.merge, first, second)
    page = cast.ada.read_now(history.page, Subject("company", first, "Globex"), Wanted())
    assert [entry.text for entry in page.entries] == [said.text]


@pytest.mark.parametrize("which", [0, 1])
def test_whoever_is_erased_while_merged_is_gone_whole_and_cannot_be_taken_apart(
    cast: Cast, pair: tuple[str, str], which: int
) -> None:
    done = cast.ada.write_now(merges.merge, *pair)
    cast.ben.write_now(erase.erase, pair[which])
    with pytest.raises(NotFound):
        cast.ada.write_now(unmerge.unmerge, done.made[0])
    assert cast.ada.read_now(_names_kept) == []
    assert cast.ada.read_now(audit.verify).ok


def _names_kept(work: Work) -> list[str]:
    return list(work.session.scalars(select(Customer.name)))
