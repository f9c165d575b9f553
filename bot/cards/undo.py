"""What a person can still take back: numbered, with who built on it since, and a button each."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Message
from bot.cards import wording
from bot.names import Action
from crm_store.values.undo import UndoView


def listed(acts: Sequence[UndoView], *, now: datetime, zone: ZoneInfo) -> Message:
    """The last acts, newest first; the numbers are those that `undo 3` takes."""
    if not acts:
        said = "There is nothing of yours to undo in the last 90 days."
        return blocks.message(said, blocks.section(said))
    rows = []
    for number, one in enumerate(acts, 1):
        since = f" · {one.since} changed some of it since; that stays" if one.since else ""
        words = (
            f"{number}. {blocks.one_line(one.sentence, 400) or 'Something'}\n{wording.moment(one.at, now, zone)}{since}"
        )
        undo = blocks.button("Undo", Action.UNDO, {"undo": one.undo_id}, label_aloud=f"Undo {number}: {one.sentence}")
        rows.append(blocks.section(words, accessory=undo))
    said = f"Your last {wording.counted(len(acts), 'act')}, newest first"
    return blocks.message(
        said,
        blocks.lines([blocks.bold(said)]),
        *rows,
        blocks.context("/crm undo 2 takes back the second. The numbers stay valid for a day, an act for 90 days."),
    )
