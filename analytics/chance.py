"""A yes-or-no question, the past rows it is learnt from, and a judged model that can be stored and asked again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics import design, encode, fitted, grounds
from analytics import ridge as logits
from analytics.calibrate import Calibration
from analytics.drift import Correction
from analytics.evaluate import BoolArray
from analytics.features import FloatArray
from analytics.fitted import Model
from crm_store.values.scores import Json, ModelRecord

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Past rows: x (n, p); y (n,); `day` features are as of and `known` the outcome is known by, as ordinals, (n,).

    A unit (a deal) may have several rows; the weights of a unit's rows sum to 1, so that sums of weights count units.
    """

    x: FloatArray
    y: BoolArray
    day: IntArray
    known: IntArray
    units: tuple[str, ...]
    weights: FloatArray

    def outcomes(self, keep: BoolArray | slice = slice(None)) -> tuple[float, float]:
        """How many units came out yes and no among the rows kept."""
        y, weights = self.y[keep], self.weights[keep]
        return float(weights[y].sum()), float(weights[~y].sum())


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the kind of score, its columns, and words: `18 of 42 <things> <happened>`, score of <whom>."""

    kind: str
    columns: tuple[str, ...]
    things: str
    happened: str
    whom: str


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A judged model; `model` and `calibration` are there only where scores may be shown."""

    record: ModelRecord
    model: "Chance | None" = None
    calibration: Calibration | None = None
    outcomes: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """A model with its correction: the chance of each row of numbers, and what each column adds to its log odds."""

    columns: tuple[str, ...]
    model: Model
    correction: Correction

    def predict(self, x: FloatArray) -> FloatArray:
        """The chance, (n,), of rows x, (n, columns)."""
        return logits.chance(self.correction.apply(self.model.log_odds(encode.numeric(self.columns, x))))

    def contributions(self, x: FloatArray) -> FloatArray:
        """How far each column moves the log odds from where its usual value would leave them, (n, columns)."""
        moved = grounds.effects(self.model, encode.numeric(self.columns, x))
        return np.asarray(moved * self.correction.slope, dtype=np.float64)

    def usual(self) -> FloatArray:
        """The usual value of each column, (columns,)."""
        return self.model.design.usual()

    def to_json(self) -> dict[str, Json]:
        """All that is needed to score again."""
        return {
            "name": self.model.name,
            "columns": list(self.columns),
            "design": self.model.design.to_json(),
            "model": fitted.to_json(self.model.fitted),
            "correction": {"slope": self.correction.slope, "shift": self.correction.shift},
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Chance":
        """A model from `to_json`; raises KeyError or ValueError for numbers of another making."""
        correction = Correction(float(told["correction"]["slope"]), float(told["correction"]["shift"]))
        model = Model(str(told["name"]), design.from_json(told["design"]), fitted.from_json(told["model"]))
        return cls(tuple(str(each) for each in told["columns"]), model, correction)
