"""What decisions and measured lifts teach of each kind of suggestion: two beliefs, whether it is wanted and whether it
helps.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from crm_store.values.learning import Decided
from crm_store.values.marketing import LiftView

PRIOR_WEIGHT: Final = 3.0
"""What a kind is believed to be before anybody decided on it weighs as much as so many decisions."""
PRIOR_RATE: Final = 0.35
"""Of suggestions that come unasked fewer are wanted than not; the team's own rate soon outweighs this."""
_RATE_WEIGHT: Final = 2.0
"""That prior rate weighs as much as so many kinds of which much was decided."""
_KIND_WEIGHT: Final = 2.0
"""After so many decisions a kind counts half for what is thought of the others, after many wholly."""
_HALF_LIFE: Final = timedelta(days=365)
LIFT_SPREAD: Final = 0.03
"""Before any measurement a letter is believed to move the share of buyers by a few points, up or down."""
BLAME: Final[Mapping[str, float]] = {
    "not_worth_it": 1.0,
    "done_otherwise": 1.0,
    "wrong_people": 0.5,
    "wrong_text": 0.3,
    "wrong_time": 0.2,
}
"""How much a dismissal says against the kind itself: a bad moment or a bad draft says little, not us says all."""
_BLAME_ELSE: Final = 0.7


@dataclass(frozen=True, slots=True)
class Belief:
    """Whether a kind is wanted, as a beta distribution, and what it adds, as a normal one in shares of buyers.

    `approved` of `decided` are the plain counts behind it, `blamed` the reason given most often against it.
    """

    kind: str
    wanted_a: float
    wanted_b: float
    lift_mean: float = 0.0
    lift_spread: float = LIFT_SPREAD
    approved: int = 0
    decided: int = 0
    blamed: str = ""
    measured: bool = False


def beliefs(
    kinds: Iterable[str], decisions: Iterable[Decided], lifts: Mapping[str, LiftView], now: datetime
) -> dict[str, Belief]:
    """The beliefs of these kinds; what was decided of other kinds informs what is thought of new ones."""
    of_kind: dict[str, list[Decided]] = {}
    for one in decisions:
        of_kind.setdefault(one.kind, []).append(one)
    rate = _usual_rate([_weights(some, now) for some in of_kind.values()])
    return {kind: _belief(kind, of_kind.get(kind, []), lifts.get(kind), rate, now) for kind in kinds}


def _usual_rate(counts: Iterable[tuple[float, float]]) -> float:
    """How often a kind is wanted, each kind counted once however often it was shown.

    What is wanted is shown more, so that the share of all suggestions that were approved says more of a new kind than
    is true, and would have too many tried out.
    """
    wanted, weight = _RATE_WEIGHT * PRIOR_RATE, _RATE_WEIGHT
    for yes, no in counts:
        if yes + no > 0:
            own = (yes + no) / (yes + no + _KIND_WEIGHT)
            wanted += own * yes / (yes + no)
            weight += own
    return wanted / weight


def _belief(kind: str, decisions: list[Decided], lift: LiftView | None, rate: float, now: datetime) -> Belief:
    yes, no = _weights(decisions, now)
    mean, spread = _lift(lift)
    reasons = [one.reason for one in decisions if not one.approved and one.reason]
    return Belief(
        kind,
        rate * PRIOR_WEIGHT + yes,
        (1 - rate) * PRIOR_WEIGHT + no,
        mean,
        spread,
        sum(one.approved for one in decisions),
        len(decisions),
        max(sorted(set(reasons)), key=reasons.count, default=""),
        lift is not None,
    )


def _weights(decisions: Iterable[Decided], now: datetime) -> tuple[float, float]:
    """How much speaks for and against; what is a year old counts half."""
    yes = no = 0.0
    for one in decisions:
        weight = 0.5 ** (max(timedelta(0), now - one.at) / _HALF_LIFE)
        if one.approved:
            yes += weight
        else:
            no += weight * (BLAME.get(one.reason, _BLAME_ELSE) if one.reason else 1.0)
    return yes, no


def _lift(seen: LiftView | None) -> tuple[float, float]:
    """Mean and spread after what was measured: a normal prior around nought, weighed by precision."""
    if seen is None:
        return 0.0, LIFT_SPREAD
    # The view holds a 95 % interval.
    spread = max((seen.high - seen.low) / (2 * 1.96), 1e-6)
    prior, data = 1 / LIFT_SPREAD**2, 1 / spread**2
    return seen.lift * data / (prior + data), math.sqrt(1 / (prior + data))
