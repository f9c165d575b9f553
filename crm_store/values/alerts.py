"""Alerts and briefs as cards show them, and the crossing of a threshold that makes an alert."""

from dataclasses import dataclass
from datetime import date, datetime

from crm_store.values.noise import Kind
from crm_store.values.people import CustomerBrief, CustomerCard, DealView, TaskView
from crm_store.values.promises import PromiseView


@dataclass(frozen=True, slots=True)
class Crossing:
    """A threshold that was passed at a moment; `cause` names it, so that it is told once."""

    kind: Kind
    cause: str
    owner: str
    at: datetime
    customer_id: str | None = None
    deal_id: str | None = None
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert that still holds; `words` are what a customer wrote, `since` is when the silence or the wait began."""

    kind: Kind
    customer: CustomerBrief | None
    deal: DealView | None
    task: TaskView | None
    at: datetime
    since: datetime | None = None
    subject: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Waits:
    """A customer who waits for an answer."""

    customer_id: str
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting of the day."""

    subject: str
    starts_at: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Risk:
    """A deal at risk, and by which threshold."""

    kind: Kind
    deal: DealView
    since: datetime


@dataclass(frozen=True, slots=True)
class DigestView:
    """What was held back and still holds, by what would have been said."""

    alerts: tuple[AlertView, ...] = ()
    moves: int = 0
    suggestions: tuple[tuple[str, int, str], ...] = ()
    news: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it holds any more."""
        return not (self.alerts or self.moves or self.suggestions or self.news)


@dataclass(frozen=True, slots=True)
class MorningBrief:
    """A person's day as it begins; `tasks` are due or overdue, `suggestions` are id, version and title."""

    day: date
    tasks: tuple[TaskView, ...]
    waiting: tuple[Waits, ...]
    meetings: tuple[MeetingLine, ...]
    risks: tuple[Risk, ...]
    suggestions: tuple[tuple[str, int, str], ...]
    held: DigestView

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        parts = (self.tasks, self.waiting, self.meetings, self.risks, self.suggestions)
        return not any(parts) and self.held.is_empty


@dataclass(frozen=True, slots=True)
class MeetingBrief:
    """What to know before a meeting: who comes and what they answered, and the customers among them."""

    subject: str
    starts_at: datetime
    people: tuple[tuple[str, str], ...]
    customers: tuple[CustomerCard, ...]
    promises: tuple[PromiseView, ...]
