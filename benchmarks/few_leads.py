"""Made-up tables of few leads: columns as a sales team has them, with outcomes that depend on them in many ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.evaluate import BoolArray
from analytics.features import FloatArray


@dataclass(frozen=True, slots=True)
class Family:
    """How a table comes about.

    `factors` lie behind the `numbers` and `words` columns (0: each column stands alone), and `share` of the columns
    matter; `strength` is the spread of the true log odds; `tails` skews the numbers; `holes` is the share of empty
    cells, which follow the first factor where `telling`; `bent` makes the outcome turn at thresholds.
    """

    name: str
    numbers: int
    words: int
    rate: float
    strength: float
    factors: int = 2
    share: float = 0.5
    tails: float = 0.0
    holes: float = 0.0
    telling: bool = False
    bent: bool = False


FAMILIES: Final[Sequence[Family]] = (
    Family("alone, plain", 6, 4, 0.4, 1.5, factors=0),
    Family("alone, sparse", 8, 6, 0.4, 2.0, factors=0, share=0.15),
    Family("alone, weak", 6, 4, 0.4, 0.8, factors=0),
    Family("alone, heavy tails", 8, 2, 0.4, 2.0, factors=0, tails=1.5),
    Family("alone, bent", 8, 2, 0.3, 2.0, factors=0, bent=True),
    Family("alone, holes by chance", 6, 6, 0.4, 1.5, factors=0, holes=0.25),
    Family("alone, words only", 0, 12, 0.35, 2.0, factors=0),
    Family("alone, numbers only", 12, 0, 0.35, 1.5, factors=0),
    Family("alone, rare yes", 6, 4, 0.15, 1.5, factors=0),
    Family("one factor", 6, 4, 0.4, 1.5, factors=1),
    Family("one factor, wide", 12, 12, 0.4, 1.5, factors=1),
    Family("one factor, holes that tell", 6, 6, 0.4, 1.5, factors=1, holes=0.3, telling=True),
    Family("one factor, heavy tails", 8, 4, 0.4, 1.5, factors=1, tails=1.5),
    Family("two factors", 6, 6, 0.3, 1.5),
    Family("two factors, strong", 6, 6, 0.4, 2.5),
    Family("two factors, weak", 6, 6, 0.4, 0.8),
    Family("two factors, wide, sparse", 15, 10, 0.4, 2.0, share=0.2),
    Family("two factors, holes by chance", 6, 6, 0.4, 1.5, holes=0.25),
    Family("two factors, holes that tell, words", 2, 10, 0.4, 2.0, holes=0.3, telling=True),
    Family("four factors", 10, 6, 0.4, 1.8, factors=4),
    Family("four factors, bent", 10, 6, 0.35, 2.0, factors=4, bent=True),
    Family("four factors, heavy tails, rare yes", 10, 6, 0.2, 2.0, factors=4, tails=1.0),
    Family("nothing to see", 6, 6, 0.4, 0.0),
    Family("nothing to see, wide, skewed", 12, 12, 0.25, 0.0, tails=1.5, holes=0.2),
)


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """Cells of each column, the outcomes (n,), and the true chances (n,)."""

    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    came: BoolArray
    chances: FloatArray


def make(family: Family, rows: int, seed: int) -> Made:
    """A table of `rows` rows; the same seed is the same table."""
    random = np.random.default_rng([seed, *family.name.encode()])
    width = family.numbers + family.words
    behind = random.normal(size=(rows, max(family.factors, 1)))
    latent = random.normal(size=(rows, width))
    if family.factors:
        loads = random.normal(size=(family.factors, width))
        latent = 0.75 * behind @ (loads / np.linalg.norm(loads, axis=0)) + 0.66 * latent
    matter = random.random(width) < family.share
    matter[random.integers(width)] = True
    columns, seen = [], np.zeros((rows, width))
    for at in range(width):
        is_number = at < family.numbers
        cells, seen[:, at] = _numbers(latent[:, at], family.tails) if is_number else _words(latent[:, at], random)
        lean = 1.5 * behind[:, 0] if family.telling else np.zeros(rows)
        empty = random.random(rows) < family.holes * 2 / (1 + np.exp(lean))
        columns.append(tuple("" if lost else cell for cell, lost in zip(cells, empty, strict=True)))
    turned = np.where(seen > np.quantile(seen, 0.6, axis=0), 1.0, 0.0) if family.bent else seen
    odds = turned @ (matter * random.normal(size=width))
    if family.factors:
        odds = odds / (float(odds.std()) or 1.0) + behind @ random.normal(size=family.factors)
    odds = family.strength * (odds - odds.mean()) / (float(odds.std()) or 1.0)
    chances = _at_rate(odds, family.rate)
    names = tuple(f"column {at + 1}" for at in range(width))
    return Made(names, tuple(columns), random.random(rows) < chances, chances)


def _numbers(latent: FloatArray, tails: float) -> tuple[list[str], FloatArray]:
    if tails:
        counts = np.floor(np.exp(1 + tails * latent))
        return [f"{each:g}" for each in counts], np.log1p(counts)
    return [f"{each:.2f}" for each in latent * 10 + 40], latent


def _words(latent: FloatArray, random: np.random.Generator) -> tuple[list[str], FloatArray]:
    """Words of two to eight kinds, cut from the hidden number at uneven places."""
    kinds = int(random.integers(2, 9))
    place = np.searchsorted(np.sort(random.normal(size=kinds - 1)), latent)
    effect = np.array([latent[place == each].mean() if (place == each).any() else 0.0 for each in range(kinds)])
    return [f"kind {each}" for each in place], effect[place]


def _at_rate(odds: FloatArray, rate: float) -> FloatArray:
    """The chances of shifted log odds whose mean is `rate`, by halving."""
    low, high = -20.0, 20.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if float((1 / (1 + np.exp(-odds - middle))).mean()) < rate else (low, middle)
    return np.asarray(1 / (1 + np.exp(-odds - low)), dtype=np.float64)
