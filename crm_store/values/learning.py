"""What a team decided about suggestions, as learning reads it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision: the kind, whether it was approved, the key of the reason for a dismissal, and when."""

    kind: str
    approved: bool
    reason: str
    at: datetime
