"""The rules for few outcomes hold, and a score is shown only where later time bears it out."""

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

pytestmark = pytest.mark.numbers

from analytics import explain, judging, potential  # noqa: E402 - the marker must stand before scikit-learn loads
from analytics.chance import Chance, Examples, Question  # noqa: E402 - the same
from analytics.features import FloatArray  # noqa: E402 - the same
from crm_store.values.scores import Verdict  # noqa: E402 - the same
from tests.units.analytics.simulated import simulate  # noqa: E402 - the same

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
    found = judging.answer(ASKED, _examples(20, 1, yes=3), CUTS, _now(), TODAY)
    assert found.record.verdict is Verdict.ABSTAINED
    assert found.model is None
    assert "3 of 20 closed deals won = 15 % (5-36 %)" in found.record.sentence


def test_under_ten_losses_there_is_no_score_either() -> None:
    assert judging.answer(ASKED, _examples(40, 1, yes=31), CUTS, _now(), TODAY).record.verdict is Verdict.ABSTAINED


def test_fewer_than_two_hundred_give_bands_and_more_a_percentage() -> None:
    few, many = (judging.answer(ASKED, _examples(n, 2.5), CUTS, _now(), TODAY) for n in (150, 700))
    assert few.record.verdict is many.record.verdict is Verdict.PUBLISHED
    assert few.calibration is not None
    assert few.calibration.banded
    assert many.calibration is not None
    assert not many.calibration.banded
    assert few.record.metrics["brier"] < few.record.baseline_metrics["brier"]


def test_labels_without_a_pattern_rarely_get_a_score() -> None:
    shown = [
        judging.answer(ASKED, _examples(120, 0, seed), CUTS, _now(), TODAY).model is not None for seed in range(24)
    ]
    assert sum(shown) <= 2


def test_outcomes_after_a_cut_do_not_change_what_was_said_before() -> None:
    found = _examples(300, 2)
    turned = found.known > CUTS[1].toordinal()
    other = replace(found, y=np.where(turned, ~found.y, found.y))
    cut_days = [each.toordinal() for each in CUTS]
    first = (found.day >= cut_days[0]) & (found.day < cut_days[1])
    said, again = (judging._backtest(ASKED, each, cut_days) for each in (found, other))
    assert said is not None
    assert again is not None
    assert np.array_equal(said.odds[: int(first.sum())], again.odds[: int(first.sum())])


def test_rows_of_one_deal_count_as_one_outcome() -> None:
    found = _examples(30, 1, yes=12)
    doubled = Examples(
        np.repeat(found.x, 2, axis=0), np.repeat(found.y, 2), np.repeat(found.day, 2), np.repeat(found.known, 2),
        tuple(each for each in found.units for _ in range(2)), np.full(60, 0.5),
    )  # fmt: skip
    assert doubled.outcomes() == found.outcomes() == (12, 18)


def test_contributions_are_the_whole_distance_from_the_usual_row() -> None:
    found = judging.answer(ASKED, _examples(700, 2.5), CUTS, _now(), TODAY).model
    assert found is not None
    x = _examples(40, 2, seed=3).x
    odds, usual = (
        np.log(said / (1 - said)) for said in (found.predict(x), found.predict(found.usual()[None, :].repeat(40, 0)))
    )
    assert found.contributions(x).sum(axis=1) == pytest.approx(odds - usual)


def test_a_model_survives_json_and_missing_values() -> None:
    found = judging.answer(ASKED, _examples(700, 2.5), CUTS, _now(), TODAY)
    assert found.model is not None
    x = _examples(40, 2, seed=3).x
    x[0, 1] = np.nan
    told = json.loads(json.dumps(found.record.parameters["chance"]))
    assert Chance.from_json(told).predict(x) == pytest.approx(found.model.predict(x))


def test_stored_models_say_again_what_the_night_said() -> None:
    past = simulate(220)
    found = potential.analyse(past)
    told = {each.kind: json.loads(json.dumps(each.parameters)) for each in found.records}
    scores, deals = potential.rescore(past, told)
    assert found.scores
    for again, first in ((scores, found.scores), (deals, found.deals)):
        assert [each.point for each in again] == pytest.approx([each.point for each in first])
        assert [(each.band, each.n) for each in again] == [(each.band, each.n) for each in first]
    assert potential.rescore(past, {}) == ((), ())


def test_every_column_that_is_asked_can_be_put_in_words() -> None:
    assert {name for question in potential.QUESTIONS for name in question.columns} <= set(explain.PHRASES)
