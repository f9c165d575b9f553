"""A file dropped in chat: kept until its owner has said Import or Cancel."""

from collections.abc import Sequence

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.models.plumbing import Import

KEPT = "kept"


def keep_file(work: Work, file_name: str, kind: str, raw: bytes, heads: Sequence[str] = ()) -> str:
    """Keep a file as it came, with the names of its columns; nothing of it is taken in yet."""
    import_id = work.new_id(Prefix.IMPORT)
    with audit.record(work, "keep-file", import_id, f"Kept {file_name}", undoable=False) as ledger:
        ledger.note["bytes"] = len(raw)
        work.add(
            Import(
                import_id=import_id,
                file_name=file_name,
                kind=kind,
                mapping={"heads": list(heads)},
                state=KEPT,
                counts={},
                raw=raw,
                by=work.actor,
                at=work.now,
            )
        )
    return import_id


def choose_column(work: Work, import_id: str, place: int, field: str) -> bool:
    """Keep what somebody says a column of a kept file is; False where the file is gone or has no such column."""
    row = work.session.get(Import, (work.team_id, import_id))
    heads = list(row.mapping.get("heads") or ()) if row is not None and row.state == KEPT else []
    if row is None or not 0 <= place < len(heads):
        return False
    with audit.record(work, "choose-column", import_id, "Chose a column", undoable=False) as ledger:
        ledger.change(row)
        row.mapping = {**row.mapping, "columns": {**(row.mapping.get("columns") or {}), heads[place]: field}}
    return True


def forget_file(work: Work, import_id: str) -> bool:
    """Forget a kept file; False where it is gone already."""
    row = work.session.get(Import, (work.team_id, import_id))
    if row is None or row.state != KEPT:
        return False
    with audit.record(work, "forget-file", import_id, "Forgot a file", undoable=False):
        work.session.delete(row)
    return True
