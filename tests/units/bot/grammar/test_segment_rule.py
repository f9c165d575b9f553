"""A segment's rule is read as people write it, and read back as the same rule."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.grammar.segment_rule import parse, say
from crm_store.errors import BadInput
from crm_store.values.segment_rules import All, Any, Comparison, Measure, Named, Not, Number, Rule, Trait, Window

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


def _read(text: str) -> Rule:
    return parse(text, NOW, ZONE)


_AMOUNTS = st.integers(0, 10**9).map(float) | st.integers(1, 10**6).map(lambda cents: cents / 100)
_WINDOWS = st.none() | st.integers(0, 36_500).map(lambda days: Window(days=days)) | st.dates(
    date(2000, 1, 1), date(2026, 11, 24)
).map(lambda day: Window(since=day))  # fmt: skip
_COMPARISONS = st.sampled_from(Comparison)
_AGE_COMPARISONS = st.sampled_from((Comparison.AT_LEAST, Comparison.AT_MOST))
_NAMES = st.text("abcXYZ äöü中-&.,()'0123456789", min_size=1, max_size=20).map(lambda text: " ".join(text.split()))
_SIMPLE: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Number, st.just(Measure.ORDERS), _COMPARISONS, st.integers(0, 10_000).map(float), _WINDOWS),
    st.builds(Number, st.just(Measure.SPEND), _COMPARISONS, _AMOUNTS, _WINDOWS),
    st.builds(Number, st.just(Measure.VALUE), _COMPARISONS, _AMOUNTS),
    st.builds(Number, st.just(Measure.POTENTIAL), _COMPARISONS, st.integers(0, 100).map(lambda part: part / 100)),
    st.builds(
        Number,
        st.sampled_from((Measure.ORDER_AGE, Measure.CONTACT_AGE)),
        _AGE_COMPARISONS,
        st.integers(0, 36_500).map(float),
    ),
    st.builds(Named, st.sampled_from(Trait), _NAMES.filter(bool)),
)
_RULES = st.recursive(
    _SIMPLE,
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: All(tuple(parts)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: Any(tuple(parts)))
    ),
    max_leaves=6,
)


@given(_RULES)
@settings(max_examples=120, deadline=None, derandomize=True)
def test_a_rule_read_back_is_the_same_rule(rule: Rule) -> None:
    assert _read(say(rule)) == rule


@given(st.text(max_size=60))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_any_text_is_a_rule_or_a_sentence_that_says_what_is_wrong(text: str) -> None:
    sentence, rule = "", None
    try:
        rule = _read(text)
    except BadInput as wrong:
        sentence = wrong.sentence
    assert sentence.endswith((".", "?")) if rule is None else _read(say(rule)) == rule


def test_spending_and_silence_are_read_as_people_say_them() -> None:
    assert _read("spend over 500 in the last quarter, silent for 60 days") == All(
        (
            Number(Measure.SPEND, Comparison.OVER, 500, Window(days=90)),
            Number(Measure.CONTACT_AGE, Comparison.AT_LEAST, 60),
        )
    )


def test_orders_since_a_month_count_from_its_first_day() -> None:
    rule = _read("2+ orders since May")
    assert rule == Number(Measure.ORDERS, Comparison.AT_LEAST, 2, Window(since=date(2026, 5, 1)))
    assert say(rule) == "at least 2 orders since 2026-05-01"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("customers with at least 3 orders", "at least 3 orders"),
        ("no orders in the last year", "exactly 0 orders in the last 365 days"),
        ("no order for 2 months and value >= 1k", "no order for 60 days, value at least 1000"),
        ("spent €1,500+ or potential over 60%", "spend at least 1500 or potential over 60 %"),
        ("potential below 0.25", "potential under 25 %"),
        ("not company Acme", 'not company "Acme"'),
        ("company Smith & Sons, stage Proposal", 'company "Smith & Sons", stage "Proposal"'),
        ("(2+ orders or spend > 100), ordered within 2 weeks",
         "(at least 2 orders or spend over 100), ordered in the last 14 days"),
        ("segment “Lapsed big spenders” and in touch in the last 30 days",
         'segment "Lapsed big spenders", in touch in the last 30 days'),
        ("source import or source mail", 'source "import" or source "mail"'),
        ("SPEND OVER 2.50", "spend over 2.5"),
    ],
)  # fmt: skip
def test_spoken_forms_are_understood(text: str, said: str) -> None:
    assert say(_read(text)) == said


def test_and_binds_closer_than_or() -> None:
    rule = _read("2+ orders and silent for 9 days or company Acme")
    assert isinstance(rule, Any)
    assert isinstance(rule.parts[0], All)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("spendd over 500", "spend over 500 in the last quarter"),
        ("silnt for 60 days", "silent for 60 days"),
        ("blue eyes", "is no condition I know"),
        ("spend", "Compared with how much?"),
        ("silent for ages", "How many days?"),
        ("spend over 5,", "ends where a condition should follow"),
        ("(spend over 5", "bracket"),
        ("2+ orders since never", "Since when?"),
        ("company", "Which company?"),
        ("", "needs a condition"),
        ("spend over 5 )", "is no condition I know"),
        ("(" * 40 + "2+ orders", "nested"),
        ("2+ orders " * 200, "characters"),
    ],
)
def test_what_is_not_understood_is_named_with_the_nearest_condition(text: str, hint: str) -> None:
    with pytest.raises(BadInput, match=re.escape(hint)):
        _read(text)
