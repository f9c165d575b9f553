"""Promises: what we said we would do, for whom and until when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise that became a task; `owner` is a Slack user id, `state` is open, done (kept) or dropped."""

    task_id: str
    title: str
    promised_at: datetime
    due_at: datetime | None
    owner: str | None
    customer_id: str | None
    customer: str | None
    communication_id: str | None
    state: str


@dataclass(frozen=True, slots=True)
class NewPromise:
    """A promise to be made a task of; `owner` is a user id (not a Slack id)."""

    title: str
    due_at: datetime | None
    owner: str
    customer_id: str | None = None
    deal_id: str | None = None
    communication_id: str | None = None
