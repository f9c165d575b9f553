"""The way back from an import: most of it a part at a time, behind whoever else writes, before the last step."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from crm_store.actions import import_undo_parts as parts
from crm_store.engine.store import Desk, Part
from crm_store.engine.work import Work
from crm_store.queries import imports as import_queries

Progress = Callable[[int, int], None]
_AHEAD: Final = 120


def prepare(desk: Desk, import_id: str, progress: Progress | None = None) -> None:
    """Take back what can go in parts; blocks. One that was stopped is gone on with when it is asked for again.

    `imports.undo_import` must follow. Raises NotFound or NotUndoable as that does.
    """
    if not desk.write_now(parts.begin, import_id):
        return
    # First what was changed, after which whoever the list made and then completed is as it made them.
    changed = [
        partial(parts.put_back_some, import_id=import_id, piece=piece)
        for piece in desk.read_now(parts.changed, import_id)
    ]
    companies = desk.read_now(parts.made_companies, import_id)

    def take_back(work: Work, pieces: Sequence[tuple[int, int]]) -> None:
        """Pieces that follow each other, from the last to the first, and so are one piece."""
        parts.take_back_some(work, import_id, (pieces[-1][0], pieces[0][1]), companies)

    made = [Part(take_back, [rows]) for rows in desk.read_now(parts.pieces, import_id)]
    _each(desk, [*changed, *made], progress)


def _each(desk: Desk, steps: Sequence[Callable[[Work], None]], progress: Progress | None) -> None:
    ahead = _AHEAD if desk.read_now(import_queries.writes_in_order) else 1
    for start in range(0, len(steps), ahead):
        waiting = [
            desk.store.submit_write(desk.team_id, desk.actor, step, patient=True)
            for step in steps[start : start + ahead]
        ]
        for one in waiting:
            one.result()
        if progress is not None:
            progress(start + len(waiting), len(steps))
