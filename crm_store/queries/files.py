"""Files of communications, as far as the asker may read what they came with."""

from collections.abc import Sequence

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.history import Attachment, Communication, StoredFile, Witness
from crm_store.values.files import FileView


def of_communication(work: Work, communication_id: str) -> tuple[FileView, ...]:
    """The files of one communication; raises NotFound where it is gone or not the asker's to read."""
    row = work.session.get(Communication, (work.team_id, communication_id))
    if row is None or row.removed_at is not None or not _may_read(work, row):
        raise NotFound("That log is no longer there.")
    return of_several(work, [communication_id]).get(communication_id, ())


def of_several(work: Work, communication_ids: Sequence[str]) -> dict[str, tuple[FileView, ...]]:
    """The files of communications that the asker is known to be allowed to read."""
    if not communication_ids:
        return {}
    rows = work.session.execute(
        select(Attachment, StoredFile.content_type, StoredFile.size, StoredFile.checked_at, StoredFile.verdict)
        .outerjoin(StoredFile, (StoredFile.team_id == Attachment.team_id) & (StoredFile.sha256 == Attachment.sha256))
        .where(Attachment.communication_id.in_(communication_ids))
        .order_by(Attachment.attachment_id)
    ).all()
    found: dict[str, tuple[FileView, ...]] = {}
    for one, kind, size, checked_at, verdict in rows:
        view = FileView(
            one.name, kind or one.content_type, size or one.size, one.sha256, kind is not None, checked_at, verdict
        )
        found[one.communication_id] = (*found.get(one.communication_id, ()), view)
    return found


def content(work: Work, sha256: str) -> bytes | None:
    """The bytes of a file; None where it was let go."""
    return work.session.scalar(select(StoredFile.content).where(StoredFile.sha256 == sha256))


def kept(work: Work, digests: Sequence[str]) -> frozenset[str]:
    """Which of these files are here already, so that they need not be taken out of their mail again."""
    if not digests:
        return frozenset()
    return frozenset(work.session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(digests))))


def _may_read(work: Work, row: Communication) -> bool:
    if row.level == "team" or row.logged_by == work.actor:
        return True
    return work.session.get(Witness, (work.team_id, row.communication_id, work.actor)) is not None
