"""Rules of segments as people say them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.grammar import segment_rule

_NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
_ZONE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("customers who have not ordered for 90 days", "no order for 90 days"),
        ("who haven't bought since June", "exactly 0 orders since 2026-06-01"),
        ("customers without an order in the last 3 months", "exactly 0 orders in the last 90 days"),
        ("last order more than 3 months ago", "no order for 90 days"),
        ("inactive for 60 days", "no order for 60 days"),
        ("never ordered", "exactly 0 orders"),
        ("customers without orders", "exactly 0 orders"),
        ("no contact for 30 days", "silent for 30 days"),
        ("not contacted for 2 weeks", "silent for 14 days"),
        ("bought in the last 30 days", "ordered in the last 30 days"),
        ("3 or more orders", "at least 3 orders"),
        ("between 2 and 5 orders", "at least 2 orders, at most 5 orders"),
        ("spent more than 1000 this year", "spend over 1000 since 2026-01-01"),
        ("2+ orders this quarter", "at least 2 orders since 2026-10-01"),
        ("2+ orders this month", "at least 2 orders since 2026-11-01"),
        ("not in segment Top spenders", 'not segment "Top spenders"'),
        ('segment "Never ordered this year"', 'segment "Never ordered this year"'),
    ],
)
def test_a_rule_is_read_as_people_say_it(text: str, meant: str) -> None:
    assert segment_rule.say(segment_rule.parse(text, _NOW, _ZONE)) == meant
