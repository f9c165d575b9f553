"""The SQL that features are made by, where the rows are: one text for SQLite and PostgreSQL."""

# ruff: noqa: S608 -- every statement here is made of constants of this file; whatever a caller says is a parameter.

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import BindParameter, Date, TextClause, bindparam, text

from crm_store.models.columns import UtcTime

WINDOWS: Final = (30, 90, 180, 365)
"""Days over which orders are counted, up to and including the day of the features."""
_NEAR: Final = tuple(zip(range(len(WINDOWS), 0, -1), WINDOWS, strict=True))
"""In how many windows an order is that is in this one and no smaller one."""
TOUCH_WINDOW: Final = 90
LARGEST_MAJOR: Final = 10**12
"""An amount above this is a mistake and no order, in whole units of the currency."""
_REPLY_SECONDS: Final = 30 * 86_400
"""What is answered later than this is a new conversation."""
RANGE: Final = "{table}.customer_id > :after AND {table}.customer_id <= :upto"
EVERYBODY: Final = "{table}.customer_id <> ''"
LISTED: Final = "{table}.customer_id IN :ids"

_ORDER_COLUMNS: Final = (
    "first_order_on", "last_order_on", "order_days", "spent", "returns", "returned", "foreign_orders",
    *(f"{what}_{days}" for _, days in _NEAR for what in ("order_days", "spent")),
)  # fmt: skip
_TOUCH_COLUMNS: Final = (
    "first_touch_on", "last_touch_on", "last_in_on", "last_out_on", "touches_in", "touches_out", "touches_in_90",
    "touches_out_90", "their_replies", "their_reply_seconds", "our_replies", "our_reply_seconds",
)  # fmt: skip
_DEAL_COLUMNS: Final = ("open_deals", "won_deals", "lost_deals", "deal_moved_on")
# PostgreSQL takes a bare parameter in a list of results for text, and then not for the key it is compared with.
_TEAM: Final = "CAST(:team_id AS varchar(40))"
_SALE: Final = "currency = :currency AND total_minor BETWEEN 0 AND :largest"


@cache
def build(dialect: str, some: str) -> tuple[TextClause, ...]:
    """Statements that make the features of the customers that `some` (RANGE or LISTED) names; old rows must be gone.

    Nothing later than the day of `:as_of` is looked at; a refund and an order in another currency are no sale.
    Buyers come first and in the order of the index: CROSS JOIN has SQLite keep to it, and reads each customer by key.
    """
    # Written so that no index on `merged_into`, which is empty for nearly everybody, looks like a way to the listed.
    live = "customers.removed_at IS NULL AND coalesce(customers.merged_into, '') = ''"
    created = _day("customers.created_at", dialect)
    sold = ", ".join(f"sold.{name}" for name in _ORDER_COLUMNS)
    buyers = f"""
        INSERT INTO customer_features (team_id, customer_id, created_on, {", ".join(_ORDER_COLUMNS)})
        SELECT {_TEAM}, sold.customer_id, {created}, {sold}
        FROM ({orders(dialect, some)}) sold CROSS JOIN customers
        WHERE customers.team_id = :team_id AND customers.customer_id = sold.customer_id AND {live}
        """
    others = f"""
        INSERT INTO customer_features (team_id, customer_id, created_on)
        SELECT {_TEAM}, customers.customer_id, {created} FROM customers
        WHERE customers.team_id = :team_id AND {some.format(table="customers")} AND {live}
            AND (customers.created_at < :end OR EXISTS ({_HEARD}) OR EXISTS ({_OFFERED}))
            AND NOT EXISTS (SELECT 1 FROM customer_features known WHERE known.team_id = :team_id
                AND known.customer_id = customers.customer_id)
        """
    return (
        _typed(buyers, some),
        _typed(others, some),
        _typed(_update(_TOUCH_COLUMNS, _touches(dialect, some), some), some),
        _typed(_update(_DEAL_COLUMNS, _deals(dialect, some), some), some),
    )


def _update(names: tuple[str, ...], source: str, some: str) -> str:
    return f"""
        UPDATE customer_features SET {", ".join(f"{name} = found.{name}" for name in names)}
        FROM ({source}) found
        WHERE customer_features.team_id = :team_id AND {some.format(table="customer_features")}
            AND customer_features.customer_id = found.customer_id
        """


@cache
def clear(some: str) -> TextClause:
    """Remove the rows of the customers that `some` names."""
    return _typed(
        f"DELETE FROM customer_features WHERE team_id = :team_id AND {some.format(table='customer_features')}", some
    )


@cache
def cleaned() -> TextClause:
    """Let a customer go who was not marked again since `:since`."""
    return _typed(
        "DELETE FROM dirty_customers WHERE team_id = :team_id AND customer_id = :customer_id AND since <= :since"
    )


@cache
def roll(days: int) -> TextClause:
    """Take out of one window of orders what left it between two days, `:beyond` and `:until`."""
    left = f"""
        SELECT customer_id, count(*) AS order_days_{days}, sum(spent) AS spent_{days}
        FROM (
            SELECT customer_id, ordered_on, sum(total_minor) AS spent FROM orders
            WHERE team_id = :team_id AND ordered_on > :beyond AND ordered_on <= :until AND removed_at IS NULL
                AND {_SALE}
            GROUP BY customer_id, ordered_on
        ) one_day
        GROUP BY customer_id
        """
    return _typed(_taken_out(left, (f"order_days_{days}", f"spent_{days}")))


@cache
def roll_touches() -> TextClause:
    """Take out of the window of communications what left it from `:beyond_at` until before `:until_at`."""
    names = (f"touches_in_{TOUCH_WINDOW}", f"touches_out_{TOUCH_WINDOW}")
    left = f"""
        SELECT customer_id, sum(came) AS {names[0]}, sum(1 - came) AS {names[1]}
        FROM (
            SELECT DISTINCT participants.customer_id, participants.communication_id, {_CAME} AS came
            FROM communications CROSS JOIN participants
            WHERE participants.team_id = :team_id AND participants.communication_id = communications.communication_id
                AND communications.team_id = :team_id AND communications.happened_at >= :beyond_at
                AND communications.happened_at < :until_at AND {_CONTACT}
        ) one
        GROUP BY customer_id
        """
    return _typed(_taken_out(left, names))


def _taken_out(left: str, names: tuple[str, str]) -> str:
    """What left is looked up by key, row by row: an UPDATE with FROM would have SQLite read every customer."""
    return f"""
        INSERT INTO customer_features (team_id, customer_id, {", ".join(names)})
        SELECT {_TEAM}, gone.customer_id, {", ".join(f"gone.{name}" for name in names)}
        FROM ({left}) gone CROSS JOIN customer_features known
        WHERE known.team_id = :team_id AND known.customer_id = gone.customer_id
        ON CONFLICT (team_id, customer_id) DO UPDATE
        SET {", ".join(f"{name} = customer_features.{name} - excluded.{name}" for name in names)}
        """


@cache
def newly_past() -> tuple[TextClause, ...]:
    """Mark the customers of whom something became past between two days that was future when it was written."""
    between = "{moment} >= :beyond_at AND {moment} < :until_at"
    opened, closed, moved, spoken = (
        between.format(moment=each)
        for each in ("opened_at", "closed_at", "deal_events.at", "communications.happened_at")
    )
    sources = (
        "customer_id FROM orders WHERE team_id = :team_id AND ordered_on > :beyond AND ordered_on <= :until",
        f"customer_id FROM deals WHERE team_id = :team_id AND customer_id IS NOT NULL AND ({opened} OR {closed})",
        "deals.customer_id FROM deals JOIN deal_events ON deal_events.team_id = :team_id"
        " AND deal_events.deal_id = deals.deal_id"
        f" WHERE deals.team_id = :team_id AND deals.customer_id IS NOT NULL AND {moved}",
        "participants.customer_id FROM communications CROSS JOIN participants"
        f" WHERE communications.team_id = :team_id AND {spoken} AND participants.team_id = :team_id"
        " AND participants.communication_id = communications.communication_id"
        # Said so that no index on the customer looks like a way to the participants of one communication.
        " AND coalesce(participants.customer_id, '') <> ''",
    )
    return tuple(
        _typed(
            f"INSERT INTO dirty_customers (team_id, customer_id, since) SELECT DISTINCT {_TEAM}, {source}".replace(
                " FROM ", ", :now FROM ", 1
            )
            + " ON CONFLICT DO NOTHING"
        )
        for source in sources
    )


@cache
def heal(dialect: str) -> TextClause:
    """Give the day to orders that an older version wrote without it."""
    return _typed(
        f"UPDATE orders SET ordered_on = {_day('ordered_at', dialect)} WHERE team_id = :team_id AND ordered_on IS NULL"
    )


def orders(dialect: str, some: str) -> str:
    """One row a customer with _ORDER_COLUMNS; orders of one day count once. The index has the rows in this order.

    Each order is looked at once, for what it counts as and how many windows it is in. The fence keeps SQLite from
    folding those answers into every sum, which would have it ask a dozen times, and lets it see that rows are in order.
    """
    fence = "LIMIT -1" if dialect == "sqlite" else "OFFSET 0"
    inmost = ", ".join(
        f"count(DISTINCT sold_on) FILTER (WHERE near >= {near}) AS order_days_{days},"
        f" coalesce(sum(sale) FILTER (WHERE near >= {near}), 0) AS spent_{days}"
        for near, days in _NEAR
    )
    near = " ".join(f"WHEN ordered_on > :since_{days} THEN {near}" for near, days in _NEAR)
    return f"""
        SELECT customer_id, min(sold_on) AS first_order_on, max(sold_on) AS last_order_on,
            count(DISTINCT sold_on) AS order_days, coalesce(sum(sale), 0) AS spent, count(refund) AS returns,
            coalesce(sum(refund), 0) AS returned, count(elsewhere) AS foreign_orders, {inmost}
        FROM (
            SELECT customer_id, CASE WHEN {_SALE} THEN ordered_on END AS sold_on,
                CASE WHEN {_SALE} THEN total_minor END AS sale,
                CASE WHEN currency = :currency AND total_minor < 0 THEN -total_minor END AS refund,
                CASE WHEN currency <> :currency THEN 1 END AS elsewhere,
                CASE WHEN ordered_on <= :since_{WINDOWS[-1]} THEN 0 {near} END AS near
            FROM orders
            WHERE team_id = :team_id AND {some.format(table="orders")} AND ordered_on <= :as_of AND removed_at IS NULL
            ORDER BY customer_id, ordered_on {fence}
        ) every
        GROUP BY customer_id
        """


_CAME: Final = "CASE WHEN communications.direction IN ('incoming', 'in') THEN 1 ELSE 0 END"
_CONTACT: Final = (
    "communications.removed_at IS NULL AND communications.level <> 'private'"
    " AND communications.direction IN ('incoming', 'in', 'outgoing', 'out')"
)

_HEARD: Final = f"""SELECT 1 FROM participants CROSS JOIN communications WHERE communications.team_id = :team_id
    AND communications.communication_id = participants.communication_id AND participants.team_id = :team_id
    AND participants.customer_id = customers.customer_id AND communications.happened_at < :end AND {_CONTACT}"""
_OFFERED: Final = """SELECT 1 FROM deals WHERE deals.team_id = :team_id AND deals.customer_id = customers.customer_id
    AND deals.opened_at < :end AND deals.removed_at IS NULL"""


def _touches(dialect: str, some: str) -> str:
    """One row a customer with _TOUCH_COLUMNS; a reply is what comes next in the other direction within 30 days."""
    recent = f"day > :since_{TOUCH_WINDOW}"
    reply = f"before <> came AND moment - moment_before <= {_REPLY_SECONDS}"
    turns = "PARTITION BY customer_id ORDER BY moment, communication_id"
    return f"""
        SELECT customer_id, min(day) AS first_touch_on, max(day) AS last_touch_on,
            max(CASE WHEN came = 1 THEN day END) AS last_in_on, max(CASE WHEN came = 0 THEN day END) AS last_out_on,
            sum(came) AS touches_in, sum(1 - came) AS touches_out,
            sum(CASE WHEN came = 1 AND {recent} THEN 1 ELSE 0 END) AS touches_in_90,
            sum(CASE WHEN came = 0 AND {recent} THEN 1 ELSE 0 END) AS touches_out_90,
            sum(CASE WHEN came = 1 AND {reply} THEN 1 ELSE 0 END) AS their_replies,
            sum(CASE WHEN came = 1 AND {reply} THEN moment - moment_before ELSE 0 END) AS their_reply_seconds,
            sum(CASE WHEN came = 0 AND {reply} THEN 1 ELSE 0 END) AS our_replies,
            sum(CASE WHEN came = 0 AND {reply} THEN moment - moment_before ELSE 0 END) AS our_reply_seconds
        FROM (
            SELECT customer_id, day, came, moment, lag(came) OVER ({turns}) AS before,
                lag(moment) OVER ({turns}) AS moment_before
            FROM (
                SELECT DISTINCT participants.customer_id, participants.communication_id, {_CAME} AS came,
                    {_day("communications.happened_at", dialect)} AS day,
                    {_seconds("communications.happened_at", dialect)} AS moment
                FROM participants CROSS JOIN communications
                WHERE communications.team_id = :team_id
                    AND communications.communication_id = participants.communication_id
                    AND participants.team_id = :team_id AND {some.format(table="participants")}
                    AND communications.happened_at < :end AND {_CONTACT}
            ) contacts
        ) turns
        GROUP BY customer_id
        """


def _deals(dialect: str, some: str) -> str:
    """One row a customer with _DEAL_COLUMNS; a deal that closed after the day was still open on it."""
    return f"""
        SELECT customer_id,
            sum(CASE WHEN outcome = 'open' THEN 1 ELSE 0 END) AS open_deals,
            sum(CASE WHEN outcome = 'won' THEN 1 ELSE 0 END) AS won_deals,
            sum(CASE WHEN outcome = 'lost' THEN 1 ELSE 0 END) AS lost_deals, max(moved_on) AS deal_moved_on
        FROM (
            SELECT deals.customer_id,
                CASE WHEN deals.state IN ('won', 'lost') AND deals.closed_at < :end THEN deals.state ELSE 'open' END
                    AS outcome,
                {
        _day(
            "coalesce((SELECT max(deal_events.at) FROM deal_events WHERE deal_events.team_id = :team_id "
            "AND deal_events.deal_id = deals.deal_id AND deal_events.at < :end), deals.opened_at)",
            dialect,
        )
    }
                    AS moved_on
            FROM deals
            WHERE deals.team_id = :team_id AND {some.format(table="deals")} AND deals.opened_at < :end
                AND deals.removed_at IS NULL
        ) each_deal
        GROUP BY customer_id
        """


@cache
def read_orders(dialect: str, some: str) -> TextClause:
    """Each customer's orders up to the day: how many, their days as ordinals, and their amounts, as lists in text.

    A row a customer instead of one an order, since handing over a million rows costs more than finding them.
    """
    listed = "group_concat({}, ',')" if dialect == "sqlite" else "string_agg(CAST({} AS text), ',' ORDER BY ordered_on)"
    return _typed(
        f"""
        SELECT customer_id, count(*) AS orders, {listed.format("day")} AS days, {listed.format("total_minor")} AS totals
        FROM (
            SELECT customer_id, ordered_on, {_ordinal("ordered_on", dialect)} AS day, total_minor FROM orders
            WHERE team_id = :team_id AND {some.format(table="orders")} AND ordered_on <= :as_of
                AND removed_at IS NULL AND currency = :currency
            ORDER BY customer_id, ordered_on
        ) each_order
        GROUP BY customer_id ORDER BY customer_id
        """,
        some,
    )


@cache
def read_touches(dialect: str, some: str) -> TextClause:
    """Customer, day as an ordinal, kind and direction (1 for in) of each contact up to the day."""
    return _typed(
        f"""
        SELECT customer_id, day, kind, came FROM (
            SELECT DISTINCT participants.customer_id, {_ordinal("communications.happened_at", dialect)} AS day,
                communications.kind, {_CAME} AS came, communications.communication_id
            FROM participants CROSS JOIN communications
            WHERE communications.team_id = :team_id
                AND communications.communication_id = participants.communication_id
                AND participants.team_id = :team_id AND {some.format(table="participants")}
                AND participants.customer_id IS NOT NULL AND communications.happened_at < :end AND {_CONTACT}
        ) contacts
        ORDER BY customer_id, day, communication_id
        """,
        some,
    )


def values(team_id: str, on: tuple[date, date], currency: str, largest_minor: int) -> dict[str, Any]:
    """What `build` is told beside which customers; `on` is the day of all and the day from which windows reach back."""
    as_of, windows_on = on
    end = datetime.combine(as_of + timedelta(days=1), time(), UTC)
    since = {f"since_{days}": windows_on - timedelta(days=days) for days in WINDOWS}
    return {"team_id": team_id, "as_of": as_of, "end": end, "currency": currency, "largest": largest_minor, **since}


def _day(moment: str, dialect: str) -> str:
    if dialect == "sqlite":
        return f"substr({moment}, 1, 10)"
    return moment if moment.endswith("_on") else f"CAST({moment} AT TIME ZONE 'UTC' AS date)"


def _ordinal(moment: str, dialect: str) -> str:
    """Days are read as numbers, since making a date of a million texts costs more than reading them."""
    if dialect == "sqlite":
        # Day 1 of the calendar began at Julian day 1721425.5.
        return f"CAST(julianday({_day(moment, dialect)}) - 1721424.5 AS INTEGER)"
    return f"({_day(moment, dialect)} - DATE '0001-01-01' + 1)"


def _seconds(moment: str, dialect: str) -> str:
    return f"unixepoch({moment})" if dialect == "sqlite" else f"CAST(extract(epoch FROM {moment}) AS bigint)"


def _typed(statement: str, some: str = "") -> TextClause:
    """The statement with its days and moments written as each engine keeps them."""
    clause = text(statement)
    days = ("as_of", "beyond", "until", *(f"since_{window}" for window in WINDOWS))
    known = clause._bindparams
    named: list[BindParameter[Any]] = [bindparam(each, type_=Date()) for each in days if each in known]
    named += [
        bindparam(each, type_=UtcTime()) for each in ("end", "now", "since", "beyond_at", "until_at") if each in known
    ]
    if some == LISTED:
        named.append(bindparam("ids", expanding=True))
    return clause.bindparams(*named)
