"""A look-up finds people through every class of error, says what it matched, and asks where it is not sure."""

import math
from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.matching.normalise import fold, tokens
from crm_store.matching.rerank import Candidate, Sureness, rank, score, verdict
from tests.units.crm_store.matching.contacts import contacts, queries


def even(word: str) -> float:
    return 5.0


JOHN = Candidate("1", "John Smith", "Acme Ltd", ("john.smith@acme.com",), ("+49 170 513 9460",))
JOAN = Candidate("2", "Joan Smythe", "Globex Labs", ("joan@globex.com",), ("+49 170 222 3333",))
KATHERINE = Candidate("3", "Katherine Müller", "Ashby & Partners GmbH", ("k.muller@ashbypartners.de",))
RAINE = Candidate("4", "", "The Raine Group")
LEE = Candidate("5", "Ann Lee", "Lee Group")
ALL = [JOHN, JOAN, KATHERINE, RAINE, LEE]


def test_every_class_of_error_finds_its_contact_among_the_first_five() -> None:
    people = contacts(count=200)
    seen = Counter(word for person in people for word in {*tokens(person.name), *tokens(person.company)})

    def idf(word: str) -> float:
        return math.log((len(people) + 1) / (seen[word] + 0.5))

    missed: dict[str, list[str]] = defaultdict(list)
    asked = queries(people[::25])
    assert len({one.kind for one in asked}) == 13
    for one in asked:
        found = rank(one.query, people, idf, 5)
        like = [hit for hit in found if _fits_alike(one.kind, hit.candidate, one.wanted)]
        if not like:
            missed[one.kind].append(f"{one.query} → {one.wanted.name}, {one.wanted.company}")
    assert not missed


def _fits_alike(kind: str, found: Candidate, wanted: Candidate) -> bool:
    """The contact itself, or one that the query cannot tell from it."""
    if found.id == wanted.id:
        return True
    if found.company != wanted.company:
        return False
    if kind == "first_company":
        return tokens(found.name)[0] == tokens(wanted.name)[0]
    return kind in {"last_typo_company", "initial_last_company"} and tokens(found.name)[1:] == tokens(wanted.name)[1:]


def test_the_answer_says_what_matched_what() -> None:
    assert score("jhon smth acme", JOHN, even).why == "jhon ≈ John, smth ≈ Smith, acme = Acme"
    assert score("kat mull zzz", KATHERINE, even).why == "kat ≈ Katherine, mull… = Müller, zzz ?"


def test_each_word_typed_is_given_to_its_own_word() -> None:
    once = Candidate("a", "Lee Chan", "Orbit")
    assert score("lee lee", LEE, even).score > score("lee lee", once, even).score


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    weights = {"group": 1.0}
    ranked = rank("rayn group", ALL, lambda word: weights.get(word, 6.0))
    assert ranked[0].candidate is RAINE
    assert verdict(ranked).sureness is Sureness.CERTAIN


def test_company_words_nobody_asked_for_cost_a_little() -> None:
    acme, labs = Candidate("a", "", "Acme"), Candidate("b", "", "Acme Labs")
    ranked = rank("acme", [labs, acme], even)
    assert [hit.candidate for hit in ranked] == [acme, labs]
    assert 0 < ranked[0].score - ranked[1].score <= 0.04


@pytest.mark.parametrize("query", ["513-9460", "+49 170 5139460", "0170 513 9460", "smith 5139460"])
def test_a_number_or_part_of_it_finds_its_owner(query: str) -> None:
    ranked = rank(query, ALL, even)
    assert ranked[0].candidate is JOHN
    assert ranked[0].score > 0.9


def test_part_of_an_address_finds_its_owner() -> None:
    assert rank("k.muller@ashb", ALL, even)[0].why == "k.muller@ashb… = k.muller@ashbypartners.de"
    assert rank("@ashbypartners.de", ALL, even)[0].candidate is KATHERINE


def test_an_address_nobody_has_is_compared_with_the_name() -> None:
    unknown = Candidate("6", "Petra Lang", "Initech")
    assert rank("petra.lang@initech.com", [*ALL, unknown], even)[0].candidate is unknown


def test_a_learned_alias_counts_like_the_name() -> None:
    aliased = Candidate("7", "Bartholomew Quist", aliases=("big bart",))
    assert score("big bart", aliased, even).score == 1.0


def test_two_that_fit_alike_are_asked_about() -> None:
    other = Candidate("8", "John Smith", "Globex")
    seen = verdict(rank("john smith", [JOHN, other, LEE], even))
    assert seen.sureness is Sureness.CLOSE
    assert {hit.candidate for hit in seen.choices} == {JOHN, other}


def test_a_poor_best_is_weak_and_none_is_nothing() -> None:
    assert verdict(rank("smith zzzqq", ALL, even)).sureness is Sureness.WEAK
    assert verdict(rank("qqqqqq", ALL, even)).sureness is Sureness.NOTHING


def test_an_exact_name_is_certain_and_exact() -> None:
    seen = verdict(rank("ann lee", ALL, even))
    assert (seen.sureness, seen.exact, seen.best and seen.best.candidate) == (Sureness.CERTAIN, True, LEE)


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_text_scores_between_nought_and_one(query: str, name: str, company: str) -> None:
    match = score(query, Candidate("x", name, company, (query,), (company,)), even)
    assert 0.0 <= match.score <= 1.0


@given(st.sampled_from(contacts(count=40)))
def test_a_contact_asked_for_by_its_own_name_and_company_is_first(person: Candidate) -> None:
    people = contacts(count=40)
    assert rank(f"{fold(person.name)} {person.company}", people, even)[0].candidate == person
