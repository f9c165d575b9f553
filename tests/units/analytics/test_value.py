"""Expected value: chosen on later time, the same for a night and for one customer, and written for any table."""

import csv
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.numbers

from analytics import backtest, features, interval, ledger, value  # noqa: E402 - the marker must stand first
from analytics.backtest import Judgement, Trial  # noqa: E402 - the same
from analytics.candidates import MBG, OWN, Expected  # noqa: E402 - the same
from analytics.interval import Interval, Spread  # noqa: E402 - the same
from analytics.ledger import Ledger  # noqa: E402 - the same
from analytics.outlook import Blend, Outlook  # noqa: E402 - the same
from analytics.trial import value as trial  # noqa: E402 - the same
from crm_store.errors import BadInput  # noqa: E402 - the same
from crm_store.values.history import Histories  # noqa: E402 - the same
from crm_store.values.scores import ModelRecord, Score, ScoreKind, Verdict  # noqa: E402 - the same
from tests.units.analytics.regimes import START, Company  # noqa: E402 - the same
from tests.units.analytics.simulated import TODAY, simulate  # noqa: E402 - the same

DAY = START + 500
HORIZON = 120


@pytest.fixture(scope="module")
def team() -> Histories:
    return simulate(220, with_deals=False)


@pytest.fixture(scope="module")
def night(team: Histories) -> value.ValueResult:
    return value.analyse(team)


@pytest.fixture(scope="module")
def company() -> Ledger:
    return Company(customers=400, days=640, joins=400, k=2, seed=6).ledger()


@pytest.fixture(scope="module")
def judged(company: Ledger) -> Judgement:
    found = backtest.judge(company, DAY, HORIZON)
    assert found is not None
    return found


def _record(night: value.ValueResult) -> ModelRecord:
    return next(each for each in night.records if each.kind == "value")


def _numbers(scores: tuple[Score, ...]) -> dict[tuple[str, ScoreKind], tuple[float, float, float]]:
    return {(each.customer_id, each.kind): (each.point, each.low, each.high) for each in scores}


def test_a_few_touched_customers_are_scored_as_in_the_night(team: Histories, night: value.ValueResult) -> None:
    some = {each.customer_id for each in team.customers[10:30]}
    past = replace(team, orders=tuple(each for each in team.orders if each.customer_id in some))
    again = value.rescore(past, json.loads(json.dumps(dict(_record(night).parameters))))
    before = {each: numbers for each, numbers in _numbers(night.scores).items() if each[0] in some}
    assert {each.kind for each in again} == {ScoreKind.VALUE, ScoreKind.ALIVE}
    assert _numbers(again).keys() == before.keys()
    assert np.array(list(_numbers(again).values())) == pytest.approx(
        np.array([before[each] for each in _numbers(again)])
    )
    reasons = {(each.customer_id, each.kind): [why.text for why in each.reasons] for each in night.scores}
    assert all([why.text for why in each.reasons] == reasons[each.customer_id, each.kind] for each in again)


def test_an_order_today_raises_what_is_expected(team: Histories, night: value.ValueResult) -> None:
    parameters = _record(night).parameters
    quiet = max(night.scores, key=lambda each: each.high - each.point if each.kind is ScoreKind.ALIVE else -1.0)
    mine = [each for each in team.orders if each.customer_id == quiet.customer_id]
    more = replace(mine[-1], day=TODAY)
    before, after = (
        _numbers(value.rescore(replace(team, orders=tuple(each)), parameters)) for each in (mine, [*mine, more])
    )
    assert after[quiet.customer_id, ScoreKind.VALUE] > before[quiet.customer_id, ScoreKind.VALUE]
    assert after[quiet.customer_id, ScoreKind.ALIVE][0] >= before[quiet.customer_id, ScoreKind.ALIVE][0]


def test_stored_numbers_are_asked_again_without_what_learning_needs(night: value.ValueResult, tmp_path: Path) -> None:
    stored = tmp_path / "parameters.json"
    stored.write_text(json.dumps(dict(_record(night).parameters)), encoding="utf-8")
    script = (
        "import json, sys\nfrom datetime import date\nfrom analytics import value\n"
        "from crm_store.values.history import Histories, OrderFact\n"
        f"past = Histories(date(2026, 11, 25), (), (OrderFact('c', date(2026, 11, 1), 90.0),))\n"
        f"scores = value.rescore(past, json.load(open({str(stored)!r})))\n"
        "print(len(scores), [name for name in sys.modules if name.split('.')[0] == 'sklearn'],"
        " 'scipy.optimize' in sys.modules)\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.split("\n")[0] == "2 [] False"


def test_parameters_of_another_kind_are_refused(team: Histories) -> None:
    with pytest.raises(KeyError):
        value.rescore(team, {"k": 3})


def test_the_record_keeps_the_losers_figures_and_the_own_rates(night: value.ValueResult) -> None:
    record = _record(night)
    figures = record.parameters["revenue"]
    assert isinstance(figures, dict)
    assert {MBG, OWN, "Tweedie regression", "decision tree", "gradient boosting"} <= figures.keys()
    assert record.baseline_name == OWN
    assert record.baseline_metrics["rmse"] > record.metrics["rmse"]
    assert "by the pace so far" in record.sentence
    assert "RMSE" not in record.sentence


def test_who_never_ordered_again_in_the_whole_team_is_not_called_lost() -> None:
    team = simulate(60, with_deals=False, seed=3)
    some = {each.customer_id for each in team.customers[:24]}
    few = replace(team, orders=tuple(each for each in team.orders if each.customer_id in some))
    result = value.analyse(few)
    alive = [each for each in result.records if each.kind == "alive"]
    assert all(each.verdict is Verdict.PUBLISHED for each in alive) or not _of(result, ScoreKind.ALIVE)


def _of(result: value.ValueResult, kind: ScoreKind) -> list[Score]:
    return [each for each in result.scores if each.kind is kind]


def test_later_orders_change_nothing(company: Ledger, judged: Judgement) -> None:
    known = company.day <= DAY
    cut = ledger.ledger(company.ids, company.who[known], company.day[known], company.amount[known])
    again = backtest.judge(cut, DAY, HORIZON)
    assert again is not None
    assert again.outlook.to_json() == judged.outlook.to_json()


def test_an_outlook_survives_json(company: Ledger, judged: Judgement) -> None:
    table = company.buyers(DAY)
    again = Outlook.from_json(json.loads(json.dumps(judged.outlook.to_json())))
    one, other = judged.outlook.say(table), again.say(table)
    for name in ("orders", "revenue", "low", "high", "alive"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_total_order_and_range_hold_on_later_time(company: Ledger, judged: Judgement) -> None:
    table = company.buyers(DAY)
    said = judged.outlook.say(table)
    orders, revenue = company.came(DAY, DAY + HORIZON)
    assert judged.trusted
    assert said.revenue.sum() == pytest.approx(revenue.sum(), rel=0.2)
    upper = said.revenue >= np.median(said.revenue)
    assert 0.7 <= np.mean(((revenue >= said.low) & (revenue <= said.high))[upper]) <= 0.92
    assert ((said.low >= 0) & (said.low <= said.revenue) & (said.revenue <= said.high)).all()
    assert said.alive[orders > 0].mean() > said.alive[orders == 0].mean() + 0.2


def _trial(orders: float, said: float, repeats: float = 100.0, own: float = 5.0) -> Trial:
    came = np.linspace(0, 2 * orders, 40)
    ours, plain = Expected(came * said / orders, came * said / orders), Expected(came[::-1] * own, came[::-1] * own)
    ranks = {"orders": backtest._ranks(came), "revenue": backtest._ranks(came)}
    spread = Spread(ours.revenue, 2 * ours.revenue**2, np.full(40, 0.1))
    return Trial(0, {MBG: ours, OWN: plain}, came, came, spread, {}, True, ranks, repeats)


def test_a_level_is_corrected_where_three_windows_agree() -> None:
    alone = Blend({MBG: 1.0})
    assert backtest._level([_trial(10, 8), _trial(10, 8.2), _trial(10, 7.9)], alone, "orders") > 1.2
    assert backtest._level([_trial(10, 8), _trial(10, 8.2), _trial(10, 11)], alone, "orders") == 1
    assert backtest._level([_trial(10, 8), _trial(10, 8.2)], alone, "orders") == 1
    explained = [replace(_trial(10, 8), level_counts=False), _trial(10, 8), _trial(10, 8)]
    assert backtest._level(explained, alone, "orders") == 1


def test_what_ranks_upside_down_gets_no_share() -> None:
    blend = backtest._blend([_trial(10, 10), _trial(10, 11), _trial(10, 9)], "orders")
    assert blend.shares == {MBG: 1.0}
    assert backtest._beats([_trial(10, 10), _trial(10, 11)], Blend({MBG: 1.0}))
    assert not backtest._beats([_trial(10, 10), _trial(10, 11)], Blend({OWN: 1.0}))


def test_range_quantiles_of_a_process_are_those_of_its_draws() -> None:
    random = np.random.default_rng(2)
    drawn = np.where(random.random(200_000) < 0.4, 0.0, np.exp(random.normal(3, 0.6, 200_000)))
    one = np.ones(1)
    spread = Spread(one * drawn.mean(), one * (drawn**2).mean(), one * 0.4)
    low, high = Interval("lognormal").of(spread)
    assert low[0] == 0
    assert high[0] == pytest.approx(np.quantile(drawn, 0.9), rel=0.02)


def test_ranges_by_size_are_learnt_from_what_came() -> None:
    said, came = np.full(40, 10.0), np.concatenate([np.zeros(20), np.full(20, 30.0)])
    found = Interval.from_json(interval.by_size(said, came).to_json())
    low, high = found.of(Spread(np.array([10.0]), np.array([200.0]), np.array([0.2])))
    assert (low[0], high[0]) == pytest.approx((0.0, 30.0))


def _csv(path: Path, rows: list[tuple[str, str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("who", "when", "much"), *rows])
    return path


def _run(path: Path, out: Path) -> tuple[dict[str, object], dict[str, dict[str, float]]]:
    told = trial.run(
        orders=path, customer="who", date="when", amount="much", until=date(2026, 6, 1), horizon_days=60, out=out
    )
    with out.open(encoding="utf-8") as file:
        rows = {row.pop("customer"): {name: float(each) for name, each in row.items()} for row in csv.DictReader(file)}
    return dict(told), rows


def test_a_table_of_ones_own_is_answered_for_every_customer_in_it(tmp_path: Path) -> None:
    team = simulate(150, with_deals=False, seed=8)
    facts = [(each.customer_id, each.day.isoformat(), str(each.amount)) for each in team.orders]
    path = _csv(tmp_path / "orders.csv", [*facts, ("only returned", "2026-05-01", "-20"), ("", "2026-05-01", "7")])
    told, rows = _run(path, tmp_path / "out.csv")
    before = {each.customer_id for each in team.orders if each.day < date(2026, 6, 1)}
    assert rows.keys() == before | {"only returned"}
    assert set(rows["only returned"].values()) == {0.0}
    assert told["rows_skipped"] == 1
    parameters = told["parameters"]
    assert isinstance(parameters, dict)
    assert parameters.keys() == {"r", "alpha", "a", "b"}
    assert all(0 <= each["alive"] <= 1 and each["revenue_low"] <= each["revenue_high"] for each in rows.values())
    json.dumps(told, allow_nan=False)


def test_a_table_of_three_orders_is_answered_too(tmp_path: Path) -> None:
    rows = [("a", "2026-01-01", "10"), ("a", "2026-03-01", "20"), ("b", "2026-05-30", "5")]
    told, said = _run(_csv(tmp_path / "orders.csv", rows), tmp_path / "out.csv")
    assert told["parameters"] is None
    assert told["backtest"] is None
    assert said["a"]["expected_orders"] > 0
    assert all(np.isfinite(list(each.values())).all() for each in said.values())


def test_free_orders_are_worth_nothing(tmp_path: Path) -> None:
    days = [(date(2026, 1, 1) + timedelta(days=9 * each)).isoformat() for each in range(15)]
    rows = [(f"c{who}", day, "0") for who in range(20) for day in days[who % 5 :: 2]]
    _, said = _run(_csv(tmp_path / "orders.csv", rows), tmp_path / "out.csv")
    assert {each["expected_revenue"] for each in said.values()} == {0.0}


def test_what_returns_cost_is_taken_from_what_is_expected(tmp_path: Path) -> None:
    days = [(date(2026, 1, 1) + timedelta(days=9 * each)).isoformat() for each in range(15)]
    sold = [(f"c{who}", day, "10") for who in range(20) for day in days[who % 5 :: 2]]
    back = [(who, "2026-05-29", "-10") for who, _, _ in sold[::10]]
    plain, before = _run(_csv(tmp_path / "sold.csv", sold), tmp_path / "out.csv")
    told, after = _run(_csv(tmp_path / "orders.csv", [*sold, *back]), tmp_path / "back.csv")
    assert plain["share_returned"] == 0
    assert told["share_returned"] == pytest.approx(len(back) / len(sold), abs=1e-4)
    for each in ("expected_revenue", "revenue_low", "revenue_high"):
        sums = [sum(row[each] for row in rows.values()) for rows in (before, after)]
        assert sums[1] == pytest.approx(sums[0] * (1 - len(back) / len(sold)), rel=1e-3)
    assert all(after[who]["expected_orders"] == row["expected_orders"] for who, row in before.items())


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="who"):
        trial.run(
            orders=_csv(tmp_path / "orders.csv", [("a", "2026-01-01", "10")]),
            customer="whom",
            date="when",
            amount="much",
            until=date(2026, 6, 1),
            horizon_days=60,
            out=tmp_path / "out.csv",
        )


def test_the_known_buyers_are_all_scored(team: Histories, night: value.ValueResult) -> None:
    assert {each.customer_id for each in _of(night, ScoreKind.VALUE)} == set(features.buyers(team, TODAY).ids)
