"""Files that wait to be imported, and what became of imports."""

from dataclasses import dataclass

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.plumbing import Import, ImportRow


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that waits for Import or Cancel."""

    import_id: str
    file_name: str
    raw: bytes


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


def kept(work: Work, import_id: str) -> KeptFile | None:
    """A kept file; None where it was imported or cancelled already."""
    row = work.session.get(Import, (work.team_id, import_id))
    if row is None or row.state != "kept" or row.raw is None:
        return None
    return KeptFile(row.import_id, row.file_name, row.raw)


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
    )
