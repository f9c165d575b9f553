"""A learned segment's rule can be taken over as one of the team's own."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.grammar.learned_rule import as_own
from bot.grammar.segment_rule import say

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
RULES = {
    "Everybody who ordered": "at least 1 order",
    "Last order at most 90 days ago, 1 order": "ordered in the last 90 days, exactly 1 order",
    "Last order over 90 days ago, at least 2 orders": "no order for 90 days, at least 2 orders",
    "Last order 31–90 days ago, 2–5 orders": "no order for 31 days, ordered in the last 90 days, at least 2 orders, "
    "at most 5 orders",
    "Last order over 60 days ago": "at least 1 order, no order for 60 days",
    "Spent over €1,200 to €5,000": "at least 1 order, spend over 1200, spend at most 5000",
    "Spent at most 1,200 PLN": "at least 1 order, spend at most 1200",
}


@pytest.mark.parametrize(("learned", "own"), RULES.items(), ids=RULES.keys())
def test_a_learned_rule_is_said_in_the_language_of_own_rules(learned: str, own: str) -> None:
    rule = as_own(learned, NOW, ZoneInfo("Europe/Berlin"))
    assert rule is not None
    assert say(rule) == own


def test_a_rule_without_words_for_it_is_not_guessed() -> None:
    assert as_own("Centre 3 of the log-RFM space", NOW, ZoneInfo("UTC")) is None
