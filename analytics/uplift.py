"""Ways to rank people for a contact: random, habits, the chance of a yes, and learners of what the contact adds."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.tree import DecisionTreeRegressor

from analytics import ridge
from analytics.evaluate import BoolArray
from analytics.features import FloatArray

_SHRINKAGE = 0.1
_FOLDS = 2
_TREES = 10
_DEPTH = 3
_RIDGE = 200.0
MEAN = "mean of the learners"
LEARNERS = ("T-learner", "S-learner", "DR-learner, linear", "DR-learner, trees", MEAN)

Score = Callable[[FloatArray], FloatArray]
"""From rows (m, p) to a score, (m,); a higher score is contacted earlier."""


@dataclass(frozen=True, slots=True, eq=False)
class Campaign:
    """What a contact of some people taught: x (n, p), who was `treated` (n,), the outcome y (n,).

    `recent` and `spend` are the columns of x where more means a later last order and more money, if there are any.
    `chance`, (n,), is each row's own chance of a contact, where campaigns that held out different shares are joined.
    """

    x: FloatArray
    treated: BoolArray
    y: FloatArray
    recent: FloatArray | None = None
    spend: FloatArray | None = None
    chance: FloatArray | None = None

    def rows(self, keep: BoolArray) -> "Campaign":
        """Some of the rows."""
        chance = None if self.chance is None else self.chance[keep]
        return Campaign(self.x[keep], self.treated[keep], self.y[keep], chance=chance)

    @property
    def share(self) -> FloatArray:
        """With which chance each row was contacted, (n,)."""
        return np.full(self.y.size, self.treated.mean()) if self.chance is None else self.chance


def propensity(known: Campaign) -> Score:
    """The chance (or the mean) of the outcome once contacted; it ignores who would have come anyway."""
    return expected(known.x[known.treated], known.y[known.treated])


def t_learner(known: Campaign) -> Score:
    """The outcome expected with the contact less that expected without, by two models. Künzel et al. 2019."""
    with_it = expected(known.x[known.treated], known.y[known.treated])
    without = expected(known.x[~known.treated], known.y[~known.treated])
    return lambda x: with_it(x) - without(x)


def s_learner(known: Campaign) -> Score:
    """One model in which the contact changes the weight of every column; the contact's own shift is shrunk too."""

    def joined(x: FloatArray, side: FloatArray) -> FloatArray:
        return np.column_stack([x, side, x * side[:, None]])

    model = expected(joined(known.x, np.where(known.treated, 0.5, -0.5)), known.y)
    return lambda x: model(joined(x, np.full(len(x), 0.5))) - model(joined(x, np.full(len(x), -0.5)))


def dr_linear(known: Campaign, effects: FloatArray) -> Score:
    """Ridge regression on doubly robust effects, (n,). Kennedy 2023, Electronic J. Statistics 17:3008."""
    model = Ridge(_RIDGE).fit(known.x, effects)
    return lambda x: np.asarray(model.predict(x), dtype=np.float64)


def dr_trees(known: Campaign, effects: FloatArray) -> Score:
    """The mean of shallow trees on doubly robust effects, (n,), each on a resample."""
    n = len(effects)
    random = np.random.default_rng(0)
    grown = []
    for seed in range(_TREES):
        rows = random.integers(0, n, n)
        tree = DecisionTreeRegressor(
            max_depth=_DEPTH, min_samples_leaf=max(20, n // 50), max_features=0.6, random_state=seed
        )
        grown.append(tree.fit(known.x[rows], effects[rows]))
    return lambda x: np.asarray(np.mean([tree.predict(x) for tree in grown], axis=0), dtype=np.float64)


def learners(known: Campaign) -> dict[str, Score]:
    """Every learner of what a contact adds, and their mean, which varies less than any of them."""
    effects = _effects(known)
    found = {
        "T-learner": t_learner(known),
        "S-learner": s_learner(known),
        "DR-learner, linear": dr_linear(known, effects),
        "DR-learner, trees": dr_trees(known, effects),
    }
    every = tuple(found.values())
    return {**found, MEAN: lambda x: np.asarray(np.mean([each(x) for each in every], axis=0), dtype=np.float64)}


def expected(x: FloatArray, y: FloatArray) -> Score:
    """The expected outcome of each row: a logistic model of yes and no, a linear one of amounts, or the plain mean."""
    mean = float(y.mean()) if y.size else 0.0
    if y.size < 2 or np.ptp(y) == 0:
        return lambda rows: np.full(len(rows), mean)
    if set(np.unique(y).tolist()) <= {0.0, 1.0}:
        chance = ridge.fit(x, y > 0, _SHRINKAGE)
        return lambda rows: ridge.chance(chance.log_odds(rows))
    line = Ridge(1 / _SHRINKAGE).fit(x, y)
    return lambda rows: np.asarray(line.predict(rows), dtype=np.float64)


def effects_of(known: Campaign, with_it: FloatArray, without: FloatArray) -> FloatArray:
    """The doubly robust effect of each row, (n,), whose mean over any group is the group's effect without bias.

    `with_it` and `without` are outcomes expected by models that have not seen the row. The contact was random.
    """
    share = known.share
    seen = np.where(known.treated, (known.y - with_it) / share, -(known.y - without) / (1 - share))
    return np.asarray(with_it - without + seen, dtype=np.float64)


def parts(known: Campaign, count: int, seed: int) -> FloatArray:
    """A fold for each row, (n,), with contacted and not contacted people spread evenly."""
    random = np.random.default_rng(seed)
    found = np.zeros(known.y.size, dtype=np.int64)
    for side in (True, False):
        rows = random.permutation(np.flatnonzero(known.treated == side))
        found[rows] = np.arange(rows.size) % count
    return found.astype(np.float64)


def _effects(known: Campaign) -> FloatArray:
    """Doubly robust effects with outcomes expected by models of the other folds."""
    fold = parts(known, _FOLDS, 0)
    with_it, without = np.zeros(known.y.size), np.zeros(known.y.size)
    for each in range(_FOLDS):
        learn, test = fold != each, fold == each
        with_it[test] = expected(known.x[learn & known.treated], known.y[learn & known.treated])(known.x[test])
        without[test] = expected(known.x[learn & ~known.treated], known.y[learn & ~known.treated])(known.x[test])
    return effects_of(known, with_it, without)
