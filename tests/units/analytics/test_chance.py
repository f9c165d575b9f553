"""The rules for few outcomes hold, and a score is shown only where later time bears it out."""

from datetime import date, timedelta

import numpy as np
import pytest

pytestmark = pytest.mark.numbers

from analytics import chance, explain, potential  # noqa: E402 - the marker must stand before scikit-learn loads
from analytics.chance import Examples, LogisticChance, Question  # noqa: E402 - the same
from analytics.features import FloatArray  # noqa: E402 - the same
from crm_store.values.scores import Verdict  # noqa: E402 - the same

TODAY = date(2026, 11, 25)
ASKED = Question("deal", ("amount", "days_open"), "closed deals", "won", "open deals being won")
CUTS = [TODAY - timedelta(days=each) for each in (240, 160, 80)]


def _examples(n: int, skill: float, seed: int = 0, yes: int | None = None) -> Examples:
    random = np.random.default_rng(seed)
    x = np.exp(random.normal(0, 1, (n, 2)))
    y = random.random(n) < 1 / (1 + np.exp(-skill * np.log(x[:, 0])))
    if yes is not None:
        y = np.arange(n) < yes
    day = np.sort(random.integers(TODAY.toordinal() - 400, TODAY.toordinal() - 20, n))
    return Examples(x, y, day, day + 15, tuple(f"d{each}" for each in range(n)), np.ones(n))


def _now() -> FloatArray:
    return np.ones((60, 2))


def test_under_ten_wins_there_is_no_score_but_the_rate_with_its_interval() -> None:
    found = chance.answer(ASKED, _examples(20, 1, yes=3), CUTS, _now(), TODAY)
    assert found.record.verdict is Verdict.ABSTAINED
    assert found.model is None
    assert "3 of 20 closed deals won = 15 % (5-36 %)" in found.record.sentence


def test_under_ten_losses_there_is_no_score_either() -> None:
    assert chance.answer(ASKED, _examples(40, 1, yes=31), CUTS, _now(), TODAY).record.verdict is Verdict.ABSTAINED


def test_fewer_than_two_hundred_give_bands_and_more_a_percentage() -> None:
    few, many = (chance.answer(ASKED, _examples(n, 2.5), CUTS, _now(), TODAY) for n in (150, 700))
    assert few.record.verdict is many.record.verdict is Verdict.PUBLISHED
    assert few.calibration is not None
    assert few.calibration.banded
    assert many.calibration is not None
    assert not many.calibration.banded
    assert few.record.metrics["brier"] < few.record.baseline_metrics["brier"]


def test_labels_without_a_pattern_rarely_get_a_score() -> None:
    shown = [chance.answer(ASKED, _examples(120, 0, seed), CUTS, _now(), TODAY).model is not None for seed in range(24)]
    assert sum(shown) <= 2


def test_outcomes_after_a_cut_do_not_change_what_was_said_before() -> None:
    found = _examples(300, 2)
    turned = found.known > CUTS[1].toordinal()
    other = Examples(found.x, np.where(turned, ~found.y, found.y), found.day, found.known, found.units, found.weights)
    cut_days = [each.toordinal() for each in CUTS]
    first = (found.day >= cut_days[0]) & (found.day < cut_days[1])
    said, again = (chance._backtest(each, cut_days)[0][: int(first.sum())] for each in (found, other))
    assert np.array_equal(said, again)


def test_rows_of_one_deal_count_as_one_outcome() -> None:
    found = _examples(30, 1, yes=12)
    doubled = Examples(
        np.repeat(found.x, 2, axis=0), np.repeat(found.y, 2), np.repeat(found.day, 2), np.repeat(found.known, 2),
        tuple(each for each in found.units for _ in range(2)), np.full(60, 0.5),
    )  # fmt: skip
    assert doubled.outcomes() == found.outcomes() == (12, 18)


def test_contributions_and_intercept_are_the_whole_log_odds() -> None:
    found = _examples(200, 2)
    model = LogisticChance().fit(found.x, found.y)
    said = model.predict(found.x)
    logs = model.contributions(found.x).sum(axis=1) + model.intercept_
    assert np.log(said / (1 - said)) == pytest.approx(logs)
    assert model.coefficients_[0] > abs(model.coefficients_[1])


def test_a_logistic_model_survives_json_and_missing_values() -> None:
    found = _examples(100, 2)
    x = found.x.copy()
    x[0, 1] = np.nan
    model = LogisticChance().fit(x, found.y)
    again = LogisticChance.from_json(model.to_json())
    assert np.array_equal(again.predict(x), model.predict(x))
    assert model.contributions(x)[0, 1] == pytest.approx(
        (np.log1p(model.typical_[1]) - model.mean_[1]) / model.spread_[1] * model.coefficients_[1]
    )


def test_every_column_that_is_asked_can_be_put_in_words() -> None:
    assert {name for question in potential.QUESTIONS for name in question.columns} <= set(explain.PHRASES)
