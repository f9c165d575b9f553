"""What a ranking amounts to: whether the best may be taken, or the person has to be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from crm_store.matching.profile import Candidate


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its match."""

    candidate: Candidate
    score: float
    why: str


class Sureness(StrEnum):
    """What to do with a ranking."""

    CERTAIN = "certain"
    CLOSE = "close"
    WEAK = "weak"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`certain`: take the best; `close`: several fit alike, ask; `weak`: the best is doubtful, ask; `nothing` fits.

    `choices` are what to offer, best first; `exact` is True where every word was found as typed.
    """

    sureness: Sureness
    best: Ranked | None
    choices: tuple[Ranked, ...]
    exact: bool = False


def verdict(ranked: Sequence[Ranked], most: int = 5) -> Verdict:
    """Whether the best may be taken, or the person has to choose among at most `most`."""
    if not ranked:
        return Verdict(Sureness.NOTHING, None, ())
    best = ranked[0]
    gap = best.score - ranked[1].score if len(ranked) > 1 else best.score
    exact = "≈" not in best.why and "…" not in best.why and "?" not in best.why
    near = tuple(one for one in ranked if best.score - one.score < 0.12)[:most]
    if best.score < 0.55:
        return Verdict(Sureness.WEAK, best, tuple(ranked[:most]))
    needed = 0.02 if exact else 0.04 if best.score >= 0.8 else 0.10
    if gap >= needed and best.score >= 0.62:
        return Verdict(Sureness.CERTAIN, best, near, exact)
    if gap >= needed:
        return Verdict(Sureness.WEAK, best, near)
    return Verdict(Sureness.CLOSE, best, near, exact)
