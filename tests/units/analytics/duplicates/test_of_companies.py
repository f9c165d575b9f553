"""Companies that may be one are proposed with their reasons; firms that only look alike are not."""

import pytest

from analytics.duplicates.of_companies import proposed
from crm_store.values.duplicates import CompanyRecord, FoundPair


def pairs(*firms: tuple[str, str], decided: dict[tuple[str, str], bool] | None = None) -> tuple[FoundPair, ...]:
    records = [
        CompanyRecord(f"com_{number}", name, tuple(domains.split())) for number, (name, domains) in enumerate(firms)
    ]
    return proposed(records, decided or {})


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (("Acme GmbH", ""), ("ACME Gmbh & Co", ""), "same name but for the legal form"),
        (
            ("The Globex Company", "globex-example.com"),
            ("Globex Ltd", "globex-example.com"),
            "same domain globex-example.com",
        ),
        (("Initech", "initech-example.com"), ("Innitech", "initech-example.com"), "Initech ~ Innitech"),
        (
            ("Globex Deutschland", "globex-example.com"),
            ("Globex Nordics", "globex-example.com"),
            "both names have globex",
        ),
        (("International Borealis Machines", "ibm-example.com"), ("IBM", "ibm-example.com"), "first letters"),
    ],
)
def test_what_may_be_one_is_proposed_with_a_reason(one: tuple[str, str], other: tuple[str, str], why: str) -> None:
    (found,) = pairs(one, other)
    assert (found.a, found.b) == ("com_0", "com_1")
    assert any(why in reason for reason in found.why)
    assert found.probability >= 0.5
    assert not found.identity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Acme Foods", "acme-foods-example.com"), ("Acme Metals", "acme-metals-example.com")),
        (("Harbour Holdings", "harbour-example.com"), ("Quarry Systems", "harbour-example.com")),
        (("Mueller GmbH", "mueller-tools-example.com"), ("Mueller AG", "mueller-law-example.com")),
        (("Initech", ""), ("Initehc", "")),
        (("Blue Trading", "gmail.com"), ("Red Trading", "gmail.com")),
    ],
)
def test_firms_that_share_a_word_or_a_roof_alone_are_not(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert pairs(one, other) == ()


def test_a_domain_of_many_companies_tells_of_none() -> None:
    tenants = [
        (f"Harbour {name}", "harbour-example.com") for name in ("Bakery", "Cinema", "Dental", "Estates", "Florist")
    ]
    assert len(pairs(*tenants)) == 10
    assert pairs(*tenants, ("Harbour Garage", "harbour-example.com")) == ()


def test_what_was_decided_is_not_proposed_again() -> None:
    firms = (("Acme GmbH", ""), ("Acme Inc", "acme-example.com"))
    assert len(pairs(*firms)) == 1
    assert pairs(*firms, decided={("com_1", "com_0"): False}) == ()


def test_the_reasons_of_a_pair_are_facts_that_stay_the_same() -> None:
    first, again = pairs(("Acme GmbH", ""), ("Acme Inc", "")), pairs(("Acme GmbH", ""), ("Acme Inc", ""))
    more = pairs(("Acme GmbH", "acme-example.com"), ("Acme Inc", "acme-example.com"))
    assert first[0].evidence == again[0].evidence
    assert set(more[0].evidence) - set(first[0].evidence)
