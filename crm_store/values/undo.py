"""What can be taken back, and what came of taking it back."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class UndoView:
    """An act that its author can still take back; `since` says who built on it in the meantime."""

    undo_id: str
    sentence: str
    at: datetime
    since: str = ""


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """What was taken back; each conflict is a sentence that says what stayed, and who changed it since."""

    sentence: str
    restored: bool
    conflicts: tuple[str, ...] = ()
