"""Subject prefixes in many languages: whether somebody answers or forwards, and the subject without them."""

import re
from enum import StrEnum

from ingest.forward_words import FORWARD_PREFIXES, REPLY_PREFIXES, UNCLEAR_PREFIXES

_PREFIX = re.compile(
    r"\s*(?:\[\s*)?([^\W\d_]{1,8}(?:\s[^\W\d_]{1,4})?)\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]\s*"
)
_ALL = FORWARD_PREFIXES | REPLY_PREFIXES | UNCLEAR_PREFIXES
_MOST = 20


class Turn(StrEnum):
    """What the outermost prefix of a subject says."""

    REPLY = "reply"
    FORWARD = "forward"


def turn_of(subject: str | None) -> Turn | None:
    """Reply, forward, or None where the subject has no known prefix."""
    found = _PREFIX.match((subject or "")[:200])
    if not found:
        return None
    word = found[1].lower()
    if word in FORWARD_PREFIXES:
        return Turn.FORWARD
    return Turn.REPLY if word in REPLY_PREFIXES else None


def bare(subject: str | None) -> str:
    """The subject without any chain of known prefixes."""
    rest = (subject or "").strip()
    for _ in range(_MOST):
        found = _PREFIX.match(rest[:200])
        if not found or found[1].lower() not in _ALL:
            return rest
        rest = rest[found.end() :].strip()
    return rest
