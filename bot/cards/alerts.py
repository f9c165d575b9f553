"""What owners are told unasked: what happened with whom, why they are told, what to do, and how to hear less."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message
from bot.cards import wording
from bot.names import Action
from crm_store.values.alerts import AlertView, DigestView
from crm_store.values.noise import ALWAYS, COST, DAILY, NAMES, Kind, Muted, MuteView, Noise, room

_SHOWN: Final = 12
_WORDS: Final = 400
_WHY: Final[Mapping[Kind, str]] = {
    Kind.REPLY: "You own this customer, and neither sent this in nor had a copy of it.",
    Kind.PROMISE: "It was promised, and is due.",
    Kind.CHAMPION: "No contact for 30 days with the person who carries this deal. Told once for each silence.",
    Kind.CONTACT: "Within 60 days there was contact with one person alone. Told once.",
    Kind.STEP: "No open task and no meeting ahead for 7 days. Told once.",
}


def alert(one: AlertView, *, now: datetime, zone: ZoneInfo) -> Message:
    """One alert with the buttons that answer it, and the mute menu."""
    said = _said(one, now, zone)
    return blocks.message(
        f"{_name(one)}: {said}",
        blocks.lines([blocks.bold(_name(one)), f" {said}"], _about(one, now)),
        blocks.quote(one.words, _WORDS) if one.kind is Kind.REPLY else None,
        blocks.actions(*_buttons(one)),
        blocks.context(_WHY.get(one.kind, "")),
    )


def _name(one: AlertView) -> str:
    """Whom or what it is about."""
    if one.kind in (Kind.REPLY, Kind.CHAMPION) and one.customer:
        return wording.customer(one.customer)
    if one.kind is Kind.PROMISE and one.customer:
        return wording.customer(one.customer)
    return one.deal.name if one.deal else wording.customer(one.customer) if one.customer else "A promise"


def _said(one: AlertView, now: datetime, zone: ZoneInfo) -> str:
    match one.kind:
        case Kind.REPLY:
            about = f": {blocks.one_line(one.subject, 120)}" if one.subject.strip() else ""
            return f"wrote {wording.ago(one.at, now, zone)} at {one.at.astimezone(zone):%H:%M}{about}"
        case Kind.PROMISE:
            title = one.task.title if one.task else "something"
            due = wording.due(one.task.due_at if one.task else None, now, zone)[1]
            return f"waits for what we promised: {blocks.one_line(title, 200)} ({due})"
        case Kind.CHAMPION:
            since = f"since {wording.day(one.since.astimezone(zone).date(), now.date())}" if one.since else "so far"
            return f"has not been heard of {since}"
        case Kind.CONTACT:
            who = wording.customer(one.customer) if one.customer else "one person"
            return f"rests on one live contact, {who}"
        case _:
            return "has no next step"


def _about(one: AlertView, now: datetime) -> Line | None:
    """The deal behind it; one that was just named is not named again."""
    if one.deal is None:
        return None
    named = one.deal.name if _name(one) == one.deal.name else ""
    told = wording.deal(replace(one.deal, name="" if named else one.deal.name), now.date())
    who = wording.customer(one.customer) if one.customer and one.kind is Kind.STEP else ""
    return " · ".join(part for part in (who, told) if part) or None


def _buttons(one: AlertView) -> list[Block | None]:
    who = {"customer": one.customer.customer_id} if one.customer else {}
    name = blocks.one_line(wording.customer(one.customer), 50) if one.customer else ""
    return [
        blocks.button("Done", Action.TASK_DONE, {"task": one.task.task_id}, style="primary") if one.task else None,
        blocks.button("Snooze", Action.TASK_SNOOZE, {"task": one.task.task_id}) if one.task else None,
        blocks.button("Show card", Action.CARD, who, label_aloud=f"Card of {name}") if who else None,
        blocks.button("New task", Action.TASK_DIALOG, who, label_aloud=f"New task for {name}") if who else None,
        blocks.button("Show deal", Action.DEAL, {"deal": one.deal.deal_id}) if one.deal and not one.task else None,
        mute_menu(one.kind, one.customer.customer_id if one.customer else "", name),
    ]


def mute_menu(kind: Kind, customer_id: str = "", name: str = "") -> Block | None:
    """Hear less: of this kind, of this customer, or nothing more today."""
    choices: list[tuple[str, Mapping[str, str | int]]] = [
        (f"Mute {NAMES[kind]}", {"mute": Muted.KIND.value, "target": kind.value})
    ]
    if customer_id:
        choices.append((f"Mute {name}", {"mute": Muted.CUSTOMER.value, "target": customer_id}))
    choices.append(("Mute for today", {"mute": Muted.TODAY.value}))
    choices.append(("This was of no use", {"mute": Muted.ONE.value, "target": kind.value}))
    return blocks.overflow(Action.MUTE, choices)


def digest(found: DigestView, *, now: datetime, zone: ZoneInfo) -> Message:
    """What was held back, in one message."""
    parts = held(found, now=now, zone=zone)
    n = len(found.alerts) + bool(found.moves) + len(found.suggestions) + len(found.news)
    head = f"{wording.counted(n, 'thing')} at once instead of one by one"
    return blocks.message(
        head,
        blocks.lines([blocks.bold(head)]),
        *parts,
        blocks.context("/crm mute list says what you hear of, and how to hear less."),
    )


def held(found: DigestView, *, now: datetime, zone: ZoneInfo) -> list[Block | None]:
    """The lines of what was held back, kind by kind, with a card for the first few."""
    alerts = sorted(found.alerts, key=lambda one: list(NAMES).index(one.kind))
    rows: list[Line] = [[blocks.bold(_name(one), 150), f" {_said(one, now, zone)}"] for one in alerts[:_SHOWN]]
    more = len(alerts) - len(rows)
    if found.moves:
        rows.append(f"{wording.counted(found.moves, 'chance')} of yours moved by 15 points or more")
    rows += [blocks.one_line(one, 300) for one in found.news[:_SHOWN]]
    more += max(0, len(found.news) - _SHOWN)
    cards = {one.customer.customer_id: one.customer for one in alerts if one.customer}
    buttons = [
        blocks.button(f"Card of {one.name}", Action.CARD, {"customer": key}) for key, one in list(cards.items())[:4]
    ]
    return [
        blocks.bullets(rows),
        blocks.context(f"and {more} more" if more > 0 else ""),
        *proposals(found.suggestions),
        blocks.actions(*buttons),
    ]


def proposals(found: Sequence[tuple[str, int, str]]) -> list[Block | None]:
    """Suggestions by their titles, each with its reasons a tap away."""
    return [
        blocks.section(
            f"Suggestion: {blocks.one_line(title, 250)}",
            accessory=blocks.button(
                "Show why",
                Action.SUGGESTION_WHY,
                {"suggestion": suggestion_id, "version": version},
                label_aloud=f"Why: {blocks.one_line(title, 60)}",
            ),
        )
        for suggestion_id, version, title in found[:10]
    ]


def thanked() -> Message:
    """One message was of no use."""
    said = "Noted: that was of no use. If most of its kind are, you are asked whether you want fewer."
    return blocks.message(said, blocks.section(said))


def fewer(name: str, kind: str, of: str) -> Message:
    """Asked once: whether somebody who waves most of a kind away wants less of it; `of` says what it is a kind of."""
    said = f"3 of the last 4 {name} were dismissed. Show fewer of them?"
    return blocks.message(
        said,
        blocks.section(said),
        blocks.actions(
            blocks.button("Show fewer", Action.MUTE, {"mute": "fewer", "target": kind, "of": of}, style="primary"),
            blocks.button("Leave it as it is", Action.MUTE, {"mute": "keep", "target": kind, "of": of}),
        ),
    )


def mutes(noise: Noise, *, now: datetime, zone: ZoneInfo) -> Message:
    """What a person has muted, their hours, and what earlier mutes have lowered."""
    reader = noise.reader
    none = reader.quiet_from == reader.quiet_until
    hours = "at weekends" if none else f"from {reader.quiet_from}:00 to {reader.quiet_until}:00 and at weekends"
    rest = "You have no quiet hours" if none and reader.quiet_from == ALWAYS else f"Nothing comes {hours}"
    brief = "no morning brief"
    if reader.brief_at >= 0:
        brief = f"your morning brief comes at {reader.brief_at // 60}:{reader.brief_at % 60:02} on working days"
    head = wording.counted(len(noise.mutes), "mute") if noise.mutes else "Nothing is muted"
    lowered = [
        f"{NAMES[kind].capitalize()}: muted {wording.counted(times, 'time')} in 90 days, so they share in "
        f"{room(times)} of your {DAILY} messages a day ({COST} less for each); the rest comes in the digest."
        for kind, times in noise.lowered
    ]
    return blocks.message(
        head,
        blocks.lines([blocks.bold(head)]),
        *[_muted(one, now, zone) for one in noise.mutes[:20]],
        blocks.lines(*lowered),
        blocks.context(
            f"At most {DAILY} messages a day come unasked. {rest}; {brief}.",
            f"To mute: {', '.join(NAMES.values())}, a customer's name, or today. "
            "/crm settings quiet 19-8 and /crm settings brief 8:15 set your hours.",
        ),
    )


def _muted(one: MuteView, now: datetime, zone: ZoneInfo) -> Block:
    until = f" until {wording.moment(one.until, now, zone)}" if one.until else ""
    again = blocks.button(
        "Hear again", Action.UNMUTE, {"mute": one.mute_id}, label_aloud=f"Hear of {blocks.one_line(one.name, 50)} again"
    )
    return blocks.section(f"{blocks.one_line(one.name, 150)}{until}", accessory=again)
