"""What the door hands to the store, and what it asks of it."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol


class Owner(NamedTuple):
    """Whose ingest address it is, or who logged in."""

    team_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail as it came, with its envelope; `login` is the colleague who logged in to send it.

    A large mail comes in parts: `raw` is the first, with the whole header in it, `more` what follows.
    """

    raw: bytes
    mail_from: str
    rcpts: tuple[str, ...]
    peer: str
    helo: str
    received_at: datetime
    key: str
    login: Owner | None = None
    more: tuple[bytes, ...] = ()


class AddressGone(Exception):
    """Nobody has these recipients any more: nothing of this mail was kept."""

    def __init__(self, rcpts: frozenset[str]) -> None:
        super().__init__(f"{len(rcpts)} recipients are gone")
        self.rcpts = rcpts


class Intake(Protocol):
    """The store behind the door."""

    def recall(self, rcpt: str) -> Owner | None:
        """The owner of an ingest address, where that is known without asking the store."""
        ...

    async def owner_of(self, rcpt: str) -> Owner | None:
        """Who has this ingest address; raising is answered with 451."""
        ...

    async def login(self, name: str, secret: str) -> Owner | None:
        """Who logs in by their own mail address and the secret of their ingest address; raising means 454."""
        ...

    async def keep(self, mail: ReceivedMail, more: Callable[[], bool] | None = None) -> None:
        """Return only after the durable commit; raises AddressGone, and any other error is answered with 451.

        `more` says whether other mails are coming in this moment, which may share the commit.
        """
        ...


def key_of(raw: bytes, rcpts: Iterable[str], more: Iterable[bytes] = ()) -> str:
    """The same bytes to the same people are the same delivery, however often they are sent, in parts or whole."""
    digest = hashlib.sha256(raw)
    for part in more:
        digest.update(part)
    for rcpt in sorted(set(rcpts)):
        digest.update(b"\0" + rcpt.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
