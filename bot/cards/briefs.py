"""The day as it begins, and what to know a quarter of an hour before a meeting."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message
from bot.cards import alerts, wording
from bot.names import Action
from crm_store.values.alerts import MeetingBrief, MeetingLine, MorningBrief, Risk, Waits
from crm_store.values.noise import Kind
from crm_store.values.people import CustomerCard

_SHOWN: Final = 5
_ANSWERS: Final = {"accepted": "comes", "declined": "declined", "tentative": "may come"}
_RISKS: Final = {
    Kind.CHAMPION: "its champion has been silent for 30 days",
    Kind.CONTACT: "one live contact",
    Kind.STEP: "no next step",
}


def morning(name: str, day: MorningBrief, *, now: datetime, zone: ZoneInfo) -> Message:
    """Tasks, replies that wait, meetings, deals at risk, suggestions, and what was held back."""
    late = sum(one.due_at is not None and one.due_at < now for one in day.tasks)
    head = [
        f"{wording.counted(len(day.tasks), 'task')} due" + (f", {late} overdue" if late else "") if day.tasks else "",
        f"{wording.counted(len(day.waiting), 'customer waits', 'customers wait')} for an answer" if day.waiting else "",
        wording.counted(len(day.meetings), "meeting") if day.meetings else "",
        f"{wording.counted(len(day.risks), 'deal')} at risk" if day.risks else "",
    ]
    told = "; ".join(one for one in head if one)
    when = wording.day(day.day, day.day)
    return blocks.message(
        f"{name}, {when}: {told or 'what came since'}.",
        blocks.header(f"{when}: your day"),
        blocks.section(told) if told else None,
        *part("Due", [wording.task_line(one, now, zone) for one in day.tasks[:_SHOWN]], len(day.tasks)),
        *part("Wait for an answer", [_waits(one, now, zone) for one in day.waiting[:_SHOWN]], len(day.waiting)),
        *part("Meetings today", [meets(one, zone) for one in day.meetings[:_SHOWN]], len(day.meetings)),
        *part("Deals at risk", [risk(one, now) for one in day.risks[:_SHOWN]], len(day.risks)),
        *alerts.proposals(day.suggestions[:_SHOWN]),
        *_held(day, now, zone),
        blocks.actions(
            *[_card(one) for one in day.waiting[:2]],
            alerts.mute_menu(Kind.BRIEF),
        ),
        blocks.context("/crm due shows all tasks. /crm settings brief 8:15 moves this brief."),
    )


def part(title: str, rows: Sequence[Line], n: int) -> list[Block | None]:
    """A heading with its rows, of which there are `n` in all; nothing where there are none."""
    if not rows:
        return []
    more = n - len(rows)
    return [
        blocks.together(blocks.lines([blocks.bold(title)]), blocks.bullets(rows)),
        blocks.context(f"and {more} more") if more else None,
    ]


def _waits(one: Waits, now: datetime, zone: ZoneInfo) -> Line:
    return [blocks.bold(one.name, 150), f" · wrote {wording.ago(one.since, now, zone)}"]


def _card(one: Waits) -> Block:
    return blocks.button(f"Card of {one.name}", Action.CARD, {"customer": one.customer_id})


def meets(one: MeetingLine, zone: ZoneInfo) -> Line:
    """When a meeting begins, what it is about and with whom."""
    names = [name for name in one.people if name.strip()]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    shown = f" with {', '.join(blocks.one_line(name, 60) for name in names[:3])}{more}" if names else ""
    return [blocks.bold(f"{one.starts_at.astimezone(zone):%H:%M}"), f" {one.subject.strip() or 'Meeting'}{shown}"]


def risk(one: Risk, now: datetime) -> Line:
    """A deal at risk and why."""
    return [blocks.bold(one.deal.name, 150), f" · {_RISKS.get(one.kind, 'at risk')} · {_of(one, now)}"]


def _of(one: Risk, now: datetime) -> str:
    amount = str(one.deal.amount) if one.deal.amount else ""
    since = f"since {wording.day(one.since.date(), now.date())}"
    return " · ".join(part for part in (one.deal.customer or one.deal.company or "", amount, since) if part)


def _held(day: MorningBrief, now: datetime, zone: ZoneInfo) -> list[Block | None]:
    if day.held.is_empty:
        return []
    return [blocks.lines([blocks.bold("Held back for this brief")]), *alerts.held(day.held, now=now, zone=zone)]


def meeting(brief: MeetingBrief, *, now: datetime, zone: ZoneInfo) -> Message:
    """Who comes, when we last spoke, open deals, needs and promises."""
    subject = brief.subject.strip() or "Meeting"
    minutes = max(1, round((brief.starts_at - now).total_seconds() / 60))
    head = f"In {wording.counted(minutes, 'minute')}: {subject}"
    promises: list[Line] = [f"{one.title} ({wording.due(one.due_at, now, zone)[1]})" for one in brief.promises[:_SHOWN]]
    buttons = [
        blocks.button(f"Card of {one.customer.name}", Action.CARD, {"customer": one.customer.customer_id})
        for one in brief.customers
    ]
    first = brief.customers[0].customer.customer_id if brief.customers else ""
    log = blocks.button("Log the meeting", Action.LOG_DIALOG, {"customer": first}) if first else None
    return blocks.message(
        head,
        blocks.header(head),
        *part("Who comes", [_guest(*one) for one in brief.people[:10]], len(brief.people)),
        *[part for one in brief.customers for part in _about(one, now, zone)],
        *part("We promised", promises, len(brief.promises)),
        blocks.actions(*buttons, log, alerts.mute_menu(Kind.MEETING)),
        blocks.context(f"Begins {wording.moment(brief.starts_at, now, zone)}"),
    )


def _guest(name: str, answer: str) -> Line:
    return f"{blocks.one_line(name, 150)}{f' · {_ANSWERS[answer]}' if answer in _ANSWERS else ''}"


def _about(card: CustomerCard, now: datetime, zone: ZoneInfo) -> list[Block | None]:
    """What is open with one of the guests."""
    today = now.astimezone(zone).date()
    rows: list[Line] = [wording.last_contact(card.customer, now, zone)]
    rows += [f"Deal: {wording.deal(one, today)}" for one in card.deals]
    rows += [f"Wants: {blocks.one_line(one.text, 200)}" for one in card.needs[:3]]
    if card.next_task is not None:
        rows.append(["Next: ", *wording.task_line(card.next_task, now, zone, who=False)])
    return [blocks.together(blocks.lines([blocks.bold(wording.customer(card.customer))]), blocks.bullets(rows))]
