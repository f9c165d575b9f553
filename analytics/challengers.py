"""The models that compete for a yes-or-no question, each fitted on the same rows and asked for log odds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from analytics import ridge
from analytics.design import Design
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from analytics.fitted import Branches, Counts, Fitted, IntArray, Linear, Mix, Rows, Stretched, Trees, binned
from analytics.ridge import Line

_MOST_FOR_SVM = 4_000
_MOST_FOR_KERNEL = 1_500
_FOLDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What a model may learn from: a design, its rows, outcomes y (n,), weights (n,), and the logistic's shrinkage.

    Rows of one of the `units`, (n,), are of one customer or deal, and never lie on both sides of a fold.
    """

    design: Design
    rows: Rows
    y: BoolArray
    weights: FloatArray
    strength: float
    units: IntArray | None = None

    def take(self, rows: IntArray) -> "Lesson":
        """The lesson of some rows only."""
        units = None if self.units is None else self.units[rows]
        return replace(self, rows=self.rows.take(rows), y=self.y[rows], weights=self.weights[rows], units=units)

    def thinned(self, most: int) -> "Lesson":
        """At most `most` rows, drawn the same way each time, in their order, with the outcomes' shares kept."""
        if self.y.size <= most:
            return self
        parts = ridge.folds(self.y, -(-self.y.size // most), 0)
        return self.take(parts[0])


def logistic(lesson: Lesson) -> Linear:
    """The splined logistic regression."""
    return Linear(ridge.fit(lesson.rows.matrix, lesson.y, lesson.strength, lesson.weights))


def naive_bayes(lesson: Lesson) -> Stretched:
    """Counts of every value for and against, a tenth added to each; numbers in fifths. Calibrated on shuffled folds."""
    return _calibrated(_count_values, lesson)


def linear_svm(lesson: Lesson) -> Linear:
    """A linear support vector machine on at most 4,000 rows, calibrated on shuffled folds."""

    def fit(part: Lesson) -> Linear:
        model = LinearSVC(C=0.05, dual=False, tol=1e-3, random_state=0)
        model.fit(part.rows.matrix, part.y, sample_weight=part.weights)
        return Linear(Line(float(model.intercept_[0]), np.asarray(model.coef_[0], dtype=np.float64)))

    some = lesson.thinned(_MOST_FOR_SVM)
    found, line = _calibrated(fit, some), fit(some).line
    return Linear(Line(found.shift + found.slope * line.intercept, found.slope * line.weights))


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """A support vector machine with a kernel, as it was fitted; its score is no log odds yet."""

    model: SVC

    def log_odds(self, rows: Rows) -> FloatArray:
        """The score of each row, (n,)."""
        return np.asarray(self.model.decision_function(rows.matrix), dtype=np.float64)


def kernel_svm(lesson: Lesson) -> Stretched:
    """A support vector machine with a Gaussian kernel, calibrated on shuffled folds; on 1,500 rows at most."""

    def fit(part: Lesson) -> Kernel:
        model = SVC(C=1.0, gamma="scale", random_state=0)
        model.fit(part.rows.matrix, part.y, sample_weight=part.weights)
        return Kernel(model)

    return _calibrated(fit, lesson.thinned(_MOST_FOR_KERNEL))


def tree(lesson: Lesson) -> Trees:
    """One small decision tree; a leaf holds at least a fiftieth of the rows, and its rate leans on the whole's."""
    model = DecisionTreeClassifier(max_depth=6, min_samples_leaf=max(20, lesson.y.size // 50), random_state=0)
    model.fit(lesson.rows.codes, lesson.y, sample_weight=lesson.weights)
    grown = model.tree_
    rate = float(np.average(lesson.y, weights=lesson.weights))
    share = grown.value[:, 0, 1] / grown.value[:, 0].sum(axis=1)
    held = grown.weighted_n_node_samples
    odds = ridge.log_odds((share * held + rate * 5) / (held + 5))
    branches = Branches(
        grown.feature.astype(np.int64), _finite(grown.threshold), grown.children_left.astype(np.int64),
        grown.children_right.astype(np.int64), np.asarray(grown.missing_go_to_left, dtype=np.bool_), odds,
    )  # fmt: skip
    return Trees(0.0, (branches,))


@dataclass(frozen=True, slots=True, eq=False)
class Boosted:
    """Gradient boosted trees as they were fitted."""

    model: HistGradientBoostingClassifier

    def log_odds(self, rows: Rows) -> FloatArray:
        """The log odds of each row, (n,)."""
        return np.asarray(self.model.decision_function(rows.codes), dtype=np.float64)


def boosting(lesson: Lesson) -> Boosted:
    """Gradient boosted trees, small steps and shallow trees, since a few thousand outcomes teach no more."""
    model = HistGradientBoostingClassifier(
        learning_rate=0.06, max_iter=120, max_leaf_nodes=12, min_samples_leaf=30, l2_regularization=3,
        early_stopping=False, max_bins=64, random_state=0,
    )  # fmt: skip
    model.fit(lesson.rows.codes, lesson.y, sample_weight=lesson.weights)
    return Boosted(model)


def plain(model: Fitted, rows: Rows) -> Fitted:
    """The model with its boosted trees as plain arrays; raises ValueError where those do not answer alike on `rows`."""
    match model:
        case Mix(members):
            return Mix(tuple(plain(each, rows) for each in members))
        case Boosted(grown):
            found = _as_trees(grown)
            if not np.allclose(found.log_odds(rows), model.log_odds(rows), atol=1e-6):
                raise ValueError("the boosted trees do not answer as plain arrays")
            return found
    return model


def _as_trees(grown: HistGradientBoostingClassifier) -> Trees:
    """Each tree's nodes; scikit-learn keeps them in an array with a field for each part."""
    trees = []
    for (predictor,) in grown._predictors:
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(np.bool_)
        trees.append(
            Branches(
                nodes["feature_idx"].astype(np.int64), _finite(nodes["num_threshold"]),
                np.where(leaf, -1, nodes["left"].astype(np.int64)), np.where(leaf, -1, nodes["right"].astype(np.int64)),
                nodes["missing_go_to_left"].astype(np.bool_), nodes["value"].astype(np.float64),
            )
        )  # fmt: skip
    return Trees(float(np.ravel(grown._baseline_prediction)[0]), tuple(trees))


def _finite(cuts: FloatArray) -> FloatArray:
    """Cuts that can be kept: what parts known numbers from missing ones is cut at infinity, which JSON has no word for.

    Every known number lies below the largest one as well.
    """
    return np.minimum(cuts.astype(np.float64), np.finfo(np.float64).max)


CHALLENGERS: Mapping[str, Callable[[Lesson], Fitted]] = {
    "logistic": logistic,
    "naive Bayes": naive_bayes,
    "decision tree": tree,
    "linear SVM": linear_svm,
    "kernel SVM": kernel_svm,
    "boosting": boosting,
}
"""Every single model by its name, the simplest first."""


def _calibrated(fit: Callable[[Lesson], Fitted], lesson: Lesson) -> Stretched:
    """Platt 1999: the score of shuffled rows that were held out, stretched to log odds; the slope is never negative."""
    held_out = np.zeros(lesson.y.size)
    for part in ridge.folds(lesson.y, _FOLDS, 0, lesson.units) or ridge.folds(lesson.y, _FOLDS, 0):
        learn = np.setdiff1d(np.arange(lesson.y.size), part)
        held_out[part] = fit(lesson.take(learn)).log_odds(lesson.rows.take(part))
    spread = float(held_out.std()) or 1.0
    line = ridge.fit((held_out / spread)[:, None], lesson.y, 100.0, lesson.weights)
    return Stretched(fit(lesson), max(float(line.weights[0]) / spread, 0.0), line.intercept)


def _count_values(lesson: Lesson) -> Counts:
    tables = tuple(
        _counted(lesson.rows.codes[:, at], lesson.y, lesson.weights, words=coder.words)
        for at, coder in enumerate(lesson.design.coders)
    )
    rate = float(np.average(lesson.y, weights=lesson.weights))
    return Counts(float(np.log(rate / (1 - rate))), tables)


def _counted(codes: FloatArray, y: BoolArray, weights: FloatArray, *, words: bool) -> tuple[FloatArray, FloatArray]:
    """Edges between values, and the log ratio of each bin; a value never seen, or missing, counts nothing."""
    seen = codes[np.isfinite(codes)]
    if words:
        edges = np.arange(1, seen.max() + 1) - 0.5
    else:
        edges = np.unique(np.quantile(seen, [0.2, 0.4, 0.6, 0.8])) if seen.size else np.zeros(0)
    bins = binned(codes, edges)
    count = edges.size + 2
    won, lost = (np.bincount(bins[y == each], weights[y == each], count)[:-1] for each in (True, False))
    ratio = np.log((won + 0.1) / (won + 0.1).sum()) - np.log((lost + 0.1) / (lost + 0.1).sum())
    return edges, np.append(np.where(won + lost > 0, ratio, 0.0), 0.0)
