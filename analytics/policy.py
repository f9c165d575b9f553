"""Whom to contact first: simple rules and learners compared on people they were not fitted on, and an honest claim."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.stats import rankdata

from analytics import threads, uplift
from analytics.features import FloatArray
from analytics.uplift import LEARNERS, MEAN, Campaign, Score

FEWEST_EACH: Final = 50
"""So many people contacted, and so many not contacted, are needed before anything is compared."""
_FOLDS: Final = 5
_REPEATS: Final = 2
_MOST_COMPARED: Final = 40_000
_CLEAR: Final = 1.0
"""Standard errors by which one policy must beat another: within one, the simpler is taken."""
_SURE: Final = 1.64
"""Standard errors of the range that is told: a leaning is followed sooner than it is called a win."""
RANDOM: Final = "random"
RECENT: Final = "most recent"
SPEND: Final = "top spend"
PROPENSITY: Final = "propensity"


@dataclass(frozen=True, slots=True)
class Judged:
    """How a policy did on people it was not fitted on: extra outcome a head over a random order, and its error.

    `area` is the area between the policy's uplift curve and the straight line of a random order (Radcliffe 2007).
    """

    name: str
    area: float
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """The policy that was taken, how each did, by how much it beats the next plain one, and what it claims.

    The claim for a score s is `average + slope * (s - middle)`: both are shrunk as far as they may be luck.
    """

    name: str
    judged: tuple[Judged, ...]
    beaten: str
    margin: float
    margin_error: float
    average: float
    average_error: float
    slope: float
    middle: float
    score: Score | None
    clear: float = _CLEAR

    @property
    def sentence(self) -> str:
        """Which policy won and by how much, in words."""
        if self.name == RANDOM or not self.beaten:
            return f"{self.name}: no order of people did clearly better than a random one"
        low, high = (self.margin + sign * max(_SURE, self.clear) * self.margin_error for sign in (-1, 1))
        span = f"{100 * self.margin:+.2f} ({100 * low:+.2f} to {100 * high:+.2f})"
        if low > 0:
            return f"{self.name}: beats {self.beaten} by {span} per 100 people on held-out evidence"
        return f"{self.name}: ahead of {self.beaten} by {span} per 100 people on held-out evidence, which may be luck"


@threads.one()
def learn(known: Campaign, clear: float = _CLEAR) -> Policy:
    """The policy for the next campaign, from one whose contacts were drawn at random.

    A learner is taken only where its interval clears the best simple rule's; with too few people, random is. `clear`
    is by how many standard errors one must beat the other.
    """
    treated = int(known.treated.sum())
    if min(treated, known.y.size - treated) < FEWEST_EACH:
        return _random(known)
    compared = _thinned(known)
    effects, scores = _cross_fitted(compared)
    areas = {name: _gains(score, effects) for name, score in scores.items()}
    judged = tuple(Judged(name, *_mean(each)) for name, each in areas.items())
    simple, learnt = _best(areas, _simple(known)), MEAN
    single = _best(areas, LEARNERS)
    if _is_clear(_mean(areas[single] - areas[MEAN]), clear):
        learnt = single
    chosen, beaten, margin = simple, RANDOM, _mean(areas[simple])
    more = _mean(areas[learnt] - areas[simple])
    if _is_clear(more, clear) and _is_clear(_mean(areas[learnt]), clear):
        chosen, beaten, margin = learnt, simple, more
    elif not _is_clear(margin, clear):
        beaten = ""
    average, error = _mean(effects)
    slope, middle = _claim(scores[chosen], effects) if beaten else (0.0, 0.0)
    average = _kept(average, error, effects.size)
    return Policy(chosen, judged, beaten, *margin, average, error, slope, middle, _fitted(known, chosen), clear)


def apply(policy: Policy, x: FloatArray, recent: FloatArray | None, spend: FloatArray | None) -> FloatArray:
    """The score of each new row, (m,); the columns are those of the campaign the policy was learnt from."""
    if policy.name == RECENT and recent is not None:
        return recent
    if policy.name == SPEND and spend is not None:
        return spend
    if policy.score is None or policy.name == RANDOM:
        return np.random.default_rng(0).random(len(x))
    return policy.score(x)


def claimed(policy: Policy, scores: FloatArray) -> FloatArray:
    """The uplift that is expected of each row with these scores, (m,), in the outcome's own unit."""
    return np.asarray(policy.average + policy.slope * (scores - policy.middle), dtype=np.float64)


def _simple(known: Campaign) -> tuple[str, ...]:
    habits = ((RECENT, known.recent), (SPEND, known.spend))
    return (PROPENSITY, *(name for name, values in habits if values is not None))


def _fitted(known: Campaign, name: str) -> Score | None:
    """The chosen policy's score, learnt from all rows; habits are read from the rows themselves."""
    if name in LEARNERS:
        return uplift.learners(known)[name]
    return uplift.propensity(known) if name == PROPENSITY else None


def _random(known: Campaign) -> Policy:
    average, error = 0.0, 0.0
    if known.treated.any() and not known.treated.all():
        sides = (known.y[known.treated], known.y[~known.treated])
        average = float(sides[0].mean() - sides[1].mean())
        # One spread for both, since that of two or three people is no measure.
        left = sum(float(((side - side.mean()) ** 2).sum()) for side in sides) / max(known.y.size - 2, 1)
        error = math.sqrt(left * sum(1 / side.size for side in sides))
    return Policy(RANDOM, (), "", 0.0, 0.0, _kept(average, error, known.y.size), error, 0.0, 0.0, None)


def _thinned(known: Campaign) -> Campaign:
    """At most so many rows for the comparison, drawn evenly from both sides; fitting for use takes all."""
    if known.y.size <= _MOST_COMPARED:
        return known
    count = math.ceil(known.y.size / _MOST_COMPARED)
    keep = uplift.parts(known, count, 0) == 0
    habits = [None if each is None else each[keep] for each in (known.recent, known.spend)]
    return replace(known.rows(keep), recent=habits[0], spend=habits[1])


def _cross_fitted(known: Campaign) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Doubly robust effects, (n,), and each candidate's scores, (repeats, n), by models that have not seen the row.

    Several divisions into folds are judged and averaged, so that none decides by luck; their scores are not averaged,
    since the policy that is used is a single one.
    """
    n = known.y.size
    effects = np.zeros(n)
    scores = {name: np.zeros((_REPEATS, n)) for name in (PROPENSITY, *LEARNERS)}
    for repeat in range(_REPEATS):
        fold = uplift.parts(known, _FOLDS, repeat)
        with_it, without = np.zeros(n), np.zeros(n)
        for each in range(_FOLDS):
            learn_rows, test = fold != each, fold == each
            part = known.rows(learn_rows)
            x = known.x[test]
            with_it[test] = uplift.propensity(part)(x)
            without[test] = uplift.expected(part.x[~part.treated], part.y[~part.treated])(x)
            scores[PROPENSITY][repeat, test] = with_it[test]
            for name, score in uplift.learners(part).items():
                scores[name][repeat, test] = score(x)
        effects += uplift.effects_of(known, with_it, without) / _REPEATS
    habits = ((RECENT, known.recent), (SPEND, known.spend))
    return effects, scores | {name: values[None, :] for name, values in habits if values is not None}


def _gains(scores: FloatArray, effects: FloatArray) -> FloatArray:
    """Each row's part in the area between the uplift curve and the random line, (n,): its mean is the area."""
    places = (rankdata(-scores, axis=1) - 0.5) / effects.size
    return np.asarray((effects - effects.mean()) * (0.5 - places.mean(axis=0)), dtype=np.float64)


def _claim(scores: FloatArray, effects: FloatArray) -> tuple[float, float]:
    """How much more effect goes with one more of the score, as far as it is no luck, and the score's middle."""
    middle = float(scores.mean())
    slopes, errors = [], []
    for score in scores:
        apart = score - score.mean()
        total = float((apart**2).sum())
        if total <= 0:
            return 0.0, middle
        slopes.append(float(apart @ effects) / total)
        left = effects - effects.mean() - slopes[-1] * apart
        errors.append(math.sqrt(float(((apart * left) ** 2).sum())) / total)
    slope = float(np.mean(slopes))
    return _kept(slope, float(np.mean(errors)), effects.size), middle


def _kept(value: float, error: float, n: int) -> float:
    """The part of a figure from n rows that is claimed: times the chance that it is no mere luck.

    Nothing and something are equally likely beforehand, and something is as large as one row tells: then the chance is
    that of Schwarz's criterion (Kass & Wasserman 1995, J. American Statistical Association 90:928).
    """
    if not error > 0:
        return 0.0
    return value / (1 + math.sqrt(n) * math.exp(-((value / error) ** 2) / 2))


def _mean(values: FloatArray) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1)) / math.sqrt(values.size)


def _is_clear(figure: tuple[float, float], clear: float) -> bool:
    return figure[0] > clear * figure[1]


def _best(areas: Mapping[str, FloatArray], names: tuple[str, ...]) -> str:
    return max(names, key=lambda name: float(areas[name].mean()))
