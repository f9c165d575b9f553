"""Models compete on later time, are kept as plain numbers, and say nothing where there is nothing to say."""

import json

import numpy as np
import pytest

pytestmark = pytest.mark.numbers

from analytics import challengers, champion, design, drift, encode, fitted, leaks, luck, ridge  # noqa: E402 - the marker must stand before scikit-learn loads
from analytics.challengers import Lesson  # noqa: E402 - the same
from analytics.champion import Cut  # noqa: E402 - the same
from analytics.encode import Frame  # noqa: E402 - the same
from analytics.evaluate import BoolArray, auc  # noqa: E402 - the same
from analytics.features import FloatArray  # noqa: E402 - the same


def _numbers(n: int, seed: int = 0, skill: float = 1.5) -> tuple[Frame, BoolArray, FloatArray]:
    random = np.random.default_rng(seed)
    x = random.normal(0, 1, (n, 3))
    x[random.random(n) < 0.1, 1] = np.nan
    y = random.random(n) < ridge.chance(skill * x[:, 0] - 0.3)
    return encode.numeric(("a", "b", "c"), x), y, x


def _lesson(frame: Frame, y: BoolArray) -> Lesson:
    known = design.learn(frame)
    return Lesson(known, fitted.rows_of(known, frame), y, np.ones(y.size), 0.3)


@pytest.mark.parametrize("name", [name for name in challengers.CHALLENGERS if name != "kernel SVM"])
def test_every_kept_model_says_the_same_after_json(name: str) -> None:
    frame, y, _ = _numbers(400)
    lesson = _lesson(frame, y)
    model = challengers.CHALLENGERS[name](lesson)
    told = json.loads(json.dumps(fitted.to_json(challengers.plain(model, lesson.rows))))
    assert fitted.from_json(told).log_odds(lesson.rows) == pytest.approx(model.log_odds(lesson.rows), abs=1e-6)


@pytest.mark.parametrize("name", ["decision tree", "boosting"])
def test_a_tree_that_asks_whether_a_number_is_known_at_all_is_kept(name: str) -> None:
    random = np.random.default_rng(4)
    x = random.normal(0, 1, (1_000, 2))
    unknown = random.random(1_000) < 0.3
    x[unknown, 1] = np.nan
    y = random.random(1_000) < np.where(unknown, 0.8, 0.2)
    lesson = _lesson(encode.numeric(("a", "b"), x), y)
    model = challengers.CHALLENGERS[name](lesson)
    told = json.loads(json.dumps(fitted.to_json(challengers.plain(model, lesson.rows)), allow_nan=False))
    assert fitted.from_json(told).log_odds(lesson.rows) == pytest.approx(model.log_odds(lesson.rows), abs=1e-6)


@pytest.mark.parametrize("name", list(challengers.CHALLENGERS))
def test_rows_sorted_by_outcome_do_not_turn_a_model_upside_down(name: str) -> None:
    frame, y, _ = _numbers(500)
    order = np.argsort(y, kind="stable")
    model = challengers.CHALLENGERS[name](_lesson(frame.take(order), y[order]))
    assert auc(y, model.log_odds(fitted.rows_of(design.learn(frame), frame))) > 0.7


def test_a_model_with_a_kernel_is_not_kept() -> None:
    frame, y, _ = _numbers(200)
    with pytest.raises(ValueError, match="plain numbers"):
        fitted.to_json(challengers.kernel_svm(_lesson(frame, y)))


def test_naive_bayes_is_never_shown_uncalibrated() -> None:
    random = np.random.default_rng(1)
    one = random.normal(0, 1, 800)
    y = random.random(800) < ridge.chance(one)
    frame = encode.numeric(tuple("abcdef"), np.repeat(one[:, None], 6, axis=1))
    said = ridge.chance(challengers.naive_bayes(lesson := _lesson(frame, y)).log_odds(lesson.rows))
    assert float(np.mean(said > 0.9)) < 0.15


def test_a_straight_line_is_left_to_the_simplest_model() -> None:
    frame, y, _ = _numbers(900)
    found = champion.contest(frame, y, np.ones(900), champion.rolling(900))
    assert found.champion == "logistic"
    assert found.figures["logistic"]["brier"] < found.figures["base rate"]["brier"]


def test_what_is_said_of_a_cut_does_not_hang_on_later_outcomes() -> None:
    frame, y, _ = _numbers(300)
    cuts = champion.rolling(300)
    other = y.copy()
    other[cuts[1].test[0] :] = ~other[cuts[1].test[0] :]
    first = cuts[0].test.size
    said, again = (champion.contest(frame, each, np.ones(300), cuts).odds for each in (y, other))
    assert np.array_equal(said[:first], again[:first])


def test_few_outcomes_leave_the_logistic_alone() -> None:
    frame, y, _ = _numbers(200)
    assert set(champion.candidates(y)) == {"logistic", "naive Bayes"}
    assert champion.contest(frame, y, np.ones(200), [Cut(np.arange(120), np.arange(120, 200))]).champion == "logistic"


def test_a_rate_that_jumped_is_followed_and_one_that_stands_is_left() -> None:
    random = np.random.default_rng(0)
    odds = random.normal(-1, 1, 3000)
    part = np.repeat(np.arange(5), 600)
    came, higher = (random.random(3000) < ridge.chance(odds + shift) for shift in (0, 0.9))
    assert drift.correction(odds, came, part) == drift.Correction()
    assert drift.correction(odds, higher, part).shift > 0.5


def test_the_level_learns_only_from_batches_before() -> None:
    random = np.random.default_rng(0)
    level, odds = drift.Level(3.0), np.full(50, -3.0)
    assert np.array_equal(level.said(odds), ridge.chance(odds))
    for _ in range(20):
        level.learn(odds, random.random(50) < 0.4)
    assert float(level.said(odds)[0]) == pytest.approx(0.4, abs=0.12)


def test_a_column_filled_in_after_the_outcome_is_named_and_an_honest_one_is_not() -> None:
    _, y, x = _numbers(800, skill=1.0)
    random = np.random.default_rng(5)
    stage = np.where(random.random(800) < 0.15, random.random(800) < 0.5, y).astype(float)
    table = encode.numeric(("a", "stage"), np.column_stack([x[:, 0], stage]))
    found = leaks.suspects(table, y)
    assert [(each.name, each.sure) for each in found] == [("stage", False)]
    emptied = encode.numeric(("a", "stage"), np.column_stack([x[:, 0], np.full(800, np.nan)]))
    assert [each.sure for each in leaks.suspects(table, y, emptied)] == [True]


def test_the_outcome_in_other_words_is_left_out_for_sure() -> None:
    _, y, _ = _numbers(300)
    assert leaks.suspects(encode.numeric(("closed",), y[:, None].astype(float)), y)[0].sure


def test_shuffled_outcomes_look_random_and_true_ones_do_not() -> None:
    frame, y, _ = _numbers(60, skill=2.0)
    x = design.learn(frame).matrix(frame)
    assert luck.of_chance(x, y, draws=299) < 0.05
    random = np.random.default_rng(9)
    seen = [luck.of_chance(x, random.permutation(y), draws=199) <= 0.05 for _ in range(40)]
    assert sum(seen) <= 5
