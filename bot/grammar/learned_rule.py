"""A learned segment's rule, as the night words it, in the language in which people write rules of their own."""

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.grammar import segment_rule
from crm_store.errors import BadInput
from crm_store.values.segment_rules import Rule

_ANYBODY: Final = "everybody who ordered"
_BOUGHT: Final = "at least 1 order"
_WORDINGS: Final = (
    (re.compile(r"last order at most (\d+) days ago"), r"ordered in the last \1 days"),
    (re.compile(r"last order over (\d+) days ago"), r"no order for \1 days"),
    (re.compile(r"last order (\d+)–(\d+) days ago"), r"no order for \1 days, ordered in the last \2 days"),
    (re.compile(r"last order (\d+) days ago"), r"no order for \1 days, ordered in the last \1 days"),
    (re.compile(r"(\d+)–(\d+) orders"), r"at least \1 orders, at most \2 orders"),
    (re.compile(r"spent over (\S+) to (\S+)"), r"spend over \1, spend at most \2"),
    (re.compile(r"spent (over|at most) "), r"spend \1 "),
)
_CODES: Final = re.compile(r"(?<=\d) ?[A-Z]{3}\b")


def as_own(text: str, now: datetime, zone: ZoneInfo) -> Rule | None:
    """The same rule as one of a team's own; None where it is worded in a way that this language has no words for."""
    words = _CODES.sub("", text[:1].lower() + text[1:])
    if words == _ANYBODY:
        return segment_rule.parse(_BOUGHT, now, zone)
    for wording, own in _WORDINGS:
        words = wording.sub(own, words)
    if "order" not in words.replace("no order", ""):
        # Learned segments part those who bought before; a rule without orders would take in everybody else.
        words = f"{_BOUGHT}, {words}"
    try:
        return segment_rule.parse(words, now, zone)
    except BadInput:
        return None
