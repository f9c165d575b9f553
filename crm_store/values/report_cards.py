"""What a model says, on how much, how it was judged, and how it did in the last month."""

from dataclasses import dataclass
from datetime import date

from crm_store.values.outcomes import Decile
from crm_store.values.scores import ModelRecord


@dataclass(frozen=True, slots=True)
class Settled:
    """Predictions that came due within a time, against what came.

    `top` are the highest fifth of what was said (at least one). `error` is the mean squared error (of a chance:
    Brier's score), `plain_error` that of saying the mean outcome of everybody; `inside` the share within the interval.
    """

    first: date
    last: date
    n: int
    came: float
    top: Decile
    deciles: tuple[Decile, ...]
    error: float
    plain_error: float
    inside: float


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The newest record of a kind, how many it scored, and how its earlier predictions did.

    `due_on` is the day on which the first open prediction can be compared with what came; `open` counts them.
    """

    record: ModelRecord
    scored: int
    settled: Settled | None
    open: int
    due_on: date | None
