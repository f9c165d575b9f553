"""Files of communications: kept once by their content, and handed to a person who asks for them."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from crm_store import audit, outbox
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.history import Attachment, Communication, StoredFile
from crm_store.queries import files as file_queries
from crm_store.values.files import CLEAN, NewFile

_AT_ONCE = 200


def keep(work: Work, files: Sequence[NewFile]) -> int:
    """Keep files in the unit that files their mail, and say how many are new.

    Not audited: the filing's own entry names each by its checksum, and without a communication nothing shows it.
    """
    rows = [
        {
            "sha256": one.sha256,
            "size": len(one.content),
            "content_type": one.content_type,
            "content": one.content,
            "stored_at": work.now,
        }
        for one in files
    ]
    return sum(work.insert(StoredFile, [row], or_nothing=True) for row in rows)


def note_check(work: Work, sha256: str, verdict: str) -> None:
    """Keep what the virus scanner said of a file.

    Not audited: it is the scanner's word, which is asked for again whenever the file is.
    """
    row = work.session.get(StoredFile, (work.team_id, sha256))
    if row is not None:
        row.checked_at, row.verdict = work.now, verdict[:200]


def send(work: Work, communication_id: str, *, checked: bool, once: str) -> int:
    """Bring the files of a communication to the actor's direct channel and say how many come.

    `checked` asks for a scanner's word on each, `once` makes a repeated wish the same one.
    """
    found = file_queries.of_communication(work, communication_id)
    ready = [one for one in found if one.kept and not one.is_refused and (one.verdict == CLEAN or not checked)]
    if not ready:
        raise BadInput("None of its files can be brought: they were not kept, or not found clean.")
    note = {"files": [one.sha256 for one in ready]}
    with audit.record(work, "files", communication_id, "Fetched files", undoable=False) as ledger:
        ledger.note.update(note)
    payload = {"user_id": work.actor, "communication_id": communication_id, **note}
    outbox.enqueue(work, "files", f"dm:{work.actor}", f"files:{once}", payload)
    return len(ready)


def forget_unused(work: Work) -> int:
    """Let go of files that no communication shows any more, a few at a time, and say how many went.

    Not audited: what removed the communications was.
    """
    shown = (
        select(Attachment.attachment_id)
        .join(
            Communication,
            (Communication.team_id == Attachment.team_id)
            & (Communication.communication_id == Attachment.communication_id),
        )
        .where(Attachment.team_id == StoredFile.team_id, Attachment.sha256 == StoredFile.sha256)
    )
    gone = list(work.session.scalars(select(StoredFile.sha256).where(~shown.exists()).limit(_AT_ONCE)))
    if gone:
        work.session.execute(
            delete(StoredFile).where(StoredFile.sha256.in_(gone)).execution_options(synchronize_session=False)
        )
    return len(gone)
