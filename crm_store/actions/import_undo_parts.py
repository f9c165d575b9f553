"""Most of an import is taken back a part at a time before the last step, so that nobody waits long for a large one.

A part removes only what the last step would remove as well: what the import made and nobody has touched. It decides
nothing about the rest, and may be done again. Whoever is merged is left to the last step, which takes clusters apart.
"""

from collections.abc import Sequence, Set
from typing import Final

from sqlalchemy import select

from crm_store import audit
from crm_store.actions import import_revert, import_undo, import_whole
from crm_store.actions.mail_history import KIND as MAILS
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.models.people import Customer
from crm_store.models.plumbing import ImportRow, Merge
from crm_store.models.trade import Deal, Order

ROWS: Final = 25
UNDER_WAY: Final = "undoing"
_AT_ONCE_ONLY: Final = frozenset({MAILS, import_whole.KIND})


def made_companies(work: Work, import_id: str) -> frozenset[str]:
    """The companies that an import made, read once for all parts. Not audited: reads only."""
    return frozenset(import_undo.companies_made(work, import_id))


def begin(work: Work, import_id: str) -> bool:
    """From now on the import is being taken back; False where that is done in the last step alone."""
    row = import_undo.to_take_back(work, import_id)
    if row.kind in _AT_ONCE_ONLY:
        return False
    if row.state != UNDER_WAY:
        with audit.record(work, "import-undo-begun", import_id, undoable=False) as ledger:
            ledger.change(row)
            row.state = UNDER_WAY
    return True


def pieces(work: Work, import_id: str) -> list[tuple[int, int]]:
    """The first and the last row of each part, from the end of the file to its start.

    An order's or a deal's own customer is noted below zero, and so comes after all of these. Not audited: reads only.
    """
    rows = work.session.scalars(
        select(ImportRow.row).where(ImportRow.import_id == import_id).order_by(ImportRow.row.desc())
    ).all()
    return [(rows[min(at + ROWS, len(rows)) - 1], rows[at]) for at in range(0, len(rows), ROWS)]


def changed(work: Work, import_id: str) -> list[import_revert.Piece]:
    """Those whom the import changed, in parts; whoever is merged is left to the last step. Not audited: reads only."""
    return import_revert.pieces(work, import_id, _merged(work), ROWS)


def put_back_some(work: Work, import_id: str, piece: import_revert.Piece) -> None:
    """Put back what the import filled in or replaced of these, but for what somebody has changed since."""
    if not piece.owners.isdisjoint(_merged(work)):
        # Somebody was merged a moment ago.
        return
    done = import_revert.revert(work, import_id, piece)
    if done.restored or done.edited:
        told = {"restored": sorted(done.restored), "edited": [list(one) for one in done.edited]}
        audit.append(work, import_undo.PART, import_id, told)


def take_back_some(work: Work, import_id: str, rows: tuple[int, int], companies: Set[str]) -> None:
    """Remove what these rows made, of those companies as well."""
    noted = work.session.execute(
        select(ImportRow.row_id, ImportRow.outcome).where(
            ImportRow.import_id == import_id, ImportRow.row.between(*rows)
        )
    ).all()
    made = [one.row_id for one in noted if one.outcome == "created" and one.row_id]
    merged = _merged(work)
    orders = _free(work, made, Prefix.ORDER, merged)
    deals = _free(work, made, Prefix.DEAL, merged)
    people = [one for one in made if one.startswith(f"{Prefix.CUSTOMER}_") and one not in merged]
    import_undo.remove_orders(work, orders)
    gone_deals = import_undo.remove_deals(work, deals)[0]
    employed = work.session.scalars(select(Customer.company_id).where(Customer.customer_id.in_(people)))
    employers = {one for one in employed if one and one in companies and one not in merged}
    gone = import_undo.remove_customers(work, people)[0]
    left = import_undo.remove_companies(work, sorted(employers))
    if orders or gone_deals or gone or left:
        done = {"orders": len(orders), "deals": gone_deals, "companies": left, "ids": gone}
        audit.append(work, import_undo.PART, import_id, done)


def _merged(work: Work) -> set[str]:
    """Everybody who stands for somebody else now, or for whom somebody else does."""
    edges = work.session.execute(select(Merge.kept, Merge.absorbed).where(Merge.undone_at.is_(None)))
    return {one for edge in edges for one in edge}


def _free(work: Work, made: Sequence[str], prefix: Prefix, merged: Set[str]) -> list[str]:
    """The orders or deals among what was made, but for those of whoever is merged."""
    mine = [one for one in made if one.startswith(f"{prefix}_")]
    if not mine:
        return []
    orders = select(Order.order_id, Order.customer_id).where(Order.order_id.in_(mine))
    deals = select(Deal.deal_id, Deal.customer_id, Deal.company_id).where(Deal.deal_id.in_(mine))
    whose = work.session.execute(orders if prefix is Prefix.ORDER else deals).all()
    return [one for one, *owners in whose if merged.isdisjoint(filter(None, owners))]
