"""Whom to contact: a learner where people react differently, a simple rule where not, and no claim of nothing."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

pytestmark = pytest.mark.numbers

from analytics import policy, uplift  # noqa: E402 - the marker must stand first
from analytics.evaluate import BoolArray  # noqa: E402 - the same
from analytics.features import FloatArray  # noqa: E402 - the same
from analytics.policy import Policy  # noqa: E402 - the same
from analytics.trial import policy as trial  # noqa: E402 - the same
from analytics.uplift import Campaign  # noqa: E402 - the same
from crm_store.errors import BadInput  # noqa: E402 - the same

Kind = Literal["apart", "in proportion", "none"]


def _effect(kind: Kind, chance: FloatArray, x: FloatArray) -> FloatArray:
    if kind == "apart":
        return np.where(x[:, 1] > 0, 0.2, 0.0)
    return 0.8 * chance if kind == "in proportion" else np.zeros(len(x))


def _campaign(kind: Kind, n: int = 4000, seed: int = 0) -> tuple[Campaign, FloatArray]:
    """A campaign to a random half, and each person's true effect."""
    random = np.random.default_rng(seed)
    x = random.normal(0, 1, (n, 3))
    chance = 0.6 / (1 + np.exp(2 - 1.2 * x[:, 0]))
    effect = _effect(kind, chance, x)
    treated = random.random(n) < 0.5
    y = (random.random(n) < np.minimum(chance + effect * treated, 1)).astype(np.float64)
    return Campaign(x, treated, y, recent=x[:, 2], spend=x[:, 0] + random.normal(0, 2, n)), effect


def _top(score: FloatArray) -> BoolArray:
    return np.asarray(score >= np.quantile(score, 0.7), dtype=np.bool_)


def _judge(kind: Kind, seed: int = 0) -> tuple[Policy, float, float, float]:
    """The policy, the true effect in its best 30 % of new people, what it claims of them, and everybody's effect."""
    known, _ = _campaign(kind, seed=seed)
    fresh, effect = _campaign(kind, seed=seed + 100)
    taught = policy.learn(known)
    score = policy.apply(taught, fresh.x, fresh.recent, fresh.spend)
    best = _top(score)
    return taught, float(effect[best].mean()), float(policy.claimed(taught, score)[best].mean()), float(effect.mean())


def test_a_learner_is_taken_where_only_some_react_to_a_contact() -> None:
    taught, came, claimed, everybody = _judge("apart")
    assert taught.name in uplift.LEARNERS
    assert came > 1.7 * everybody
    assert abs(claimed - came) < 0.04
    assert taught.margin > policy._CLEAR * taught.margin_error
    assert taught.sentence.startswith(f"{taught.name}: beats ")


def test_the_chance_of_a_yes_is_taken_where_everybody_reacts_in_proportion_to_it() -> None:
    taught, came, claimed, everybody = _judge("in proportion")
    assert taught.name == policy.PROPENSITY
    assert came > 1.3 * everybody
    assert abs(claimed - came) < 0.05


def test_hardly_anything_is_claimed_where_nobody_reacts() -> None:
    claims, naive = [], []
    for seed in (1, 2, 3):
        known, _ = _campaign("none", seed=seed)
        alone = uplift.t_learner(known)(known.x)
        claims.append(abs(_judge("none", seed)[2]))
        naive.append(float(alone[_top(alone)].mean()))
    assert max(claims) < 0.01
    assert np.mean(claims) < 0.2 * np.mean(naive)


def test_a_figure_is_claimed_as_far_as_it_is_no_luck() -> None:
    assert policy._kept(0.01, 0.02, 4000) == pytest.approx(0, abs=0.001)
    assert policy._kept(0.0, 0.01, 4000) == policy._kept(0.03, 0.0, 4000) == 0
    assert policy._kept(-0.02, 0.01, 4000) == pytest.approx(-0.0021, abs=0.0002)
    assert policy._kept(0.06, 0.01, 4000) == pytest.approx(0.06, rel=0.001)
    assert policy._kept(1e9, 1e-9, 10) == pytest.approx(1e9)


def test_every_policy_is_compared_on_people_it_was_not_fitted_on() -> None:
    taught = policy.learn(_campaign("apart", 2000)[0])
    names = {each.name for each in taught.judged}
    assert names == {policy.PROPENSITY, policy.RECENT, policy.SPEND, *uplift.LEARNERS}
    areas = {each.name: each.area for each in taught.judged}
    assert abs(areas[policy.RECENT]) < 4 * next(each.error for each in taught.judged if each.name == policy.RECENT)


def test_few_people_are_ranked_at_random_and_so_it_is_said() -> None:
    known, _ = _campaign("apart", 60)
    taught = policy.learn(known)
    assert taught.name == policy.RANDOM
    assert taught.sentence == "random: no order of people did clearly better than a random one"
    scores = policy.apply(taught, known.x, None, None)
    assert np.ptp(policy.claimed(taught, scores)) == 0


def test_habits_rank_by_what_people_did() -> None:
    known, _ = _campaign("none", 600)
    made = policy.Policy(policy.SPEND, (), "random", 0, 0, 0, 0, 0, 0, None)
    assert policy.apply(made, known.x, known.recent, known.spend) is known.spend


@pytest.mark.parametrize(
    "y", [np.zeros(400), np.ones(400), np.random.default_rng(0).gamma(1, 50, 400)], ids=["none", "all", "amounts"]
)
def test_odd_outcomes_are_worked_with(y: FloatArray) -> None:
    known, _ = _campaign("none", 400)
    taught = policy.learn(Campaign(known.x, known.treated, y))
    scores = policy.apply(taught, known.x, None, None)
    assert np.isfinite(policy.claimed(taught, scores)).all()


def test_folds_hold_both_sides_evenly() -> None:
    known, _ = _campaign("none", 301)
    fold = uplift.parts(known, 3, 0)
    shares = [known.treated[fold == each].mean() for each in range(3)]
    assert np.ptp(shares) < 0.02


def _file(path: Path, kind: Kind, n: int = 2000) -> Path:
    known, _ = _campaign(kind, n)
    lines = ["id,warm,keen,months_since_order,channel,contacted,bought"]
    for at in range(n):
        cells = (f"{known.treated[at]:d}", f"{known.y[at]:.0f}") if at < n // 2 else ("", "")
        x = ",".join(f"{value:.4f}" for value in known.x[at])
        lines.append(f"p{at},{x},{'web' if at % 3 else 'phone'},{cells[0]},{cells[1]}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_table_gets_a_rank_and_a_claim_for_every_later_row(tmp_path: Path) -> None:
    path = _file(tmp_path / "campaign.csv", "apart")
    answers = []
    for name in ("one.csv", "two.csv"):
        out = tmp_path / name
        told = trial.run(table=path, treatment="contacted", outcome="bought", id="id", train_fraction=0.5, out=out)
        answers.append(out.read_text(encoding="utf-8").splitlines())
    assert answers[0] == answers[1]
    assert answers[0][0] == "id,rank,expected_uplift,policy"
    rows = [line.split(",") for line in answers[0][1:]]
    assert [row[0] for row in rows] == [f"p{at}" for at in range(1000, 2000)]
    assert sorted(int(row[1]) for row in rows) == list(range(1, 1001))
    assert told["rows"] == 1000
    assert {each["policy"] for each in told["compared"]} >= {policy.PROPENSITY, policy.RECENT, uplift.MEAN}


def test_a_contact_that_is_neither_yes_nor_no_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path / "campaign.csv", "none", 200)
    with pytest.raises(BadInput, match="who was contacted"):
        trial.run(table=path, treatment="keen", outcome="bought", id=None, train_fraction=0.5, out=tmp_path / "o.csv")


def _with_arms(path: Path, arms: tuple[str, ...], people: int = 300) -> Path:
    rows = [f"c {at},{at % 7},{arms[at % len(arms)]},{at % 3 == 0:d}" for at in range(people)]
    path.write_text("\n".join(["id,warm,arm,bought", *rows]) + "\n", encoding="utf-8")
    return path


def _asked(path: Path) -> Mapping[str, Any]:
    out = path.with_name("out.csv")
    return trial.run(table=path, treatment="arm", outcome="bought", id="id", train_fraction=0.5, out=out)


def test_of_several_arms_the_one_left_alone_is_told_by_its_name(tmp_path: Path) -> None:
    three = _asked(_with_arms(tmp_path / "three.csv", ("Mail A", "Control", "Mail B")))
    assert three["contacted"] == 100
    assert three["arms_contacted"] == ["mail a", "mail b"]
    assert _asked(_with_arms(tmp_path / "two.csv", ("Womens E-Mail", "No E-Mail")))["contacted"] == 75
    assert _asked(_with_arms(tmp_path / "a.csv", ("A", "Control")))["contacted"] == 75


@pytest.mark.parametrize(
    ("arms", "said"),
    [(("A", "B", "C"), "who was left alone"), (("1",), "Everybody"), (("0",), "Nobody")],
)
def test_a_campaign_without_people_left_alone_is_refused(tmp_path: Path, arms: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        _asked(_with_arms(tmp_path / "arms.csv", arms))


def test_people_who_are_all_alike_cannot_be_ordered(tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    path.write_text("arm,bought\n" + "1,0\n0,1\n" * 50, encoding="utf-8")
    with pytest.raises(BadInput, match="no column that tells people apart"):
        trial.run(table=path, treatment="arm", outcome="bought", id=None, train_fraction=0.5, out=tmp_path / "o.csv")


def test_a_leaning_that_may_be_luck_is_not_called_a_win() -> None:
    leaning = policy.Policy(policy.SPEND, (), policy.RANDOM, 0.002, 0.0015, 0.0, 0.0, 0.0, 0.0, None)
    assert "ahead of random" in leaning.sentence
    assert leaning.sentence.endswith("may be luck")
    assert "beats random by" in replace(leaning, margin_error=0.001).sentence


def test_one_contact_claims_next_to_nothing() -> None:
    treated = np.zeros(120, dtype=np.bool_)
    treated[0] = True
    known = Campaign(np.zeros((120, 1)), treated, treated | (np.arange(120) % 2 == 0), None, None)
    assert abs(policy.learn(known).average) < 0.1
