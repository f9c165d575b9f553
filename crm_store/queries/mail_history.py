"""What an import of a mailbox asks: how far an earlier run came, who the colleagues are, what is known of its mails."""

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.people import UserAddress
from crm_store.models.plumbing import Import, ImportRow
from crm_store.queries import mailroom
from crm_store.values.mail import KnownFacts, Sought
from crm_store.values.mail_history import HistoryRun


def under_way(work: Work, fingerprint: str) -> HistoryRun | None:
    """The import of this file that was begun and not ended, the newest one."""
    rows = work.session.scalars(
        select(Import).where(Import.kind == "mails", Import.state == "running").order_by(Import.import_id.desc())
    )
    for row in rows:
        if row.mapping.get("fingerprint") == fingerprint:
            return _run(row)
    return None


def run(work: Work, import_id: str) -> HistoryRun:
    """How far an import has come."""
    row = work.session.get(Import, (work.team_id, import_id))
    if row is None:
        raise NotFound("There is no such import.", wanted=import_id)
    return _run(row)


def _run(row: Import) -> HistoryRun:
    names = ("at", "mails", "created", "skipped", "duplicates", "errors")
    return HistoryRun(row.import_id, *(int(row.counts.get(name, 0)) for name in names))


def problems(work: Work, import_id: str, most: int = 1_000) -> tuple[tuple[int, str], ...]:
    """The mails that could not be filed, by their place in the file, each with the reason."""
    rows = work.session.execute(
        select(ImportRow.row, ImportRow.problem)
        .where(ImportRow.import_id == import_id, ImportRow.outcome == "error")
        .order_by(ImportRow.row)
        .limit(most)
    ).all()
    return tuple((row, problem or "") for row, problem in rows)


def colleagues(work: Work) -> dict[str, str]:
    """Every address of a colleague, with whose it is."""
    return {row.address_key: row.user_id for row in work.session.scalars(select(UserAddress))}


def known(work: Work, user_id: str, sought: tuple[Sought, ...]) -> KnownFacts:
    """What is known about many mails at once."""
    return mailroom.known(work, user_id, Sought.together(sought), len(sought))
