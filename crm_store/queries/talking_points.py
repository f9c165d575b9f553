"""What a caller may talk about: a customer's last order and the deal that is open."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.lookup.tokens import in_groups
from crm_store.models.trade import Deal, Order, OrderLine
from crm_store.money import Money

_AT_ONCE: Final = 400
_LONGEST: Final = 60


def of(work: Work, customer_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each customer up to two points, each a few words; without any they are left out."""
    found: dict[str, list[str]] = {}
    for some in in_groups(list(dict.fromkeys(customer_ids)), _AT_ONCE):
        for who, point in (*_orders(work, list(some)).items(), *_deals(work, list(some)).items()):
            found.setdefault(who, []).append(point)
    return {who: tuple(points) for who, points in found.items()}


def _orders(work: Work, ids: list[str]) -> dict[str, str]:
    rows = work.session.scalars(
        select(Order)
        .where(Order.customer_id.in_(ids), Order.removed_at.is_(None), Order.total_minor > 0)
        .order_by(Order.ordered_at, Order.order_id)
    )
    last = {row.customer_id: row for row in rows if row.customer_id}
    lines = select(OrderLine.order_id, OrderLine.product).where(
        OrderLine.order_id.in_([row.order_id for row in last.values()])
    )
    products = {order_id: product for order_id, product in work.session.execute(lines) if product}
    return {
        who: f"last order {row.ordered_at:%d %b %Y}, {_what(products.get(row.order_id))}"
        f"{Money(row.total_minor, row.currency)}"
        for who, row in last.items()
    }


def _what(product: str | None) -> str:
    return f"{' '.join(product.split())[:_LONGEST]}, " if product else ""


def _deals(work: Work, ids: list[str]) -> dict[str, str]:
    rows = work.session.scalars(
        select(Deal)
        .where(Deal.customer_id.in_(ids), Deal.state == "open", Deal.removed_at.is_(None))
        .order_by(Deal.opened_at, Deal.deal_id)
    )
    return {row.customer_id: f"open deal “{row.name[:_LONGEST]}”" for row in rows if row.customer_id}
