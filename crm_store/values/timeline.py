"""What happened with a customer, a company or a deal: whose it is, what is asked for, and one page of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from crm_store.values.people import TimelineEntry

ORDER: Final = "order"
DEAL: Final = "deal"
TASK: Final = "task"
EVENTS: Final = (ORDER, DEAL, TASK)
"""What a timeline shows beside what was said."""
Of = Literal["customer", "company", "deal"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose timeline it is."""

    of: Of
    row_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; no kinds means all of them."""

    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.kinds or self.since or self.until or self.text)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: at an entry, which is not on it, going back in time or forward."""

    at: datetime
    row_id: str
    forward: bool = False

    def __str__(self) -> str:
        return f"{'+' if self.forward else '-'}{self.at.isoformat()}|{self.row_id}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """From what a button carries; None where it carries no place."""
        moment, _, row_id = text[1:].partition("|")
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            return None
        return cls(at, row_id, text[0] == "+") if at.tzinfo and row_id else None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some entries, newest first, with the places where the older and the newer pages begin."""

    entries: tuple[TimelineEntry, ...]
    older: Place | None = None
    newer: Place | None = None
    private: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """One communication in full: what was said this time, and the earlier conversation below it."""

    entry: TimelineEntry
    quoted: str
