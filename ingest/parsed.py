"""What the reader sees in a mail: frozen values that cross from the parser child to the worker."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from ingest import codec


class Kind(StrEnum):
    """What a mail is."""

    MESSAGE = "message"
    REPLY = "reply"
    FORWARD = "forward"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"
    CALENDAR = "calendar"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name, an address, or both."""

    name: str | None = None
    address: str | None = None


NOBODY = Mailbox()


@dataclass(frozen=True, slots=True)
class Signature:
    """What the sender's signature tells about the sender."""

    text: str
    name: str | None = None
    title: str | None = None
    company: str | None = None
    phones: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is a file; its bytes stay in the raw mail."""

    name: str
    content_type: str
    size: int
    sha256: str
    inline: bool


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """Somebody a mail did not reach; `hard` means that trying again is useless."""

    address: str | None
    status: str | None
    hard: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report."""

    recipients: tuple[BouncedRecipient, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """A receiver called a mail unwanted (RFC 5965): whose mailbox it came to, and the report's own word for it."""

    address: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class AutoReply:
    """What an automatic reply tells: the day of return, that somebody left for good, who stands in."""

    back_on: date | None = None
    gone: bool = False
    stand_in: Mailbox | None = None


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The mail inside a forward, and what the forwarder wrote above it; `sure` is between 0 and 1.

    `bounce` and `auto_reply` are what it tells where a machine wrote it; `within` is what its sender had forwarded.
    """

    from_: Mailbox
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    date: str | None
    date_at: datetime | None
    subject: str | None
    body: str
    message: str
    sure: float
    bounce: Bounce | None = None
    auto_reply: AutoReply | None = None
    within: "Forwarded | None" = None


class Protection(StrEnum):
    """How a mail is protected beyond its transport."""

    NONE = "none"
    SIGNED = "signed"
    ENCRYPTED = "encrypted"


@dataclass(frozen=True, slots=True)
class VCard:
    """A contact that came as a vCard."""

    name: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    company: str = ""
    title: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody invited; `answer` is the PARTSTAT in small letters (`accepted`, `declined`, `tentative`, …)."""

    address: str
    name: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """An invitation, its change or its end; start and end are ISO 8601, a bare date for whole days.

    `guests` are the attendees with what they answered; in a reply (METHOD REPLY) it is the one who answers.
    """

    method: str | None
    uid: str | None
    recurrence_id: str | None
    sequence: int
    start: str | None
    end: str | None
    summary: str | None
    location: str | None
    organizer: str | None
    attendees: tuple[str, ...]
    guests: tuple[Guest, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstLine:
    """An instruction on one of the first lines: `/task fri send quote`, or `From: x@y.com` as verb `from`."""

    verb: str
    value: str


@dataclass(frozen=True, slots=True)
class Signs:
    """Headers that tell machines from people."""

    automatic: bool = False
    bulk: bool = False
    auto_submitted: str | None = None
    precedence: str | None = None
    list_id: str | None = None
    received: int = 0
    spam: bool = False
    null_sender: bool = False
    forwarded_to: str | None = None
    loop_marks: tuple[str, ...] = ()
    authentication_results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A mail, read once and never changed."""

    kind: Kind
    message_id: str | None = None
    subject: str | None = None
    date: datetime | None = None
    from_: Mailbox = NOBODY
    sender: Mailbox | None = None
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    forwarded: Forwarded | None = None
    new_text: str = ""
    quoted_text: str = ""
    signature: Signature | None = None
    attachments: tuple[Attachment, ...] = ()
    attached_mails: tuple[bytes, ...] = ()
    bounce: Bounce | None = None
    complaint: Complaint | None = None
    auto_reply: AutoReply | None = None
    calendar: Calendar | None = None
    vcards: tuple[VCard, ...] = ()
    protection: Protection = Protection.NONE
    references: tuple[str, ...] = ()
    in_reply_to: str | None = None
    signs: Signs = Signs()
    first_lines: tuple[FirstLine, ...] = ()
    warnings: tuple[str, ...] = ()
    text_hash: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values for a pipe or a line; `from_json` brings the same mail back."""
        values: dict[str, Any] = codec.plain(self)
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "ParsedMail":
        """The mail that `to_json` was called on."""
        return codec.revive(cls, values)


def unreadable(warning: str) -> ParsedMail:
    """What is said of a mail that cost the reader its life."""
    return ParsedMail(kind=Kind.UNREADABLE, warnings=(warning,))
