"""Tables unlike the usual ones: very many columns, and outcomes of which one kind is rare."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.numbers

from analytics import design, encode, few, luck  # noqa: E402 - the marker must stand before scikit-learn loads
from analytics.trial import potential  # noqa: E402 - the same


def _asked(path: Path, rows: int, rate: float, noise: int = 0, known: float = 0.8) -> dict[str, Any]:
    random = np.random.default_rng(4)
    visits, other = random.poisson(3, rows), random.normal(size=(rows, noise))
    odds = 0.7 * (visits - 3.0)
    shift = np.quantile(odds + random.logistic(size=rows), 1 - rate)
    won = odds + random.logistic(size=rows) > shift
    names = ["visits", *(f"noise {at}" for at in range(noise)), "won"]
    lines = [
        ",".join([str(visits[at]), *(f"{each:.2f}" for each in other[at]), str(int(won[at]))]) for at in range(rows)
    ]
    path.write_text("\n".join([",".join(names), *lines]) + "\n", encoding="utf-8")
    return potential.run(
        table=path,
        label="won",
        time=None,
        id=None,
        drop="",
        train_fraction=known,
        rolling=False,
        out=path.with_name("o"),
    )


@pytest.mark.parametrize("rate", [0.02, 0.96])
def test_a_rare_outcome_among_many_rows_is_still_seen(tmp_path: Path, rate: float) -> None:
    told = _asked(tmp_path / "rare.csv", 2500, rate)
    assert min(told["yes"], told["no"]) < 100
    assert told["model"] == "logistic"
    assert told["error"]["brier"] < told["baseline"]["brier"]


def test_a_rare_outcome_dealt_at_random_gets_no_score() -> None:
    random = np.random.default_rng(1)
    rare = random.random(1500) < 0.03
    kept = luck._thinned(rare, random)
    assert rare[kept].sum() == rare.sum()
    assert kept.size == np.unique(kept).size == 400
    chances = [luck.of_chance(random.normal(size=(1500, 3)), rare, draws=99) for _ in range(2)]
    assert min(chances) > 0.05


def test_three_hundred_columns_are_learnt_from_without_being_spread_out() -> None:
    random = np.random.default_rng(2)
    frame = encode.numeric([f"c{at}" for at in range(300)], random.normal(size=(400, 300)))
    assert design.learn(frame).matrix(frame).shape == (400, 300)
    known = np.arange(300)
    for coding in few.codings(frame, known):
        assert coding.rows.shape[1] <= 120
        assert coding.turn.shape == (300, coding.rows.shape[1])
    narrow = encode.numeric(["a", "b"], random.normal(size=(400, 2)))
    assert design.learn(narrow).matrix(narrow).shape[1] > 10, "few columns may bend"


def test_a_wide_table_of_few_rows_is_answered_in_seconds(tmp_path: Path) -> None:
    began = time.process_time()
    told = _asked(tmp_path / "wide.csv", 300, 0.3, noise=120, known=0.5)
    assert time.process_time() - began < 30
    assert told["rows"] == 150
