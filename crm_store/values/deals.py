"""Deals as they are changed and shown: one with all that belongs to it, its pipeline, and the team's limit."""

from dataclasses import dataclass
from datetime import date, datetime

from crm_store.money import Money
from crm_store.values.people import DealView


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage; outcome is open, won or lost."""

    stage_id: str
    name: str
    pipeline_id: str
    pipeline: str
    outcome: str


@dataclass(frozen=True, slots=True)
class DealDetails:
    """One deal with its people, the stages it can stand in, and how it ended; `level` is that of its customer."""

    view: DealView
    customer_id: str | None
    company_id: str | None
    owner_id: str | None
    stages: tuple[StageView, ...]
    lost_reason: str | None
    opened_at: datetime
    closed_at: datetime | None
    level: str = "team"


@dataclass(frozen=True, slots=True)
class DealChange:
    """What is to become of a deal; `stage` is a stage's id, `outcome` is won, lost or nothing."""

    amount: Money | None = None
    stage: str = ""
    close_on: date | None = None
    owner: str = ""
    outcome: str = ""
    reason: str = ""
    name: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to change."""
        return self == DealChange()


@dataclass(frozen=True, slots=True)
class Decision:
    """How a question before an act was answered, by whom and when; `who` is a Slack id."""

    verdict: str
    who: str
    at: datetime


def is_above(amount: Money | None, limit: Money | None) -> bool:
    """Whether an amount is asked about first; one in another currency than the limit's always is."""
    if amount is None or limit is None:
        return False
    return amount.currency != limit.currency or amount.minor > limit.minor
