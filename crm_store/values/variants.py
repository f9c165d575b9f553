"""Two subjects of one letter, tried on halves drawn by lot: which brought more replies, if that can be told."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crm_store.values import lift

FIRST, SECOND = "a", "b"
FEWEST: Final = 10
"""With fewer people on a side nothing is said of a difference."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One subject, to how many people it left, and how many of them replied."""

    name: str
    subject: str
    people: int
    replied: int


def drawn(salt: str, customer_id: str) -> str:
    """Which half somebody is in; nothing but the salt and the person decides it."""
    digest = hashlib.sha256(f"subject\n{salt}\n{customer_id}".encode()).digest()
    return FIRST if digest[0] < 128 else SECOND


def said(tried: Sequence[Variant]) -> tuple[str, ...]:
    """A line for each subject, and one for what their 90 % interval tells (Miettinen & Nurminen 1985)."""
    if len(tried) != 2:
        return ()
    one, other = tried
    lines = [f"“{each.subject}”: {each.replied:,} of {each.people:,} replied" for each in tried]
    if min(one.people, other.people) < FEWEST:
        return (*lines, "Too few letters to tell the subjects apart.")
    low, high = lift.shares_apart(one.replied, one.people, other.replied, other.people)
    between = f"between {100 * low:+.0f} and {100 * high:+.0f} points for the first"
    if low > 0:
        return (*lines, f"The first brings more replies: {between}.")
    if high < 0:
        return (*lines, f"The second brings more replies: {between}.")
    return (*lines, f"Too close to tell the subjects apart: {between}.")
