"""Finds duplicates in one table or between two: pairs, weights, clusters and reasons, with no labels needed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.duplicates import blocking, cells, explain
from analytics.duplicates.alignment import aligned
from analytics.duplicates.calibrate import calibrated
from analytics.duplicates.cells import Codes, Column
from analytics.duplicates.cluster import clusters
from analytics.duplicates.columns import Kind, kinds
from analytics.duplicates.evidence import Evidence, gather
from analytics.duplicates.fit import Fitted, fit
from analytics.duplicates.shapes import Found, Pair, Table

__all__ = ["Found", "Pair", "Table", "find"]

_EVEN: Final = 0.5
_TOLD_FROM: Final = 0.01
_CLEAN: Final = 0.02
_FEW_ROWS: Final = 20


def _silent(_sentence: str) -> None:
    """Progress that nobody asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """Pairs of rows (one, other), their calibrated weights, and the evidence they rest on."""

    one: Codes
    other: Codes
    weights: NDArray[np.float64]
    evidence: Evidence
    fitted: Fitted


def find(
    left: Table,
    right: Table | None = None,
    *,
    decided: Mapping[tuple[str, str], bool] | None = None,
    threshold: float | None = None,
    progress: Callable[[str], None] = _silent,
) -> Found:
    """Pairs of rows that are one person, company or place, in `left` or between `left` and `right`.

    `decided` holds people's answers by ids, in any order: they bind the clusters and move the probabilities. Without
    `threshold` the pairs proposed are those of clusters at even odds; with one, all at least so probable. All pairs
    that were compared are in `pairs` with `threshold=0`, else those with a chance of one in a hundred.
    """
    tables = [left] if right is None else [*aligned(left, right)]
    ids = [name for table in tables for name in table.ids]
    sides = np.repeat(np.arange(len(tables), dtype=np.int8), [len(table.ids) for table in tables])
    columns = _columns(tables)
    nothing = Found((), (), _EVEN if threshold is None else threshold, ())
    if not columns or len(ids) < 2:
        return nothing
    one, other = blocking.pairs(columns, sides)
    progress(f"{len(ids)} rows, {len(one)} pairs to compare")
    if not len(one):
        return nothing
    evidence = gather(columns, one, other, len(ids))
    partners = len(ids) if right is None else max(len(left.ids), len(right.ids))
    fitted = fit(evidence, partners)
    progress("pairs weighed")
    answers = _answers(decided or {}, ids)
    weights = _calibrated(one, other, fitted.weights, answers)
    groups = clusters(one, other, weights, answers, sides, _clean(columns, sides))
    progress(f"{len(groups)} clusters")
    return _told(_Scored(one, other, weights, evidence, fitted), groups, ids, threshold)


def _columns(tables: Sequence[Table]) -> list[Column]:
    """The columns that say something, ready to compare."""
    ready = []
    for at, kind in enumerate(kinds(tables)):
        if kind is None:
            continue
        values = [row[at] for table in tables for row in table.rows]
        column = cells.column(kind, tables[0].columns[at].replace("_", " ").strip().lower(), values)
        if kind is not Kind.NUMBER or len(values) < _FEW_ROWS or (column.counts > 1).any():
            ready.append(column)  # Numbers that never repeat are the rows' own keys and would part every pair.
    return ready


def _answers(decided: Mapping[tuple[str, str], bool], ids: Sequence[str]) -> dict[tuple[int, int], bool]:
    places = {name: at for at, name in enumerate(ids)}
    found = {}
    for (a, b), same in decided.items():
        if a in places and b in places and a != b:
            low, high = sorted((places[a], places[b]))
            found[low, high] = same
    return found


def _calibrated(
    one: Codes, other: Codes, weights: NDArray[np.float64], answers: Mapping[tuple[int, int], bool]
) -> NDArray[np.float64]:
    """Weights moved by the decisions; a decided pair is as sure as a decision."""
    if not answers:
        return weights
    asked = np.array([[a, b] for a, b in answers], dtype=np.int64)
    size = int(max(one.max(), other.max(), asked.max())) + 1
    keys = one.astype(np.int64) * size + other
    wanted = asked[:, 0] * size + asked[:, 1]
    order = np.argsort(keys)
    at = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
    hit = keys[order[at]] == wanted
    said = np.array(list(answers.values()), dtype=bool)
    places = order[at][hit]
    moved = calibrated(weights, weights[places], said[hit])
    moved[places] = np.where(said[hit], 60.0, -60.0)
    return moved


def _clean(columns: Sequence[Column], sides: NDArray[np.int8]) -> tuple[bool, bool]:
    """Whether each of two tables holds nobody twice, by its own most telling column; unknown for bare names."""
    if not sides.any() or len(columns) == 1:
        return False, False
    telling = max(columns, key=lambda column: len(column.values))
    own = [telling.codes[(sides == side) & (telling.codes >= 0)] for side in (0, 1)]
    first, second = (len(codes) > 0 and len(np.unique(codes)) >= (1 - _CLEAN) * len(codes) for codes in own)
    return first, second


def _told(scored: _Scored, groups: Sequence[Sequence[int]], ids: Sequence[str], threshold: float | None) -> Found:
    chance = 1 / (1 + np.exp2(-np.clip(scored.weights, -1000, 60)))
    home = np.full(len(ids), -1, dtype=np.int64)
    for number, group in enumerate(groups):
        home[list(group)] = number
    together = (home[scored.one] >= 0) & (home[scored.one] == home[scored.other])
    proposed = together if threshold is None else chance >= threshold
    kept = np.flatnonzero(proposed | (chance >= (_TOLD_FROM if threshold != 0 else 0.0)))
    kept = kept[np.lexsort((scored.other[kept], scored.one[kept], -scored.weights[kept]))]
    why = explain.reasons(scored.evidence.fields, scored.fitted.parts, kept)
    pairs = tuple(
        Pair(ids[a], ids[b], probability, weight, reasons)
        for a, b, probability, weight, reasons in zip(
            scored.one[kept].tolist(),
            scored.other[kept].tolist(),
            chance[kept].tolist(),
            scored.weights[kept].tolist(),
            why,
            strict=True,
        )
    )
    chosen = tuple(pair for pair, taken in zip(pairs, proposed[kept].tolist(), strict=True) if taken)
    named = tuple(tuple(ids[row] for row in group) for group in sorted(groups, key=min))
    return Found(pairs, chosen, _EVEN if threshold is None else threshold, named)
