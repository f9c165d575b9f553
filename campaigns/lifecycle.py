"""The life of a suggestion and of its campaign, as a table, and what the second presser reads."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from crm_store.values.marketing import DecisionOutcome

NEXT: Final[Mapping[str, frozenset[str]]] = {
    "proposed": frozenset({"edited", "approved", "dismissed", "expired"}),
    "edited": frozenset({"edited", "approved", "dismissed", "expired"}),
    "approved": frozenset({"running"}),
    "running": frozenset({"measured"}),
    "dismissed": frozenset(),
    "expired": frozenset(),
    "measured": frozenset(),
}


def allowed(state: str, wanted: str) -> bool:
    """Whether that step may follow; unknown states lead nowhere."""
    return wanted in NEXT.get(state, frozenset())


def told(outcome: DecisionOutcome, who: str, zone: tzinfo) -> str:
    """What a presser reads: what came of it, or who was first and when, in the reader's own time."""
    if outcome.first:
        return f"You {outcome.verdict} this."
    return f"{who} {outcome.verdict} this at {outcome.at.astimezone(zone):%H:%M}."
