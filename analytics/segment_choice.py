"""Ways to learn segments, and how many: separation of later revenue decides, beside agreement from draw to draw."""

import importlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics import evaluate, purchase, rules, spend, threads
from analytics.features import FloatArray, Table
from analytics.grow import Ground, clusters, grow
from analytics.rules import Rule
from crm_store.values.scores import SegmentMethod

SMALLEST_SHARE = 0.03
USUAL_COUNT = 6
FEWEST, MOST = 3, 8
_LEARNT_SHARE = 0.035
"""A little more than the smallest share, so that a segment stays above it when customers move."""
_LEARN_FROM = 20_000
_COMPARE_ON = 8_000
_DRAWS = 4
_RESAMPLES = 20
NOTICEABLE = 0.01
"""Separation gained that is worth another number of segments; less would change them for nothing that shows."""
LESS_STEADY = 0.05
_CAPPED_AT = 0.98

IntArray = npt.NDArray[np.int64]
Rows = npt.NDArray[np.bool_]
Grow = Callable[[int, Rows | None], tuple[Rule, ...]]
"""Rules for at most so many segments, from the table the method was prepared with, or from some of its rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Buyers now, and buyers as of an earlier day with what they ordered in the `window` days after it, if any."""

    now: Table
    earlier: Table | None = None
    later: FloatArray | None = None
    window: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The rules a method found, and how the rules it would have found at the earlier day did."""

    rules: tuple[Rule, ...]
    figures: Mapping[str, float]


def kmeans(table: Table) -> Grow:
    """For k: the rules of a tree with at most k leaves that tells K-means' clusters of log RFM apart."""
    logs = _logs(table)

    def found(k: int, only: Rows | None = None) -> tuple[Rule, ...]:
        part, x = (table, logs) if only is None else (table.rows(only), logs[only])
        differing = len(np.unique(x, axis=0))
        if min(k, differing) < 2:
            return (Rule(),)
        # Loaded only here: who places customers by known rules needs no scikit-learn.
        cluster = importlib.import_module("sklearn.cluster").KMeans
        labels = cluster(n_clusters=min(k, differing), n_init=3, random_state=0).fit_predict(x)
        return grow(Ground.of(part, clusters(np.asarray(labels, dtype=np.int64))), k, _LEARNT_SHARE)

    return found


def tree(table: Table) -> Grow:
    """For k: the rules of a tree with at most k leaves on a smooth target, the expected revenue of a year."""
    expected = smooth_target(table)
    capped = np.minimum(expected, np.quantile(expected, _CAPPED_AT))
    # Roots steady the variance of amounts that grow with it, so that neither end of the list rules the cuts.
    ground = Ground.of(table, np.sqrt(capped))

    def found(k: int, only: Rows | None = None) -> tuple[Rule, ...]:
        return grow(ground if only is None else ground.only(only), k, _LEARNT_SHARE)

    return found


METHODS: Mapping[SegmentMethod, Callable[[Table], Grow]] = {"tree": tree, "kmeans": kmeans}


def smooth_target(table: Table) -> FloatArray:
    """BG/NBD's expected revenue of the next year, or the own rate where that cannot be fitted, (n,), at least 0.

    A fitted figure varies less from draw to draw than what happened to be bought in a window, and so do its cuts.
    """
    orders, mean = table.column("orders"), table.column("mean_order")
    try:
        with np.errstate(all="ignore"):
            model = purchase.BgNbd().fit(purchase.counts(table))
            size = spend.GammaGamma().fit(orders, mean)
            found = np.asarray(model.predict(purchase.counts(table), 365) * size.predict(orders, mean))
    except purchase.TooFewCustomers:
        found = table.column("spend") / np.maximum(table.column("days_since_first"), 30) * 365
    return np.maximum(np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0), 0.0)


@threads.one()
def choose(method: SegmentMethod, evidence: Evidence, most: int = MOST) -> Choice:
    """The usual number of segments, unless another separates later revenue noticeably better and is as steady.

    Judged on later time where there is any; the silhouette is not asked, since it prefers two groups that say little.
    """
    prepare, evidence = METHODS[method], thinned(evidence)
    now = evidence.now
    usual = min(USUAL_COUNT, most)
    grown_now = prepare(now)
    if evidence.earlier is None or evidence.later is None:
        found = grown_now(usual, None)
        return Choice(found, {"k": float(len(found)), "steadiness": steadiness(grown_now, now, usual)})
    grown_then = prepare(evidence.earlier)
    then = {k: grown_then(k, None) for k in range(min(FEWEST, most), most + 1)}
    gained = {k: gain(then[k], then[usual], evidence) for k in then if k != usual}
    better = [k for k, (more, error) in gained.items() if more > max(error, NOTICEABLE)]
    steady = {k: steadiness(grown_now, now, k) for k in (usual, *better)}
    better = [k for k in better if steady[k] >= steady[usual] - LESS_STEADY]
    best = max(better, key=lambda k: gained[k][0], default=usual)
    found = grown_now(best, None)
    figures = {"k": float(len(found)), "steadiness": steady[best]}
    return Choice(found, figures | separation(then[best], evidence.earlier, evidence.later))


def thinned(evidence: Evidence) -> Evidence:
    """The evidence of at most so many customers as are learnt from, the same ones every time."""
    now, earlier, later = sampled(evidence.now, _LEARN_FROM), evidence.earlier, evidence.later
    if earlier is not None and later is not None and len(earlier.ids) > _LEARN_FROM:
        keep = _sample(earlier, _LEARN_FROM)
        earlier, later = earlier.rows(keep), later[keep]
    return Evidence(now, earlier, later, evidence.window)


def separation(found: Sequence[Rule], table: Table, later: FloatArray) -> dict[str, float]:
    """Explained share of later revenue, and the share in the best fifth with groups ranked by their last half year."""
    return _separated(rules.assign(found, table), table.column("spend_180"), later)


def together(figures: Mapping[str, float]) -> float:
    """Both measures of separation in one figure."""
    return (figures["explained"] + figures["best_fifth"]) / 2


def gain(new: Sequence[Rule], old: Sequence[Rule], evidence: Evidence) -> tuple[float, float]:
    """How much better new rules separate later revenue than old ones, and its standard error by the bootstrap.

    Without later time both are judged by the smooth target, which is fitted and not observed.
    """
    table, later = evidence.earlier, evidence.later
    if table is None or later is None:
        table = sampled(evidence.now, _COMPARE_ON)
        later = smooth_target(table)
    elif len(table.ids) > _COMPARE_ON:
        keep = _sample(table, _COMPARE_ON)
        table, later = table.rows(keep), later[keep]
    lately = table.column("spend_180")
    ours, theirs = rules.assign(new, table), rules.assign(old, table)
    random = np.random.default_rng(0)

    def difference(rows: IntArray) -> float:
        figures = [together(_separated(places[rows], lately[rows], later[rows])) for places in (ours, theirs)]
        return figures[0] - figures[1]

    every = np.arange(later.size, dtype=np.int64)
    draws = [difference(random.integers(0, later.size, later.size)) for _ in range(_RESAMPLES)]
    return difference(every), float(np.std(draws, ddof=1))


def steadiness(grown: Grow, table: Table, k: int) -> float:
    """Agreement (adjusted Rand index) of the rules with those learnt from 80 % of the table's rows, on average."""
    random = np.random.default_rng(0)
    places = rules.assign(grown(k, None), table)
    draws = [random.random(len(table.ids)) < 0.8 for _ in range(_DRAWS)]
    agreed = [agreement(places, rules.assign(grown(k, draw), table)) for draw in draws if draw.sum() >= 2]
    return float(np.mean(agreed)) if agreed else 1.0


def agreement(one: IntArray, other: IntArray) -> float:
    """The adjusted Rand index of two groupings, (n,) each: 1 when equal, about 0 by chance. Hubert & Arabie 1985."""
    width = int(other.max()) + 1
    table = np.bincount(one * width + other, minlength=(int(one.max()) + 1) * width).reshape(-1, width)
    pairs = float((table * (table - 1) / 2).sum())
    rows, columns = (table.sum(axis=axis) for axis in (1, 0))
    by_one, by_other = (float((each * (each - 1) / 2).sum()) for each in (rows, columns))
    every = one.size * (one.size - 1) / 2
    expected = by_one * by_other / every if every else 0.0
    most = (by_one + by_other) / 2
    return 1.0 if most <= expected else (pairs - expected) / (most - expected)


def sampled(table: Table, most: int) -> Table:
    """At most so many rows: the same customers every time, chosen by their ids."""
    return table if len(table.ids) <= most else table.rows(_sample(table, most))


def _sample(table: Table, most: int) -> npt.NDArray[np.bool_]:
    digests = np.array([zlib.crc32(each.encode()) for each in table.ids], dtype=np.int64)
    keep = np.zeros(digests.size, dtype=np.bool_)
    keep[np.argsort(digests, kind="stable")[:most]] = True
    return keep


def _separated(places: IntArray, lately: FloatArray, later: FloatArray) -> dict[str, float]:
    order = sorted({int(each) for each in np.unique(places)}, key=lambda place: -float(lately[places == place].mean()))
    return {"explained": evaluate.explained(places, later), "best_fifth": evaluate.best_fifth(order, places, later)}


def _logs(table: Table) -> FloatArray:
    """Recency, frequency and money of each buyer as standardised logs, (n, 3)."""
    values = np.log1p(np.maximum(table.columns(rules.COLUMNS), 0))
    spread = values.std(axis=0)
    return np.asarray((values - values.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0), dtype=np.float64)
