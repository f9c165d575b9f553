"""Files that wait to be imported, and what became of imports."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVarTuple

from sqlalchemy import Select, func, select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.matching.normalise import fold
from crm_store.models.duplicates import DuplicatePair
from crm_store.models.people import Customer
from crm_store.models.plumbing import Import, ImportRow, SavedMapping
from crm_store.values.duplicates import OPEN
from crm_store.values.imports import ColumnChoice

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that waits for Import or Cancel."""

    import_id: str
    file_name: str
    raw: bytes
    choice: ColumnChoice = field(default_factory=ColumnChoice)


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """What became of an import."""

    file_name: str
    rows: int
    created: int
    updated: int
    skipped: int
    duplicates: int
    errors: tuple[tuple[int, str], ...]
    import_id: str | None
    possible: tuple[tuple[int, str], ...] = ()
    proposed: int = 0


def kept(work: Work, import_id: str) -> KeptFile | None:
    """A kept file; None where it was imported or cancelled already."""
    row = work.session.get(Import, (work.team_id, import_id))
    if row is None or row.state != "kept" or row.raw is None:
        return None
    given = row.mapping or {}
    choice = ColumnChoice(dict(given.get("columns") or {}), tuple(given.get("overwrite") or ()))
    return KeptFile(row.import_id, row.file_name, row.raw, choice)


def writes_in_order(work: Work) -> bool:
    """Whether actions are done in the order in which they are handed in, as one writer does."""
    return work.dialect == "sqlite"


def under_way(work: Work, fingerprint: str) -> str | None:
    """The import of this very file, read the same way, that was begun and not ended."""
    rows = work.session.scalars(
        select(Import).where(Import.kind != "mails", Import.state == "running").order_by(Import.import_id.desc())
    )
    return next((row.import_id for row in rows if row.mapping.get("fingerprint") == fingerprint), None)


def saved_mapping(work: Work, fingerprint: str) -> ColumnChoice | None:
    """What files with this head were taken for before."""
    row = work.session.get(SavedMapping, (work.team_id, fingerprint))
    return ColumnChoice(dict(row.columns), tuple(row.overwrite), row.name) if row else None


def mapping_named(work: Work, name: str) -> ColumnChoice | None:
    """A remembered mapping by its name."""
    row = work.session.scalars(select(SavedMapping).where(SavedMapping.name_key == fold(name))).one_or_none()
    return ColumnChoice(dict(row.columns), tuple(row.overwrite), row.name) if row else None


def possible_duplicates(work: Work, import_id: str, most: int = 1_000) -> tuple[tuple[int, str], ...]:
    """Rows that made somebody new who may be known already, with the other's name."""
    return tuple(
        (row, name)
        for row, name in work.session.execute(
            select(ImportRow.row, Customer.name)
            .join(Customer, (Customer.team_id == ImportRow.team_id) & (Customer.customer_id == ImportRow.problem))
            .where(ImportRow.import_id == import_id, ImportRow.outcome == "created", ImportRow.problem.is_not(None))
            .order_by(ImportRow.row)
            .limit(most)
        )
    )


def made_customers(work: Work, import_id: str, most: int) -> tuple[str, ...]:
    """Customers whom an import made and who are still there, in the order of the file."""
    made = _made(select(Customer.customer_id), import_id).order_by(ImportRow.row).limit(most)
    return tuple(work.session.scalars(made))


def made_namesakes(work: Work, import_id: str, most: int) -> tuple[tuple[str, str], ...]:
    """Such customers of whom somebody of the same name was known before, with that other, in the order of the file."""
    made = _made(select(Customer.customer_id, ImportRow.problem), import_id)
    named = made.where(ImportRow.problem.is_not(None)).order_by(ImportRow.row).limit(most)
    return tuple((one, other) for one, other in work.session.execute(named) if other)


def _made(columns: Select[*Columns], import_id: str) -> Select[*Columns]:
    return columns.join(
        ImportRow, (Customer.team_id == ImportRow.team_id) & (Customer.customer_id == ImportRow.row_id)
    ).where(
        ImportRow.import_id == import_id, ImportRow.outcome == "created",
        Customer.removed_at.is_(None), Customer.merged_into.is_(None),
    )  # fmt: skip


def names_of(work: Work, customer_ids: Sequence[str]) -> dict[str, str]:
    """Names by id, for those who are there."""
    wanted = select(Customer.customer_id, Customer.name).where(Customer.customer_id.in_(list(customer_ids)))
    return dict(list(work.session.execute(wanted)))


def outcome(work: Work, import_id: str) -> ImportRecord:
    """What an import did; raises NotFound."""
    row = work.session.get(Import, (work.team_id, import_id))
    if row is None:
        raise NotFound("There is no such import.", wanted=import_id)
    problems = work.session.execute(
        select(ImportRow.row, ImportRow.problem)
        .where(ImportRow.import_id == import_id, ImportRow.outcome == "error")
        .order_by(ImportRow.row)
        .limit(100)
    ).all()
    counts = {name: int(row.counts.get(name, 0)) for name in ("created", "updated", "skipped", "duplicates", "errors")}
    return ImportRecord(
        row.file_name,
        sum(counts.values()),
        counts["created"],
        counts["updated"],
        counts["skipped"],
        counts["duplicates"],
        tuple((number, problem or "") for number, problem in problems),
        row.import_id if row.state == "done" else None,
        possible_duplicates(work, import_id, 100),
        _waiting(work, import_id),
    )


def _waiting(work: Work, import_id: str) -> int:
    """The pairs with somebody of an import that wait for a decision."""
    made = select(ImportRow.row_id).where(
        ImportRow.team_id == DuplicatePair.team_id,
        ImportRow.import_id == import_id,
        ImportRow.outcome == "created",
    )
    waiting = DuplicatePair.a.in_(made) | DuplicatePair.b.in_(made)
    query = select(func.count()).select_from(DuplicatePair).where(DuplicatePair.state == OPEN, waiting)
    return work.session.scalar(query) or 0
