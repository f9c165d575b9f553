"""`crm analyze value`: orders and revenue to come of each customer in a table, and who is still a customer."""

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path

from analytics import backtest, ledger, purchase
from analytics.backtest import Judgement
from analytics.candidates import OWN
from analytics.features import Table
from analytics.outlook import Said
from analytics.trial import tables
from analytics.trial.tables import OrderTable
from crm_store.values.scores import Json

COLUMNS = ("customer", "expected_orders", "expected_revenue", "revenue_low", "revenue_high", "alive")
_DIGITS = 6


def run(
    *, orders: Path, customer: str, date: str, amount: str, until: datetime.date, horizon_days: int, out: Path
) -> dict[str, Json]:
    """Write one row for every customer in the file before `until`; the answer says what was fitted and how well.

    Raises BadInput where a column is missing or no row can be used.
    """
    table = tables.orders(orders, customer=customer, day=date, amount=amount, until=until)
    known = ledger.ledger(table.ids, table.customer, table.day, table.amount)
    last = until - datetime.timedelta(days=1)
    buyers = known.buyers(last.toordinal())
    judged = backtest.judge(known, last.toordinal(), horizon_days)
    found = judged.outlook if judged else backtest.plain(buyers, horizon_days)
    kept = _kept(table)
    tables.write(out, COLUMNS, _rows(table.ids, buyers, found.say(buyers), kept))
    return {
        "question": "value",
        "customers": len(table.ids),
        "order_days": int(table.day.size),
        "rows_skipped": sum(table.skipped.values()),
        "skipped_for_lack_of": dict(table.skipped),
        "share_returned": round(1 - kept, 4),
        "known_until": last.isoformat(),
        "horizon_days": horizon_days,
        "model": {"orders": dict(found.orders.shares), "revenue": dict(found.revenue.shares)},
        "level": {"orders": round(found.orders.level, 4), "revenue": round(found.revenue.level, 4)},
        "slope": round(found.revenue.slope, 4),
        "purchase_process": found.base.mbg.name,
        "season": [round(each, 3) for each in found.base.mbg.clock.factors],
        "parameters": _parameters(buyers),
        "backtest": _backtest(judged) if judged and judged.cuts else None,
    }


def _kept(table: OrderTable) -> float:
    """The share of revenue that stays after returns, 0 to 1: a return is no order, but such will come again."""
    sold = float(table.amount[table.amount > 0].sum())
    return min(max(float(table.amount.sum()) / sold, 0.0), 1.0) if sold > 0 else 1.0


def _rows(ids: tuple[str, ...], buyers: Table, said: Said, kept: float) -> Iterator[tuple[object, ...]]:
    """One row a customer, in the order of the file; who only returned goods is expected to order nothing."""
    place = {each: row for row, each in enumerate(buyers.ids)}
    columns = (said.orders, said.revenue * kept, said.low * kept, said.high * kept, said.alive)
    for each in ids:
        row = place.get(each)
        yield (each, *(0.0 if row is None else round(float(column[row]), _DIGITS) for column in columns))


def _parameters(buyers: Table) -> dict[str, Json] | None:
    """The plain BG/NBD of all customers, for the record; times in days."""
    try:
        found = purchase.BgNbd().fit(purchase.counts(buyers))
    except purchase.TooFewCustomers:
        return None
    return {"r": found.r_, "alpha": found.alpha_, "a": found.a_, "b": found.b_}


def _backtest(judged: Judgement) -> dict[str, Json]:
    """The figures of the choice, of every candidate and of the plain rule in earlier windows."""
    return {
        "windows": judged.cuts,
        "window_days": judged.window,
        "revenue_error": _rounded(judged.chosen),
        "own_rate_revenue_error": _rounded(judged.revenue.get(OWN, {})),
        "better_than_own_rate": judged.trusted,
        "interval": _rounded(judged.interval),
        "ranks_later_buyers": _rounded(judged.alive),
        "orders": {name: _rounded(each) for name, each in judged.orders.items()},
        "revenue": {name: _rounded(each) for name, each in judged.revenue.items()},
    }


def _rounded(figures: Mapping[str, float]) -> dict[str, Json]:
    return {name: round(float(each), 4) for name, each in figures.items()}
