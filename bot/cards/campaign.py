"""Campaigns: the list, one with its numbers and its buttons, and what it was measured to have added."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Block, Line, Message
from bot.cards import people as people_cards
from bot.cards import wording
from bot.names import Action
from campaigns import lift
from crm_store.values import variants
from crm_store.values.acts import Receipt
from crm_store.values.campaign_calendar import Coming, What
from crm_store.values.people import CustomerBrief
from crm_store.values.responses import CampaignCard, CampaignNumbers

STATES: Final = {
    "approved": "Approved",
    "running": "Running",
    "paused": "Paused",
    "stopped": "Stopped",
    "measured": "Measured",
}
_OPEN: Final = ("approved", "running")
_AT_MOST: Final = "Reminders and tasks are for those who have not answered by then, so at most so many."
_MOST_COMING: Final = 40
_MOST_SOON: Final = 4


def listed(cards: Sequence[CampaignCard], *, now: datetime, zone: ZoneInfo) -> Message:
    """What there is, each with a button to its card."""
    if not cards:
        said = "There is no campaign yet. `/crm suggest` shows what waits for a decision."
        return blocks.message(said, blocks.section(said))
    if len(cards) == 1:
        return card(cards[0], now=now, zone=zone)
    parts: list[Block | None] = []
    for one in cards:
        parts.append(blocks.lines([blocks.bold(one.name), f" · {_standing(one, now, zone)}"], _in_short(one)))
        parts.append(blocks.actions(_button("Show", Action.CAMPAIGN_SHOW, one)))
    said = wording.counted(len(cards), "campaign")
    return blocks.message(f"{said}: {', '.join(blocks.one_line(one.name, 60) for one in cards[:5])}.", *parts)


def card(one: CampaignCard, *, now: datetime, zone: ZoneInfo) -> Message:
    """One campaign: how it stands, its numbers beside the hold-out's, and what can be done."""
    by: Line = [_standing(one, now, zone)]
    if one.approved_by:
        by = [*by, ", approved by ", blocks.person(one.approved_by)]
    left = f"{one.excluded:,} left out." if one.excluded else ""
    opens = "" if one.by_phone else "Opens are not counted. "
    return blocks.message(
        f"{one.name}: {_standing(one, now, zone)}. {_in_short(one)}",
        blocks.header(one.name),
        blocks.lines(by),
        numbers(one.numbers),
        _tried(one),
        _lift(one),
        _steps(one),
        blocks.context(f"{opens}Orders count until {_day(one.ends_at, now, zone)}. {left}".strip()),
    )


def calendar(coming: Sequence[Coming], budget: str = "", *, now: datetime, zone: ZoneInfo) -> Message:
    """What comes in the next weeks, a line for each, by day, and how far the week's budget is used."""
    if not coming:
        said = "Nothing is planned. `/crm suggest` shows what waits for a decision."
        return blocks.message(said, blocks.section(said))
    days: dict[str, list[str]] = {}
    for one in coming[:_MOST_COMING]:
        days.setdefault(_day(one.at, now, zone), []).append(_comes(one))
    more = len(coming) - _MOST_COMING
    rows = [blocks.together(blocks.lines([blocks.bold(day)]), blocks.bullets(lines)) for day, lines in days.items()]
    return blocks.message(
        f"The next five weeks: {wording.counted(len(coming), 'entry', 'entries')}; first {_comes(coming[0])}.",
        blocks.header("Campaigns in the next five weeks"),
        *rows,
        blocks.context(
            *([_AT_MOST] if {What.REMINDER, What.TASK} & {one.what for one in coming} else []),
            *([budget] if budget else []),
            *([f"and {more} more"] if more > 0 else []),
        ),
    )


def soon(coming: Sequence[Coming], *, now: datetime, zone: ZoneInfo) -> list[Block | None]:
    """The first of what comes, for the Home tab; nothing where nothing is planned."""
    if not coming:
        return []
    rows = [f"{_day(one.at, now, zone)} · {_comes(one)}" for one in coming[:_MOST_SOON]]
    more = len(coming) - _MOST_SOON
    return [
        blocks.together(blocks.lines([blocks.bold("Campaigns in the next two weeks")]), blocks.bullets(rows)),
        blocks.context(f"and {more:,} more; /crm campaign calendar shows them all") if more > 0 else None,
    ]


def _comes(one: Coming) -> str:
    name, people = blocks.one_line(one.name, 80), wording.counted(one.people, "person", "people")
    match one.what:
        case What.LETTERS:
            return f"{name}: {wording.counted(one.people, 'letter')} to leave"
        case What.REMINDER:
            return f"{name}: a reminder to at most {people}"
        case What.TASK:
            return f"{name}: a task to call at most {people}"
        case What.MEASURED:
            return f"{name}: its effect is measured"
        case What.EXPIRES:
            return f"{name}: the suggestion closes undecided"


def numbers(seen: CampaignNumbers) -> Block | None:
    """What came so far; without any letter, call or order nothing is shown."""
    rows: list[Line] = []
    if seen.calls:
        rows.append([blocks.bold("Calls"), f" {wording.counted(seen.calls, 'task')} for the owners, {_made(seen)}"])
    if seen.sent or seen.waiting:
        parts = [f"{seen.sent:,} sent"]
        parts += [f"{count:,} {word}" for count, word in _answers(seen) if count]
        rows.append([blocks.bold("Letters"), f" {', '.join(parts)}"])
    if seen.treated_ordered or seen.holdout_ordered:
        beside = f"; held out: {seen.holdout_ordered:,} of {seen.holdout:,}" if seen.holdout else ""
        rows.append([blocks.bold("Ordered"), f" {seen.treated_ordered:,} of {seen.treated:,} ({seen.revenue}){beside}"])
    if seen.after_letters.minor:
        touch = "call" if seen.called and not seen.sent else "letter or a call" if seen.called else "letter"
        told = f" {seen.after_letters}, whatever would have come anyway included"
        rows.append([blocks.bold(f"After a {touch}"), told])
    return blocks.lines(*rows) if rows else None


def _made(seen: CampaignNumbers) -> str:
    """How many calls are made, and what came of them where no letter says it."""
    made = f"{seen.called:,} made" if seen.called else "none made yet"
    moved = wording.counted(seen.deals, "deal moved", "deals moved") if seen.deals and not seen.sent else ""
    return f"{made}, {moved}" if moved else made


def _answers(seen: CampaignNumbers) -> tuple[tuple[int, str], ...]:
    return (
        (seen.waiting, "waiting"),
        (seen.bounced, "bounced"),
        (seen.replied, "replied"),
        (seen.clicked, "followed a link"),
        (seen.unsubscribed, "unsubscribed"),
        (seen.deals, "with a deal that moved"),
    )


def measured(one: CampaignCard) -> Message:
    """What a campaign added, for the thread in which it was approved."""
    if one.lift is None:
        said = f"“{blocks.one_line(one.name)}” is not measured yet."
        return blocks.message(said, blocks.section(said))
    said = " ".join(lift.sentences(one.lift, by_phone=one.by_phone))
    return blocks.message(f"Measured: {one.name}. {said}", blocks.header(f"Measured: {one.name}"), _lift(one))


def moved(done: Receipt, one: CampaignCard, *, now: datetime, zone: ZoneInfo) -> Message:
    """The card after a step, with what was done in front."""
    after = card(one, now=now, zone=zone)
    said = f"{done.sentence}."
    return blocks.message(f"{said} {after.text}", blocks.section(said), *after.blocks)


def doubt(one: CampaignCard, count: int, names: Sequence[str]) -> Message:
    """Letters that may or may not have left, and what is to be done with them."""
    letters = wording.counted(count, "letter")
    said = (
        f"{letters} of “{blocks.one_line(one.name, 80)}” {'was' if count == 1 else 'were'} cut off while being handed "
        f"over, and may or may not have left."
    )
    who = ", ".join(blocks.one_line(name, 60) for name in names)
    more = f" and {count - len(names):,} more" if count > len(names) else ""
    given = {"campaign": one.campaign_id}
    return blocks.message(
        f"{said} Send {'it' if count == 1 else 'them'} again?",
        blocks.section(said),
        blocks.lines([blocks.bold("To"), f" {who}{more}"]),
        blocks.actions(
            blocks.button(
                f"Send again to {'this one' if count == 1 else f'these {count:,}'}", Action.CAMPAIGN_SEND_AGAIN, given
            ),
            blocks.button("Leave it", Action.CAMPAIGN_LEAVE, given),
        ),
        blocks.context(
            "Sent again, a letter has the same Message-ID, so that many mail programs show it once. Left, it is not "
            "sent again, and an answer counts all the same."
        ),
    )


def people(briefs: Sequence[CustomerBrief], *, now: datetime, zone: ZoneInfo) -> Message:
    """Who is written to or called, those who answered first."""
    return people_cards.listed(
        briefs, "Who this campaign is for", "Nobody of this campaign is a customer any more.", now=now, zone=zone
    )


def _tried(one: CampaignCard) -> Block | None:
    told = variants.said(one.tried)
    if not told:
        return None
    return blocks.together(blocks.lines([blocks.bold("Subjects")]), blocks.bullets([blocks.one_line(x) for x in told]))


def _lift(one: CampaignCard) -> Block | None:
    if one.lift is None:
        return None
    first, *rest = lift.sentences(one.lift, by_phone=one.by_phone)
    return blocks.together(blocks.lines([blocks.bold(first, 400)]), blocks.bullets(rest) if rest else None)


def _standing(one: CampaignCard, now: datetime, zone: ZoneInfo) -> str:
    return f"{STATES.get(one.state, one.state.capitalize())}, begun {_day(one.created_at, now, zone)}"


def _day(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    return wording.day(at.astimezone(zone).date(), now.astimezone(zone).date())


def _in_short(one: CampaignCard) -> str:
    if one.lift is not None:
        return lift.headline(one.lift, by_phone=one.by_phone)
    seen = one.numbers
    parts = [wording.counted(seen.treated, "person", "people")]
    parts += (
        [f"{seen.called:,} of {seen.calls:,} called"]
        if one.by_phone
        else [f"{seen.sent:,} sent", f"{seen.replied:,} replied"]
    )
    return f"{', '.join(parts)}, {seen.treated_ordered:,} ordered."


def _steps(one: CampaignCard) -> Block | None:
    sure = blocks.confirm(
        f"Stop “{blocks.one_line(one.name, 60)}”?",
        "What still waits is never sent. What is sent stays sent.",
        "Stop it",
    )
    pause, resume, stop = (
        _button("Pause", Action.CAMPAIGN_PAUSE, one),
        _button("Resume", Action.CAMPAIGN_RESUME, one),
        blocks.button("Stop", Action.CAMPAIGN_STOP, {"campaign": one.campaign_id}, style="danger", confirm=sure),
    )
    steps = [pause, stop] if one.state in _OPEN else [resume, stop] if one.state == "paused" else []
    # Tasks lie with their owners from the first moment on, so that there is nothing to hold back.
    steps = [] if one.by_phone else steps
    return blocks.actions(*steps, _button("Show people", Action.CAMPAIGN_PEOPLE, one))


def _button(label: str, action: Action, one: CampaignCard) -> Block:
    return blocks.button(label, action, {"campaign": one.campaign_id})
