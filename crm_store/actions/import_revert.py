"""What an import filled in or replaced is put back, but for what somebody has changed since."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import delete, select

from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.lookup import tokens
from crm_store.lookup.tokens import in_groups
from crm_store.models.people import Affiliation, Company, CompanyDomain, ContactPoint, Customer, FieldHistory
from crm_store.models.plumbing import ImportChange
from crm_store.queries.identity import name_key

_AT_ONCE: Final = 500
_SHOWN: Final = 5
_NUMBERS: Final = frozenset({"version"})
_NEW: Final[dict[str, tuple[Any, Any]]] = {
    Prefix.POINT: (ContactPoint, ContactPoint.point_id),
    Prefix.AFFILIATION: (Affiliation, Affiliation.affiliation_id),
    Prefix.HISTORY: (FieldHistory, FieldHistory.history_id),
}
_OWNER: Final[dict[Any, Any]] = {
    ContactPoint: ContactPoint.owner_row, Affiliation: Affiliation.customer_id, FieldHistory: FieldHistory.row_id,
}  # fmt: skip
_CALLED: Final = {"company_id": "company", "external_key": "number"}


@dataclass(slots=True)
class Reverted:
    """Rows whose details were put back, and (row, field) of what stays because somebody changed it since."""

    restored: set[str] = field(default_factory=set)
    edited: list[tuple[str, str]] = field(default_factory=list)

    def sentences(self, work: Work) -> list[str]:
        """What people are told of it."""
        said = []
        if self.restored:
            number = len(self.restored)
            said.append(f"details of {number} other{'s' * (number != 1)} are as they were")
        if self.edited:
            shown = self.edited[:_SHOWN]
            ids = [one for one, _ in shown]
            names = dict(
                work.session.execute(
                    select(Customer.customer_id, Customer.name).where(Customer.customer_id.in_(ids))
                ).all()
            ) | dict(
                work.session.execute(select(Company.company_id, Company.name).where(Company.company_id.in_(ids))).all()
            )
            told = [f"the {_CALLED.get(name, name)} of {names.get(one, one)}" for one, name in shown]
            more = f" and {len(self.edited) - len(shown)} more" if len(self.edited) > len(shown) else ""
            said.append(f"{', '.join(told)}{more} stayed, since somebody has changed it")
        return said


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of those whom an import changed: the ids of its changes to them, and the rows of the file they came from."""

    owners: frozenset[str]
    ids: frozenset[str]
    first: int
    last: int


def pieces(work: Work, import_id: str, but: Set[str], size: int) -> list[Piece]:
    """Everybody and every company that an import changed and is not in `but`, with all that it hung on them.

    Each stands in one piece, in which its changes are taken back from the last to the first. Not audited: reads only.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    told = select(ImportChange.row_id, ImportChange.row).where(ImportChange.import_id == import_id)
    for row_id, row in work.session.execute(told.order_by(ImportChange.row)):
        rows[row_id].append(row)
    whose = {one: one for one in rows}
    for prefix, (model, column) in _NEW.items():
        mine = [one for one in rows if one.startswith(f"{prefix}_")]
        owner = _OWNER[model]
        for some in in_groups(mine, _AT_ONCE):
            whose |= dict(list(work.session.execute(select(column, owner).where(column.in_(some)))))
    hung: dict[str, list[str]] = defaultdict(list)
    for one, owned_by in whose.items():
        if owned_by not in but:
            hung[owned_by].append(one)
    return [_piece(dict(some), rows) for some in in_groups(list(hung.items()), size)]


def _piece(hung: Mapping[str, Sequence[str]], rows: Mapping[str, Sequence[int]]) -> Piece:
    ids = frozenset(one for own in hung.values() for one in own)
    return Piece(frozenset(hung), ids, min(rows[one][0] for one in ids), max(rows[one][-1] for one in ids))


def revert(work: Work, import_id: str, piece: Piece | None = None) -> Reverted:
    """Take back every change of an import, or those of a piece, which are then forgotten; the last one first.

    Not audited: part of the undo of an import, whose entry tells of it.
    """
    done = Reverted()
    work.flush()
    wanted = [ImportChange.import_id == import_id]
    if piece is not None:
        wanted += [ImportChange.row.between(piece.first, piece.last), ImportChange.row_id.in_(sorted(piece.ids))]
    changes = work.session.execute(
        select(ImportChange.row_id, ImportChange.field, ImportChange.old, ImportChange.new)
        .where(*wanted)
        .order_by(ImportChange.row.desc(), ImportChange.place.desc())
    ).all()
    by_row: dict[str, list[tuple[str, str | None, str | None]]] = defaultdict(list)
    new: list[str] = []
    for row_id, name, old, after in changes:
        if name:
            by_row[row_id].append((name, old, after))
        else:
            new.append(row_id)
    for some in in_groups(sorted(by_row), _AT_ONCE):
        _restore(work, some, by_row, done)
    work.flush()
    owners = _remove_new(work, new, done)
    work.flush()
    people = {one for one in by_row if one.startswith(f"{Prefix.CUSTOMER}_")} | owners
    tokens.refresh_many(work, sorted(people))
    if piece is not None:
        work.session.execute(delete(ImportChange).where(*wanted).execution_options(synchronize_session=False))
    return done


def _restore(
    work: Work,
    ids: Sequence[str],
    by_row: dict[str, list[tuple[str, str | None, str | None]]],
    done: Reverted,
) -> None:
    rows: dict[str, Any] = {
        row.customer_id: row for row in work.session.scalars(select(Customer).where(Customer.customer_id.in_(ids)))
    }
    rows |= {row.company_id: row for row in work.session.scalars(select(Company).where(Company.company_id.in_(ids)))}
    for row_id in ids:
        row = rows.get(row_id)
        if row is None:
            continue
        kept: set[str] = set()
        for name, old, after in by_row[row_id]:
            if name in kept or not _put_back(work, row, row_id, name, old, after):
                kept.add(name)
        done.edited += [(row_id, name) for name in sorted(kept - _NUMBERS)]
        if any(name not in kept for name, *_ in by_row[row_id]):
            done.restored.add(row_id)


def _put_back(work: Work, row: Any, row_id: str, name: str, old: str | None, after: str | None) -> bool:
    """One value as it was; False where it is no longer what the import made it."""
    if name == "domain":
        work.session.execute(
            delete(CompanyDomain)
            .where(CompanyDomain.domain == after, CompanyDomain.company_id == row_id)
            .execution_options(synchronize_session=False)
        )
        return True
    now = getattr(row, name)
    if (None if now is None else str(now)) != after:
        return False
    setattr(row, name, int(old) if name in _NUMBERS and old else old)
    if name == "name":
        row.name_key = name_key(row.name)
    return True


def _remove_new(work: Work, ids: Sequence[str], done: Reverted) -> set[str]:
    """Points, employers and histories that the import hung on people who were there; whose they were."""
    owners: set[str] = set()
    stays = set(done.edited)
    for prefix, (model, column) in _NEW.items():
        mine = [one for one in ids if one.startswith(f"{prefix}_")]
        for some in in_groups(mine, _AT_ONCE):
            gone = list(some)
            if model is FieldHistory:
                there = work.session.execute(
                    select(FieldHistory.history_id, FieldHistory.row_id, FieldHistory.field).where(column.in_(some))
                )
                gone = [one for one, row_id, name in there if not _stays(stays, row_id, name)]
            if model is ContactPoint:
                owners |= set(work.session.scalars(select(ContactPoint.owner_row).where(column.in_(some))))
            work.session.execute(delete(model).where(column.in_(gone)).execution_options(synchronize_session=False))
    done.restored |= owners
    return owners


def _stays(stays: set[tuple[str, str]], row_id: str, name: str) -> bool:
    return (row_id, "company_id" if name == "company" else name) in stays
