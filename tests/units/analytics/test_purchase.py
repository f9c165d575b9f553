"""Purchase models recover known habits and the published figures."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.special import hyp2f1

from analytics import features, purchase, spend
from analytics.features import FloatArray
from crm_store.values.history import CustomerFact, Histories, OrderFact

CDNOW = Path(__file__).parents[4] / "shared" / "data" / "analytics" / "cdnow_sample_orders.csv"


def _process(n: int, k: int, seed: int = 1) -> tuple[FloatArray, FloatArray, float]:
    """Rows of `counts` over 300 days, orders in the next 100 days, and the sum of log gaps of an Erlang-k process."""
    random = np.random.default_rng(seed)
    rows, later, logs = [], [], 0.0
    for _ in range(n):
        pace, leaving = random.gamma(2, 1 / 30), random.beta(1, 6)
        at, times = 0.0, [0.0]
        while random.random() > leaving and at < 400:
            at += random.gamma(k, 1 / (k * pace))
            times.append(at)
        known = [each for each in times if each <= 300]
        logs += float(np.log(np.maximum(np.diff(known), 1e-6)).sum())
        rows.append([len(known) - 1, known[-1], 300.0])
        later.append(sum(300 < each <= 400 for each in times))
    return np.array(rows), np.array(later, dtype=np.float64), logs


def test_the_total_of_later_orders_is_foreseen() -> None:
    x, later, logs = _process(1500, k=1)
    for model in (purchase.BgNbd().fit(x), purchase.MbgCnbd(1).fit(x, logs)):
        assert model.predict(x, 100).sum() == pytest.approx(later.sum(), rel=0.12)


def test_regular_customers_are_recognised_as_regular() -> None:
    for k in (1, 3):
        x, _, logs = _process(800, k)
        assert purchase.likeliest(purchase.shapes(x, logs)).k == k


def test_the_regular_model_foresees_regular_customers_better() -> None:
    x, later, logs = _process(1500, k=3)
    regular, irregular = purchase.MbgCnbd(3).fit(x, logs).predict(x, 100), purchase.BgNbd().fit(x).predict(x, 100)
    assert np.mean((regular - later) ** 2) < np.mean((irregular - later) ** 2)


def test_the_series_of_bg_nbd_equals_its_closed_form() -> None:
    x, _, _ = _process(300, k=1)
    model = purchase.BgNbd().fit(x)
    r, alpha, a, b, h = model.r_, model.alpha_, model.a_, model.b_, 100.0
    n, _, age = x.T
    gone = ((alpha + age) / (alpha + age + h)) ** (r + n) * hyp2f1(r + n, b + n, a + b + n - 1, h / (alpha + age + h))
    closed = (a + b + n - 1) / (a - 1) * (1 - gone) * model.alive(x)
    assert model.predict(x, h) == pytest.approx(closed, rel=1e-6)


def test_mbg_with_one_stage_says_less_of_those_who_stayed_away_longer() -> None:
    x, _, _ = _process(500, k=1)
    model = purchase.MbgCnbd(1).fit(x)
    away = np.array([[3.0, 290.0, 300.0], [3.0, 100.0, 300.0], [0.0, 0.0, 300.0]])
    alive = model.alive(away)
    assert alive[0] > alive[1]
    assert alive[2] < 1
    assert purchase.BgNbd().fit(x).alive(away)[2] == 1


def test_a_fitted_model_survives_json() -> None:
    x, _, logs = _process(200, k=2)
    bg, mbg = purchase.BgNbd().fit(x), purchase.MbgCnbd(2).fit(x, logs)
    assert np.array_equal(purchase.BgNbd.from_json(bg.to_json()).predict(x, 50), bg.predict(x, 50))
    assert np.array_equal(purchase.MbgCnbd.from_json(mbg.to_json()).predict(x, 50), mbg.predict(x, 50))


def test_too_few_who_came_back_are_no_model() -> None:
    x = np.array([[0.0, 0.0, 100.0]] * 50 + [[1.0, 20.0, 100.0]] * 9)
    with pytest.raises(purchase.TooFewCustomers, match="Too few"):
        purchase.BgNbd().fit(x)


def test_an_order_is_expected_between_the_own_mean_and_everybodys() -> None:
    random = np.random.default_rng(0)
    orders = random.integers(1, 8, 400).astype(np.float64)
    usual = random.gamma(4, 25, 400)
    mean = np.array([random.gamma(5 * n, m / (5 * n)) for n, m in zip(orders, usual, strict=True)])
    model = spend.GammaGamma().fit(orders, mean)
    one, many = model.predict(np.array([1.0, 20.0]), np.array([300.0, 300.0]))
    assert mean.mean() < one < many < 300
    assert np.array_equal(
        spend.GammaGamma.from_json(model.to_json()).predict(orders, mean), model.predict(orders, mean)
    )


def test_equal_amounts_are_expected_as_they_are() -> None:
    model = spend.GammaGamma().fit(np.full(30, 2.0), np.full(30, 50.0))
    assert model.alike_
    assert model.predict(np.array([1.0]), np.array([50.0])).tolist() == [50.0]


@pytest.fixture
def cdnow() -> Histories:
    if not CDNOW.exists():
        pytest.skip("the CDNOW sample is not here")
    with CDNOW.open(encoding="utf-8") as file:
        orders = tuple(
            OrderFact(row["customer_id"], date.fromisoformat(row["date"]), float(row["amount"]))
            for row in csv.DictReader(file)
        )
    ids = sorted({each.customer_id for each in orders})
    return Histories(
        date(1998, 6, 30), tuple(CustomerFact(each, each, date(1997, 1, 1)) for each in ids), orders, currency="USD"
    )


@pytest.mark.real_data
def test_bg_nbd_on_cdnow_gives_the_published_parameters(cdnow: Histories) -> None:
    table = features.buyers(cdnow, date(1997, 9, 30))
    model = purchase.BgNbd().fit(purchase.counts(table) * np.array([1, 1 / 7, 1 / 7]))
    assert len(table.ids) == 2357
    assert (model.r_, model.alpha_, model.a_, model.b_) == pytest.approx((0.2426, 4.414, 0.793, 2.426), abs=1e-3)
