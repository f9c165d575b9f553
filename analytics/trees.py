"""Regression trees as plain arrays: grown by scikit-learn, asked without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from analytics.features import FloatArray
from crm_store.values.scores import Json

_LEAVES = 10
_BOOSTED_LEAVES = 6
_ROUNDS = 40
_RATE = 0.09
_LEAF = -1

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Nodes, (m,) each: a row goes left where its column `feature` is at most `threshold`; a leaf has `left` -1."""

    feature: Whole
    threshold: FloatArray
    left: Whole
    right: Whole
    value: FloatArray

    def predict(self, x: FloatArray) -> FloatArray:
        """The value of each row's leaf, (n,), for x (n, d)."""
        place = np.zeros(x.shape[0], dtype=np.int64)
        going = np.flatnonzero(self.left[place] != _LEAF)
        while going.size:
            here = place[going]
            smaller = x[going, self.feature[here]] <= self.threshold[here]
            place[going] = np.where(smaller, self.left[here], self.right[here])
            going = going[self.left[place[going]] != _LEAF]
        return np.asarray(self.value[place], dtype=np.float64)

    def to_json(self) -> dict[str, Json]:
        """The nodes as lists."""
        return {
            "feature": [int(each) for each in self.feature],
            "threshold": [float(each) for each in self.threshold],
            "left": [int(each) for each in self.left],
            "right": [int(each) for each in self.right],
            "value": [float(each) for each in self.value],
        }

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> Self:
        """A tree from `to_json`."""
        feature, left, right = (np.array(numbers[each], dtype=np.int64) for each in ("feature", "left", "right"))
        return cls(feature, np.array(numbers["threshold"], float), left, right, np.array(numbers["value"], float))


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of trees: `start` plus `rate` times each."""

    start: float
    rate: float
    trees: tuple[Tree, ...]

    def predict(self, x: FloatArray) -> FloatArray:
        """The sum for each row, (n,), never below 0, of x (n, d)."""
        total = np.full(x.shape[0], self.start)
        for tree in self.trees:
            total += self.rate * tree.predict(x)
        return np.asarray(np.maximum(total, 0.0), dtype=np.float64)

    def to_json(self) -> dict[str, Json]:
        """All trees as lists."""
        return {"start": self.start, "rate": self.rate, "trees": [each.to_json() for each in self.trees]}

    @classmethod
    def from_json(cls, numbers: Mapping[str, Json]) -> Self:
        """Trees from `to_json`."""
        found = numbers["trees"]
        assert isinstance(found, list)
        trees = tuple(Tree.from_json(each) for each in found if isinstance(each, dict))
        return cls(float(str(numbers["start"])), float(str(numbers["rate"])), trees)


def grow_one(x: FloatArray, y: FloatArray) -> Trees:
    """A decision tree of at most ten leaves on x (n, d) and y (n,)."""
    from sklearn.tree import DecisionTreeRegressor  # noqa: PLC0415 - asking a tree needs no scikit-learn

    least = max(15, round(0.02 * y.size))
    model = DecisionTreeRegressor(max_leaf_nodes=_LEAVES, min_samples_leaf=least, random_state=0)
    return Trees(0.0, 1.0, (_plain(model.fit(x, y).tree_),))


def boost(x: FloatArray, y: FloatArray) -> Trees:
    """Gradient boosting (Friedman 2002, stochastic) of small trees on x (n, d) and y (n,)."""
    from sklearn.ensemble import GradientBoostingRegressor  # noqa: PLC0415 - asking trees needs no scikit-learn

    model = GradientBoostingRegressor(
        n_estimators=_ROUNDS,
        learning_rate=_RATE,
        max_leaf_nodes=_BOOSTED_LEAVES,
        min_samples_leaf=max(15, y.size // 100),
        subsample=0.7,
        random_state=0,
    ).fit(x, y)
    return Trees(float(y.mean()), _RATE, tuple(_plain(each.tree_) for each in model.estimators_[:, 0]))


def _plain(tree: object) -> Tree:
    feature, threshold, left, right, value = (
        np.asarray(getattr(tree, name)) for name in ("feature", "threshold", "children_left", "children_right", "value")
    )
    nodes = (np.maximum(feature, 0).astype(np.int64), threshold.astype(np.float64))
    # scikit-learn compares in single precision, so that the arrays must be asked with the same rounding.
    return Tree(*nodes, left.astype(np.int64), right.astype(np.int64), value[:, 0, 0].astype(np.float64))
