"""What the door hands to the store, and what it asks of it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail as it came, with its envelope."""

    raw: bytes
    mail_from: str
    rcpts: tuple[str, ...]
    peer: str
    helo: str
    received_at: datetime
    key: str


class Intake(Protocol):
    """The store behind the door."""

    async def owner_of(self, rcpt: str) -> bool:
        """Whether somebody has this ingest address; raising is answered with 451."""
        ...

    async def keep(self, mail: ReceivedMail) -> None:
        """Return only after the durable commit; raising is answered with 451."""
        ...


def key_of(raw: bytes, rcpts: Iterable[str]) -> str:
    """The same bytes to the same people are the same delivery, however often they are sent."""
    digest = hashlib.sha256(raw)
    for rcpt in sorted(set(rcpts)):
        digest.update(b"\0" + rcpt.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
