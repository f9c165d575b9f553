"""What a model run says: scores with intervals and reasons, segments with rules, and how each was judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

SegmentMethod = Literal["kmeans", "tree", "rule"]
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


class ScoreKind(StrEnum):
    """The question that a score answers."""

    VALUE = "value"
    """Revenue expected within the horizon of the run."""
    ALIVE = "alive"
    """Chance that a customer who ordered has not left for good; the rest is churn."""
    POTENTIAL = "potential"
    """Chance that a customer who bought before orders, or wins a deal, within 90 days; the rest is churn."""
    LEAD = "lead"
    """Chance that somebody who never bought does so within 90 days."""
    DEAL = "deal"
    """Chance that a deal that is open now will be won; these scores are DealScore values."""


class Verdict(StrEnum):
    """What a run may say after it was tested on later time."""

    PUBLISHED = "published"
    BASE_RATE = "base_rate"
    ABSTAINED = "abstained"


class Band(StrEnum):
    """A chance in words, where there are too few outcomes for a percentage."""

    LOWER = "lower"
    USUAL = "usual"
    HIGHER = "higher"


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact in words with its numbers; `effect` above 0 speaks for, below 0 against, in the score's own unit."""

    text: str
    effect: float


@dataclass(frozen=True, slots=True)
class Score:
    """One customer's score; `n` counts the outcomes it was learnt from. With a band, show the band, not the point."""

    customer_id: str
    kind: ScoreKind
    point: float
    low: float
    high: float
    band: Band | None = None
    reasons: tuple[Reason, ...] = ()
    n: int = 0


@dataclass(frozen=True, slots=True)
class DealScore:
    """An open deal's chance to be won; with a band, show the band, not the point."""

    deal_id: str
    customer_id: str | None
    point: float
    low: float
    high: float
    band: Band | None = None
    reasons: tuple[Reason, ...] = ()
    n: int = 0


@dataclass(frozen=True, slots=True)
class SegmentResult:
    """A group of customers; `rule` is at most 15 words and true of every member and of nobody else."""

    key: str
    name: str
    rule: str
    method: SegmentMethod
    members: tuple[str, ...]
    size: int
    share: float


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """The provenance of one model run; `sentence` is what people read of it."""

    kind: str
    as_of: date
    rows: int
    data_hash: str
    features: tuple[str, ...]
    verdict: Verdict
    sentence: str
    baseline_name: str = ""
    parameters: Mapping[str, Json] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    baseline_metrics: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
