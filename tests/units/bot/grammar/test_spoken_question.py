"""Questions for a number as people say them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.grammar import question
from crm_store.errors import BadInput

_NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
_ZONE = ZoneInfo("Europe/Berlin")


def _heard(text: str) -> str:
    return question.say(question.parse(text, _NOW, _ZONE))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Who bought the most this year?", "top 5 customers by revenue since 2026-01-01 until 2026-12-31"),
        ("who are our best customers", "top 5 customers by revenue"),
        ("best customers by orders", "top 5 customers by orders"),
        ("biggest accounts last quarter", "top 5 companies by revenue since 2026-07-01 until 2026-09-30"),
        ("who won most deals", "top 5 owners by deals won"),
        ("who lost the most", "top 5 owners by deals lost"),
        ("how many e-mails did Ada send last week", 'mails since 2026-11-16 until 2026-11-22 owner "Ada"'),
        ("how many calls did I make", 'calls owner "me"'),
        ("how many meetings did we have", "meetings"),
        ("how many deals did ben win", 'deals won owner "ben"'),
        ("how many deals did ben lose", 'deals lost owner "ben"'),
        ("how many tasks did ada finish", 'tasks done owner "ada"'),
        ("how much did we sell yesterday", "revenue since 2026-11-25 until 2026-11-25"),
        ("how many customers ordered this month", "buyers since 2026-11-01 until 2026-11-30"),
        ("sales this month vs last month", "revenue since 2026-11-01 until 2026-11-30"),
        ("revenue 2025", "revenue since 2025-01-01 until 2025-12-31"),
        ("orders may 2025", "orders since 2025-05-01 until 2025-05-31"),
        ('revenue with "Best Customers 2025"', 'revenue company "Best Customers 2025"'),
        ("revenue with Studio 2000", 'revenue company "Studio 2000"'),
    ],
)
def test_a_question_is_read_as_people_say_it(text: str, meant: str) -> None:
    assert _heard(text) == meant


@pytest.mark.parametrize("text", ["revenue compared to last year", "best month", "biggest deals"])
def test_what_would_have_to_be_guessed_is_not_answered(text: str) -> None:
    with pytest.raises(BadInput):
        _heard(text)


def test_a_hint_names_something_that_can_be_counted() -> None:
    with pytest.raises(BadInput) as refused:
        _heard("how many leads do we have")
    assert "please" not in str(refused.value)
