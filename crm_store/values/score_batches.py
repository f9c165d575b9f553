"""Scores of a run packed as text, so that hundreds of thousands pass from the analyst to the store unread."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from crm_store.values.scores import DealScore, Score, ScoreKind

AT_ONCE: Final = 500
"""Scores a batch; all of one customer are in the same, so a batch may be a little larger."""


@dataclass(frozen=True, slots=True)
class ScoreBatch:
    """Some scores as a JSON array of [about, kind, point, low, high, band, reasons, n], and how many they are."""

    count: int
    rows: str


def pack(scores: Iterable[Score | DealScore]) -> ScoreBatch:
    """Some scores as one batch."""
    return _packed([_row(score) for score in scores])


def batches(scores: Iterable[Score | DealScore], most: int = AT_ONCE) -> Iterator[ScoreBatch]:
    """All scores in batches by whom they are about; a number that is none would be a defect and raises."""
    waiting: list[tuple[Any, ...]] = []
    for row in sorted(map(_row, scores), key=_about):
        if len(waiting) >= most and row[0] != waiting[-1][0]:
            yield _packed(waiting)
            waiting = []
        waiting.append(row)
    if waiting:
        yield _packed(waiting)


def _row(score: Score | DealScore) -> tuple[Any, ...]:
    whose = (score.customer_id, score.kind.value) if isinstance(score, Score) else (score.deal_id, ScoreKind.DEAL.value)
    reasons = [{"text": reason.text, "effect": reason.effect} for reason in score.reasons]
    band = score.band.value if score.band else None
    return (*whose, score.point, score.low, score.high, band, reasons, score.n)


def _about(row: tuple[Any, ...]) -> str:
    return str(row[0])


def _packed(rows: list[tuple[Any, ...]]) -> ScoreBatch:
    return ScoreBatch(len(rows), json.dumps(rows, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
