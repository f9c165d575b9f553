"""Another audience for a suggestion, as a person chose it."""

from dataclasses import dataclass

from crm_store.values.segment_rules import Rule


@dataclass(frozen=True, slots=True)
class Retarget:
    """Instead of the people proposed those of a segment, and of them only those for whom a rule holds.

    `words` are the rule as people read it; an empty segment keeps who was proposed.
    """

    segment_id: str = ""
    rule: Rule | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody whom a suggestion does not write to, and why."""

    customer_id: str
    name: str
    company: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOutPage:
    """Some of those left out from a place on, how many there are in all, and where the next begin; 0 at the end."""

    people: tuple[LeftOut, ...]
    total: int
    start: int
    next: int
