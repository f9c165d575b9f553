"""Who will buy and which deals will be won: three questions kept apart, each judged on its own outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zlib import crc32

import numpy as np

from analytics import calibrate, columns, explain, features
from analytics.calibrate import Calibration
from analytics.chance import Answer, Chance, Examples, Question
from analytics.features import FloatArray, Table
from crm_store.values.history import DealFact, Histories
from crm_store.values.scores import Band, DealScore, Json, ModelRecord, Reason, Score, ScoreKind

WINDOW = 90
MOST_WINDOWS = 8
MOST_TO_LEARN_FROM = 10_000
LANDMARKS = (0, 14, 45, 120)
"""Ages in days at which a deal that was still open then is learnt from."""

AGAIN = Question(
    ScoreKind.POTENTIAL,
    (
        "orders",
        "orders_90",
        "days_since_order",
        "mean_order",
        "touches_in_90",
        "touches_out_90",
        "days_since_touch",
        "open_deals",
    ),
    f"customer windows of {WINDOW} days",
    "saw another order",
    f"buying again within {WINDOW} days",
)
FIRST = Question(
    ScoreKind.LEAD,
    ("touches_in_90", "touches_out_90", "days_since_touch", "open_deals", "deals_lost", "days_known"),
    f"lead windows of {WINDOW} days",
    "saw a first order",
    f"leads buying within {WINDOW} days",
)
WIN = Question(ScoreKind.DEAL, features.DEAL_COLUMNS, "closed deals", "won", "open deals being won")
QUESTIONS = (AGAIN, FIRST, WIN)
"""In the order of a result's records and answers."""


@dataclass(frozen=True, slots=True)
class PotentialResult:
    """Scores of kinds potential and lead, scores of open deals, the three records, and what each backtest saw."""

    scores: tuple[Score, ...]
    deals: tuple[DealScore, ...]
    records: tuple[ModelRecord, ...]
    answers: tuple[Answer, ...]


def analyse(histories: Histories) -> PotentialResult:
    """Score everybody and every open deal where the outcomes known so far allow it, and say why not where they do not.

    The potential of a customer who bought before is the chance to order, or win a deal, within 90 days; a lead's is
    the chance to do so for the first time; a deal's is the chance that this deal is won, whenever that is.
    """
    past = features.known_by(histories, histories.as_of)
    some, day = _sampled(past), past.as_of
    windows = [day - timedelta(days=WINDOW * back) for back in range(MOST_WINDOWS, 0, -1)]
    then, now = [features.customers(some, each) for each in windows], features.customers(past, day)
    again, first = (
        _customers(some, [_population(each, bought=bought) for each in (*then, now)], question, past.currency)
        for question, bought in ((AGAIN, True), (FIRST, False))
    )
    won, won_answer = _deals(past)
    answers = (again[1], first[1], won_answer)
    return PotentialResult((*again[0], *first[0]), won, tuple(each.record for each in answers), answers)


def _customers(
    some: Histories, tables: Sequence[Table], question: Question, currency: str
) -> tuple[tuple[Score, ...], Answer]:
    """Scores of everybody in the last of the tables, learnt from `some` customers as they stand in those before it."""
    then, now = [each for each in tables[:-1] if each.ids], tables[-1]
    x_now = now.columns(question.columns)
    found = _window_examples(some, question, then)
    from analytics import judging  # noqa: PLC0415 - asking a stored model again needs no scikit-learn

    answer = judging.answer(question, found, [each.as_of for each in then[-3:]], x_now, now.as_of)
    return _customer_scores(now, question, answer.model, answer.calibration, answer.outcomes, currency), answer


def _sampled(past: Histories) -> Histories:
    """The histories of at most some 10,000 customers, the same ones each time: more teach a model no more."""
    if len(past.customers) <= MOST_TO_LEARN_FROM:
        return past
    share = MOST_TO_LEARN_FROM / len(past.customers)
    kept = {each.customer_id for each in past.customers if crc32(each.customer_id.encode()) < share * 2**32}
    return replace(
        past,
        customers=tuple(each for each in past.customers if each.customer_id in kept),
        orders=columns.orders_of(past.orders, kept),
        touches=columns.touches_of(past.touches, kept),
        deals=tuple(each for each in past.deals if each.customer_id in kept),
    )


def _population(table: Table, *, bought: bool) -> Table:
    has_bought = (table.column("orders") > 0) | (table.column("deals_won") > 0)
    return table.rows(has_bought == bought)


def _window_examples(past: Histories, question: Question, tables: Sequence[Table]) -> Examples:
    width = len(question.columns)
    later = timedelta(days=WINDOW)
    units = tuple(each for table in tables for each in table.ids)
    days = np.array([table.as_of.toordinal() for table in tables for _ in table.ids], dtype=np.int64)
    y = [features.buys_between(past, table.ids, table.as_of, table.as_of + later) for table in tables]
    return Examples(
        np.concatenate([table.columns(question.columns) for table in tables] or [np.zeros((0, width))]),
        np.concatenate([*y, np.zeros(0, dtype=np.bool_)]),
        days,
        days + WINDOW,
        units,
        np.ones(len(units)),
    )


def _deals(past: Histories) -> tuple[tuple[DealScore, ...], Answer]:
    closed = [each for each in past.deals if each.state != "open" and each.closed_on is not None]
    still, now = _open_deals(past)
    found = _deal_examples(past, closed)
    days = sorted(each.closed_on for each in closed if each.closed_on)
    cut_days = [days[int(len(days) * part)] for part in (0.4, 0.6, 0.8)] if days else []
    from analytics import judging  # noqa: PLC0415 - asking a stored model again needs no scikit-learn

    answer = judging.answer(WIN, found, cut_days, now.values, past.as_of)
    return _deal_scores(still, now, (answer.model, answer.calibration, answer.outcomes), past.currency), answer


def _deal_examples(past: Histories, closed: Sequence[DealFact]) -> Examples:
    """Rows at each landmark before the closing day; what is entered on that day may already tell the outcome."""
    moments: list[tuple[DealFact, date, int]] = []
    for deal in sorted(closed, key=lambda each: each.deal_id):
        days = [deal.opened_on + timedelta(days=age) for age in LANDMARKS]
        open_then = [day for day in days if deal.closed_on and day < deal.closed_on]
        moments.extend((deal, day, len(open_then)) for day in open_then)
    table = features.deals(past, [(deal.deal_id, day) for deal, day, _ in moments])
    return Examples(
        table.values,
        np.array([deal.state == "won" for deal, _, _ in moments], dtype=np.bool_),
        np.array([day.toordinal() for _, day, _ in moments], dtype=np.int64),
        np.array([deal.closed_on.toordinal() for deal, _, _ in moments if deal.closed_on], dtype=np.int64),
        table.ids,
        np.array([1 / rows for _, _, rows in moments], dtype=np.float64),
    )


def _judged(
    model: Chance | None, calibration: Calibration | None, x: FloatArray, currency: str
) -> list[tuple[float, float, float, Band | None, tuple[Reason, ...]]]:
    """Point, low, high, band and reasons of each row of `x`; nothing where no score may be shown."""
    if model is None or calibration is None or not x.size:
        return []
    said, effects, usual = model.predict(x), model.contributions(x), model.usual()
    reasons = explain.all_in_words(model.columns, x, usual, effects, currency)
    return [(*judged, why) for judged, why in zip(calibration.judge_all(said), reasons, strict=True)]


def rescore(
    past: Histories, parameters: Mapping[str, Mapping[str, Json]]
) -> tuple[tuple[Score, ...], tuple[DealScore, ...]]:
    """Scores of the customers and open deals of `past` by stored models; `parameters` are keyed by kind of record.

    Nothing is learnt. Raises KeyError or ValueError where stored numbers are of another making.
    """
    past = features.known_by(past, past.as_of)
    scores: list[Score] = []
    everybody = features.customers(past, past.as_of)
    for question, bought in ((AGAIN, True), (FIRST, False)):
        told = parameters.get(question.kind)
        if told and "chance" in told:
            table = _population(everybody, bought=bought)
            scores.extend(_customer_scores(table, question, *_stored(told), past.currency))
    told = parameters.get(WIN.kind)
    if not told or "chance" not in told:
        return tuple(scores), ()
    still, now = _open_deals(past)
    return tuple(scores), _deal_scores(still, now, _stored(told), past.currency)


def _open_deals(past: Histories) -> tuple[list[DealFact], Table]:
    """Deals that are open, by id, and their numbers."""
    still = sorted((each for each in past.deals if each.state == "open"), key=lambda each: each.deal_id)
    return still, features.deals(past, [(each.deal_id, past.as_of) for each in still])


def _stored(told: Mapping[str, Any]) -> tuple[Chance, Calibration, int]:
    return Chance.from_json(told["chance"]), calibrate.from_json(told["calibration"]), int(told["outcomes"])


def _customer_scores(
    table: Table, question: Question, model: Chance | None, calibration: Calibration | None, n: int, currency: str
) -> tuple[Score, ...]:
    judged = _judged(model, calibration, table.columns(question.columns), currency)
    return tuple(
        Score(each, ScoreKind(question.kind), *found, n=n) for each, found in zip(table.ids, judged, strict=False)
    )


def _deal_scores(
    still: Sequence[DealFact], now: Table, judged_by: tuple[Chance | None, Calibration | None, int], currency: str
) -> tuple[DealScore, ...]:
    model, calibration, n = judged_by
    judged = _judged(model, calibration, now.values, currency)
    return tuple(
        DealScore(deal.deal_id, deal.customer_id, *found, n=n) for deal, found in zip(still, judged, strict=False)
    )
