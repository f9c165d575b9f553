"""Products that the same customers buy, counted in one pass, and who has one of a pair without the other."""

# ruff: noqa: S608 -- every statement here is made of constants of this file; whatever a caller says is a parameter.

from array import array
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations
from typing import Any, Final

from sqlalchemy import TextClause, bindparam, text

from crm_store.engine.work import Work
from crm_store.models.columns import UtcTime
from crm_store.models.people import Team
from crm_store.values.patterns import SETTING, ProductPair

FEWEST_BUYERS: Final = 10
"""A product with fewer says nothing of a habit."""
_PRODUCTS: Final = 40
"""The products with most buyers: pairs grow with their square, and a rare product makes no campaign."""
_LONGEST: Final = 200
_PAGE: Final = 5000


def pairs(work: Work, as_of: date) -> tuple[ProductPair, ...]:
    """All pairs of the products with most buyers, in both directions, that anybody has both of."""
    spelled, buyers_of, buyers = _buyers(work, as_of)
    counts = {product: len(places) for product, places in buyers_of.items() if len(places) >= FEWEST_BUYERS}
    often = sorted(counts, key=lambda product: (-counts[product], product))[:_PRODUCTS]
    of = {product: _bits(buyers_of[product], buyers) for product in often if product and len(product) <= _LONGEST}
    compared = len(of) * (len(of) - 1)
    return tuple(
        ProductPair(spelled[one], spelled[two], both, counts[one], counts[two], buyers, compared)
        for one, two in permutations(sorted(of), 2)
        if (both := (of[one] & of[two]).bit_count())
    )


def without_other(work: Work, pair: ProductPair, as_of: date, most: int) -> tuple[str, ...]:
    """Who bought the product and never the other, whoever bought it last first."""
    told = {**_until(work, as_of), "product": pair.product, "other": pair.other, "most": most}
    return tuple(row.customer_id for row in work.session.execute(_typed(_WITHOUT), told))


def kept(work: Work) -> ProductPair | None:
    """The pair that the last night found sure."""
    team = work.session.get(Team, (work.team_id,))
    return ProductPair.recalled(team.settings.get(SETTING)) if team else None


def lacking(work: Work, pair: ProductPair, as_of: date, among: Sequence[str]) -> tuple[str, ...]:
    """Who of these bought the product and never the other, in the order of their ids."""
    told = {**_until(work, as_of), "product": pair.product, "other": pair.other, "ids": list(among)}
    clause = _typed(_LACKING).bindparams(bindparam("ids", expanding=True))
    return tuple(row.customer_id for row in work.session.execute(clause, told))


def _buyers(work: Work, as_of: date) -> tuple[dict[str, str], dict[str, "array[int]"], int]:
    """A spelling of each product, the places of its buyers among all buyers, and how many those are."""
    rows = work.session.execute(_typed(_BOUGHT), _until(work, as_of), execution_options={"yield_per": _PAGE})
    spelled: dict[str, str] = {}
    buyers_of: dict[str, array[int]] = {}
    places: dict[str, int] = {}
    for customer_id, product, written in rows:
        place = places.setdefault(customer_id, len(places))
        buyers_of.setdefault(product, array("i")).append(place)
        spelled[product] = min(written, spelled.get(product, written))
    return spelled, buyers_of, len(places)


def _bits(places: Iterable[int], most: int) -> int:
    """A number with a bit for each place, since who is in two of these sets is one operation then."""
    bits = bytearray(most // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")


def _until(work: Work, as_of: date) -> dict[str, Any]:
    return {"team_id": work.team_id, "end": datetime.combine(as_of + timedelta(days=1), time(), UTC)}


def _typed(statement: str) -> TextClause:
    """With the moment written as each engine keeps it."""
    return text(statement).bindparams(bindparam("end", type_=UtcTime()))


_PRODUCT: Final = "lower(trim(order_lines.product))"
_OF: Final = """
    order_lines.team_id = :team_id AND orders.team_id = :team_id AND customers.team_id = :team_id
    AND orders.order_id = order_lines.order_id AND customers.customer_id = orders.customer_id
    AND orders.removed_at IS NULL AND orders.ordered_at < :end
    AND customers.removed_at IS NULL AND coalesce(customers.merged_into, '') = ''
    """
# Many orders have no lines, and a team that notes none has a million of them: CROSS JOIN has SQLite begin with lines.
_LINES: Final = f"FROM order_lines CROSS JOIN orders CROSS JOIN customers WHERE {_OF}"
_BOUGHT: Final = f"""
    SELECT orders.customer_id, {_PRODUCT}, min(trim(order_lines.product)) {_LINES}
    GROUP BY orders.customer_id, {_PRODUCT}
    """
_ONE_ALONE: Final = f"""
    AND {_PRODUCT} IN (lower(trim(:product)), lower(trim(:other)))
    GROUP BY orders.customer_id HAVING max(CASE WHEN {_PRODUCT} = lower(trim(:other)) THEN 1 ELSE 0 END) = 0
    """
_WITHOUT: Final = f"""
    SELECT orders.customer_id {_LINES} {_ONE_ALONE}
    ORDER BY max(orders.ordered_at) DESC, orders.customer_id LIMIT :most
    """
# Of a few customers by their own orders, however many lines there are.
_LACKING: Final = f"""
    SELECT orders.customer_id FROM customers CROSS JOIN orders CROSS JOIN order_lines
    WHERE customers.customer_id IN :ids AND {_OF} {_ONE_ALONE}
    ORDER BY orders.customer_id
    """
