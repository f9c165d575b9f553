"""Taking an import back: what it made and nobody has used since goes, the rest stays and is counted."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import delete, select

from crm_store import audit
from crm_store.actions import mail_history_undo
from crm_store.engine.work import Work
from crm_store.errors import NotFound, NotUndoable
from crm_store.ids import Prefix
from crm_store.lookup import tokens
from crm_store.lookup.tokens import in_groups
from crm_store.models.history import Participant
from crm_store.models.lookup import Alias
from crm_store.models.marketing import CampaignMember, Consent
from crm_store.models.people import Affiliation, Company, CompanyDomain, ContactPoint, Customer, FieldHistory, Need
from crm_store.models.plumbing import Audit, Import, ImportRow
from crm_store.models.scoring import CustomerFeatures, DirtyCustomer, SegmentMember
from crm_store.models.trade import Deal, DealPerson, Order, OrderLine, Task
from crm_store.values.acts import Receipt

_AT_ONCE: Final = 500
_SHOWN: Final = 5
# Whatever of these names a customer shows that somebody has used the row.
_USES: Final[tuple[tuple[Any, Any], ...]] = (
    (Participant, Participant.customer_id), (Deal, Deal.customer_id), (DealPerson, DealPerson.customer_id),
    (Task, Task.customer_id), (Need, Need.customer_id), (Order, Order.customer_id), (Alias, Alias.customer_id),
    (FieldHistory, FieldHistory.row_id), (CampaignMember, CampaignMember.customer_id),
    (Consent, Consent.customer_id),
)  # fmt: skip
_HANGING: Final[tuple[tuple[Any, Any], ...]] = (
    (ContactPoint, ContactPoint.owner_row), (Affiliation, Affiliation.customer_id),
    (DirtyCustomer, DirtyCustomer.customer_id), (CustomerFeatures, CustomerFeatures.customer_id),
    (SegmentMember, SegmentMember.customer_id),
)  # fmt: skip


def undo_import(work: Work, import_id: str) -> Receipt:
    """Remove what an import made and nobody has touched; customers it only completed stay as they are."""
    row = work.session.get(Import, (work.team_id, import_id))
    if row is None:
        raise NotFound("There is no such import.", wanted=import_id)
    if row.state == "undone":
        raise NotUndoable("That import was taken back already.")
    with audit.record(work, "import-undo", import_id, undoable=False) as ledger:
        ledger.change(row)
        row.state = "undone"
        row.raw = None
        orders = _remove_orders(work, import_id)
        mails, used_mails = mail_history_undo.remove_mails(work, import_id, row.by)
        made = list(
            work.session.scalars(
                select(ImportRow.row_id).where(
                    ImportRow.import_id == import_id,
                    ImportRow.outcome == "created",
                    ImportRow.row_id.startswith(f"{Prefix.CUSTOMER}_"),
                )
            )
        )
        gone, kept = _remove_customers(work, [one for one in made if one])
        _remove_companies(work, import_id)
        ledger.note = {"orders": orders, "mails": mails, "customers": len(gone), "kept": kept}
        counted = (("mail", mails), ("customer", len(gone)), ("order", orders))
        ledger.sentence = _sentence(row.file_name, counted, _names(work, kept), len(kept), used_mails)
    return Receipt(import_id, None, ledger.sentence, made=tuple(kept))


def _remove_orders(work: Work, import_id: str) -> int:
    """Orders go for good, so that the same file can be taken in again."""
    ids = list(work.session.scalars(select(Order.order_id).where(Order.import_id == import_id)))
    for some in in_groups(ids, _AT_ONCE):
        _delete(work, OrderLine, OrderLine.order_id, some)
        _delete(work, Order, Order.order_id, some)
    return len(ids)


def _remove_customers(work: Work, made: Sequence[str]) -> tuple[list[str], list[str]]:
    gone: list[str] = []
    kept: list[str] = []
    for some in in_groups(made, _AT_ONCE):
        there = work.session.execute(
            select(Customer.customer_id, Customer.version, Customer.last_touch_at, Customer.merged_into).where(
                Customer.customer_id.in_(some), Customer.removed_at.is_(None)
            )
        ).all()
        used = {one for one, version, touched, merged in there if version > 1 or touched or merged}
        for model, column in _USES:
            used |= set(work.session.scalars(select(column).select_from(model).where(column.in_(some))))
        free = [one for one, *_ in there if one not in used]
        kept += [one for one, *_ in there if one in used]
        for model, column in (*_HANGING, (Customer, Customer.customer_id)):
            _delete(work, model, column, free)
        tokens.refresh_many(work, free)
        gone += free
    return gone, kept


def _remove_companies(work: Work, import_id: str) -> None:
    """Companies that the import made and nobody belongs to any more."""
    entries = work.session.scalars(select(Audit.change).where(Audit.verb == "import-rows", Audit.row_id == import_id))
    made = [one for entry in entries for one in entry.get("ids", ()) if one.startswith(f"{Prefix.COMPANY}_")]
    for some in in_groups(made, _AT_ONCE):
        used: set[str | None] = set()
        for column in (Customer.company_id, Deal.company_id, Affiliation.company_id):
            used |= set(work.session.scalars(select(column).where(column.in_(some))))
        free = [one for one in some if one not in used]
        _delete(work, CompanyDomain, CompanyDomain.company_id, free)
        _delete(work, Company, Company.company_id, free)


def _delete(work: Work, model: Any, column: Any, ids: Sequence[str]) -> None:
    if ids:
        work.session.execute(delete(model).where(column.in_(ids)).execution_options(synchronize_session="fetch"))


def _names(work: Work, customer_ids: Sequence[str]) -> list[str]:
    return list(
        work.session.scalars(
            select(Customer.name).where(Customer.customer_id.in_(customer_ids[:_SHOWN])).order_by(Customer.name)
        )
    )


def _sentence(
    file_name: str, counted: Sequence[tuple[str, int]], kept: Sequence[str], more: int, used_mails: int
) -> str:
    parts = [f"{number} {what}{'s' * (number != 1)}" for what, number in counted if number]
    said = f"Took back {file_name}: {' and '.join(parts) or '0 customers'} removed"
    if used_mails:
        said += f"; {used_mails} mail{'s' * (used_mails != 1)} stayed, since somebody has used them"
    if not more:
        return said
    left = f" and {more - len(kept)} more" if more > len(kept) else ""
    return f"{said}; {', '.join(kept)}{left} stayed, since somebody has used them"
