"""What the product says unasked: its kinds, who reads it when, and what becomes of one message."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What is said unasked; receipts, questions and whatever somebody asked for are answers and not among them."""

    REPLY = "reply"
    PROMISE = "promise"
    CHAMPION = "champion"
    CONTACT = "contact"
    STEP = "step"
    SCORE = "score"
    SUGGESTION = "suggestion"
    NEWS = "news"
    BRIEF = "brief"
    MEETING = "meeting"
    DIGEST = "digest"


class Act(StrEnum):
    """What becomes of a message."""

    NOW = "now"
    LATER = "later"
    DIGEST = "digest"
    NEVER = "never"


class Muted(StrEnum):
    """What a mute is about: a kind of message, a customer, or whatever comes today.

    The last two silence nothing: that one message was dismissed, and that somebody was asked about its kind.
    """

    KIND = "kind"
    CUSTOMER = "customer"
    TODAY = "today"
    ONE = "one"
    ASKED = "asked"


DAILY: Final = 6
"""So many unasked messages a person and day; the rest comes in the digest."""
AT_ONCE: Final = 5
"""So many events for one place within an hour become one digest."""
COST: Final = 2
"""By so many of the day's messages each mute of the last 90 days lowers a kind for that person."""
BRIEF_AT: Final = 8 * 60 + 30
"""When the morning brief comes, in minutes after local midnight."""
NO_BRIEF: Final = -1
ALWAYS: Final = 24
"""Both hours of whoever has no quiet at all, weekends included."""
NAMES: Final = {
    Kind.REPLY: "replies",
    Kind.PROMISE: "promises",
    Kind.CHAMPION: "silent champions",
    Kind.CONTACT: "single contacts",
    Kind.STEP: "next steps",
    Kind.SCORE: "scores",
    Kind.SUGGESTION: "suggestions",
    Kind.NEWS: "notices",
    Kind.BRIEF: "briefs",
    Kind.MEETING: "meetings",
}
"""What people call each kind that they can mute."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a message is for: where they live, and the hours of the day in which they are left alone."""

    user_id: str
    time_zone: str
    quiet_from: int = 18
    quiet_until: int = 8
    brief_at: int = BRIEF_AT


@dataclass(frozen=True, slots=True)
class Mute:
    """Something that a person asked not to be told; `target` is a kind's name or a customer's id."""

    what: Muted
    target: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known when a message is about to leave.

    `sent_today` counts what its reader was sent unasked on this local day, `in_hour` the events for its place within
    an hour, this one and those that wait included; `hour_began` is the first of them. `lowered` counts how often the
    reader muted this kind in the last 90 days.
    """

    sent_today: int = 0
    in_hour: int = 1
    hour_began: datetime | None = None
    mutes: tuple[Mute, ...] = ()
    lowered: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One message about to leave; without a reader it goes to a channel."""

    kind: Kind
    reader: Reader | None = None
    standing: Standing = field(default_factory=Standing)
    customers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of it and why; `at` is when it goes, or when the digest that takes it is due."""

    act: Act
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MuteView:
    """A mute as its list shows it."""

    mute_id: str
    what: Muted
    target: str
    name: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Noise:
    """How a person is left alone: their hours, their mutes, and which kinds their mutes have lowered by how often."""

    reader: Reader
    mutes: tuple[MuteView, ...]
    lowered: tuple[tuple[Kind, int], ...]


@dataclass(frozen=True, slots=True)
class HeldItem:
    """Something that waits for a digest: the outbox kind that would have carried it, and its payload."""

    kind: str
    payload: dict[str, object]


def room(lowered: int) -> int:
    """How many messages a day a kind may share in that was muted so often."""
    return max(0, DAILY - COST * lowered)
