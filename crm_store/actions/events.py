"""Up to where events were looked at, so that each leads to a suggestion once."""

from crm_store.engine.work import Work
from crm_store.models.learning import EventMark


def seen(work: Work, name: str, seq: int) -> None:
    """Set a mark further on. Not audited: nothing that people see changes."""
    row = work.session.get(EventMark, (work.team_id, name))
    if row is None:
        work.add(EventMark(name=name, seq=seq))
    else:
        row.seq = max(row.seq, seq)
