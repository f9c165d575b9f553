"""A log as it can be put right, and what is put right in it."""

from dataclasses import dataclass
from datetime import datetime

from crm_store.values.people import CustomerBrief


@dataclass(frozen=True, slots=True)
class LoggedView:
    """A log as the asker may correct it.

    `own` says that the asker logged it, `by_hand` that day and kind were somebody's words (a mail has its own),
    `follows_slack` that its words are those of a message in Slack.
    """

    communication_id: str
    kind: str
    direction: str
    happened_at: datetime
    text: str
    level: str
    customers: tuple[CustomerBrief, ...]
    own: bool
    by_hand: bool
    follows_slack: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """What is put right; None leaves a thing as it is."""

    kind: str | None = None
    direction: str | None = None
    happened_at: datetime | None = None
    text: str | None = None
    customer_id: str | None = None
    level: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is put right."""
        return self == Correction()
