"""Chooses how to foresee orders and revenue by what would have been said at earlier days and what came then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from scipy.stats import rankdata

from analytics import candidates, evaluate, outlook, threads, tweedie
from analytics.candidates import BG, CHALLENGERS, MBG, OWN, PROCESSES, Base, Challenger, Expected
from analytics.features import FloatArray, Table
from analytics.interval import FACTORS, SHAPES, Interval, Spread, by_size
from analytics.ledger import Ledger
from analytics.outlook import RANKINGS, Blend, Outlook
from analytics.purchase import Ahead, TooFewCustomers

CUTS = 3
MOST_LEARNT = 10_000
_MOST_TRIED = 4_000
_TENTHS = 10
_GAIN = 0.0005
_SURE = 0.005
_LEAST_LEVEL, _MOST_LEVEL = 0.75, 1.33
_LEAST_SLOPE = 0.8
_FEWEST_CAME = 10
_COVERED = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One earlier day: what each candidate said of the window after it, and what came, (n,) each."""

    day: int
    said: Mapping[str, Expected]
    orders: FloatArray
    revenue: FloatArray
    spread: Spread
    alive: Mapping[str, FloatArray]
    level_counts: bool
    ranks: Mapping[str, FloatArray]
    repeats: float
    """Repeat orders known at the cut: how much the models had to learn from."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The chosen outlook with the figures of the choice and of every candidate, means over `cuts` of `window` days."""

    outlook: Outlook
    window: int
    cuts: int
    orders: Mapping[str, Mapping[str, float]]
    revenue: Mapping[str, Mapping[str, float]]
    chosen: Mapping[str, float]
    interval: Mapping[str, float]
    alive: Mapping[str, float]
    trusted: bool


@dataclass
class Learner:
    """Purchase models and challengers by day, each learnt once, on what was known by that day."""

    ledger: Ledger
    window: int
    _bases: dict[tuple[int, int], Base | None] = field(default_factory=dict)

    @cached_property
    def first(self) -> int:
        """The ordinal of the first order."""
        return self.ledger.first

    def base(self, day: int, horizon: int) -> Base | None:
        """The purchase models as known by a day; None where too few ordered."""
        if (day, horizon) not in self._bases:
            try:
                self._bases[day, horizon] = candidates.learn(self.ledger, day, horizon)
            except TooFewCustomers:
                self._bases[day, horizon] = None
        return self._bases[day, horizon]

    def challengers(self, day: int, window: int, base: Base, names: Sequence[str]) -> dict[str, Challenger]:
        """Those challengers that can learn from the window up to a day."""
        earlier = self.base(day - window, window) if day - window >= self.first else None
        if earlier is None:
            return {}
        found = {}
        for name in names:
            try:
                found[name] = candidates.challenge(name, self.ledger, day, window, base, earlier)
            except (TooFewCustomers, ValueError):
                continue
        return found


@threads.one()
def judge(everybody: Ledger, day: int, horizon: int) -> Judgement | None:
    """The best outlook after `day` (an ordinal) by earlier windows, fitted anew on what is known by `day`.

    Windows do not overlap and end by `day`; they are as long as the horizon where four of it are known, shorter
    otherwise. Of very many customers a sample is learnt from. Where nothing beats the own rate, its revenue is said.
    None where too few customers ordered again for any model.
    """
    ledger = everybody.sample(MOST_LEARNT)
    learner = Learner(ledger, horizon)
    base = learner.base(day, horizon)
    if base is None:
        return None
    span = day - ledger.first + 1
    window = max(min(horizon, span // (CUTS + 1)), 1)
    trials = _trials(Learner(everybody.sample(_MOST_TRIED), window), day, window, seasonal=bool(base.mbg.clock.factors))
    if not trials:
        return Judgement(_untested(base, horizon), window, 0, {}, {}, {}, {}, {}, False)
    orders, revenue = _blend(trials, "orders"), _blend(trials, "revenue")
    revenue = replace(revenue, slope=_slope(trials, revenue))
    long = max(min(horizon, span // 2), 1)
    needed = [name for name in CHALLENGERS if name in orders.shares or name in revenue.shares]
    challengers = learner.challengers(day, long, base, needed)
    orders, revenue = (_without_missing(each, challengers) for each in (orders, revenue))
    figures, trusted = _figures(trials, revenue, "revenue"), _beats(trials, revenue)
    if not trusted:
        revenue = Blend({OWN: 1.0})
    interval, widths = _interval(trials, revenue)
    by, ranks = _ranking(trials)
    table = ledger.buyers(day)
    ahead = base.mbg.ahead(table, horizon)
    ranking = outlook.levelled(by, table, base.mbg.alive(table), ahead)
    said = outlook.expected(base, challengers, table, horizon, ahead, set(revenue.shares))
    revenue = revenue.pivoted({name: each.revenue for name, each in said.items()})
    return Judgement(
        Outlook(horizon, base, challengers, orders, revenue, interval, ranking),
        window,
        len(trials),
        _each(trials, "orders"),
        _each(trials, "revenue"),
        figures,
        widths,
        ranks,
        trusted,
    )


def plain(buyers: Table, horizon: int) -> Outlook:
    """What can be said where too few ordered again for any model: everybody's pace, blended with the own."""
    return _untested(candidates.plain(buyers), horizon)


def _untested(base: Base, horizon: int) -> Outlook:
    alone = Blend({MBG: 1.0})
    return Outlook(horizon, base, {}, alone, alone, Interval(), outlook.Ranking())


def _trials(learner: Learner, day: int, window: int, *, seasonal: bool) -> list[Trial]:
    """What would have been said at each cut, oldest first.

    Where busy months are known now (`seasonal`) but were not at a cut, the level that was missed there is explained.
    """
    found = []
    for back in range(CUTS, 0, -1):
        cut = day - window * back
        base = learner.base(cut, window) if cut - learner.first + 1 >= min(window, 30) else None
        if base is None:
            continue
        orders, revenue = learner.ledger.came(cut, cut + window)
        if orders.size < _FEWEST_CAME or revenue.sum() <= 0:
            continue
        table = learner.ledger.buyers(cut)
        ahead = base.mbg.ahead(table, window)
        challengers = learner.challengers(cut, window, base, CHALLENGERS)
        said = outlook.expected(base, challengers, table, window, ahead, [*PROCESSES, OWN, *challengers])
        counts = bool(base.mbg.clock.factors) or not seasonal
        ranks = {"orders": _ranks(orders), "revenue": _ranks(revenue)}
        alive = _alive(table, base, ahead)
        repeats = float((table.column("orders") - 1).sum())
        found.append(Trial(cut, said, orders, revenue, base.spread(table, ahead), alive, counts, ranks, repeats))
    return found


def _alive(table: Table, base: Base, ahead: Ahead) -> dict[str, FloatArray]:
    process = base.mbg.alive(table)
    return {by: outlook.ranked(by, table, process, ahead) for by in RANKINGS}


def _said(trial: Trial, blend: Blend, what: str) -> FloatArray:
    """What a blend said at a trial; a candidate that could not learn there is stood in for by the purchase model."""
    stand_in = trial.said[MBG]
    said = {name: getattr(trial.said.get(name, stand_in), what) for name in blend.shares}
    return (blend if blend.slope == 1.0 else blend.pivoted(said)).of(said)


def _losses(trials: Sequence[Trial], blend: Blend, what: str) -> FloatArray:
    """At each trial the size of errors beside the purchase model's, and the rank, since each alone rewards a bad habit.

    The total stands apart: over a few windows it tells more of their months than of the candidates.
    """
    found = []
    for each in trials:
        came, said = getattr(each, what), _said(each, blend, what)
        plain = float(np.sqrt(np.mean((came - getattr(each.said[MBG], what)) ** 2)))
        size = float(np.sqrt(np.mean((came - said) ** 2)))
        found.append(size / max(plain, 1e-9) + (1 - _rank(said, each.ranks[what])) / 2)
    return np.array(found)


def _rank(said: FloatArray, ranks: FloatArray) -> float:
    """Spearman's correlation of numbers without ties to speak of with ranks that have mean 0 and length 1, (n,)."""
    places = np.empty(said.size)
    places[np.argsort(said, kind="stable")] = np.arange(said.size) - (said.size - 1) / 2
    return float(places @ ranks / max(float(np.sqrt(places @ places)), 1e-9))


def _ranks(came: FloatArray) -> FloatArray:
    ranks = rankdata(came)
    ranks -= ranks.mean()
    return np.asarray(ranks / max(float(np.sqrt(ranks @ ranks)), 1e-9), dtype=np.float64)


def _blend(trials: Sequence[Trial], what: str) -> Blend:
    """Tenths of candidates: all of the purchase model, then tenth by tenth another's while that is surely better.

    Windows count by what was known before them. A move must help by `_GAIN` and in most windows, and shares are coarse,
    so that they cannot follow the noise of a few windows. Convex combinations chosen forward: Caruana et al. 2004.
    """
    weights = np.array([each.repeats for each in trials])
    weights = weights / weights.sum()
    names = [name for name in (MBG, BG, *CHALLENGERS, OWN) if sum(name in each.said for each in trials) >= 2]
    names = names or [MBG]
    tenths = dict.fromkeys(names, 0) | {MBG: _TENTHS}
    now = _losses(trials, _shares(tenths), what)
    for _ in range(_TENTHS):
        moves = [_moved(tenths, taken, given) for taken in names if tenths[taken] for given in names if given != taken]
        tried = [(_losses(trials, _shares(each), what), each) for each in moves]
        sure = [(loss, each) for loss, each in tried if weights @ (loss < now) > 0.5 and weights @ (now - loss) > _GAIN]
        if not sure:
            break
        now, tenths = min(sure, key=lambda each: float(weights @ each[0]))
    blend = _shares(tenths)
    return Blend(blend.shares, _level(trials, blend, what))


def _moved(tenths: Mapping[str, int], taken: str, given: str) -> dict[str, int]:
    return {**tenths, taken: tenths[taken] - 1, given: tenths[given] + 1}


def _shares(tenths: Mapping[str, int]) -> Blend:
    return Blend({name: count / _TENTHS for name, count in tenths.items() if count})


def _level(trials: Sequence[Trial], blend: Blend, what: str) -> float:
    """What came beside what was said, where all of three windows agree on its side, shrunk by how much they differ."""
    if len(trials) < CUTS or not all(each.level_counts for each in trials):
        return 1.0
    logs = np.array(
        [np.log(getattr(each, what).sum() / max(float(_said(each, blend, what).sum()), 1e-9)) for each in trials]
    )
    if not (logs > 0).all() and not (logs < 0).all():
        return 1.0
    middle, doubt = float(logs.mean()), float(logs.var(ddof=1)) / logs.size
    return float(np.clip(np.exp(middle * middle**2 / (middle**2 + 2 * doubt)), _LEAST_LEVEL, _MOST_LEVEL))


def _slope(trials: Sequence[Trial], blend: Blend) -> float:
    """How much of a difference in expected revenue comes true: 1, or less where large figures were too large.

    A process that takes the size of orders for independent of their number errs at the ends. The calibration slope
    (Cox 1958) of each window, weighed by what was known before it and shrunk by how much windows differ.
    """
    slopes, weights = [], []
    for each in trials:
        logs = np.log(np.maximum(_said(each, blend, "revenue"), 1e-9))[:, None]
        try:
            found = tweedie.fit(logs, np.zeros(each.revenue.size), each.revenue, 1e-4)
        except ValueError:
            continue
        slopes.append(float(found.coefficients[0] / found.spread[0]) - 1)
        weights.append(each.repeats)
    if len(slopes) < CUTS - 1 or not sum(weights) > 0:
        return 1.0
    off, share = np.array(slopes), np.array(weights) / sum(weights)
    middle = float(share @ off)
    doubt = float(share @ (off - middle) ** 2) / (off.size - 1)
    return float(np.clip(1 + middle * middle**2 / max(middle**2 + doubt, 1e-12), _LEAST_SLOPE, 1.0))


def _without_missing(blend: Blend, challengers: Mapping[str, Challenger]) -> Blend:
    """The blend without challengers that could not learn in the end; the purchase model takes their shares."""
    shares: dict[str, float] = {}
    for name, share in blend.shares.items():
        there = name in challengers or name not in CHALLENGERS
        shares[name if there else MBG] = shares.get(name if there else MBG, 0.0) + share
    return replace(blend, shares=shares)


def _interval(trials: Sequence[Trial], blend: Blend) -> tuple[Interval, dict[str, float]]:
    """The way to make intervals with the smallest score in earlier windows, dearer the farther from 80 % coverage.

    Who orders nothing with a chance above one in ten has 0 at the low end, so that by the score alone ranges would hold
    more than they say. Quantiles by size learn from the other windows than the one they are judged on.
    """
    said = [_said(each, blend, "revenue") for each in trials]
    tried: list[tuple[Interval, float, float]] = []
    for rule in [Interval(shape, factor) for shape in SHAPES for factor in FACTORS]:
        ends = [rule.of(each.spread.around(point)) for each, point in zip(trials, said, strict=True)]
        tried.append((rule, *_width(trials, said, ends)))
    if len(trials) > 1:
        ends = [
            _of_others(trials, said, place).of(each.spread.around(said[place])) for place, each in enumerate(trials)
        ]
        every = by_size(np.concatenate(said), np.concatenate([each.revenue for each in trials]))
        tried.append((every, *_width(trials, said, ends)))
    best, score, covered = min(tried, key=lambda each: each[1] * (1 + abs(each[2] - _COVERED)))
    return best, {"interval_score": score, "coverage": covered}


def _of_others(trials: Sequence[Trial], said: Sequence[FloatArray], place: int) -> Interval:
    others = [each for each in range(len(trials)) if each != place]
    return by_size(
        np.concatenate([said[each] for each in others]), np.concatenate([trials[each].revenue for each in others])
    )


def _width(
    trials: Sequence[Trial], said: Sequence[FloatArray], ends: Sequence[tuple[FloatArray, FloatArray]]
) -> tuple[float, float]:
    """The interval score in mean revenues and the coverage of the upper half.

    Of the lower half most order nothing, which any interval from 0 on covers.
    """
    scores, inside = [], []
    for each, point, (low, high) in zip(trials, said, ends, strict=True):
        scores.append(evaluate.interval_score(each.revenue, low, high) / max(float(each.revenue.mean()), 1e-9))
        upper = point >= np.median(point)
        inside.append(float(np.mean(((each.revenue >= low) & (each.revenue <= high))[upper])))
    cover = float(np.mean(inside))
    return float(np.mean(scores)), cover


def _ranking(trials: Sequence[Trial]) -> tuple[str, dict[str, float]]:
    """What ranked those who ordered again best; the process keeps its place unless another is surely better."""
    mean = {by: float(np.mean([evaluate.auc(each.orders > 0, each.alive[by]) for each in trials])) for by in RANKINGS}
    best = max(RANKINGS, key=lambda by: mean[by])
    return best if mean[best] - mean[outlook.PROCESS] > _SURE else outlook.PROCESS, mean


def _beats(trials: Sequence[Trial], blend: Blend) -> bool:
    """Whether the choice beats the own rate on later time: in the size of errors, and with rank and total."""
    own = Blend({OWN: 1.0})
    ours, plain = _figures(trials, blend, "revenue"), _figures(trials, own, "revenue")
    gain = float((_losses(trials, own, "revenue") - _losses(trials, blend, "revenue")).mean())
    return ours["rmse"] < plain["rmse"] and gain + (abs(plain["total"]) - abs(ours["total"])) / 2 > 0


def _figures(trials: Sequence[Trial], blend: Blend, what: str) -> dict[str, float]:
    errors = [evaluate.amounts_error(getattr(each, what), _said(each, blend, what)) for each in trials]
    return {name: float(np.mean([each[name] for each in errors])) for name in errors[0]}


def _each(trials: Sequence[Trial], what: str) -> dict[str, dict[str, float]]:
    """The figures of every candidate where it could learn."""
    found = {}
    for name in (MBG, BG, *CHALLENGERS, OWN):
        if where := [each for each in trials if name in each.said]:
            alone = Blend({name: 1.0})
            found[name] = _figures(where, alone, what) | {"loss": float(_losses(where, alone, what).mean())}
    return found
