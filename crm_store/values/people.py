"""Customers as other floors see them: in a list, on a card, in an answer to a look-up."""

from dataclasses import dataclass
from datetime import date, datetime

from crm_store.money import Money
from crm_store.values.files import FileView


@dataclass(frozen=True, slots=True)
class CustomerBrief:
    """A customer in a list; `owner` and `last_touch_by` are Slack user ids."""

    customer_id: str
    name: str
    company: str | None
    company_id: str | None
    email: str | None
    owner: str | None
    last_touch_at: datetime | None = None
    last_touch_kind: str | None = None
    last_touch_by: str | None = None
    needs_check: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One answer to a look-up: how well it fits (0 to 1) and what was matched, in words."""

    customer: CustomerBrief
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """The answer to a look-up: best first; `certain` says that the first may be acted on without asking.

    `taught` says that somebody has chosen the first for these words before.
    """

    query: str
    found: tuple[Found, ...]
    certain: bool
    exact: bool = False
    taught: bool = False


@dataclass(frozen=True, slots=True)
class ContactPointView:
    """An address or number with where it came from and when it was last seen."""

    kind: str
    value: str
    source: str
    last_seen: datetime
    state: str = "live"


@dataclass(frozen=True, slots=True)
class ScoreView:
    """A score as shown: the point, its interval, the band, reasons in words and how much it rests on."""

    kind: str
    point: float
    low: float
    high: float
    band: str | None
    reasons: tuple[str, ...]
    n: int
    as_of: date
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class DealView:
    """A deal in a list or on a card."""

    deal_id: str
    name: str
    stage: str
    stage_id: str
    amount: Money | None
    close_on: date | None
    state: str
    owner: str | None
    company: str | None
    customer: str | None
    version: int


@dataclass(frozen=True, slots=True)
class NeedView:
    """What a customer wants."""

    need_id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TaskView:
    """Something to do."""

    task_id: str
    title: str
    due_at: datetime | None
    owner: str
    customer_id: str | None
    customer: str | None
    state: str
    version: int


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """Everything a card shows; what is missing is None or empty and its line is left out.

    `news` are sentences on what mail told: absence, a stand-in, an address that takes no mail.
    """

    customer: CustomerBrief
    title: str | None
    points: tuple[ContactPointView, ...]
    value: ScoreView | None
    potential: ScoreView | None
    alive: ScoreView | None
    next_task: TaskView | None
    needs: tuple[NeedView, ...]
    deals: tuple[DealView, ...]
    deals_more: int
    segments: tuple[str, ...]
    private_notes: int
    version: int
    news: tuple[str, ...] = ()
    level: str = "team"


@dataclass(frozen=True, slots=True)
class GoodToKnow:
    """What a log earns at once: how a customer stood before it, the next step, and what they want."""

    customer: CustomerBrief
    next_task: TaskView | None = None
    wants: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One communication on a timeline; the text is empty and `hidden` is set where the asker may not read it.

    `note` says how a meeting stands, `by_mail` that rules of the mailroom put it here. What was not said but done has
    an `event_id` and no communication.
    """

    communication_id: str
    kind: str
    direction: str
    happened_at: datetime
    subject: str | None
    text: str
    quoted: bool
    by: str | None
    customers: tuple[str, ...]
    level: str
    hidden: bool
    permalink: str | None
    witnesses: tuple[str, ...] = ()
    files: tuple[FileView, ...] = ()
    note: str = ""
    by_mail: bool = False
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Some entries, newest first; `older` is the moment to ask on from, None at the end."""

    entries: tuple[TimelineEntry, ...]
    older: datetime | None
    private: int
