"""What arrives, what is claimed to be handled, and what a look into the inbox shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that has arrived and is to be kept; of what came in parts `raw` is the first and `more` the rest."""

    team_id: str
    source: str
    key: str
    raw: bytes
    envelope: dict[str, Any]
    message_id: str | None = None
    more: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row to be handled; `attempts` is the fencing token, `failures` counts the tries that ended in an error.

    Of a large arrival `raw` are the first bytes.
    """

    team_id: str
    inbox_id: str
    source: str
    key: str
    raw: bytes
    envelope: dict[str, Any]
    received_at: datetime
    attempts: int
    failures: int = 0

    @property
    def cut_short(self) -> int:
        """How many earlier tries ended without a word, as they do when the process is killed."""
        return max(0, self.attempts - 1 - self.failures)


@dataclass(frozen=True, slots=True)
class InboxLine:
    """What was received and what became of it."""

    inbox_id: str
    source: str
    key: str
    message_id: str | None
    received_at: datetime
    state: str
    attempts: int
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits, and since when."""

    waiting: int
    oldest: datetime | None
    set_aside: int
