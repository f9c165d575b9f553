"""What customers will order: purchase models, machine-learning challengers and the own rate, judged on later time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from analytics import evaluate, explain, features, provenance, purchase, revenue
from analytics.features import FloatArray, Table
from analytics.revenue import (
    CHALLENGER_COLUMNS,
    CHALLENGERS,
    OWN_RATE,
    Fitted,
    Predictor,
    Setting,
    own_rate,
    sum_log_gaps,
)
from crm_store.values.history import Histories
from crm_store.values.scores import ModelRecord, Reason, Score, ScoreKind, Verdict

HISTORY_COLUMNS = ("orders", "days_since_order", "days_since_first", "mean_order")
HORIZONS = (365, 180, 90, 30)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A candidate at one cut: what it said and what came, (n,) each, and its error beside the own rate's."""

    said: FloatArray
    came: FloatArray
    error: Mapping[str, float]
    plain_error: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ValueResult:
    """Scores of kinds value and alive with the records of both; `horizon` days, 0 where it abstained."""

    scores: tuple[Score, ...]
    records: tuple[ModelRecord, ...]
    horizon: int


def analyse(histories: Histories) -> ValueResult:
    """Expected revenue with its 80 % interval, and who is alive; abstains in a sentence where it cannot say."""
    past = features.known_by(histories, histories.as_of)
    day = past.as_of
    table = features.buyers(past, day)
    again = int((table.column("orders") > 1).sum())
    span = (day - min((each.day for each in past.orders), default=day)).days
    horizon = next((each for each in HORIZONS if span >= 3 * each), 0)
    why = ""
    if not table.ids:
        why = "No expected value yet: nobody has ordered."
    elif again < purchase.FEWEST_REPEATERS:
        some = f"{again} of {explain.count(len(table.ids), 'buyer')} ordered more than once"
        why = f"No expected value yet: {some}, {purchase.FEWEST_REPEATERS} are needed."
    elif not horizon:
        why = f"No expected value yet: orders reach back {span} days, {3 * HORIZONS[-1]} are needed to test it."
    elif table.column("spend").sum() <= 0:
        why = "No expected value: all orders have an amount of 0."
    if why:
        return ValueResult((), (provenance.abstained("value", day, why, len(table.ids)),), 0)
    setting = Setting(past, cache(lambda known_by: features.buyers(past, known_by)), horizon)
    value_scores, value_record = _value(setting, table)
    alive_scores, alive_record = _alive(setting, table)
    return ValueResult((*value_scores, *alive_scores), (value_record, alive_record), horizon)


def _loss(error: Mapping[str, float], plain: Mapping[str, float]) -> float:
    """RMSE beside the own rate's, total error and rank together, since each alone rewards a wrong habit."""
    size = error["rmse"] / plain["rmse"] if plain["rmse"] > 0 else 1.0
    return size + abs(error["total"]) / 2 + (1 - error["spearman"]) / 2


def _trials(setting: Setting, cut_days: Sequence[date]) -> dict[str, list[Trial]]:
    """Each candidate at each cut where it could learn; the own rate always."""
    found: dict[str, list[Trial]] = {name: [] for name in (OWN_RATE, *revenue.CANDIDATES)}
    for day in cut_days:
        table = setting.buyers(day)
        came = setting.later(table.ids, day)
        plain = own_rate(table, setting.horizon)
        if came.size < 10 or came.sum() <= 0:
            continue
        plain_error = evaluate.amounts_error(came, plain)
        found[OWN_RATE].append(Trial(plain, came, plain_error, plain_error))
        for name in revenue.CANDIDATES:
            fitted = revenue.fit(name, setting, day)
            said = fitted.predict(table) if fitted else np.array([np.nan])
            if np.isfinite(said).all():
                found[name].append(Trial(said, came, evaluate.amounts_error(came, said), plain_error))
    return {name: trials for name, trials in found.items() if trials}


def _value(setting: Setting, table: Table) -> tuple[tuple[Score, ...], ModelRecord]:
    day = setting.histories.as_of
    first = min(each.day for each in setting.histories.orders)
    trials = _trials(setting, evaluate.cuts(first, day, setting.horizon))
    if OWN_RATE not in trials:
        return (), provenance.abstained(
            "value", day, "No expected value: nobody ordered in the time kept for the test.", len(table.ids)
        )
    losses = {
        name: float(np.mean([_loss(each.error, each.plain_error) for each in found])) for name, found in trials.items()
    }
    champion = min(losses, key=lambda name: losses[name])
    fitted = revenue.fit(champion, setting, day) if champion != OWN_RATE and _beats(trials[champion]) else None
    if fitted is None:
        champion, fitted = OWN_RATE, Fitted(lambda rows: own_rate(rows, setting.horizon), {})
    point = np.maximum(np.nan_to_num(fitted.predict(table)), 0.0)
    low, high = _interval(point, trials[champion])
    reasons = _reasons(fitted.predict, table, point, setting.histories.currency)
    scores = tuple(
        Score(each, ScoreKind.VALUE, float(p), float(a), float(b), None, why, len(table.ids))
        for each, p, a, b, why in zip(table.ids, point, low, high, reasons, strict=True)
    )
    mean = {name: _mean_error(found) for name, found in trials.items()}
    sentence = _sentence(champion, setting.horizon, mean, len(table.ids), trials[champion])
    return scores, provenance.record(
        "value",
        day,
        sentence,
        Verdict.BASE_RATE if champion == OWN_RATE else Verdict.PUBLISHED,
        rows=len(table.ids),
        features=CHALLENGER_COLUMNS if champion in CHALLENGERS else HISTORY_COLUMNS,
        parameters={
            "model": champion,
            "horizon_days": setting.horizon,
            "fitted": fitted.parameters,
            "losses": dict(losses),
        },
        metrics=mean[champion] | _interval_errors(trials[champion]),
        baseline_name=OWN_RATE,
        baseline_metrics=mean[OWN_RATE],
    )


def _beats(found: Sequence[Trial]) -> bool:
    """Whether a candidate beats the own rate on later time: in the size of errors, and in all measures together."""
    smaller = np.mean([each.error["rmse"] for each in found]) < np.mean([each.plain_error["rmse"] for each in found])
    better = (
        np.mean([_loss(each.error, each.plain_error) - _loss(each.plain_error, each.plain_error) for each in found]) < 0
    )
    return bool(smaller and better)


def _mean_error(found: Sequence[Trial]) -> dict[str, float]:
    return {name: float(np.mean([each.error[name] for each in found])) for name in found[0].error} | {
        "cuts": float(len(found))
    }


def _interval(point: FloatArray, found: Sequence[Trial]) -> tuple[FloatArray, FloatArray]:
    """The 80 % interval: what came beside what was said, among customers with a similar figure at earlier cuts."""
    said = np.concatenate([each.said for each in found])
    came = np.concatenate([each.came for each in found])
    bins = int(np.clip(said.size // 20, 1, 10))
    edges = np.quantile(said, np.linspace(0, 1, bins + 1)[1:-1])
    place, ours = np.searchsorted(edges, said), np.searchsorted(edges, point)
    low, high = np.zeros_like(point), point.copy()
    for each in np.unique(ours):
        rows = place == each
        ratio = came[rows] / np.maximum(said[rows], 1e-9) if rows.any() else np.array([0.0, 1.0])
        low[ours == each] = np.quantile(ratio, 0.1) * point[ours == each]
        high[ours == each] = np.quantile(ratio, 0.9) * point[ours == each]
    return np.minimum(low, point), np.maximum(high, point)


def _interval_errors(found: Sequence[Trial]) -> dict[str, float]:
    """Coverage of the newest cut by intervals from the earlier ones, where there are any."""
    if len(found) < 2:
        return {}
    low, high = _interval(found[-1].said, found[:-1])
    came = found[-1].came
    return {
        "coverage": float(np.mean((came >= low) & (came <= high))),
        "interval_score": evaluate.interval_score(came, low, high),
    }


def _reasons(predict: Predictor, table: Table, point: FloatArray, currency: str) -> list[tuple[Reason, ...]]:
    """How far orders, the last order and the order size each move the figure from that of a typical customer."""
    typical = {name: float(np.median(table.column(name))) for name in table.names}
    told = ("orders", "days_since_order", "mean_order")
    effects = np.column_stack([point - np.nan_to_num(predict(_made_typical(table, name, typical))) for name in told])
    usual = np.array([typical[name] for name in told])
    values = table.columns(told)
    return [explain.in_words(told, values[row], usual, effects[row], currency) for row in range(len(table.ids))]


def _made_typical(table: Table, name: str, typical: Mapping[str, float]) -> Table:
    """The same rows, but with one habit replaced by the median customer's."""
    values = table.values.copy()
    at = table.names.index
    if name == "days_since_order":
        values[:, at(name)] = np.minimum(typical[name], table.column("days_since_first"))
    elif name == "orders":
        for each in ("orders", "orders_30", "orders_90", "orders_180", "spend_30", "spend_90", "spend_180"):
            values[:, at(each)] = typical[each]
    else:
        values[:, at(name)] = typical[name]
    values[:, at("spend")] = values[:, at("orders")] * values[:, at("mean_order")]
    return Table(table.as_of, table.ids, table.names, values)


def _sentence(
    champion: str, horizon: int, mean: Mapping[str, Mapping[str, float]], n: int, found: Sequence[Trial]
) -> str:
    tested = f"tested on {explain.count(len(found), 'later window')} of {horizon} days"
    ours, plain = mean[champion], mean[OWN_RATE]
    if champion == OWN_RATE:
        return f"Expected revenue in the next {horizon} days: {n:,} buyers' pace so far; no model beat it, {tested}."
    return (
        f"Expected revenue in the next {horizon} days of {n:,} buyers, {champion}: typical error {ours['rmse']:,.0f} "
        f"against {plain['rmse']:,.0f} by the pace so far, total off by {ours['total']:+.0%} "
        f"against {plain['total']:+.0%}, {tested}."
    )


def _alive(setting: Setting, table: Table) -> tuple[tuple[Score, ...], ModelRecord]:
    """Chance of still being a customer; low and high are the range over three shapes of gaps."""
    day = setting.histories.as_of
    earlier = day - timedelta(days=setting.horizon)
    before = setting.buyers(earlier)
    again = setting.later(before.ids, earlier) > 0
    if min(int(again.sum()), int((~again).sum())) < 10:
        return (), provenance.abstained(
            "alive",
            day,
            "Nobody is called lost yet: too few stayed or too few stayed away to test it.",
            len(before.ids),
        )
    try:
        tested = purchase.likeliest(purchase.shapes(purchase.counts(before), sum_log_gaps(setting.histories, earlier)))
    except purchase.TooFewCustomers as few:
        return (), provenance.abstained("alive", day, few.sentence, len(before.ids))
    said = tested.alive(purchase.counts(before))
    figures = {"auc": evaluate.auc(again, said), "p": evaluate.chance_of_luck(again, said, 199)}
    recency = {"auc": evaluate.auc(again, -before.column("days_since_order"))}
    x = purchase.counts(table)
    shapes = purchase.shapes(x, sum_log_gaps(setting.histories, day))
    best = purchase.likeliest(shapes)
    all_shapes = np.array([each.alive(x) for each in shapes])
    point = best.alive(x)
    scores = tuple(
        Score(each, ScoreKind.ALIVE, float(p), float(a), float(b), None, (), len(table.ids))
        for each, p, a, b in zip(table.ids, point, all_shapes.min(axis=0), all_shapes.max(axis=0), strict=True)
    )
    published = figures["auc"] > 0.5 and figures["p"] <= 0.05
    ours, plain = explain.percent(figures["auc"]), explain.percent(recency["auc"])
    ranked = f"ranks those who ordered again above the others {ours} of the time; days since the last order {plain}"
    sentence = (
        f"Chance of still being a customer by {best.name}, {len(table.ids):,} customers: on later time it {ranked}."
    )
    return scores if published else (), provenance.record(
        "alive",
        day,
        sentence
        if published
        else f"Nobody is called lost: the model did no better than a coin on later time ({len(before.ids)} customers).",
        Verdict.PUBLISHED if published else Verdict.BASE_RATE,
        rows=len(table.ids),
        features=("orders", "days_since_order", "days_since_first"),
        parameters={"model": best.name, "fitted": best.to_json()},
        metrics=figures,
        baseline_name="days since the last order",
        baseline_metrics=recency,
    )
