"""Likelihoods, regressions and trees are what their formulas say."""

import numpy as np
import pytest
from sklearn.linear_model import TweedieRegressor
from sklearn.tree import DecisionTreeRegressor

from analytics import likelihood, trees, tweedie
from analytics.features import FloatArray
from analytics.likelihood import Likelihood, Rows


@pytest.mark.parametrize(
    "formula",
    [likelihood.bg_nbd, *[likelihood.mbg_cnbd(k) for k in (1, 2, 3)]],
    ids=["bg", "mbg", "cnbd-2", "cnbd-3"],
)
def test_the_gradient_is_that_of_the_likelihood(formula: Likelihood) -> None:
    last, age = np.array([0.0, 3.0, 7.5, 2.0]), np.array([4.0, 6.0, 8.0, 9.5])
    rows = Rows(np.array([0.0, 1.0, 5.0]), np.array([0, 1, 2, 1]), last, age, np.ones(4))
    at = np.array([0.7, 2.0, 0.9, 3.0])
    _, gradient = formula(at, rows)
    for place in range(4):
        step = np.zeros(4)
        step[place] = 1e-6
        slope = (formula(at + step, rows)[0] - formula(at - step, rows)[0]) / 2e-6
        assert gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-7)


def _amounts() -> tuple[FloatArray, FloatArray]:
    random = np.random.default_rng(3)
    x = random.normal(size=(600, 3))
    mean = np.exp(0.5 + 0.4 * x[:, 0] - 0.3 * x[:, 1])
    return x, np.where(random.random(600) < 0.4, 0.0, random.gamma(2, mean))


def test_the_regression_is_the_tweedie_of_scikit_learn() -> None:
    x, y = _amounts()
    ours = tweedie.fit(x, np.zeros(600), y, 0.01)
    held = np.clip((x - ours.middle) / ours.spread, -3, 3)
    # Both penalise squares by half the weight; scikit-learn halves the deviance, which we count whole.
    theirs = TweedieRegressor(power=1.5, alpha=0.01, max_iter=5000, tol=1e-9).fit(held, y / y.mean())
    assert ours.coefficients == pytest.approx(theirs.coef_, abs=2e-3)
    assert ours.predict(x, np.zeros(600)).mean() == pytest.approx(theirs.predict(held).mean() * y.mean(), rel=2e-3)


def test_a_heavy_penalty_leaves_what_was_expected_before() -> None:
    x, y = _amounts()
    offset = np.log(np.linspace(0.5, 2.0, 600))
    said = tweedie.fit(x, offset, y, 1e6).predict(x, offset)
    assert said / np.exp(offset) == pytest.approx(np.full(600, said[0] / np.exp(offset[0])), rel=1e-3)


def test_nothing_ordered_is_nothing_to_learn() -> None:
    with pytest.raises(ValueError, match="all amounts are 0"):
        tweedie.fit(np.zeros((5, 1)), np.zeros(5), np.zeros(5), 0.1)


def test_a_plain_tree_says_what_scikit_learn_says() -> None:
    x, y = _amounts()
    x = x.astype(np.float32).astype(np.float64)
    plain = trees.Trees.from_json(trees.grow_one(x, y).to_json())
    theirs = DecisionTreeRegressor(max_leaf_nodes=10, min_samples_leaf=15, random_state=0).fit(x, y)
    assert plain.predict(x) == pytest.approx(theirs.predict(x))


def test_boosted_trees_survive_json_and_never_say_less_than_nothing() -> None:
    x, y = _amounts()
    boosted = trees.boost(x, y)
    again = trees.Trees.from_json(boosted.to_json())
    far = np.array([[-9.0, 9.0, 0.0], [9.0, -9.0, 0.0]])
    assert np.array_equal(again.predict(far), boosted.predict(far))
    assert boosted.predict(far)[0] >= 0
    assert np.corrcoef(boosted.predict(x), y)[0, 1] > 0.5
