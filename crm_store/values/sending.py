"""Letters of campaigns on their way: what is due, when it may go, and by which names it is known again."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from crm_store.errors import BadInput
from crm_store.values import links

WAITING, HANDING, SENT = "waiting", "handing", "sent"
REPLY_HINT: Final = "reply-"
SKIPPED, FAILED, UNKNOWN = "skipped", "failed", "unknown"
DOUBT: Final = "may or may not have left"
SETTLED: Final = "left as it is"
ORPHANED: Final = timedelta(hours=1)
"""So long a try that was cut off waits for a worker that has its journal."""
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS: Final = re.compile(r"(\d{1,2})(?::(\d\d))?\s*-\s*(\d{1,2})(?::(\d\d))?(?:\s+([a-z]{3})\s*-\s*([a-z]{3}))?")
UNSUBSCRIBE: Final = "unsubscribe"
ONLY: Final = "only"
"""In an unsubscribe address, the purpose that one click ends."""


@dataclass(frozen=True, slots=True)
class SendHours:
    """When letters may leave, in the team's time zone: from one time of day to another on some days of the week."""

    opens: time = time(8)
    closes: time = time(18)
    days: frozenset[int] = frozenset(range(5))
    always: bool = False

    @classmethod
    def parse(cls, text: str) -> "SendHours":
        """`8-18 mon-fri`, `09:30-17`, or `always`; raises BadInput."""
        spoken = " ".join(text.lower().split())
        if spoken == "always":
            return cls(always=True)
        found = _HOURS.fullmatch(spoken)
        if found is None:
            raise BadInput("Hours are written as 8-18 mon-fri, 09:30-17:00, or always.")
        try:
            opens = time(int(found[1]), int(found[2] or 0))
            closes = time(23, 59, 59) if int(found[3]) == 24 else time(int(found[3]), int(found[4] or 0))
            first, last = _DAYS.index(found[5] or "mon"), _DAYS.index(found[6] or ("sun" if not found[5] else found[5]))
        except ValueError as problem:
            raise BadInput("Hours are written as 8-18 mon-fri, 09:30-17:00, or always.") from problem
        if opens >= closes:
            raise BadInput("The hours must open before they close on the same day.")
        span = (last - first) % 7
        return cls(opens, closes, frozenset((first + step) % 7 for step in range(span + 1)))

    def next_open(self, moment: datetime, zone: tzinfo) -> datetime:
        """The moment itself while letters may leave, else when they next may."""
        if self.always:
            return moment
        local = moment.astimezone(zone)
        for step in range(8):
            day = local.date() + timedelta(days=step)
            opens = datetime.combine(day, self.opens, zone)
            closes = datetime.combine(day, self.closes, zone)
            if day.weekday() in self.days and local < closes:
                return max(local, opens).astimezone(moment.tzinfo)
        return moment


@dataclass(frozen=True, slots=True)
class ClaimedLetter:
    """One letter to be handed over now, with all that its text needs; `again` says that a try before it was cut off."""

    team_id: str
    send_id: str
    attempts: int
    again: bool
    campaign_id: str
    campaign_name: str
    kind: str
    step: int
    variant: str | None
    customer_id: str
    to_name: str
    to_address: str
    from_name: str
    from_address: str
    reply_local: str | None
    unsubscribe_token: str
    subject_template: str
    body_template: str
    fields: tuple[tuple[str, str], ...]
    made_at: datetime
    answers: str = ""
    """The letter that this one goes on from, by its id; empty for a first letter."""
    led: tuple[tuple[str, str], ...] = ()
    """Addresses in its text that lead through a redirect, each with its token; none where clicks are not counted."""


@dataclass(frozen=True, slots=True)
class LetterLeft:
    """A letter that left, by its try, and what the timeline keeps of it."""

    send_id: str
    attempts: int
    identifier: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class SendProgress:
    """How far a campaign's letters are."""

    waiting: int
    sent: int
    skipped: tuple[tuple[str, int], ...]
    failed: int
    unknown: int


def domain_of(address: str) -> str:
    """The part of an address that says where its mail goes."""
    return address.rpartition("@")[2].lower()


def mint_reply() -> tuple[str, str]:
    """An address that answers to letters come to, in the form of an ingest address: its part before the @, its hash.

    It is not the owner's own address, whose secret no customer may learn.
    """
    secret = base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=").lower()
    return f"{REPLY_HINT}{secret}", hashlib.sha256(secret.encode()).hexdigest()


def message_id(send_id: str, domain: str) -> str:
    """The Message-ID of a letter, the same whenever it is written."""
    return f"<{send_id}@{domain}>"


def conversation_of(identifier: str) -> str:
    """The key of the conversation that a letter begins, as the mail intake reads it from the answers."""
    return hashlib.sha256(_plain(identifier).encode()).hexdigest()[:32]


def mail_key_of(identifier: str) -> str:
    """The key by which the mail intake knows a letter again."""
    return "id:" + hashlib.sha256(_plain(identifier).encode()).hexdigest()


def _plain(identifier: str) -> str:
    local, _, host = identifier.strip("<>").rpartition("@")
    return f"{local}@{host.lower()}"


def unsubscribe_token(key: str, team_id: str, send_id: str) -> str:
    """An opaque token for one letter's unsubscribe address, which nobody can make without the team's key."""
    return links.token(key, UNSUBSCRIBE, team_id, send_id)


def is_proven(key: str, team_id: str, send_id: str, proof: str) -> bool:
    """Whether the proof was made with the team's key."""
    return links.is_proven(key, UNSUBSCRIBE, team_id, send_id, proof)
