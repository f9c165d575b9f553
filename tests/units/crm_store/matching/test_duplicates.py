"""Two contacts are one by identity, a question, or two; the reasons are said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.matching import blocking
from crm_store.matching.compare import compare
from crm_store.matching.decide import Zone, decide
from crm_store.matching.rerank import Candidate
from tests.units.crm_store.matching.contacts import contacts


def person(name: str, company: str = "", email: str = "", phone: str = "", identity: str = "x") -> Candidate:
    return Candidate(identity, name, company, (email,) if email else (), (phone,) if phone else ())


BOB = person("Robert Miller", "Acme Ltd", "bob.miller@acme.com", "+49 170 1234567")

PAIRS = [
    (BOB, person("Bob Miller", email="bob.miller@acme.com"), Zone.IDENTITY, ""),
    (BOB, person("Bob Miller", "ACME", phone="0170 1234567"), Zone.IDENTITY, ""),
    (BOB, person("Robert Miller", "Globex", phone="0170 1234567"), Zone.REVIEW, "moved?"),
    (BOB, person("Ann Lee", email="bob.miller@acme.com"), Zone.REVIEW, "shared mailbox?"),
    (BOB, person("Robert Millar", "Acme GmbH", "bob.miller+crm@acme.com"), Zone.REVIEW, ""),
    (BOB, person("Robert Miller", "Globex"), Zone.DISTINCT, ""),
    (person("Ann Lee", phone="+49 30 901820"), person("A. Lee", phone="030 901820"), Zone.REVIEW, ""),
    (person("Ann Lee", phone="+49 30 901820"), person("Ben Lee", phone="030 901820"), Zone.DISTINCT, ""),
    (BOB, person("Susan Miller", "Acme Ltd"), Zone.DISTINCT, ""),
    (BOB, person("Ann Lee", "Acme Ltd", phone="0170 1234567"), Zone.DISTINCT, ""),
    (person("IT Support", "Acme", "info@acme.com"), person("IT Desk", "Globex", "info@acme.com"), Zone.DISTINCT, ""),
    (person("", "Acme Ltd", "a@acme.com"), person("", "The ACME GmbH", "b@acme.com"), Zone.IDENTITY, ""),
    (person("", "Acme Ltd"), person("", "Acme"), Zone.REVIEW, ""),
    (person("", "Acme Ltd"), person("", "Ashby Ltd"), Zone.DISTINCT, ""),
]


@pytest.mark.parametrize(("one", "other", "zone", "hint"), PAIRS)
def test_a_pair_is_decided_carefully_and_in_either_order(
    one: Candidate, other: Candidate, zone: Zone, hint: str
) -> None:
    decision = decide(one, other, "DE")
    assert (decision.zone, decision.hint) == (zone, hint)
    assert decide(other, one, "DE") == decision


def test_the_reasons_are_said_with_their_weight() -> None:
    evidence = compare(BOB, person("Bob Miller", "Globex", phone="0170 1234567"), "DE")
    assert evidence.why == (
        "same mobile +491701234567 (+9.0)",
        "Bob Miller ~ Robert Miller (+5.5)",
        "other company (-1.5)",
    )
    assert 0.8 < evidence.probability < 0.99


def test_missing_fields_are_neutral() -> None:
    assert compare(person("Ann Lee"), person("Bo Chan")).fields[0].weight < 0
    assert compare(person(""), person("Bo Chan")).fields == ()


def test_a_rare_name_weighs_more() -> None:
    one, other = person("Ann Quist"), person("Ann Quist")
    assert compare(one, other, rarity=lambda word: 1.0).weight > compare(one, other, rarity=lambda word: 0.0).weight


@pytest.mark.parametrize(("slip", "near"), [("Quil", True), ("Qiull", True), ("Quell", False), ("Quoll", False)])
def test_a_slip_in_a_short_name_is_a_near_name(slip: str, near: bool) -> None:
    assert (compare(person("Zora Quill"), person(f"Zora {slip}")).of("name") > 0) is near


def test_swapped_names_are_the_same_name() -> None:
    assert compare(person("Lee Ann"), person("Ann Lee")).of("name") == compare(person("Ann Lee"), person("Ann Lee")).of(
        "name"
    )


@pytest.mark.parametrize(("one", "other", "zone", "hint"), [pair for pair in PAIRS if pair[2] is not Zone.DISTINCT])
def test_pairs_worth_a_question_meet_under_a_key(one: Candidate, other: Candidate, zone: Zone, hint: str) -> None:
    assert blocking.keys(one, "DE") & blocking.keys(other, "DE")


def test_different_people_are_never_one_by_identity() -> None:
    people = contacts(count=60)
    found = [(a.id, b.id) for a in people for b in people if a.id < b.id and decide(a, b, "DE").zone is Zone.IDENTITY]
    assert found == []


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_two_texts_compare_alike_in_either_order(name: str, company: str, other: str) -> None:
    one, two = person(name, company, other, company), person(other, name, company, name)
    assert decide(one, two) == decide(two, one)
    assert blocking.keys(one) == blocking.keys(person(f" {name} ", company, other, company))
