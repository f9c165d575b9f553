"""Who of the team knows a customer or a company, and how well, told from who wrote to whom and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crm_store.values.people import CustomerBrief

Strength = Literal["well", "some", "little"]


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """A colleague (Slack id and name): how often each side spoke, when last and by what, and whom they know best."""

    slack_user_id: str
    name: str
    strength: Strength
    score: float
    from_us: int
    from_them: int
    last_at: datetime
    last_kind: str
    best: CustomerBrief


@dataclass(frozen=True, slots=True)
class WhoKnows:
    """Who knows whom: `about` is a person's or a company's name; `people` counts the customers looked at."""

    about: str
    people: int
    found: tuple[Acquaintance, ...]
