"""Taking an import back: what it made and filled in goes; what somebody used or changed since stays and is named."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import delete, select

from crm_store import audit
from crm_store.actions import (
    clusters,
    import_revert,
    import_whole,
    import_whole_undo,
    mail_history_undo,
    merges,
)
from crm_store.engine.work import Work
from crm_store.errors import NotFound, NotUndoable
from crm_store.ids import Prefix
from crm_store.lookup import tokens
from crm_store.lookup.tokens import in_groups
from crm_store.models.duplicates import DuplicatePair
from crm_store.models.history import Participant
from crm_store.models.lookup import Alias, PairVerdict
from crm_store.models.marketing import CampaignMember, Consent
from crm_store.models.people import Affiliation, Company, CompanyDomain, ContactPoint, Customer, FieldHistory, Need
from crm_store.models.plumbing import Audit, Import, ImportChange, ImportRow, Merge
from crm_store.models.scoring import CustomerFeatures, DirtyCustomer, SegmentMember
from crm_store.models.trade import Deal, DealEvent, DealPerson, Order, OrderLine, Task
from crm_store.queries import merging
from crm_store.values.acts import Receipt

_AT_ONCE: Final = 500
_SHOWN: Final = 5
PART: Final = "import-undo-rows"
# Whatever of these names a customer shows that somebody has used the row.
_USES: Final[tuple[tuple[Any, Any], ...]] = (
    (Participant, Participant.customer_id), (Deal, Deal.customer_id), (DealPerson, DealPerson.customer_id),
    (Task, Task.customer_id), (Need, Need.customer_id), (Order, Order.customer_id), (Alias, Alias.customer_id),
    (FieldHistory, FieldHistory.row_id), (CampaignMember, CampaignMember.customer_id),
    (Consent, Consent.customer_id), (Customer, Customer.merged_into),
)  # fmt: skip
_HANGING: Final[tuple[tuple[Any, Any], ...]] = (
    (ContactPoint, ContactPoint.owner_row), (Affiliation, Affiliation.customer_id),
    (DirtyCustomer, DirtyCustomer.customer_id), (CustomerFeatures, CustomerFeatures.customer_id),
    (SegmentMember, SegmentMember.customer_id), (DuplicatePair, DuplicatePair.a), (DuplicatePair, DuplicatePair.b),
    # Whoever is merged now counts as used: these are merges that were taken back, and what was decided of the two.
    (Merge, Merge.kept), (Merge, Merge.absorbed), (PairVerdict, PairVerdict.a), (PairVerdict, PairVerdict.b),
)  # fmt: skip


def undo_import(work: Work, import_id: str) -> Receipt:
    """Remove what an import made and nobody has touched, and put back what it filled in or replaced."""
    row = to_take_back(work, import_id)
    with audit.record(work, "import-undo", import_id, undoable=False) as ledger:
        ledger.change(row)
        row.state = "undone"
        row.raw = None
        is_whole = row.kind == import_whole.KIND
        # With everybody's own values and rows at home, what the list told nobody shows through somebody else.
        clustered = {seat: clusters.take_apart(work, seat) for seat in _seats(work, import_id)}
        if is_whole:
            import_whole_undo.part_the_merged(work, import_id)
            import_whole_undo.remove_details(work, import_id)
        before = _in_parts(work, import_id)
        orders = before.counts["orders"] + _remove_all_orders(work, import_id)
        deals, used_deals = remove_deals(work, _made(work, import_id, Prefix.DEAL))
        deals += before.counts["deals"]
        mails, used_mails = mail_history_undo.remove_mails(work, import_id, None if is_whole else row.by)
        if is_whole:
            import_whole_undo.forget_touches(work, import_id)
        reverted = import_revert.revert(work, import_id)
        reverted.restored |= before.restored
        reverted.edited[:0] = before.edited
        gone, kept = remove_customers(work, _made(work, import_id, Prefix.CUSTOMER))
        people = before.counts["customers"] + len(gone)
        companies = before.counts["companies"] + remove_companies(work, companies_made(work, import_id))
        for seat, members in clustered.items():
            clusters.put_together(work, seat)
            merges.settle(work, members)
        if is_whole:
            import_whole_undo.remove_frames(work, import_id)
        ledger.note = {
            "orders": orders, "deals": deals, "mails": mails, "customers": people, "companies": companies,
            "restored": len(reverted.restored), "kept": kept, "edited": [one for one, _ in reverted.edited],
        }  # fmt: skip
        counted = (("log" if is_whole else "mail", mails), ("customer", people), ("order", orders), ("deal", deals))
        stayed = [(_names(work, kept), len(kept), "used them"), (used_deals[:_SHOWN], len(used_deals), "moved them")]
        ledger.sentence = _sentence(row, counted, stayed, used_mails, companies, reverted.sentences(work))
    return Receipt(import_id, None, ledger.sentence, made=tuple(kept))


def to_take_back(work: Work, import_id: str) -> Import:
    """The import, if it can be taken back; raises NotFound or NotUndoable. Not audited: reads only."""
    row = work.session.get(Import, (work.team_id, import_id))
    if row is None:
        raise NotFound("There is no such import.", wanted=import_id)
    if row.state == "undone":
        raise NotUndoable("That import was taken back already.")
    return row


def _seats(work: Work, import_id: str) -> list[str]:
    """Under whom merged people and companies are known now whom the import names."""
    edges = work.session.execute(select(Merge.kept, Merge.absorbed).where(Merge.undone_at.is_(None))).all()
    merged = sorted({one for edge in edges for one in edge})
    named: set[str] = set()
    for some in in_groups(merged, _AT_ONCE):
        for model in (ImportRow, ImportChange):
            rows = work.session.scalars(
                select(model.row_id).where(model.import_id == import_id, model.row_id.in_(some)).distinct()
            )
            named.update(filter(None, rows))
    return sorted({merging.survivor(work, one) for one in named})


def _made(work: Work, import_id: str, prefix: Prefix) -> list[str]:
    found = work.session.scalars(
        select(ImportRow.row_id).where(
            ImportRow.import_id == import_id,
            ImportRow.outcome == "created",
            ImportRow.row_id.startswith(f"{prefix}_"),
        )
    )
    return [one for one in found if one]


@dataclass(slots=True)
class _Before:
    """What was done before the last step."""

    counts: Counter[str] = field(default_factory=Counter)
    restored: set[str] = field(default_factory=set)
    edited: list[tuple[str, str]] = field(default_factory=list)


def _in_parts(work: Work, import_id: str) -> _Before:
    before = _Before()
    parts = work.session.scalars(
        select(Audit.change).where(Audit.verb == PART, Audit.row_id == import_id).order_by(Audit.seq)
    )
    for done in parts:
        before.counts.update({name: int(done.get(name, 0)) for name in ("orders", "deals", "companies")})
        before.counts["customers"] += len(done.get("ids", ()))
        before.restored.update(done.get("restored", ()))
        before.edited += [(row_id, name) for row_id, name in done.get("edited", ())]
    return before


def _remove_all_orders(work: Work, import_id: str) -> int:
    ids = list(work.session.scalars(select(Order.order_id).where(Order.import_id == import_id)))
    remove_orders(work, ids)
    return len(ids)


def remove_orders(work: Work, order_ids: Sequence[str]) -> None:
    """Orders go for good, so that the same file can be taken in again.

    Not audited: part of the undo of an import, which is.
    """
    for some in in_groups(order_ids, _AT_ONCE):
        _delete(work, OrderLine, OrderLine.order_id, some)
        _delete(work, Order, Order.order_id, some)


def remove_deals(work: Work, made: Sequence[str]) -> tuple[int, list[str]]:
    """Deals that nobody has changed since; how many went, and the names of those that stay.

    Not audited: part of the undo of an import, which is.
    """
    gone, stay = 0, []
    for some in in_groups(made, _AT_ONCE):
        there = work.session.execute(select(Deal.deal_id, Deal.name, Deal.version).where(Deal.deal_id.in_(some))).all()
        used = set(work.session.scalars(select(Task.deal_id).where(Task.deal_id.in_(some))))
        free = [one for one, _, version in there if version == 1 and one not in used]
        stay += [name for one, name, _ in there if one not in set(free)]
        for model in (DealPerson, DealEvent, Deal):
            _delete(work, model, model.deal_id, free)
        gone += len(free)
    return gone, sorted(stay)


def remove_customers(work: Work, made: Sequence[str]) -> tuple[list[str], list[str]]:
    """People whom nobody has used since; who went, and who stays.

    Not audited: part of the undo of an import, which is.
    """
    gone: list[str] = []
    kept: list[str] = []
    for some in in_groups(made, _AT_ONCE):
        there = work.session.execute(
            select(Customer.customer_id, Customer.version, Customer.last_touch_at, Customer.merged_into).where(
                Customer.customer_id.in_(some), Customer.removed_at.is_(None)
            )
        ).all()
        if not there:
            continue
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


def companies_made(work: Work, import_id: str) -> list[str]:
    """The companies that an import made, as its audit entries tell.

    Not audited: reads only.
    """
    entries = work.session.scalars(select(Audit.change).where(Audit.verb == "import-rows", Audit.row_id == import_id))
    return [one for entry in entries for one in entry.get("ids", ()) if one.startswith(f"{Prefix.COMPANY}_")]


def remove_companies(work: Work, made: Sequence[str]) -> int:
    """Companies that nobody belongs to any more and nobody has changed; how many went.

    Not audited: part of the undo of an import, which is.
    """
    gone = 0
    for some in in_groups(made, _AT_ONCE):
        there = work.session.execute(
            select(Company.company_id, Company.version).where(Company.company_id.in_(some))
        ).all()
        if not there:
            continue
        used: set[str | None] = {one for one, version in there if version > 1}
        for column in (Customer.company_id, Deal.company_id, Affiliation.company_id):
            used |= set(work.session.scalars(select(column).where(column.in_(some))))
        free = [one for one, _ in there if one not in used]
        _delete(work, CompanyDomain, CompanyDomain.company_id, free)
        _delete(work, Company, Company.company_id, free)
        gone += len(free)
    return gone


def _delete(work: Work, model: Any, column: Any, ids: Sequence[str]) -> None:
    if ids:
        work.make_way()
        # Where the session holds no row, none has to be told that it is gone.
        told = "fetch" if work.session.identity_map else False
        work.session.execute(delete(model).where(column.in_(ids)).execution_options(synchronize_session=told))


def _names(work: Work, customer_ids: Sequence[str]) -> list[str]:
    return list(
        work.session.scalars(
            select(Customer.name).where(Customer.customer_id.in_(customer_ids[:_SHOWN])).order_by(Customer.name)
        )
    )


def _sentence(
    row: Import,
    counted: Sequence[tuple[str, int]],
    stayed: Sequence[tuple[Sequence[str], int, str]],
    used_mails: int,
    companies: int,
    details: Sequence[str],
) -> str:
    parts = [f"{number} {what}{'s' * (number != 1)}" for what, number in counted if number]
    if row.kind == "companies" and companies:
        parts.append(f"{companies} compan{'ies' if companies != 1 else 'y'}")
    said = [f"Took back {row.file_name}: {' and '.join(parts) or '0 customers'} removed"]
    if used_mails:
        said.append(f"{used_mails} mail{'s' * (used_mails != 1)} stayed, since somebody has used them")
    for names, number, what in stayed:
        if number:
            left = f" and {number - len(names)} more" if number > len(names) else ""
            said.append(f"{', '.join(names)}{left} stayed, since somebody has {what}")
    return "; ".join([*said, *details])
