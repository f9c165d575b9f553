"""Groups of buyers that differ in what they order later: K-means, a decision tree, and plain rules to be beaten."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from analytics import evaluate, explain, features, provenance, purchase, rules, segment_names, spend
from analytics.features import FloatArray, Table
from analytics.rules import Rule, Split
from crm_store.values.history import Histories
from crm_store.values.scores import Json, ModelRecord, SegmentMethod, SegmentResult, Verdict

FEWEST_BUYERS = 30
SMALLEST_SHARE = 0.03
MONTH = 30
COUNTS = range(3, 9)
LATER_WINDOWS = (180, 90, 30)
_STABILITY_DRAWS = 4
_STEADY_ENOUGH = 0.85
"""Agreement beyond this is not worth fewer segments."""
_STEADINESS_COUNTS = 0.3
"""Beside both measures of separation, since two or three segments are always the steadiest and tell the least."""

IntArray = npt.NDArray[np.int64]
Grow = Callable[[int], tuple[Rule, ...]]
"""Rules for at most so many segments, from the table that the method was prepared with."""

PLAIN_RULES = tuple(
    Rule().narrowed(0, 90, below=recent).narrowed(1, 1, below=once)
    for recent in (True, False)
    for once in (True, False)
)
"""The plain rules to be beaten: ordered within 90 days or not, once or more often."""


@dataclass(frozen=True, slots=True)
class SegmentsResult:
    """Segments of every method that found some, the method to show first, and a record a method."""

    segments: tuple[SegmentResult, ...]
    shown: SegmentMethod | None
    records: tuple[ModelRecord, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A method with its number of segments and how that did: separation of later revenue, and agreement over draws."""

    k: int
    later: Mapping[str, float]
    score: float


def analyse(histories: Histories) -> SegmentsResult:
    """Segments by K-means and by a tree; with few buyers plain rules only, and without buyers none."""
    past = features.known_by(histories, histories.as_of)
    day, table = past.as_of, features.buyers(past, past.as_of)
    n = len(table.ids)
    if not n:
        return SegmentsResult(
            (), None, (provenance.abstained("segments", day, "No segments: nobody has ordered yet."),)
        )
    plain = segments_of("rule", PLAIN_RULES, table, past.currency)
    if n < FEWEST_BUYERS:
        told = f"{explain.count(n, 'buyer')} in {explain.count(len(plain), 'group')} by plain rules"
        sentence = f"{told}; learnt groups need {FEWEST_BUYERS} buyers."
        return SegmentsResult(plain, "rule", (_record("segments", table, sentence, Verdict.BASE_RATE, plain, {}, {}),))
    earlier, later, window = _later(past)
    baseline = _separation(PLAIN_RULES, earlier, later) if earlier else {}
    found: list[SegmentResult] = []
    records: list[ModelRecord] = []
    scores: dict[SegmentMethod, float] = {}
    for method, prepare in METHODS.items():
        choice = _choose(prepare, table, earlier, later)
        learnt = prepare(table)(choice.k)
        groups = segments_of(method, learnt, table, past.currency)
        beats = not baseline or _together(choice.later) > _together(baseline)
        if beats and len(groups) > 1:
            found.extend(groups)
            scores[method] = choice.score
        records.append(
            _judged(
                method,
                table,
                choice,
                baseline,
                groups,
                published=beats and len(groups) > 1,
                window=window,
                moved=_moved(past, learnt, table),
            )
        )
    if not found:
        return SegmentsResult(plain, "rule", tuple(records))
    shown = max(scores.items(), key=lambda each: each[1])[0]
    return SegmentsResult(tuple(found), shown, tuple(records))


def logs(table: Table) -> FloatArray:
    """Recency, frequency and money of each buyer as standardised logs, (n, 3)."""
    values = np.log1p(np.maximum(table.columns(rules.COLUMNS), 0))
    spread = values.std(axis=0)
    return np.asarray((values - values.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0), dtype=np.float64)


def kmeans(table: Table) -> Grow:
    """For k: the rules of a tree with at most k leaves that tells K-means' clusters of log RFM apart."""
    x = logs(table)
    differing = len(np.unique(x, axis=0))

    def grow(k: int) -> tuple[Rule, ...]:
        if min(k, differing) < 2:
            return (Rule(),)
        labels = KMeans(n_clusters=min(k, differing), n_init=3, random_state=0).fit_predict(x)
        return _grown(DecisionTreeClassifier, table, labels, k)

    return grow


def tree(table: Table) -> Grow:
    """For k: the rules of a tree with at most k leaves on a smooth target: the expected pace of spending, in logs.

    The target is BG/NBD's expected revenue of the next year where it can be fitted, and otherwise the own rate: a
    smooth target makes cut points steadier than a window's raw revenue does.
    """
    target = np.log1p(_smooth_target(table))
    return lambda k: _grown(DecisionTreeRegressor, table, target, k)


METHODS: Mapping[SegmentMethod, Callable[[Table], Grow]] = {"kmeans": kmeans, "tree": tree}


def segments_of(method: SegmentMethod, found: Sequence[Rule], table: Table, currency: str) -> tuple[SegmentResult, ...]:
    """Each rule that holds for somebody as a named segment, those that spent most a head first."""
    places = rules.assign(found, table)
    spent = table.column("spend")
    taken = sorted({int(each) for each in places}, key=lambda place: (-float(spent[places == place].mean()), place))
    names = segment_names.distinct([segment_names.habits(table, places == place) for place in taken])
    results = []
    for place, name in zip(taken, names, strict=True):
        members = tuple(each for each, at in zip(table.ids, places, strict=True) if at == place)
        key = f"{method}-{segment_names.slug(name)}"
        share = len(members) / len(table.ids)
        results.append(SegmentResult(key, name, found[place].sentence(currency), method, members, len(members), share))
    return tuple(results)


def _smooth_target(table: Table) -> FloatArray:
    try:
        model = purchase.BgNbd().fit(purchase.counts(table))
        size = spend.GammaGamma().fit(table.column("orders"), table.column("mean_order"))
    except purchase.TooFewCustomers:
        return table.column("spend") / np.maximum(table.column("days_since_first"), 30) * 365
    amounts = size.predict(table.column("orders"), table.column("mean_order"))
    return np.maximum(np.nan_to_num(model.predict(purchase.counts(table), 365) * amounts), 0)


def _grown(kind: type, table: Table, target: FloatArray, k: int) -> tuple[Rule, ...]:
    """Rules of a fitted tree; leaves are made larger until the readable cuts leave none below the smallest share."""
    values = table.columns(rules.COLUMNS)
    n = len(table.ids)
    found: tuple[Rule, ...] = (Rule(),)
    for share in (1.1 * SMALLEST_SHARE, 1.6 * SMALLEST_SHARE, 2.5 * SMALLEST_SHARE):
        least = max(2, int(np.ceil(share * n)))
        model = kind(max_leaf_nodes=max(k, 2), min_samples_leaf=least, random_state=0).fit(values, target)
        grown = model.tree_
        nodes = [
            Split(int(column), float(cut), int(left), int(right))
            for column, cut, left, right in zip(
                grown.feature, grown.threshold, grown.children_left, grown.children_right, strict=True
            )
        ]
        found = rules.leaves(nodes)
        sizes = np.bincount(rules.assign(found, table), minlength=len(found))
        found = tuple(rule for rule, size in zip(found, sizes, strict=True) if size)
        if sizes[sizes > 0].min() >= SMALLEST_SHARE * n:
            break
    return found


def _later(past: Histories) -> tuple[Table | None, FloatArray, int]:
    """Buyers as of an earlier day, what they ordered after it, and the days between; none where that tells little."""
    first = min(each.day for each in past.orders)
    for window in LATER_WINDOWS:
        cut = past.as_of - timedelta(days=window)
        table = features.buyers(past, cut)
        if (cut - first).days >= window and len(table.ids) >= FEWEST_BUYERS:
            later = features.revenue_between(past, table.ids, cut, past.as_of)
            if int((later > 0).sum()) >= 10:
                return table, later, window
    return None, np.zeros(0), 0


def _separation(found: Sequence[Rule], table: Table, later: FloatArray) -> dict[str, float]:
    """Explained share of later revenue, and the share in the best fifth with groups ranked by their last half year."""
    places = rules.assign(found, table)
    lately = table.column("spend_180")
    order = sorted({int(each) for each in places}, key=lambda place: -float(lately[places == place].mean()))
    return {"explained": evaluate.explained(places, later), "best_fifth": evaluate.best_fifth(order, places, later)}


def _together(figures: Mapping[str, float]) -> float:
    """Both measures of separation in one figure."""
    return (figures["explained"] + figures["best_fifth"]) / 2


def _moved(past: Histories, groups: Sequence[Rule], table: Table) -> int:
    """How many buyers known a month ago stood in another segment then, by the same rules."""
    before = features.buyers(past, past.as_of - timedelta(days=MONTH))
    now = dict(zip(table.ids, rules.assign(groups, table).tolist(), strict=True))
    return sum(
        now[each] != place for each, place in zip(before.ids, rules.assign(groups, before).tolist(), strict=True)
    )


def _choose(prepare: Callable[[Table], Grow], table: Table, earlier: Table | None, later: FloatArray) -> Choice:
    """The number of segments that separate later revenue best and are steady; on a near tie the fewest."""
    learnt = earlier or table
    random = np.random.default_rng(0)
    parts = [learnt.rows(random.random(len(learnt.ids)) < 0.8) for _ in range(_STABILITY_DRAWS)]
    on_all, on_parts = prepare(learnt), [prepare(part) for part in parts if len(part.ids) >= 2]
    best: Choice | None = None
    for k in COUNTS:
        found = on_all(k)
        places = rules.assign(found, learnt)
        agreement = [float(adjusted_rand_score(places, rules.assign(grow(k), learnt))) for grow in on_parts]
        figures = {"steadiness": float(np.mean(agreement))}
        if earlier:
            figures |= _separation(found, earlier, later)
        separation = 2 * _together(figures) if earlier else 0.0
        score = separation + _STEADINESS_COUNTS * min(figures["steadiness"], _STEADY_ENOUGH)
        if best is None or score > best.score + 0.005:
            best = Choice(k, figures, score)
    return best or Choice(3, {}, 0.0)


def _judged(
    method: SegmentMethod,
    table: Table,
    choice: Choice,
    baseline: Mapping[str, float],
    groups: tuple[SegmentResult, ...],
    *,
    published: bool,
    window: int,
    moved: int,
) -> ModelRecord:
    words = {"kmeans": "K-means", "tree": "a decision tree", "rule": "plain rules"}[method]
    n = explain.count(len(table.ids), "buyer")
    tested = "not yet tested on later time"
    if baseline:
        ours, plain = explain.percent(choice.later["explained"]), explain.percent(baseline["explained"])
        best, plainly = explain.percent(choice.later["best_fifth"]), explain.percent(baseline["best_fifth"])
        tested = (
            f"of the revenue of {window} later days they explain {ours} (plain rules {plain}), "
            f"and their best fifth held {best} ({plainly})"
        )
    if published:
        sentence = (
            f"{explain.count(len(groups), 'segment')} of {n} by {words}: {tested}. {moved} moved in {MONTH} days."
        )
    else:
        sentence = f"No segments by {words} of {n}: {tested if len(groups) > 1 else 'all buyers are alike'}."
    verdict = Verdict.PUBLISHED if published else Verdict.BASE_RATE
    return _record(
        f"segments_{method}",
        table,
        sentence,
        verdict,
        groups,
        {**choice.later, "k": float(choice.k), "moved": float(moved)},
        baseline,
    )


def _record(
    kind: str,
    table: Table,
    sentence: str,
    verdict: Verdict,
    groups: tuple[SegmentResult, ...],
    metrics: Mapping[str, float],
    baseline: Mapping[str, float],
) -> ModelRecord:
    told: dict[str, Json] = {each.name: each.rule for each in groups}
    return provenance.record(
        kind,
        table.as_of,
        sentence,
        verdict,
        rows=len(table.ids),
        features=rules.COLUMNS,
        parameters={"rules": told},
        metrics=metrics,
        baseline_name="plain rules: ordered within 90 days, ordered once",
        baseline_metrics=baseline,
    )
