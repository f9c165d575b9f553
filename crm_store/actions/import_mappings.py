"""What the columns of a file were taken for, remembered under a name for the next file with the same head."""

from sqlalchemy import select

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.matching.normalise import clean, fold
from crm_store.models.plumbing import SavedMapping
from crm_store.values.imports import ColumnChoice

_LONGEST = 80


def save(work: Work, fingerprint: str, choice: ColumnChoice) -> str:
    """Remember a choice for files with this head, and say under which name."""
    row = work.session.get(SavedMapping, (work.team_id, fingerprint))
    name = _free_name(work, clean(choice.name)[:_LONGEST] or (row.name if row else "List"), fingerprint)
    with audit.record(work, "save-mapping", fingerprint[:40], f"Remembered the columns of {name}") as ledger:
        if row is None:
            row = SavedMapping(fingerprint=fingerprint, name=name, name_key=fold(name), by=work.actor)
            row.used_at = work.now
            row.columns, row.overwrite = dict(choice.columns), list(choice.overwrite)
            ledger.add(row)
        else:
            ledger.change(row)
            row.name, row.name_key = name, fold(name)
            row.columns, row.overwrite = dict(choice.columns), list(choice.overwrite)
            row.by, row.used_at = work.actor, work.now
    return name


def _free_name(work: Work, wanted: str, fingerprint: str) -> str:
    """The name, with a number behind it where files of another head have it."""
    taken = set(work.session.scalars(select(SavedMapping.name_key).where(SavedMapping.fingerprint != fingerprint)))
    name, number = wanted, 2
    while fold(name) in taken:
        name, number = f"{wanted} {number}", number + 1
    return name
