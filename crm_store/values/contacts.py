"""Whom to contact first: what a team's own campaigns taught, and the order that follows from it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

SIMPLE_RULE: Final = "most recent first"


@dataclass(frozen=True, slots=True)
class PastContact:
    """Somebody of a campaign that is over: by lot written to or held out, and whether they ordered in its window."""

    customer_id: str
    treated: bool
    ordered: bool


@dataclass(frozen=True, slots=True)
class PastCampaign:
    """A campaign that is over, with everybody who was assigned; it began on `began`."""

    campaign_id: str
    kind: str
    began: date
    people: tuple[PastContact, ...]

    @property
    def share(self) -> float:
        """How many of all were written to."""
        return sum(one.treated for one in self.people) / len(self.people) if self.people else 0.0


@dataclass(frozen=True, slots=True)
class ContactOrder:
    """In which order people are contacted by campaigns of some kinds, and why in a sentence.

    An empty `name` is the simple rule. Else `scores` stand beside `ids`, higher ones come first, and a score s
    promises `average + slope * (s - middle)` more orders a person.
    """

    kinds: tuple[str, ...]
    name: str
    sentence: str
    ids: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    average: float = 0.0
    slope: float = 0.0
    middle: float = 0.0
