"""Which kinds of suggestions are shown: Thompson sampling over what is believed of each, with the chance logged."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from campaigns.learn import Belief

DRAWS: Final = 400
_LEAST_WEIGHT: Final = 0.2
"""Even what seems to harm is proposed now and then as long as people want it: what is never sent is never measured."""
SHARPNESS: Final = 2.0
"""Beliefs count for more than their evidence, so that fewer suggestions are spent on trying out.

A suggestion that nobody wants costs attention, and a team sees a few hundred a year, not the many thousands for which
plain Thompson sampling is best (Chapelle & Li 2011, NIPS 24, change the spread of the posterior for the same reason).
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A kind that is shown, the chance with which it was chosen, and why in a sentence."""

    kind: str
    chance: float
    because: str


def choose(
    kinds: Sequence[str], beliefs: Mapping[str, Belief], most: int, random: Random, *, draws: int = DRAWS
) -> tuple[Shown, ...]:
    """At most so many of the kinds, in the order given, each with the chance that it had of being among them.

    The chance is counted in so many further draws: with 400 it is off by at most .025 in two of three cases.
    """
    if len(kinds) <= most:
        return tuple(Shown(kind, 1.0, because(beliefs[kind])) for kind in kinds)
    chosen = _draw(kinds, beliefs, most, random)
    # The chance of a choice has no closed form; drawing anew says it closely, and is never nought for what was chosen.
    counts = dict.fromkeys(kinds, 0)
    for one in chosen:
        counts[one] += 1
    for _ in range(draws):
        for one in _draw(kinds, beliefs, most, random):
            counts[one] += 1
    return tuple(Shown(kind, counts[kind] / (draws + 1), because(beliefs[kind])) for kind in kinds if kind in chosen)


def _draw(kinds: Sequence[str], beliefs: Mapping[str, Belief], most: int, random: Random) -> frozenset[str]:
    drawn = {kind: _worth(beliefs[kind], random) for kind in kinds}
    return frozenset(sorted(kinds, key=lambda kind: -drawn[kind])[:most])


def _worth(belief: Belief, random: Random) -> float:
    """One draw of how much a kind is worth showing: wanted, times whether it helps.

    The second factor is one without a measurement, two where the draw says that it surely helps, near nought where it
    surely harms.
    """
    wanted = random.betavariate(SHARPNESS * belief.wanted_a, SHARPNESS * belief.wanted_b)
    if not belief.measured:
        return wanted
    lift = random.gauss(belief.lift_mean, belief.lift_spread)
    helps = 0.5 * math.erfc(-lift / belief.lift_spread / math.sqrt(2))
    return wanted * max(_LEAST_WEIGHT, 2 * helps)


def because(belief: Belief) -> str:
    """Why a kind is shown, from plain counts."""
    if not belief.decided:
        return "Shown to learn whether you want such: none of this kind was decided yet."
    said = f"Shown because you approved {belief.approved} of {belief.decided} of this kind"
    if belief.approved * 2 < belief.decided:
        said = (
            f"You approved only {belief.approved} of {belief.decided} of this kind; shown to see whether that changed"
        )
    if belief.measured:
        said += f"; their measured effect so far is about {100 * belief.lift_mean:+.1f} points of buyers"
    return said + "."
