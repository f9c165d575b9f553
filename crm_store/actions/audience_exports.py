"""Handing an audience to another tool: asked for by a manager, written down, and told when it is done."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from crm_store import audit, outbox
from crm_store.actions import jobs
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotAllowed, NotFound
from crm_store.ids import Prefix
from crm_store.models.audiences import AudienceExport
from crm_store.models.people import User
from crm_store.values.audiences import FILES, TOOLS, AudienceSource, Tool

JOB: Final = "audiences"
MAY: Final = frozenset({"admin", "manager"})
TRIES: Final = 6
_FIRST_WAIT: Final = timedelta(seconds=30)


def ask(work: Work, source: AudienceSource, tool: Tool, *, as_file: bool) -> str:
    """Put a hand-over down; a file comes by direct message, the rest is done by the next run of the job.

    Raises NotAllowed for those who are neither manager nor admin. Not undoable: what has left cannot be called back.
    """
    user = work.session.get(User, (work.team_id, work.actor))
    if user is None or user.role not in MAY:
        raise NotAllowed("Audiences leave with a manager or an admin only. Ask one of them.")
    if tool not in TOOLS or (as_file and tool not in FILES):
        raise BadInput(f"There is no export to {tool}; choose from {', '.join(TOOLS)}.", field="tool")
    export_id = work.new_id(Prefix.AUDIENCE)
    work.add(
        AudienceExport(
            export_id=export_id,
            tool=tool,
            source_kind=source.kind,
            source_id=source.row_id,
            name=source.name,
            by=work.actor,
            at=work.now,
            state="file" if as_file else "waiting",
            counts={},
            attempts=0,
            not_before=work.now,
        )
    )
    audit.append(work, "export audience", export_id, {"tool": tool, "source": source.row_id})
    if as_file:
        payload = {"user_id": work.actor, "export_id": export_id}
        outbox.enqueue(work, "audience", f"dm:{work.actor}", f"audience:{export_id}", payload)
    else:
        jobs.enqueue(work, JOB, f"asked:{export_id}")
    return export_id


def handed(work: Work, export_id: str, count: int, left_out: Sequence[tuple[str, int]], sentence: str) -> None:
    """It is done: how many left, who stayed, and the word to whom asked. Not undoable: they are elsewhere now."""
    row = _row(work, export_id)
    row.state, row.problem = "done", None
    row.counts = {"handed": count, "left_out": [list(one) for one in left_out]}
    audit.append(work, "audience handed over", export_id, {"tool": row.tool, "people": count})
    _tell(work, row, sentence)


def failed(work: Work, export_id: str, problem: str, *, again: bool) -> None:
    """It could not be done: tried again later, twice as late each time, or given up and told. Nothing to undo."""
    row = _row(work, export_id)
    row.attempts, row.problem = row.attempts + 1, problem
    if again and row.attempts < TRIES:
        row.not_before = work.now + _FIRST_WAIT * 2 ** (row.attempts - 1)
        return
    row.state = "failed"
    audit.append(work, "audience not handed over", export_id, {"tool": row.tool})
    _tell(work, row, f"“{row.name}” was not handed to {row.tool}: {problem} Nothing else was changed.")


def _row(work: Work, export_id: str) -> AudienceExport:
    row = work.session.get(AudienceExport, (work.team_id, export_id))
    if row is None:
        raise NotFound("That export is no longer there.", wanted=export_id)
    return row


def _tell(work: Work, row: AudienceExport, sentence: str) -> None:
    payload = {"user_id": row.by, "text": sentence}
    outbox.enqueue(work, "notice", f"dm:{row.by}", f"audience-end:{row.export_id}", payload)
