"""A score with all that a seller asks about it: how it moved, since when it is known, and how well such ones did."""

from dataclasses import dataclass
from datetime import date

from crm_store.values.outcomes import Decile
from crm_store.values.people import ScoreView


@dataclass(frozen=True, slots=True)
class ScoreStory:
    """One score; `subject` names the deal where it is a deal's.

    `speaks_for` and `against` are reasons with their numbers. `change` is the movement within `change_days` (points of
    a chance from 0 to 1, or whole units of money), None where the score was not known so long. `like` says of earlier
    scores near this one what came of them, once that is known. `gain` is by how much the error on later cases was
    smaller than that of the plain guess, as a share of it, on `tested` cases where they are counted.
    """

    view: ScoreView
    speaks_for: tuple[str, ...]
    against: tuple[str, ...]
    subject: str = ""
    since: date | None = None
    change: float | None = None
    change_days: int = 0
    newest: date | None = None
    like: Decile | None = None
    gain: float | None = None
    tested: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """A chance that jumped: whose it is, in words, and where it stood and stands."""

    customer_id: str
    name: str
    kind: str
    before: float
    now: float
