"""What a team did and what came of it within a time, as counts, sums and names that a report can show."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Generic, TypeVar

from crm_store.money import Money
from crm_store.values.marketing import LiftView

T = TypeVar("T")
CHANNELS: Final = ("call", "mail", "meeting", "message", "note")
"""In the order in which reports count them; what came by a form or a calendar is counted as mail and meeting."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What one colleague logged, a count for each of CHANNELS."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All that was logged."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class DealStep:
    """A deal that was opened, won, lost or moved: from which stage to which, and for which reason it was lost."""

    name: str
    who: str
    owner: str
    amount: Money | None
    before: str = ""
    after: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The open deals at a moment; `amount` sums those in the team's currency."""

    deals: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Quiet:
    """Somebody who waits for us, or of whom nothing was heard: since when, and what they spent so far."""

    name: str
    owner: str
    since: datetime
    spent: Money | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A task past its time."""

    title: str
    who: str
    owner: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """The first of many, and how many there are."""

    n: int
    first: tuple[T, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposals:
    """Suggestions of the time by what was decided, and what campaigns are measured to have brought so far."""

    made: int
    approved: int
    dismissed: int
    expired: int
    lifts: tuple[LiftView, ...] = ()


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures of a time that can be compared with the time before."""

    logged: int
    won: int
    won_amount: Money
    lost: int
    lost_amount: Money
    opened: int
    opened_amount: Money


@dataclass(frozen=True, slots=True)
class Period:
    """A time from `since` up to and including `until`, the time of equal length before it, and how things stand."""

    since: date
    until: date
    currency: str
    worked: tuple[Worked, ...]
    sums: Sums
    before: Sums
    won: tuple[DealStep, ...]
    lost: tuple[DealStep, ...]
    moved: tuple[DealStep, ...]
    pipeline_then: Standing
    pipeline_now: Standing
    waiting: Listed[Quiet]
    overdue: Listed[Promise]
    silent: Listed[Quiet]
    proposals: Proposals
