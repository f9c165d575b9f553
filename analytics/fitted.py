"""Fitted models as plain arrays: asked for log odds and kept as JSON, with no library of models needed for either."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from analytics import ridge
from analytics.design import Design
from analytics.encode import Frame
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from analytics.ridge import Line
from crm_store.values.scores import Json

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows in the two forms that models read: `matrix` (n, sum of widths) and `codes` (n, columns) of a design."""

    matrix: FloatArray
    codes: FloatArray

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self.codes)

    def take(self, rows: IntArray) -> "Rows":
        """Some of the rows."""
        return Rows(self.matrix[rows], self.codes[rows])


class Fitted(Protocol):
    """A fitted model."""

    def log_odds(self, rows: Rows) -> FloatArray:
        """The log odds of each row, (n,)."""
        ...


def rows_of(design: Design, frame: Frame) -> Rows:
    """A frame in the forms that models read."""
    return Rows(design.matrix(frame), design.codes(frame))


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A fitted model with the design that feeds it."""

    name: str
    design: Design
    fitted: Fitted

    def log_odds(self, frame: Frame) -> FloatArray:
        """Log odds of a frame's rows, (n,)."""
        return self.fitted.log_odds(rows_of(self.design, frame))


def mean_odds(odds: Sequence[FloatArray]) -> FloatArray:
    """The log odds of the mean chance, (n,), of several models' log odds."""
    return ridge.log_odds(np.mean([ridge.chance(each) for each in odds], axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Log odds that are linear in the design: the splined logistic, and the linear support vector machine."""

    line: Line

    def log_odds(self, rows: Rows) -> FloatArray:
        """The log odds of each row, (n,)."""
        return self.line.log_odds(rows.matrix)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Naive Bayes: `start` and, for each column, edges between bins and what each bin adds; the last is for missing."""

    start: float
    tables: tuple[tuple[FloatArray, FloatArray], ...]

    def log_odds(self, rows: Rows) -> FloatArray:
        """The log odds of each row, (n,)."""
        odds = np.full(rows.size, self.start)
        for at, (edges, values) in enumerate(self.tables):
            odds += values[binned(rows.codes[:, at], edges)]
        return odds


def binned(codes: FloatArray, edges: FloatArray) -> IntArray:
    """The bin of each number, (n,); missing numbers have the bin after the last."""
    bins = np.searchsorted(edges, codes, side="right")
    return np.where(np.isfinite(codes), bins, edges.size + 1).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Stretched:
    """A model's log odds, or any score, stretched and shifted: Platt's calibration."""

    model: Fitted
    slope: float
    shift: float

    def log_odds(self, rows: Rows) -> FloatArray:
        """The log odds of each row, (n,)."""
        return np.asarray(self.model.log_odds(rows) * self.slope + self.shift, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Branches:
    """One tree as arrays over its nodes: column, cut, children (-1 at leaves), where missing goes, and the value."""

    column: IntArray
    cut: FloatArray
    left: IntArray
    right: IntArray
    missing_left: BoolArray
    value: FloatArray

    def values(self, codes: FloatArray) -> FloatArray:
        """The value of the leaf of each row, (n,)."""
        at = np.zeros(len(codes), dtype=np.int64)
        every = np.arange(len(codes))
        for _ in range(self.column.size):
            inner = self.left[at] >= 0
            if not inner.any():
                break
            seen = codes[every, np.where(inner, self.column[at], 0)]
            goes_left = np.where(np.isnan(seen), self.missing_left[at], seen <= self.cut[at])
            at = np.where(inner, np.where(goes_left, self.left[at], self.right[at]), at)
        return self.value[at]


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """A sum of trees: log odds are `start` and the values of the leaves."""

    start: float
    trees: tuple[Branches, ...]

    def log_odds(self, rows: Rows) -> FloatArray:
        """The log odds of each row, (n,)."""
        odds = np.full(rows.size, self.start)
        for each in self.trees:
            odds += each.values(rows.codes)
        return odds


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """The mean of several models' chances."""

    members: tuple[Fitted, ...]

    def log_odds(self, rows: Rows) -> FloatArray:
        """The log odds of each row, (n,)."""
        return mean_odds([member.log_odds(rows) for member in self.members])


def to_json(model: Fitted) -> dict[str, Json]:
    """The model's numbers; raises ValueError for a model that cannot be kept, such as one with a kernel."""
    match model:
        case Linear(line):
            return {"kind": "linear", "intercept": line.intercept, "weights": line.weights.tolist()}
        case Counts(start, tables):
            told: list[Json] = [[edges.tolist(), values.tolist()] for edges, values in tables]
            return {"kind": "counts", "start": start, "tables": told}
        case Stretched(inner, slope, shift):
            return {"kind": "stretched", "model": to_json(inner), "slope": slope, "shift": shift}
        case Mix(members):
            return {"kind": "mix", "members": [to_json(each) for each in members]}
        case Trees(start, trees):
            grown: list[Json] = [
                [each.column.tolist(), each.cut.tolist(), each.left.tolist(), each.right.tolist(),
                 each.missing_left.tolist(), each.value.tolist()]
                for each in trees
            ]  # fmt: skip
            return {"kind": "trees", "start": start, "trees": grown}
    raise ValueError("this model cannot be kept as plain numbers")


def from_json(told: Mapping[str, Any]) -> Fitted:
    """A fitted model from `to_json`; raises KeyError for a kind that is not known."""
    return _READERS[str(told["kind"])](told)


def _linear(told: Mapping[str, Any]) -> Fitted:
    return Linear(Line(float(told["intercept"]), np.array(told["weights"], dtype=np.float64)))


def _counts(told: Mapping[str, Any]) -> Fitted:
    return Counts(float(told["start"]), tuple((_floats(edges), _floats(values)) for edges, values in told["tables"]))


def _stretched(told: Mapping[str, Any]) -> Fitted:
    return Stretched(from_json(told["model"]), float(told["slope"]), float(told["shift"]))


def _mix(told: Mapping[str, Any]) -> Fitted:
    return Mix(tuple(from_json(each) for each in told["members"]))


def _trees(told: Mapping[str, Any]) -> Fitted:
    return Trees(float(told["start"]), tuple(_branches(*each) for each in told["trees"]))


def _branches(column: Any, cut: Any, left: Any, right: Any, missing: Any, value: Any) -> Branches:
    whole = [np.array(each, dtype=np.int64) for each in (column, left, right)]
    return Branches(
        whole[0], _floats(cut), whole[1], whole[2], np.array(missing, dtype=np.bool_), _floats(value)
    )  # fmt: skip


def _floats(numbers: Any) -> FloatArray:
    return np.array(numbers, dtype=np.float64)


_READERS = {"linear": _linear, "counts": _counts, "stretched": _stretched, "mix": _mix, "trees": _trees}
