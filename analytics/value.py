"""What customers will order: an outlook chosen on later time, told in words, and asked again for touched customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from analytics import explain, ledger, provenance
from analytics.candidates import CHALLENGERS, COLUMNS, OWN
from analytics.features import FloatArray, Table
from analytics.ledger import Ledger
from analytics.outlook import RECENCY, Outlook, Said
from crm_store.values.history import Histories
from crm_store.values.scores import Json, ModelRecord, Reason, Score, ScoreKind, Verdict

if TYPE_CHECKING:
    from analytics.backtest import Judgement

HISTORY_COLUMNS = ("orders", "days_since_order", "days_since_first", "mean_order")
HORIZONS = (365, 180, 90, 30)
TOLD = ("orders", "days_since_order", "mean_order")
FEWEST_REPEATERS = 10
_WINDOWS = ("orders_30", "orders_90", "orders_180", "spend_30", "spend_90", "spend_180")
_FEWEST_LEFT = 10


@dataclass(frozen=True, slots=True)
class ValueResult:
    """Scores of kinds value and alive with the records of both; `horizon` days, 0 where it abstained."""

    scores: tuple[Score, ...]
    records: tuple[ModelRecord, ...]
    horizon: int


def analyse(histories: Histories) -> ValueResult:
    """Expected revenue with its 80 % interval, and who is alive; abstains in a sentence where it cannot say."""
    from analytics import backtest  # noqa: PLC0415 - asking stored numbers again needs no scikit-learn

    day = histories.as_of
    known = ledger.of_facts(histories.orders, day)
    table = known.buyers(day.toordinal())
    span = day.toordinal() - known.first if table.ids else 0
    horizon = next((each for each in HORIZONS if span >= 3 * each), 0)
    if why := _too_little(table, span, horizon):
        return ValueResult((), (provenance.abstained("value", day, why, len(table.ids)),), 0)
    judged = backtest.judge(known, day.toordinal(), horizon)
    if judged is None or not judged.cuts:
        why = "No expected value: nobody ordered in the time kept for the test."
        return ValueResult((), (provenance.abstained("value", day, why, len(table.ids)),), 0)
    stayed, why_not = _ranked_well(known, judged, day)
    parameters = _parameters(judged, table, shows_alive=not why_not)
    records = (
        _value_record(judged, table, parameters, day),
        provenance.abstained("alive", day, why_not, len(table.ids))
        if why_not and not stayed
        else _alive_record(judged, table, day, why_not),
    )
    return ValueResult(_scores(table, parameters, histories.currency), records, horizon)


def rescore(past: Histories, parameters: Mapping[str, Json]) -> tuple[Score, ...]:
    """The scores of value and alive of the customers in `past`, from the parameters of a value record alone.

    For the same histories they are those of `analyse`; raises KeyError or ValueError for parameters of another kind.
    """
    day = past.as_of
    table = ledger.of_facts(past.orders, day).buyers(day.toordinal())
    return _scores(table, parameters, past.currency) if table.ids else ()


def _too_little(table: Table, span: int, horizon: int) -> str:
    """Why nothing can be said, or nothing."""
    again = int((table.column("orders") > 1).sum())
    if not table.ids:
        return "No expected value yet: nobody has ordered."
    if again < FEWEST_REPEATERS:
        some = f"{again} of {explain.count(len(table.ids), 'buyer')} ordered more than once"
        return f"No expected value yet: {some}, {FEWEST_REPEATERS} are needed."
    if not horizon:
        return f"No expected value yet: orders reach back {span} days, {3 * HORIZONS[-1]} are needed to test it."
    return "No expected value: all orders have an amount of 0." if table.column("spend").sum() <= 0 else ""


def _parameters(judged: "Judgement", table: Table, *, shows_alive: bool) -> dict[str, Json]:
    """All that a score is made of, and the figures of every candidate, the losers' too."""
    typical: dict[str, Json] = {name: float(np.median(table.column(name))) for name in (*TOLD, *_WINDOWS)}
    return {
        "model": _names(judged.outlook.revenue.shares),
        "horizon_days": judged.outlook.horizon,
        "outlook": judged.outlook.to_json(),
        "typical": typical,
        "rows": len(table.ids),
        "shows_alive": shows_alive,
        "tested": {"windows": judged.cuts, "window_days": judged.window},
        "orders": {name: dict(each) for name, each in judged.orders.items()},
        "revenue": {name: dict(each) for name, each in judged.revenue.items()},
        "rankings": dict(judged.alive),
    }


def _scores(table: Table, parameters: Mapping[str, Json], currency: str) -> tuple[Score, ...]:
    found, typical = parameters["outlook"], parameters["typical"]
    if not isinstance(found, dict) or not isinstance(typical, dict):
        raise ValueError("These are no parameters of a value model.")
    outlook, rows = Outlook.from_json(found), int(str(parameters["rows"]))
    said = outlook.say(table)
    usual = {name: float(str(each)) for name, each in typical.items()}
    reasons = _reasons(outlook, table, said.revenue, usual, currency)
    value = [
        Score(each, ScoreKind.VALUE, point, low, high, None, why, rows)
        for each, point, low, high, why in zip(
            table.ids, said.revenue.tolist(), said.low.tolist(), said.high.tolist(), reasons, strict=True
        )
    ]
    return (*value, *(_alive_scores(outlook, table, said, rows) if parameters["shows_alive"] else ()))


def _alive_scores(outlook: Outlook, table: Table, said: Said, rows: int) -> list[Score]:
    """The chance as ranked, between it and what the purchase process alone says."""
    process = outlook.base.mbg.alive(table)
    low, high = np.minimum(process, said.alive), np.maximum(process, said.alive)
    return [
        Score(each, ScoreKind.ALIVE, point, least, most, None, (), rows)
        for each, point, least, most in zip(table.ids, said.alive.tolist(), low.tolist(), high.tolist(), strict=True)
    ]


def _reasons(
    outlook: Outlook, table: Table, point: FloatArray, typical: Mapping[str, float], currency: str
) -> list[tuple[Reason, ...]]:
    """How far orders, the last order and the order size each move the figure from that of a typical customer."""
    effects = np.column_stack([point - outlook.revenue_of(_made_typical(table, name, typical)) for name in TOLD])
    usual = np.array([typical[name] for name in TOLD])
    return explain.all_in_words(TOLD, table.columns(TOLD), usual, effects, currency)


def _made_typical(table: Table, name: str, typical: Mapping[str, float]) -> Table:
    """The same rows, but with one habit replaced by the median customer's."""
    values = table.values.copy()
    at = table.names.index
    if name == "days_since_order":
        once = table.column("orders") <= 1
        values[:, at(name)] = np.where(once, typical[name], np.minimum(typical[name], table.column("days_since_first")))
        values[:, at("days_since_first")] = np.where(once, typical[name], table.column("days_since_first"))
    elif name == "orders":
        for each in ("orders", *_WINDOWS):
            values[:, at(each)] = typical[each]
    else:
        values[:, at(name)] = typical[name]
    values[:, at("spend")] = values[:, at("orders")] * values[:, at("mean_order")]
    return Table(table.as_of, table.ids, table.names, values)


def _value_record(judged: "Judgement", table: Table, parameters: Mapping[str, Json], day: date) -> ModelRecord:
    shares = judged.outlook.revenue.shares
    learnt = any(name in CHALLENGERS for name in (*shares, *judged.outlook.orders.shares))
    return provenance.record(
        "value",
        day,
        _sentence(judged, len(table.ids)),
        Verdict.PUBLISHED if judged.trusted else Verdict.BASE_RATE,
        rows=len(table.ids),
        features=COLUMNS if learnt else HISTORY_COLUMNS,
        parameters=parameters,
        metrics=dict(judged.chosen) | dict(judged.interval) | {"cuts": float(judged.cuts)},
        baseline_name=OWN,
        baseline_metrics={name: each for name, each in judged.revenue[OWN].items() if name != "loss"},
    )


def _sentence(judged: "Judgement", n: int) -> str:
    horizon, plain, ours = judged.outlook.horizon, judged.revenue[OWN], judged.chosen
    inside = explain.percent(judged.interval["coverage"])
    off, plainly_off = (f"{each['total'] * 100:+.0f} %" for each in (ours, plain))
    tested = f"tested on {explain.count(judged.cuts, 'later window')} of {judged.window} days"
    if not judged.trusted:
        return f"Expected revenue in the next {horizon} days: {n:,} buyers' pace so far; no model beat it, {tested}."
    return (
        f"Expected revenue in the next {horizon} days of {n:,} buyers, {_names(judged.outlook.revenue.shares)}: "
        f"typical error {ours['rmse']:,.0f} against {plain['rmse']:,.0f} by the pace so far, total off by "
        f"{off} against {plainly_off}, {inside} of the better half inside the range, {tested}."
    )


def _names(shares: Mapping[str, float]) -> str:
    """The candidates of a blend, the largest share first."""
    ordered = sorted(shares, key=lambda name: -shares[name])
    if len(ordered) == 1:
        return ordered[0]
    return " and ".join(f"{explain.percent(shares[name])} {name}" for name in ordered)


def _ranked_well(known: Ledger, judged: "Judgement", day: date) -> tuple[bool, str]:
    """Whether it could be tested who stays, and why nobody may be called lost."""
    earlier = day.toordinal() - judged.window
    came, _ = known.came(earlier, day.toordinal())
    again = came > 0
    if min(int(again.sum()), int((~again).sum())) < _FEWEST_LEFT:
        return False, "Nobody is called lost yet: too few stayed or too few stayed away to test it."
    best = judged.alive[judged.outlook.ranking.by]
    # The error of an AUC without ties, by its largest possible spread (Birnbaum & Klose 1957).
    doubt = np.sqrt(best * (1 - best) / max(min(int(again.sum()), int((~again).sum())), 1))
    if best - 1.64 * doubt <= 0.5:
        return (
            True,
            f"Nobody is called lost: no better than a coin on later time ({again.size} customers).",
        )
    return True, ""


def _alive_record(judged: "Judgement", table: Table, day: date, why_not: str) -> ModelRecord:
    ranking, base = judged.outlook.ranking, judged.outlook.base
    ours, plain = explain.percent(judged.alive[ranking.by]), explain.percent(judged.alive[RECENCY])
    sentence = (
        f"How such scores did: of two customers one of whom ordered again, that one had the higher chance in {ours} of "
        f"pairs ({plain} by the days since the last order alone); {len(table.ids):,} customers, tested on later time."
    )
    return provenance.record(
        "alive",
        day,
        why_not or sentence,
        Verdict.BASE_RATE if why_not else Verdict.PUBLISHED,
        rows=len(table.ids),
        features=("orders", "days_since_order", "days_since_first"),
        parameters={"model": base.mbg.name, "fitted": base.mbg.to_json(), "ranking": ranking.to_json()},
        metrics={"auc": judged.alive[ranking.by]},
        baseline_name="days since the last order",
        baseline_metrics={"auc": judged.alive[RECENCY]},
    )
