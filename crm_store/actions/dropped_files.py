"""A file dropped in chat: kept until its owner has said Import or Cancel."""

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.models.plumbing import Import

KEPT = "kept"


def keep_file(work: Work, file_name: str, kind: str, raw: bytes) -> str:
    """Keep a file as it came; nothing of it is taken in yet."""
    import_id = work.new_id(Prefix.IMPORT)
    with audit.record(work, "keep-file", import_id, f"Kept {file_name}", undoable=False) as ledger:
        ledger.note["bytes"] = len(raw)
        work.add(
            Import(
                import_id=import_id,
                file_name=file_name,
                kind=kind,
                mapping={},
                state=KEPT,
                counts={},
                raw=raw,
                by=work.actor,
                at=work.now,
            )
        )
    return import_id


def forget_file(work: Work, import_id: str) -> bool:
    """Forget a kept file; False where it is gone already."""
    row = work.session.get(Import, (work.team_id, import_id))
    if row is None or row.state != KEPT:
        return False
    with audit.record(work, "forget-file", import_id, "Forgot a file", undoable=False):
        work.session.delete(row)
    return True
