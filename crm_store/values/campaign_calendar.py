"""The calendar of campaigns as it crosses borders."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class What(StrEnum):
    """What comes."""

    LETTERS = "letters"
    REMINDER = "reminder"
    TASK = "task"
    MEASURED = "measured"
    EXPIRES = "expires"


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that comes, for so many people at most; `campaign_id` is empty for a suggestion."""

    at: datetime
    what: What
    name: str
    people: int
    campaign_id: str = ""
