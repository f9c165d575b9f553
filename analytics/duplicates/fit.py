"""Weights of pairs after Fellegi and Sunter (1969): fixed priors, moved a bounded way by expectation-maximisation."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.duplicates.columns import Kind
from analytics.duplicates.compare import DIFFERENT, LEVELS, MISSING
from analytics.duplicates.evidence import Bits, Evidence, Field

_ROUNDS: Final = 5
_STRENGTH: Final = 30.0
_FURTHEST: Final = 2.0
_LEAST_DOUBLES: Final = 0.1
_MOST_DOUBLES: Final = 4.0
_SAME_TEXT: Final = 6.0
_A_LIKENESS: Final = 20.0
_AS_LIKELY: Final = 0.8
_AS_LIKELY_TEXT: Final = 0.6
"""Of what is described in several words, each source leaves out and adds some."""
_NOTHING: Final = -20.0


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Weights (p,) in bits with the prior in them, 0 being even odds, and each field's part (p,)."""

    weights: NDArray[np.float64]
    parts: list[Bits]
    prior: float


def fit(evidence: Evidence, partners: int) -> Fitted:
    """Fit; `partners` is the number of rows that a row could be paired with.

    The chance that two records of one thing reach a level moves at most 2 bits from what experience says, so that a
    table without duplicates, or one whose columns depend on each other, cannot lead the fit astray. How often a field
    differs is learnt from pairs that are likely one by their other fields: those that are likely by all of them are
    picked for agreeing, and would make every difference weigh too much.
    """
    if len(evidence.fields) == 1:
        return _bare(evidence.fields[0])
    start = [field.same for field in evidence.fields]
    same = start
    doubles = 0.3
    likely: NDArray[np.float64] | None = None
    for turn in range(_ROUNDS):
        parts = evidence.weigh(same, partners, likely)
        weights = sum((part.astype(np.float64) for part in parts), np.zeros(len(parts[0])))
        odds = float(np.log2(doubles / max(partners, 1)))
        if turn == _ROUNDS - 1:
            break
        weights += odds
        likely = 1 / (1 + np.exp2(-np.clip(weights, -60, 60)))
        doubles = min(max(2 * float(likely[weights >= 0].sum()) / max(partners, 1), _LEAST_DOUBLES), _MOST_DOUBLES)
        same = [
            _moved(prior, field.compared.levels, np.where(weights - part >= 0, likely, 0))
            for prior, field, part in zip(start, evidence.fields, parts, strict=True)
        ]
    return Fitted(weights + odds, parts, odds)


def _moved(prior: NDArray[np.float64], levels: NDArray[np.int8], likely: NDArray[np.float64]) -> NDArray[np.float64]:
    """The prior (6,) with what likely pairs (p,) show added, within bounds."""
    seen = np.bincount(levels, weights=likely, minlength=LEVELS)[DIFFERENT:]
    moved = (seen + _STRENGTH * prior[DIFFERENT:]) / (seen.sum() + _STRENGTH)
    bounded = np.clip(moved, prior[DIFFERENT:] * 2**-_FURTHEST, prior[DIFFERENT:] * 2**_FURTHEST)
    return np.concatenate([[1.0], bounded / bounded.sum()])


def _bare(field: Field) -> Fitted:
    """One column alone, such as a list of names: no frequency can tell namesakes from doubles, so likeness decides."""
    alike = field.compared.alike.astype(np.float64)
    even = _AS_LIKELY_TEXT if field.kind is Kind.TEXT else _AS_LIKELY
    weights = np.where(alike >= 1, _SAME_TEXT, np.minimum(_A_LIKENESS * (alike - even), _SAME_TEXT))
    weights = np.where(field.compared.levels == MISSING, _NOTHING, weights)
    return Fitted(weights, [weights.astype(np.float32)], 0.0)
