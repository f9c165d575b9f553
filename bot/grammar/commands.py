"""What a person can ask for in one line: every verb as a frozen command."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.grammar.house_commands import Link, RunJob, Unlink
from crm_store.money import Money


class Kind(StrEnum):
    """How people talked."""

    CALL = "call"
    MEETING = "meeting"
    MAIL = "mail"
    MESSAGE = "message"
    NOTE = "note"


class Direction(StrEnum):
    """Who spoke first, seen from us."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TaskOffer:
    """A next step read from a note; `promised` when the writer said that they will do it."""

    title: str
    due: datetime | None = None
    promised: bool = False


@dataclass(frozen=True, slots=True)
class NeedOffer:
    """What the customer wants, in the writer's words; `quantity` and `unit` where a number was named (40, "seats")."""

    text: str
    quantity: int | None = None
    unit: str = ""

    @property
    def short(self) -> str:
        """The shortest form that still tells: `40 seats`, else the words."""
        return f"{self.quantity} {self.unit}" if self.quantity is not None and self.unit else self.text


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order."""

    name: str
    quantity: Decimal
    price: Money | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """`help [TOPIC]`; `alone` is the bare command."""

    topic: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A bare NAME; `perhaps` holds another line that may have been meant, such as `find Acme`."""

    who: str
    perhaps: str = ""


@dataclass(frozen=True, slots=True)
class Find:
    """`find TEXT`."""

    text: str


@dataclass(frozen=True, slots=True)
class Log:
    """`log WHO: TEXT`, with what was understood of the text; empty `who` and `text` open the dialog."""

    who: str
    text: str
    kind: Kind = Kind.NOTE
    direction: Direction = Direction.NONE
    when: datetime | None = None
    private: bool = False
    needs: tuple[NeedOffer, ...] = ()
    tasks: tuple[TaskOffer, ...] = ()
    amounts: tuple[Money, ...] = ()
    deal: str = ""
    company: str = ""


@dataclass(frozen=True, slots=True)
class AddTask:
    """`task TITLE WHO WHEN`; where quotes or a colon do not tell title and person apart, all words are in `title`."""

    title: str
    who: str = ""
    due: datetime | None = None
    deal: str = ""
    owner: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """`due [WHO]`: open tasks, at most those due before `until`."""

    who: str = ""
    owner: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """`done 2 3` by the numbers of the list shown, or `done send quote` by words."""

    numbers: tuple[int, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Snooze:
    """`snooze 2 mon`; until the next working morning when no day was given."""

    numbers: tuple[int, ...]
    until: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class Deal:
    """`deal WHO [AMOUNT] [stage:…] [close:…]`, `deal new …`, `move WHO to STAGE`, `deal win WHO`, `deal lose WHO`."""

    who: str
    title: str = ""
    amount: Money | None = None
    stage: str = ""
    close_on: date | None = None
    company: str = ""
    owner: str = ""
    private: bool = False
    new: bool = False
    reason: str = ""

    @property
    def changes(self) -> bool:
        """Whether anything is to change; an owner alone, without a customer, only says whose deals are meant."""
        return bool(self.amount or self.stage or self.close_on or (self.owner and self.who))


@dataclass(frozen=True, slots=True)
class Order:
    """`order WHO 3 x "Seat" 120 eur`; `total` when an amount stood alone."""

    who: str
    lines: tuple[OrderLine, ...] = ()
    total: Money | None = None
    deal: str = ""
    ordered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """`need WHO: TEXT`."""

    who: str
    need: NeedOffer
    deal: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class AddContact:
    """`add NAME [at COMPANY] [MAIL] [PHONE]`, or `add company NAME [DOMAIN]`."""

    name: str
    company: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    title: str = ""
    owner: str = ""
    private: bool = False
    is_company: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """`edit WHO field: value …`; no change opens the dialog. A value may be empty: that clears the field."""

    who: str
    changes: tuple[tuple[str, str], ...] = ()


class Happened(StrEnum):
    """What a timeline shows beside how people talked."""

    FORM = "form"
    ORDER = "order"
    DEAL = "deal"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Timeline:
    """`timeline WHO [mails|calls|orders|…] [since:…] [until:…] [deal:…]`; no kinds means all.

    `text` narrows by words in quotes; with a deal it is the deal's timeline.
    """

    who: str
    kinds: tuple[Kind | Happened, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    deal: str = ""


@dataclass(frozen=True, slots=True)
class WhoKnows:
    """`who-knows WHO`."""

    who: str


@dataclass(frozen=True, slots=True)
class Segment:
    """`segment "RULE" [save:NAME]`, `segment NAME export:TOOL`; an empty rule lists the segments there are."""

    rule: str = ""
    save: str = ""
    export: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """`why WHO` (reasons of a score) or `why mail [WHO]` (`topic` is then "mail")."""

    who: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """`value [WHO]`; without a person the best of the team."""

    who: str = ""


@dataclass(frozen=True, slots=True)
class Potential:
    """`potential [WHO]`; without a person the best of the team."""

    who: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`report [WHICH] [since:…] [until:…]`; the synonym `pipeline` gives the report of that name."""

    which: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """`ask QUESTION`, with the times and names in it as typed."""

    question: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """`campaign [NAME] [pause|resume|stop] [export:TOOL]`; empty lists the campaigns there are."""

    text: str = ""
    export: str = ""


@dataclass(frozen=True, slots=True)
class Suggest:
    """`suggest [WORDS]`: show or make suggestions."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """`import [FILE NAME]`: how to hand in a file, or the file dropped beside the line."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """`export WHO`."""

    who: str


@dataclass(frozen=True, slots=True)
class Merge:
    """`merge "A" "B"`."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Unmerge:
    """`unmerge WHO`."""

    who: str


@dataclass(frozen=True, slots=True)
class Undo:
    """`undo` takes back the last act, `undo list` shows them, `undo 3` the third of it, `undo und_…` that very one."""

    number: int | None = None
    undo_id: str = ""
    show: bool = False


@dataclass(frozen=True, slots=True)
class Mute:
    """`mute WHAT [until:…]`: a kind of message, a customer, or `today`; `unmute WHAT` ends it."""

    what: str = ""
    until: datetime | None = None
    off: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """`settings [TOPIC [WORDS]]`."""

    topic: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forget:
    """`forget WHO`: erasure, asked for once more before it happens."""

    who: str


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`what-if LINE`: what another line would do."""

    line: str


@dataclass(frozen=True, slots=True)
class Address:
    """`address [new|revoke]`: the person's own ingest address."""

    action: str = ""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """`duplicates [WHO]`: pairs that may be the same."""

    who: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A line whose first word is nearly a verb: `nearest` is that verb, `example` the corrected line."""

    text: str
    nearest: str
    example: str


Command = (
    Help | Card | Find | Log | AddTask | Due | Done | Snooze | Deal | Order | Need | AddContact | Edit
    | Timeline | WhoKnows | Segment | Why | Value | Potential | Report | Ask | Campaign | Suggest | Import
    | Export | Merge | Unmerge | Undo | Mute | Settings | Forget | WhatIf | Address | Duplicates | RunJob
    | Link | Unlink | Unknown
)  # fmt: skip
