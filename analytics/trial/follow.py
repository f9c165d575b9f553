"""Later rows in batches, each scored by what the batches before it taught: old model, refit, and the latest rate."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics import champion, drift, ridge
from analytics.champion import Contest
from analytics.drift import Level
from analytics.encode import Frame
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from analytics.fitted import Model

_REFITS: Final = 8
_PACES: Final = (0.0, 0.1, 0.3, 1.0, 3.0)
_FADES: Final = 0.98
"""How much each batch's error counts once the next batch is known."""
_OLD: Final = "old model"


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """What was said of the later rows, (m,), their effects, (m, columns), and how often each answer was given."""

    chances: FloatArray
    effects: FloatArray
    answers: dict[str, int]


def follow(
    frame: Frame,
    y: BoolArray,
    known: BoolArray,
    start: int,
    found: Contest,
    effects: Callable[[Model, Frame], FloatArray],
) -> Followed:
    """Score the rows from `start` on in batches; the outcomes of a batch teach only batches after it.

    Three kinds of answer compete by their Brier score on the batches before, late ones counting more: the model as it
    was at the start, the model fitted again with what came since, and that one with the rate followed at several
    paces. `known` tells which outcomes there are; both are (n,).
    """
    batch = int(np.clip(start // 200, 10, 50))
    refit = max(batch, -(-(frame.size - start) // _REFITS) // batch * batch)
    race = _Race(found, batch)
    old: Model | None = None
    chances: list[FloatArray] = []
    moved: list[FloatArray] = []
    for begin in range(start, frame.size, refit):
        learn = np.flatnonzero(known[:begin])
        model = champion.fit(found.champion, frame.take(learn), y[learn], np.ones(learn.size), found.strength)
        old = old or model
        stretch = frame.take(slice(begin, min(begin + refit, frame.size)))
        fresh, stale = (found.correction.apply(each.log_odds(stretch)) for each in (model, old))
        moved.append(effects(model, stretch))
        for at in range(0, stretch.size, batch):
            part = slice(at, at + batch)
            chances.append(race.said(fresh[part], stale[part]))
            rows = slice(begin + at, begin + at + fresh[part].size)
            race.learn(fresh[part], stale[part], y[rows], known[rows])
    return Followed(np.concatenate(chances), np.concatenate(moved), race.given)


class _Race:
    """The answers that compete, with their fading errors, warmed up on the backtest."""

    def __init__(self, found: Contest, batch: int) -> None:
        self._levels = {f"latest rate, pace {pace:g}" if pace else "refit": Level(pace) for pace in _PACES}
        self._errors = dict.fromkeys([*self._levels, _OLD], 0.0)
        self.given: dict[str, int] = {}
        odds = found.correction.apply(found.odds)
        for at in range(0, odds.size, batch):
            part = slice(at, at + batch)
            self.learn(odds[part], odds[part], found.came[part], np.ones(odds[part].size, dtype=np.bool_))

    def said(self, fresh: FloatArray, stale: FloatArray) -> FloatArray:
        """The chances of a batch, by the answer that has done best lately."""
        best = min(self._errors, key=lambda name: self._errors[name])
        self.given[best] = self.given.get(best, 0) + fresh.size
        return ridge.chance(stale) if best == _OLD else self._levels[best].said(fresh)

    def learn(self, fresh: FloatArray, stale: FloatArray, y: BoolArray, known: BoolArray) -> None:
        """Take in what came of a batch, all (n,)."""
        fresh, stale, came = fresh[known], stale[known], y[known]
        said = {name: level.said(fresh) for name, level in self._levels.items()} | {_OLD: ridge.chance(stale)}
        for name, chances in said.items():
            self._errors[name] = _FADES * self._errors[name] + float(((chances - came) ** 2).sum())
        for level in self._levels.values():
            level.learn(fresh, came)


def rates(y: BoolArray) -> dict[str, float]:
    """The rate of the earlier three quarters and of the last quarter, and their distance in standard errors."""
    late = int(0.75 * y.size)
    if not late or late == y.size:
        return {}
    return {
        "rate_before": round(float(y[:late].mean()), 4),
        "rate_lately": round(float(y[late:].mean()), 4),
        "standard_errors_apart": round(drift.base_rate(y[:late], y[late:]), 2),
    }
