"""How scores and segments went, for trends and for the monthly card."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Change:
    """A score that moved: a customer's or a deal's id, the kind, where it stood and where it stands."""

    about: str
    kind: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Move:
    """How many customers went from one segment to another; an empty name is no segment."""

    before: str
    after: str
    customers: int


@dataclass(frozen=True, slots=True)
class Decile:
    """A tenth of the predictions: how many, their mean, and the mean of what came."""

    n: int
    said: float
    came: float


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Predictions of one kind against what came.

    `error` is the mean squared error (of a chance: Brier's score), `plain_error` that of saying the same mean of
    everybody, `inside` the share of outcomes within their interval.
    """

    kind: str
    first: date
    last: date
    n: int
    deciles: tuple[Decile, ...]
    error: float
    plain_error: float
    inside: float
