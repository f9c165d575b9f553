"""Consent by a form counts from the moment its mailbox says yes, with its words, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store.actions import web_forms
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.models.consent import ConsentProof
from crm_store.models.marketing import Consent, Suppression
from crm_store.models.people import Customer
from crm_store.queries import suggestions
from crm_store.values.web_forms import Submission
from tests.cast import gather

WORDING = "I want news by mail"


@pytest.fixture
def desk(store: Store) -> Desk:
    """Ben's desk, who may open forms."""
    return gather(store).ben


@pytest.fixture
def form_id(desk: Desk) -> str:
    """An open form."""
    return desk.write_now(web_forms.open_form, "News", WORDING).row_id


def sent_in(nonce: str = "1", **more: object) -> Submission:
    return Submission(nonce, "Zoe Quandt", "Zoe@Quandt.example", consents=True, **more)  # type: ignore[arg-type]


def consented(work: Work) -> list[bool]:
    ids = work.session.scalars(select(Customer.customer_id).where(Customer.source == "form")).all()
    return [one.consented for one in suggestions.standings(work, ids).values()]


def proofs(work: Work) -> list[str]:
    return list(work.session.scalars(select(ConsentProof.proof_id).order_by(ConsentProof.asked_at)))


def test_nobody_consents_before_the_mailbox_says_yes(desk: Desk, form_id: str) -> None:
    assert desk.write_now(web_forms.submit, form_id, sent_in())
    assert desk.read_now(consented) == [False]
    (proof_id,) = desk.read_now(proofs)
    assert desk.write_now(web_forms.confirm, proof_id)
    assert desk.read_now(consented) == [True]
    kept = desk.read_now(lambda work: work.session.scalars(select(Consent)).one())
    assert (kept.wording, kept.basis) == (WORDING, web_forms.BASIS)


def test_the_same_person_is_asked_once_a_day(desk: Desk, form_id: str, clock: MovableClock) -> None:
    for nonce in "12":
        desk.write_now(web_forms.submit, form_id, sent_in(nonce))
    assert len(desk.read_now(proofs)) == 1
    clock.advance(timedelta(days=2).total_seconds())
    desk.write_now(web_forms.submit, form_id, sent_in("3"))
    assert len(desk.read_now(proofs)) == 2


def test_a_letter_that_is_too_old_confirms_nothing(desk: Desk, form_id: str, clock: MovableClock) -> None:
    desk.write_now(web_forms.submit, form_id, sent_in())
    (proof_id,) = desk.read_now(proofs)
    clock.advance(timedelta(days=31).total_seconds())
    assert not desk.write_now(web_forms.confirm, proof_id)
    assert desk.read_now(consented) == [False]


def test_who_had_unsubscribed_is_written_to_again_after_a_new_yes(desk: Desk, form_id: str) -> None:
    desk.write_now(web_forms.submit, form_id, sent_in())

    def leave(work: Work) -> None:
        customer_id = work.session.scalars(select(Customer.customer_id).where(Customer.source == "form")).one()
        work.add(Consent(customer_id=customer_id, purpose="campaign", basis="link", given=False, at=work.now))
        row = {"value_key": "zoe@quandt.example", "scope": "marketing", "reason": "unsubscribed", "at": work.now}
        work.insert(Suppression, [row])

    desk.write_now(leave)
    (proof_id,) = desk.read_now(proofs)
    desk.write_now(web_forms.confirm, proof_id)
    assert desk.read_now(consented) == [True]
    assert desk.read_now(lambda work: work.session.scalars(select(Suppression)).all()) == []


def test_a_letter_is_claimed_once_and_tried_again_after_a_passing_refusal(
    store: Store, desk: Desk, form_id: str, clock: MovableClock
) -> None:
    desk.write_now(web_forms.submit, form_id, sent_in())
    house = store.house()
    (letter,) = house.write_now(web_forms.claim)
    assert letter.to_address == "zoe@quandt.example"
    assert house.write_now(web_forms.claim) == ()
    desk.write_now(lambda work: web_forms.not_taken(work, letter.proof_id, letter.attempts, passing=True))
    clock.advance(600)
    (again,) = house.write_now(web_forms.claim)
    assert (again.attempts, again.again) == (2, False)
    desk.write_now(web_forms.left, [again.proof_id])
    clock.advance(600)
    assert house.write_now(web_forms.claim) == ()


def test_another_team_confirms_nothing_of_ours(store: Store, desk: Desk, form_id: str) -> None:
    desk.write_now(web_forms.submit, form_id, sent_in())
    (proof_id,) = desk.read_now(proofs)
    assert not store.team("tea_other", "usr_cleo").write_now(web_forms.confirm, proof_id)
    assert desk.read_now(consented) == [False]
