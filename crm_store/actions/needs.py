"""What customers want, in their words."""

from crm_store import audit
from crm_store.actions.touches import mark_dirty
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.models.people import Customer, Need
from crm_store.values.acts import Receipt


def add(work: Work, customer_id: str, text: str, communication_id: str | None = None) -> Receipt:
    """Keep what a customer wants."""
    customer = work.session.get(Customer, (work.team_id, customer_id))
    if customer is None:
        raise NotFound("That customer is no longer there.")
    wanted = " ".join(text.split())
    if not wanted:
        raise BadInput("Say what they need.", field="text")
    with audit.record(work, "need", sentence=f"Need of {customer.name}: {wanted}") as ledger:
        need = Need(
            need_id=work.new_id(Prefix.NEED),
            customer_id=customer_id,
            text=wanted,
            communication_id=communication_id,
            created_at=work.now,
        )
        ledger.add(need)
        ledger.row_id = need.need_id
    mark_dirty(work, [customer_id])
    return Receipt(need.need_id, ledger.undo_id, ledger.sentence)


def met(work: Work, need_id: str) -> Receipt:
    """Say that a need is met."""
    need = work.session.get(Need, (work.team_id, need_id))
    if need is None:
        raise NotFound("That need is no longer there.")
    with audit.record(work, "met", need_id, f"Met: {need.text}") as ledger:
        ledger.change(need)
        need.state = "met"
    mark_dirty(work, [need.customer_id])
    return Receipt(need_id, ledger.undo_id, ledger.sentence)
