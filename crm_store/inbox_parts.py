"""Large arrivals in parts: the first bytes stand in the inbox row, the rest beside it, and nobody holds the whole."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import delete, func, select

from crm_store.engine import plain_rows
from crm_store.engine.work import Work
from crm_store.models.plumbing import InboxPart

HEAD: Final = 262_144
"""So many bytes of a large arrival stand in its row, the whole header of any mail that can be read among them."""
_PART: Final = 1_048_576


def divided(raw: bytes, more: Sequence[bytes] = ()) -> tuple[bytes, Sequence[bytes | memoryview]]:
    """What stands in the row, and what is kept beside it; a row with exactly so many bytes as may be has parts."""
    if more and len(raw) < HEAD:
        raw, more = b"".join((raw, *more)), ()
    if len(raw) <= HEAD:
        return raw, ()
    return raw[:HEAD], (memoryview(raw)[HEAD:], *more)


def is_large(raw: bytes, more: Sequence[bytes]) -> bool:
    """Whether a part of it stands beside the row."""
    return bool(more) or len(raw) > HEAD


def write(work: Work, team_id: str, inbox_id: str, pieces: Sequence[bytes | memoryview]) -> None:
    """Keep what does not stand in the row, one part after the other."""
    for place, part in enumerate(_parts(pieces)):
        row = {"team_id": team_id, "inbox_id": inbox_id, "place": place, "raw": part}
        plain_rows.insert(work, InboxPart, [row])


def _parts(pieces: Sequence[bytes | memoryview]) -> Iterator[memoryview]:
    for piece in pieces:
        view = memoryview(piece)
        for start in range(0, len(view), _PART):
            yield view[start : start + _PART]


def sizes(work: Work, inbox_id: str) -> tuple[int, ...]:
    """The lengths of the parts in their order, nothing where there are none."""
    lengths = select(func.length(InboxPart.raw)).where(InboxPart.inbox_id == inbox_id).order_by(InboxPart.place)
    return tuple(work.session.scalars(lengths))


def part(work: Work, inbox_id: str, place: int) -> bytes:
    """One part; nothing where it is gone."""
    wanted = select(InboxPart.raw).where(InboxPart.inbox_id == inbox_id, InboxPart.place == place)
    return work.session.scalar(wanted) or b""


def whole(work: Work, inbox_id: str, raw: bytes) -> bytes:
    """All of an arrival whose row holds these bytes."""
    if len(raw) != HEAD:
        return raw
    rest = select(InboxPart.raw).where(InboxPart.inbox_id == inbox_id).order_by(InboxPart.place)
    return b"".join((raw, *work.session.scalars(rest)))


def forget(work: Work, inbox_ids: Sequence[str]) -> None:
    """Let the parts of some arrivals go."""
    gone = delete(InboxPart).where(InboxPart.inbox_id.in_(inbox_ids))
    work.session.execute(gone.execution_options(synchronize_session=False))
