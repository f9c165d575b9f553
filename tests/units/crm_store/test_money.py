"""Money: exact, read as people write it, refused with a sentence where it is none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store import money
from crm_store.errors import BadInput
from crm_store.money import Money


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("1200", 120_000, "EUR"),
        ("12k", 1_200_000, "EUR"),
        ("1.5m", 150_000_000, "EUR"),
        ("€1,200.50", 120_050, "EUR"),
        ("1.200,50 EUR", 120_050, "EUR"),
        ("120 usd", 12_000, "USD"),
        ("$99.99", 9_999, "USD"),
        ("1,234", 123_400, "EUR"),
        ("1.234.567", 123_456_700, "EUR"),
        ("12,5", 1_250, "EUR"),
        ("0.125", 13, "EUR"),
        ("0,500", 50, "EUR"),
        ("1'000 CHF", 100_000, "CHF"),
        ("¥1500", 1_500, "JPY"),
        ("-5", -500, "EUR"),
        ("100 zł", 10_000, "PLN"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, minor: int, currency: str) -> None:
    read = money.read(text, "EUR")
    assert abs(read.minor - minor) <= (1 if text == "0.125" else 0)
    assert read.currency == currency


@pytest.mark.parametrize("text", ["", "abc", ".", "-", "12kk", "1e9", "12 parsecs", "€", "NaN", "--5"])
def test_what_is_no_amount_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        money.read(text, "EUR")
    assert refused.value.field == "amount"
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize("text", ["9999999999999", "99999999999999999999m"])
def test_an_amount_that_no_store_could_keep_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="too large"):
        money.read(text, "EUR")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Money(1_200_000, "EUR"), "€12,000"),
        (Money(120_050, "PLN"), "1,200.50 PLN"),
        (Money(1500, "JPY"), "¥1,500"),
        (Money(1_250, "KWD"), "1.250 KWD"),
        (Money(-500, "USD"), "$-5"),
    ],
)
def test_an_amount_is_shown_as_people_read_it(amount: Money, shown: str) -> None:
    assert str(amount) == shown


def test_whole_units_become_exact_minor_units() -> None:
    assert money.from_major(0.1 + 0.2, "EUR") == Money(30, "EUR")
    assert money.from_major(Decimal("19.99"), "USD") == Money(1999, "USD")
    assert money.from_major(7, "JPY") == Money(7, "JPY")
    assert Money(1_999, "USD").major == pytest.approx(19.99)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "USD", "PLN", "JPY"]))
def test_what_is_shown_can_be_read_back(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert money.read(str(amount), "EUR") == amount


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_a_sentence(text: str) -> None:
    try:
        read = money.read(text, "EUR")
    except BadInput:
        return
    assert abs(read.minor) < 2**63
