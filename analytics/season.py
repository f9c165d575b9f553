"""Busy and quiet months: a clock that runs fast while everybody orders much, learnt from what a model left over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from analytics.features import FloatArray
from analytics.ledger import Days, Ledger
from crm_store.values.scores import Json

STEP = 30
YEAR = 365
_LEAST_SPAN = 360
_MOST_SPANS = 26
_UNTESTED = 0.5
"""How far last year's busy months are believed to come again while there is no second year to compare."""
_OVERDISPERSION = 2.0
_ENOUGH_PAIRS = YEAR // STEP - 2
"""Months that must be known in two years before one is compared with the other."""
_FEWEST_CHANGES = 6
_SURE_CHANGE = 3.0
"""How many standard errors the change from year to year must be off nought where fewer months are known twice."""
_CLOSED = float(np.log(0.15))
_OPEN = float(np.log(0.5))
"""Below and above which a month counts as one in which the shop was shut, and as one in which it was not."""
_LEAST, _MOST = -1.5, 1.5
_LEAST_SHUT = -4.0

BoolArray = npt.NDArray[np.bool_]
Foreseen = Callable[[int, "Clock"], float]
"""Orders that a model foresees for the STEP days after a day (an ordinal) by a clock."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as orders feel it: each span of STEP days from the ordinal `start` counts `factors` days a day."""

    start: int = 0
    factors: tuple[float, ...] = ()

    def at(self, day: FloatArray | Days | int) -> FloatArray:
        """The reading at the end of each day (ordinals); outside the spans a day is a day."""
        days = np.asarray(day, dtype=np.float64) - self.start
        ends = np.concatenate([[0.0], np.cumsum(self.factors) * STEP])
        inside = np.interp(days, np.arange(ends.size) * STEP, ends)
        return np.asarray(inside + np.minimum(days, 0.0) + np.maximum(days - (ends.size - 1) * STEP, 0.0))

    def ahead(self, day: int, horizon: int) -> float:
        """What a horizon after `day` counts, in days."""
        return float(self.at(day + horizon) - self.at(day))

    def to_json(self) -> dict[str, Json]:
        """The clock as numbers."""
        return {"start": self.start, "factors": list(self.factors)}

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> Self:
        """A clock from `to_json`."""
        factors = numbers["factors"]
        assert isinstance(factors, list)
        return cls(int(str(numbers["start"])), tuple(float(str(each)) for each in factors))


PLAIN = Clock()
"""A clock by which all days are alike."""


def learn(ledger: Ledger, day: int, horizon: int, foreseen: Foreseen, clock: Clock) -> Clock:
    """A better clock up to `day` and `horizon` days on, from the orders of each span beside what was foreseen.

    What has been is taken as it was, shrunk by its own noise. What is to come is taken from the same months of
    earlier years as far as two years agree, half where there is one year; without a year it is 1. Months in which the
    shop was shut once, as another year tells, are no season: time nearly stands still in them. Where months differ no
    more than by chance, all days are alike.
    """
    spans = min((day - ledger.first + 1) // STEP - 1, _MOST_SPANS)
    if day - ledger.first + 1 < _LEAST_SPAN:
        return PLAIN
    starts = [day - STEP * back for back in range(spans, 0, -1)]
    seen = np.array([_orders_between(ledger, each) for each in starts])
    said = np.array([foreseen(each, clock) for each in starts])
    old = np.array([clock.ahead(each, STEP) / STEP for each in starts])
    logs = np.log((seen + 1) / (said + 1)) + np.log(old)
    shut = _shut_once(logs)
    logs = _without_drift(logs, shut)
    last_year = min(logs.size, YEAR // STEP)
    logs -= np.log(np.mean(np.exp(logs[-last_year:][~shut[-last_year:]])))
    noise = _OVERDISPERSION / (said + 1)
    signal = max(float(np.var(logs[~shut]) - noise[~shut].mean()), 0.0)
    if signal == 0 and not shut.any():
        return PLAIN
    told = np.where(shut, np.nan, logs * signal / (signal + noise))
    ahead = [_again(told, each) for each in range(-(-horizon // STEP))]
    held = np.where(shut, np.maximum(logs, _LEAST_SHUT), np.clip(told, _LEAST, _MOST))
    return Clock(starts[0], tuple(float(each) for each in np.exp([*held, *np.clip(ahead, _LEAST, _MOST)])))


def _shut_once(logs: FloatArray) -> BoolArray:
    """The spans with hardly an order that saw orders a year before or after: no season, but a shop that was shut."""
    year, shut = YEAR / STEP, logs < _CLOSED
    found = np.zeros(logs.size, dtype=np.bool_)
    begun = 0
    for place in range(logs.size + 1):
        if place < logs.size and shut[place]:
            continue
        # Months in a row are one closure, though only some of them may be known of another year.
        found[begun:place] = any(_open_then(logs, each + year * way) for each in range(begun, place) for way in (-1, 1))
        begun = place + 1
    # A year that was shut altogether tells nothing of its months.
    return found if not found[-(YEAR // STEP) :].all() else np.zeros(logs.size, dtype=np.bool_)


def _open_then(logs: FloatArray, place: float) -> bool:
    """Whether the shop was open then and a month around it: at the edge of a busy season years differ by some days."""
    low, high = int(np.floor(place)) - 1, int(np.ceil(place)) + 1
    around = logs[max(low, 0) : high + 1]
    return low + 1 >= 0 and high - 1 < logs.size and bool((around > _OPEN).all())


def _again(logs: FloatArray, span: int) -> float:
    """The log factor of the `span`-th STEP days ahead, from the same days of earlier years."""
    year = YEAR / STEP
    found = [_between(logs, logs.size + span - year * back) for back in range(1, 4)]
    known = [each for each in found if each is not None]
    return float(np.mean(known)) * _agreement(logs) if known else 0.0


def _without_drift(logs: FloatArray, shut: BoolArray) -> FloatArray:
    """The log factors without what changes from year to year: that is no season, and it does not come again."""
    told = np.where(shut, np.nan, logs)
    before = [_between(told, place - YEAR / STEP) for place in range(logs.size)]
    pairs = [(now, then) for now, then in zip(told.tolist(), before, strict=True) if then is not None]
    changes = [now - then for now, then in pairs if np.isfinite(now)]
    if len(changes) < _FEWEST_CHANGES:
        return logs
    doubt = float(np.std(changes, ddof=1)) / np.sqrt(len(changes))
    if len(changes) < _ENOUGH_PAIRS and abs(float(np.mean(changes))) < _SURE_CHANGE * doubt:
        return logs
    return np.asarray(logs - np.mean(changes) / (YEAR / STEP) * np.arange(logs.size), dtype=np.float64)


def _agreement(logs: FloatArray) -> float:
    """How far months of the last year were those of the year before, from 0 to 1."""
    pairs = [(logs[place], _between(logs, place - YEAR / STEP)) for place in np.flatnonzero(np.isfinite(logs)).tolist()]
    both = np.array([(now, before) for now, before in pairs if before is not None])
    if len(both) < _ENOUGH_PAIRS:
        return _UNTESTED
    spread = float((both**2).mean())
    return float(np.clip((both[:, 0] * both[:, 1]).mean() / spread, 0.0, 1.0)) if spread > 0 else 0.0


def _between(logs: FloatArray, place: float) -> float | None:
    low = int(np.floor(place))
    if low < 0 or low >= logs.size:
        return None
    share = place - low
    found = float((1 - share) * logs[low] + share * logs[min(low + 1, logs.size - 1)])
    return found if np.isfinite(found) else None


def _orders_between(ledger: Ledger, day: int) -> float:
    """Orders in the STEP days after `day` of customers known by then."""
    return float(ledger.came(day, day + STEP)[0].sum())
