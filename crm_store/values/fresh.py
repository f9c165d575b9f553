"""What stored models say of a few customers after something happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_store.values.scores import DealScore, Score


@dataclass(frozen=True, slots=True)
class Fresh:
    """Scores that replace all those of these customers of the kinds named, and each buyer's segment key by method."""

    customers: tuple[str, ...]
    kinds: tuple[str, ...]
    scores: tuple[Score, ...] = ()
    deals: tuple[DealScore, ...] = ()
    placed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
