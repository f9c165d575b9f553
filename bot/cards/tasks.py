"""What is due: numbered, with the late first, each with Done and Snooze."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import blocks, tables
from bot.blocks import Block, Message
from bot.cards import wording
from bot.names import Action
from crm_store.values.people import TaskView

_WITH_BUTTONS = 10
_MOST = 90


def due(listed: Sequence[TaskView], *, now: datetime, zone: ZoneInfo) -> Message:
    """The list; its numbers stay valid for `done 2` and `snooze 2 mon`."""
    if not listed:
        said = "Nothing is due."
        return blocks.message(said, blocks.section(said))
    late = sum(one.due_at is not None and one.due_at < now for one in listed)
    head = wording.counted(len(listed), "open task") + (f", {late} overdue" if late else "")
    more = len(listed) - _MOST
    return blocks.message(
        f"{head}. " + "; ".join(f"{number}. {one.title}" for number, one in enumerate(listed[:5], 1)),
        blocks.header(head),
        *rows(listed[:_WITH_BUTTONS], now=now, zone=zone),
        _further(listed, now, zone),
        blocks.context(f"and {more} more" if more > 0 else "", "By line: /crm done 2, or /crm snooze 2 mon"),
    )


def _further(listed: Sequence[TaskView], now: datetime, zone: ZoneInfo) -> Block | None:
    """Those that have no buttons, as a table; their numbers go on."""
    cells = [
        [
            str(number),
            one.title,
            one.customer or "",
            wording.moment(one.due_at, now, zone) if one.due_at else "",
        ]
        for number, one in enumerate(listed[_WITH_BUTTONS:_MOST], _WITH_BUTTONS + 1)
    ]
    return tables.table("Further open tasks", ("No.", "What", "With", "Due"), cells)


def rows(listed: Sequence[TaskView], *, now: datetime, zone: ZoneInfo) -> list[Block | None]:
    """A line and two buttons for each task."""
    made: list[Block | None] = []
    for number, one in enumerate(listed, 1):
        value = {"task": one.task_id}
        title = blocks.one_line(one.title, 50)
        made += [
            blocks.lines(wording.task_line(one, now, zone, number=number)),
            blocks.actions(
                blocks.button("Done", Action.TASK_DONE, value, label_aloud=f"Done: {title}"),
                blocks.button("Snooze", Action.TASK_SNOOZE, value, label_aloud=f"Snooze to next morning: {title}"),
            ),
        ]
    return made
