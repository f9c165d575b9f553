"""The life of a suggestion and of its campaign, as a table, and what the second presser reads."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final

from crm_store.values.marketing import DecisionOutcome

NEXT: Final[Mapping[str, frozenset[str]]] = {
    "proposed": frozenset({"edited", "approved", "dismissed", "expired"}),
    "edited": frozenset({"edited", "approved", "dismissed", "expired"}),
    "approved": frozenset({"running", "paused", "stopped", "measured"}),
    "running": frozenset({"paused", "stopped", "measured"}),
    "paused": frozenset({"running", "stopped", "measured"}),
    "stopped": frozenset({"measured"}),
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


def in_flight(title: str, since: datetime, now: datetime, zone: tzinfo) -> str:
    """What is said of an idea that would be proposed again while the first waits for a decision."""
    at, today = since.astimezone(zone), now.astimezone(zone)
    when = f"{at:%H:%M}" if at.date() == today.date() else f"{at:%H:%M} on {at.day} {at:%b}"
    return f"“{title}” already has a review open since {when}."
