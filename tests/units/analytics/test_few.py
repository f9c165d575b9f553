"""A chance from a few outcomes: huge numbers hide nothing, columns with one cause help each other, reasons add up."""

import numpy as np
import pytest

from analytics import encode, evaluate, few, luck, ridge
from analytics.encode import Frame
from analytics.evaluate import BoolArray
from analytics.features import FloatArray


def _table(seed: int, later: int = 800, known: int = 40) -> tuple[Frame, BoolArray, FloatArray]:
    """Six columns that share one cause, each skewed, and six of noise; outcomes follow the cause."""
    random = np.random.default_rng(seed)
    rows = known + later
    cause = random.normal(size=rows)
    told = np.exp(cause[:, None] + random.normal(size=(rows, 6)))
    noise = random.normal(size=(rows, 6))
    x = np.column_stack([told, noise])
    names = tuple(f"column {at}" for at in range(12))
    return encode.numeric(names, x), random.random(rows) < ridge.chance(2 * cause), x


def test_a_few_rows_are_used_better_than_by_one_coding_alone() -> None:
    ours, plain = [], []
    for seed in range(8):
        frame, y, _ = _table(seed)
        known, later = np.arange(40), np.arange(40, frame.size)
        seen = few.codings(frame, known)
        ours.append(evaluate.brier(y[40:], ridge.chance(few.fit(seen, known, y[:40]).log_odds(later))))
        alone = few.fit(seen[:1], known, y[:40])
        plain.append(evaluate.brier(y[40:], ridge.chance(alone.log_odds(later))))
    assert np.mean(ours) < np.mean(plain) - 0.003


def test_outcomes_of_later_rows_are_not_looked_at_and_effects_add_up() -> None:
    frame, y, _ = _table(3)
    known, later = np.arange(40), np.arange(40, frame.size)
    found = few.fit(few.codings(frame, known), known, y[:40])
    moved, odds = found.effects(later), found.log_odds(later)
    assert moved.shape == (later.size, 12)
    # What is not explained by columns is the same for every row.
    assert float(np.ptp(odds - moved.sum(axis=1))) == pytest.approx(0.0, abs=1e-9)


def test_a_huge_number_in_one_row_moves_little() -> None:
    frame, y, x = _table(5)
    known = np.arange(40)
    before = few.fit(few.codings(frame, known)[1:], known, y[:40]).log_odds(np.arange(100, 200))
    x[700, 0] *= 1e6
    other = encode.numeric([column.name for column in frame.columns], x)
    after = few.fit(few.codings(other, known)[1:], known, y[:40]).log_odds(np.arange(100, 200))
    assert float(np.abs(after - before).max()) < 0.05


def test_a_column_that_is_empty_or_always_the_same_tells_nothing() -> None:
    random = np.random.default_rng(1)
    x = np.column_stack([np.full(60, np.nan), np.full(60, 3.0), random.normal(size=60)])
    frame = encode.numeric(("empty", "same", "noise"), x)
    y = random.random(60) < 0.5
    known = np.arange(40)
    found = few.fit(few.codings(frame, known), known, y[:40])
    assert np.isfinite(found.log_odds(np.arange(40, 60))).all()
    assert float(np.abs(found.effects(np.arange(40, 60))[:, :2]).max()) < 1e-9


def test_the_test_for_luck_keeps_its_level_with_both_codings() -> None:
    frame, _, _ = _table(7, later=0, known=50)
    plain, by_rank = few.codings(frame, np.arange(50))
    random = np.random.default_rng(0)
    shown = [
        luck.of_chance(plain.matrix, random.random(50) < 0.4, plain.design.slices(), by_rank.rows, 99) <= 0.05
        for _ in range(40)
    ]
    assert sum(shown) <= 6
