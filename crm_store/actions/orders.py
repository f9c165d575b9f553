"""Orders: the ground of value and of conversion."""

from sqlalchemy import select

from crm_store import audit
from crm_store.actions.touches import mark_dirty
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.models.people import Customer
from crm_store.models.trade import Order, OrderLine
from crm_store.money import Money
from crm_store.values.acts import NewOrder, Receipt


def add(work: Work, new: NewOrder) -> Receipt:
    """Keep an order; a second one with the same key changes nothing and says so."""
    customer = work.session.get(Customer, (work.team_id, new.customer_id))
    if customer is None:
        raise NotFound("That customer is no longer there.")
    if not new.external_key:
        raise BadInput("An order needs a number of its own.", field="external_key")
    if new.total.minor < 0:
        raise BadInput("An order cannot be worth less than nothing.", field="total")
    known = work.session.scalars(select(Order).where(Order.external_key == new.external_key)).one_or_none()
    if known is not None:
        total = Money(known.total_minor, known.currency)
        return Receipt(known.order_id, None, f"Order {new.external_key} is kept already ({total})")
    with audit.record(work, "order", sentence=f"Order of {customer.name}: {new.total}") as ledger:
        order = Order(
            order_id=work.new_id(Prefix.ORDER),
            external_key=new.external_key,
            customer_id=new.customer_id,
            ordered_at=new.ordered_at,
            total_minor=new.total.minor,
            currency=new.total.currency,
            source=new.source,
        )
        ledger.add(order)
        ledger.row_id = order.order_id
        for position, line in enumerate(new.lines, 1):
            ledger.add(
                OrderLine(
                    order_id=order.order_id,
                    position=position,
                    product=line.product,
                    quantity=line.quantity,
                    amount_minor=line.amount.minor,
                )
            )
    mark_dirty(work, [new.customer_id])
    return Receipt(order.order_id, ledger.undo_id, ledger.sentence)
