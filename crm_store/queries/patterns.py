"""Products that the same customers buy, counted by the database, and who has one of a pair without the other."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select

from crm_store.engine.work import Work
from crm_store.models.people import Customer
from crm_store.models.trade import Order, OrderLine
from crm_store.values.patterns import ProductPair

FEWEST_BUYERS: Final = 10
"""A product with fewer says nothing of a habit."""
_PRODUCTS: Final = 40
"""The products with most buyers: pairs grow with their square, and a rare product makes no campaign."""
_LONGEST: Final = 200


def pairs(work: Work, as_of: date) -> tuple[ProductPair, ...]:
    """All pairs of the products with most buyers, in both directions, that anybody has both of."""
    bought = _bought(as_of).subquery()
    buyers = work.session.scalar(select(func.count(func.distinct(bought.c.customer_id)))) or 0
    often = work.session.execute(
        select(bought.c.product, func.count())
        .group_by(bought.c.product)
        .having(func.count() >= FEWEST_BUYERS)
        .order_by(func.count().desc(), bought.c.product)
        .limit(_PRODUCTS)
    ).all()
    of: dict[str, int] = {product: count for product, count in often if product and len(product) <= _LONGEST}
    if len(of) < 2:
        return ()
    one, two = _bought(as_of, *of).subquery(), _bought(as_of, *of).subquery()
    rows = work.session.execute(
        select(one.c.product, two.c.product, func.count())
        .join(two, (one.c.customer_id == two.c.customer_id) & (one.c.product != two.c.product))
        .group_by(one.c.product, two.c.product)
        .order_by(one.c.product, two.c.product)
    ).all()
    names = _spelled(work, as_of, *of)
    compared = len(of) * (len(of) - 1)
    return tuple(
        ProductPair(names[product], names[other], both, of[product], of[other], buyers, compared)
        for product, other, both in rows
    )


def without_other(work: Work, pair: ProductPair, as_of: date, most: int) -> tuple[str, ...]:
    """Who bought the product and never the other, whoever bought it last first."""
    has = _lines(select(Order.customer_id), as_of).where(_product() == func.lower(func.trim(pair.other)))
    rows = work.session.scalars(
        _lines(select(Order.customer_id), as_of)
        .where(_product() == func.lower(func.trim(pair.product)), Order.customer_id.not_in(has))
        .group_by(Order.customer_id)
        .order_by(func.max(Order.ordered_at).desc(), Order.customer_id)
        .limit(most)
    )
    return tuple(one for one in rows if one)


def _bought(as_of: date, *products: str) -> Select[*tuple[Any, ...]]:
    """Each customer with each product once, however it was capitalised."""
    found = _lines(select(Order.customer_id, _product().label("product")), as_of).distinct()
    return found.where(_product().in_(products)) if products else found


def _lines(found: Select[*tuple[Any, ...]], as_of: date) -> Select[*tuple[Any, ...]]:
    end = datetime.combine(as_of + timedelta(days=1), time(), UTC)
    return (
        found.select_from(Order)
        .join(OrderLine, (OrderLine.team_id == Order.team_id) & (OrderLine.order_id == Order.order_id))
        .join(Customer, (Customer.team_id == Order.team_id) & (Customer.customer_id == Order.customer_id))
        .where(
            Order.removed_at.is_(None),
            Order.ordered_at < end,
            Customer.removed_at.is_(None),
            Customer.merged_into.is_(None),
        )
    )


def _product() -> ColumnElement[str]:
    return func.lower(func.trim(OrderLine.product))


def _spelled(work: Work, as_of: date, *products: str) -> dict[str, str]:
    """One spelling of each product, as somebody wrote it."""
    rows = work.session.execute(
        _lines(select(_product(), func.min(func.trim(OrderLine.product))), as_of)
        .where(_product().in_(products))
        .group_by(_product())
    )
    return {str(row[0]): str(row[1]) for row in rows}
