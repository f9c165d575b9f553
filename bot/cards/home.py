"""App Home: one person's day."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message
from bot.cards import tasks, wording
from bot.names import Action
from crm_store.values.filed import QuestionView
from crm_store.values.marketing import SuggestionView
from crm_store.values.people import TaskView
from crm_store.values.undo import UndoView

_TASKS = 8


def day(
    name: str, due: Sequence[TaskView], suggestions: Sequence[SuggestionView], recent: Sequence[UndoView], *,
    now: datetime, zone: ZoneInfo, questions: Sequence[QuestionView] = (), health: str = "",
) -> Message:  # fmt: skip
    """Due tasks, open questions and suggestions, what was done last, and how things stand."""
    today = wording.day(now.astimezone(zone).date(), now.astimezone(zone).date())
    late = sum(one.due_at is not None and one.due_at < now for one in due)
    head = f"{today}: " + (wording.counted(len(due), "open task") if due else "nothing is due")
    head += f", {late} overdue" if late else ""
    more = len(due) - _TASKS
    return blocks.message(
        f"{name}, {head}.",
        blocks.header(f"Your day, {blocks.one_line(name, 80)}"),
        blocks.section(head),
        *tasks.rows(due[:_TASKS], now=now, zone=zone),
        blocks.context(f"and {more} more; /crm due shows them all") if more > 0 else None,
        *_questions(questions),
        *_suggestions(suggestions),
        *_recent(recent, now, zone),
        blocks.actions(
            blocks.button("Log a call", Action.LOG_DIALOG, style="primary"),
            blocks.button("New task", Action.TASK_DIALOG),
            blocks.button("New contact", Action.ADD_CONTACT),
            blocks.button("Refresh", Action.HOME_REFRESH),
        ),
        blocks.context(health, f"As of {wording.moment(now, now, zone)}"),
    )


def _questions(questions: Sequence[QuestionView]) -> list[Block | None]:
    if not questions:
        return []
    rows: list[Line] = [_asked(one) for one in questions[:5]]
    head = wording.counted(len(questions), "question waits", "questions wait")
    return [blocks.lines([blocks.bold(f"{head} for your answer")]), blocks.bullets(rows)]


def _asked(one: QuestionView) -> str:
    """What is asked, by its kind; the card with the answers was sent by direct message."""
    match one.kind:
        case "which_deal":
            said = f"Which deal is “{one.what}” for?"
        case "which_fact":
            said = f"{one.wanted}: is {one.field} still {one.old or 'empty'}, or {one.new}?"
        case "has_left":
            said = f"Has {one.wanted} left {one.company or 'the company'}?"
        case _:
            said = f"Whom is “{one.what}” about?"
    return blocks.one_line(said, 200)


def _suggestions(suggestions: Sequence[SuggestionView]) -> list[Block | None]:
    if not suggestions:
        return []
    made: list[Block | None] = [blocks.lines([blocks.bold("Suggestions to decide")])]
    for one in suggestions[:3]:
        why = blocks.button(
            "Show why", Action.SUGGESTION_WHY, {"suggestion": one.suggestion_id, "version": one.version}
        )
        made.append(blocks.section(blocks.one_line(one.title, 300), accessory=why))
    return made


def _recent(recent: Sequence[UndoView], now: datetime, zone: ZoneInfo) -> list[Block | None]:
    if not recent:
        return []
    made: list[Block | None] = [blocks.lines([blocks.bold("What you did last")])]
    for one in recent[:5]:
        undo = blocks.button("Undo", Action.UNDO, {"undo": one.undo_id}, label_aloud=f"Undo: {one.sentence}")
        words = f"{blocks.one_line(one.sentence, 300)}\n{wording.moment(one.at, now, zone)}"
        made.append(blocks.section(words, accessory=undo))
    return made
