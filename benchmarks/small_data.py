"""Scores from few outcomes on made-up leads, beside the splined logistic, the base rate, and the truth."""

from collections import defaultdict
from typing import Any, Final

import numpy as np

from analytics import champion, encode, evaluate, few, luck, ridge, threads
from analytics.encode import Frame
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from benchmarks import few_leads

_SIZES: Final = (30, 50, 100)
_LATER: Final = 1_000
_DRAWS: Final = 4
_FEWEST: Final = 3
_LUCK: Final = 0.05
_SHUFFLES: Final = 499


def measure(draws: str = str(_DRAWS)) -> dict[str, Any]:
    """Mean squared error beyond that of the true chances, and how often a score is shown, by the number of leads.

    `shown` is the share of tables with a pattern that get a score, `shown_by_luck` that of tables without one.
    """
    with threads.one():
        return {f"leads_{size}": _size(size, int(draws)) for size in _SIZES}


def _size(size: int, draws: int) -> dict[str, float]:
    errors: dict[str, list[float]] = defaultdict(list)
    shown: dict[bool, list[bool]] = {True: [], False: []}
    for family in few_leads.FAMILIES:
        for draw in range(draws):
            made = few_leads.make(family, size + _LATER, draw)
            frame, _ = encode.read(made.names, made.columns, size)
            y, came = made.came[:size], made.came[size:]
            if min(int(y.sum()), int((~y).sum())) < _FEWEST:
                continue
            said, is_shown = _ours(frame, y)
            shown[family.strength > 0].append(is_shown)
            if not family.strength:
                continue
            plain = np.full(came.size, y.mean())
            least = evaluate.brier(came, made.chances[size:])
            answers = {"ours": said, "with_abstentions": said if is_shown else plain, "base_rate": plain}
            for name, chances in (answers | {"peer": _peer(frame, y)}).items():
                errors[name].append(evaluate.brier(came, chances) - least)
    found = {name: round(float(np.mean(each)), 5) for name, each in errors.items()}
    return found | {
        "tables": len(errors["ours"]),
        "shown": round(float(np.mean(shown[True])), 3),
        "shown_by_luck": round(float(np.mean(shown[False])), 3),
    }


def _ours(frame: Frame, y: BoolArray) -> tuple[FloatArray, bool]:
    """What is said of the rows after the known ones, and whether it would be shown."""
    known = np.arange(y.size)
    seen = few.codings(frame, known)
    plain, by_rank = seen
    lucky = luck.of_chance(plain.matrix[known], y, plain.design.slices(), by_rank.rows[known], _SHUFFLES)
    return ridge.chance(few.fit(seen, known, y).log_odds(np.arange(y.size, frame.size))), lucky <= _LUCK


def _peer(frame: Frame, y: BoolArray) -> FloatArray:
    """The logistic that many outcomes are given, its shrinkage by folds."""
    model = champion.fit("logistic", frame.take(slice(0, y.size)), y, np.ones(y.size), aging=False)
    return ridge.chance(model.log_odds(frame.take(slice(y.size, frame.size))))
