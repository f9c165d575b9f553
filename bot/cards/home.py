"""A person's day: on the App Home in full, and in short above the help that the bare command shows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks, paging
from bot.blocks import Block, Line, Message
from bot.cards import briefs, campaign, tasks, wording
from bot.names import Action
from bot.paging import HOME_BLOCKS
from crm_store.values.campaign_calendar import Coming
from crm_store.values.day import Health, MyDay
from crm_store.values.filed import QuestionView
from crm_store.values.marketing import SuggestionView
from crm_store.values.people import CustomerBrief
from crm_store.values.undo import UndoView

SUGGESTIONS: Final = 3
"""More suggestions than that wait in the team's channel alone."""
_TASKS: Final = 6
_FURTHER: Final = 40
_SHOWN: Final = 5


def day(
    name: str,
    mine: MyDay,
    suggestions: Sequence[SuggestionView],
    coming: Sequence[Coming] = (),
    *,
    now: datetime,
    zone: ZoneInfo,
    page: int = 0,
    most: int = HOME_BLOCKS,
) -> Message:
    """All that waits, what was done last with Undo, and how mail, jobs and sending are; in pages of about `most`."""
    today = wording.day(now.astimezone(zone).date(), now.astimezone(zone).date())
    head = f"{today}: {standing(mine, now)}"
    made = (
        blocks.header(f"Your day, {blocks.one_line(name, 80)}"),
        blocks.section(head),
        _late(mine.health, now, zone),
        _unread(mine.health, now, zone),
        *_beginning(mine, suggestions),
        *tasks.rows(mine.tasks[:_TASKS], now=now, zone=zone),
        _more(len(mine.tasks) - _TASKS, "on the next page"),
        *_waiting(mine, now, zone),
        *briefs.part("Meetings today", [briefs.meets(one, zone) for one in mine.meetings[:_SHOWN]], len(mine.meetings)),
        *briefs.part("Deals at risk", [briefs.risk(one, now) for one in mine.risks[:_SHOWN]], len(mine.risks)),
        *_leads(mine, now, zone),
        *_questions(mine.questions, mine.questions_in_all),
        *_suggestions(suggestions),
        *campaign.soon(coming, now=now, zone=zone),
        *_recent(mine.recent, now, zone),
        blocks.actions(
            blocks.button("Log a call", Action.LOG_DIALOG, style="primary"),
            blocks.button("New task", Action.TASK_DIALOG),
            blocks.button("New contact", Action.ADD_CONTACT),
            blocks.button("My mail address", Action.HELP_TRY, {"line": "address"}),
            blocks.button("Help", Action.HELP_TRY, {"line": "help"}),
            blocks.button("Refresh", Action.HOME_REFRESH),
        ),
        *_health(mine.health, now, zone),
        blocks.context(f"As of {wording.moment(now, now, zone)}"),
        *_further(mine, now, zone),
    )
    kept = [one for one in made if one is not None]
    return Message(
        blocks.escape(f"{name}, {head}.", blocks.FALLBACK_CHARACTERS),
        tuple(paging.page(kept, page, Action.HOME_REFRESH, most)),
    )


def short(mine: MyDay, *, now: datetime, zone: ZoneInfo) -> tuple[Block | None, ...]:
    """The day in a few lines, for above the help."""
    rows = [wording.task_line(one, now, zone) for one in mine.tasks[:3]]
    return (
        blocks.section(f"Today: {standing(mine, now)}."),
        blocks.bullets(rows),
        blocks.actions(
            blocks.button("My tasks", Action.HELP_TRY, {"line": "due"}),
            blocks.button("Log a call", Action.LOG_DIALOG),
            blocks.button("New task", Action.TASK_DIALOG),
            blocks.button("New contact", Action.ADD_CONTACT),
        ),
    )


def standing(mine: MyDay, now: datetime) -> str:
    """What waits, counted in words."""
    late = sum(one.due_at is not None and one.due_at < now for one in mine.tasks)
    open_tasks = wording.counted(len(mine.tasks), "open task") + (f", {late} overdue" if late else "")
    waits = wording.counted(len(mine.waiting), "customer waits", "customers wait")
    asked = wording.counted(mine.questions_in_all, "question waits", "questions wait")
    parts = [
        open_tasks if mine.tasks else "",
        f"{waits} for an answer" if mine.waiting else "",
        wording.counted(len(mine.meetings), "meeting") if mine.meetings else "",
        f"{wording.counted(len(mine.risks), 'deal')} at risk" if mine.risks else "",
        wording.counted(mine.leads_in_all, "new contact") if mine.leads_in_all else "",
        f"{asked} for you" if mine.questions_in_all else "",
    ]
    return "; ".join(part for part in parts if part) or "nothing is due, and nobody waits for you"


def _beginning(mine: MyDay, suggestions: Sequence[SuggestionView]) -> list[Block | None]:
    """An empty day: for somebody who has done nothing here yet, how one begins."""
    if not mine.is_empty or suggestions:
        return []
    if mine.recent:
        return [blocks.context("A good moment to call somebody who has not heard from you for long: /crm value")]
    rows: list[Line] = [
        "Forward a mail from a customer to your own address: My mail address below shows it.",
        ["Say what was said: ", blocks.code("/crm log Ann Lee: called, wants 40 seats by Friday")],
        "React to a message with the memo emoji, or choose Log to CRM from its menu.",
        ["Hand in a list of customers: drop a CSV file in a direct message, or see ", blocks.code("/crm import")],
    ]
    return [blocks.lines([blocks.bold("How to begin")]), blocks.bullets(rows)]


def _further(mine: MyDay, now: datetime, zone: ZoneInfo) -> list[Block | None]:
    """The tasks that have no room on the first page."""
    rest = mine.tasks[_TASKS:]
    if not rest:
        return []
    return [
        blocks.header("Further tasks"),
        *tasks.rows(rest[:_FURTHER], now=now, zone=zone),
        _more(len(rest) - _FURTHER, "/crm due shows them all"),
    ]


def _more(more: int, where: str) -> Block | None:
    return blocks.context(f"and {more:,} more; {where}") if more > 0 else None


def _waiting(mine: MyDay, now: datetime, zone: ZoneInfo) -> list[Block | None]:
    if not mine.waiting:
        return []
    made: list[Block | None] = [blocks.lines([blocks.bold("Wait for an answer")])]
    for one in mine.waiting[:_SHOWN]:
        name = blocks.one_line(one.name)
        show = blocks.button(
            "Timeline", Action.TIMELINE, {"customer": one.customer_id}, label_aloud=f"Timeline of {name}"
        )
        made.append(blocks.section(f"{name}\nwrote {wording.ago(one.since, now, zone)}", accessory=show))
    return [*made, _more(len(mine.waiting) - _SHOWN, "the longest wait stands first")]


def _leads(mine: MyDay, now: datetime, zone: ZoneInfo) -> list[Block | None]:
    rows = [_lead(one, now, zone) for one in mine.leads[:_SHOWN]]
    shows = [
        blocks.button(blocks.one_line(one.name, 40) or "Card", Action.CARD, {"customer": one.customer_id})
        for one in mine.leads[:_SHOWN]
    ]
    return [*briefs.part("New contacts of the last 7 days", rows, mine.leads_in_all), blocks.actions(*shows)]


def _lead(one: CustomerBrief, now: datetime, zone: ZoneInfo) -> Line:
    return [blocks.bold(wording.customer(one), 200), f" · {wording.last_contact(one, now, zone)}"]


def _late(health: Health, now: datetime, zone: ZoneInfo) -> Block | None:
    if health.delayed_since is None:
        return None
    n = wording.counted(health.delayed, "message")
    since = wording.moment(health.delayed_since, now, zone)
    return blocks.context(f"Slack takes messages late: {n} wait since {since}. They go out by themselves.")


def _unread(health: Health, now: datetime, zone: ZoneInfo) -> Block | None:
    """In a rush mail is taken first and read after; nobody has to wonder where theirs is."""
    if health.unread_since is None:
        return None
    n = wording.counted(health.unread, "mail is", "mails are")
    since = wording.moment(health.unread_since, now, zone)
    return blocks.context(f"{n} kept but not read yet, the oldest since {since}. They are filed one after the other.")


def _health(health: Health, now: datetime, zone: ZoneInfo) -> list[Block | None]:
    """Mail and jobs, for those who run the team."""
    if not health.told:
        return []
    mail = f"Last mail taken in {wording.moment(health.last_mail, now, zone)}." if health.last_mail else "No mail yet."
    aside = ""
    if health.set_aside:
        mails = wording.counted(health.set_aside, "mail")
        aside = f"{mails} could not be read and were set aside; crm inbox at the terminal shows them."
    failed = [
        f"The job {job} failed on {wording.moment(at, now, zone)}; /crm run {job} tries again."
        for job, at in health.failed_jobs[:3]
    ]
    return [blocks.context(" ".join([mail, aside]).strip(), *(failed or ["All jobs ran."]))]


def _questions(questions: Sequence[QuestionView], n: int) -> list[Block | None]:
    if not questions:
        return []
    rows: list[Line] = [_asked(one) for one in questions[:5]]
    head = wording.counted(n, "question waits", "questions wait")
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
    for one in suggestions[:SUGGESTIONS]:
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
