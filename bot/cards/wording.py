"""Days, scores, kinds and certainty in words, as every card says them."""

import math
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot import blocks
from bot.blocks import Line, Piece
from crm_store.money import from_major
from crm_store.values.people import CustomerBrief, DealView, ScoreView, TaskView

KINDS: Final = {
    "call": "call",
    "meeting": "meeting",
    "mail": "mail",
    "message": "message",
    "note": "note",
    "form": "form",
    "calendar": "invitation",
}
BANDS: Final = {"lower": "lower than usual", "usual": "as usual", "higher": "higher than usual"}
SCORES: Final = {
    "value": "Value",
    "alive": "Still a customer",
    "potential": "Potential",
    "lead": "Potential",
    "deal": "Deal",
}
CHURN: Final = {
    "alive": "that the customer has left for good",
    "potential": "that nothing is bought in that time",
}


def day(on: date, today: date) -> str:
    """`Fri 27 Nov`, with the year where it is another one."""
    shown = f"{on:%a} {on.day} {on:%b}"
    return shown if on.year == today.year else f"{shown} {on.year}"


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`Fri 27 Nov 09:00` in the reader's zone."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    return f"{day(local.date(), today)} {local:%H:%M}"


def ago(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`today`, `yesterday`, `12 days ago`, else the day."""
    local, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    days = (today - local).days
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if 1 < days < 60 else f"on {day(local, today)}"


def due(at: datetime | None, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """How a task stands, as an emoji name and in words that say the same."""
    if at is None:
        return "white_circle", "no day set"
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if at < now:
        since = f"since {local:%H:%M}" if local.date() == today else f"since {day(local.date(), today)}"
        return "red_circle", f"overdue {since}"
    if local.date() == today:
        return "large_green_circle", f"today {local:%H:%M}"
    if local.date() == today + timedelta(days=1):
        return "white_circle", f"tomorrow {local:%H:%M}"
    return "white_circle", moment(at, now, zone)


def sure(chance: float) -> str:
    """Certainty in words with its number: `fairly sure (0.82)`."""
    words = "sure" if chance >= 0.95 else "fairly sure" if chance >= 0.75 else "not sure"
    return f"{words} ({chance:.2f})"


def counted(number: int, one: str, several: str = "") -> str:
    """`1 person`, `12 people`."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def kind(name: str) -> str:
    """A kind of communication as a word."""
    return KINDS.get(name, name.replace("_", " "))


def customer(brief: CustomerBrief) -> str:
    """`Ann Lee, Globex`: a name and company as data."""
    name = brief.name.strip() or brief.email or "Somebody without a name"
    return f"{name}, {brief.company}" if brief.company else name


def last_contact(brief: CustomerBrief, now: datetime, zone: ZoneInfo) -> str:
    """`last mail 12 days ago`, or that there was none."""
    if brief.last_touch_at is None:
        return "no contact yet"
    return f"last {kind(brief.last_touch_kind or 'contact')} {ago(brief.last_touch_at, now, zone)}"


def amount(units: float, currency: str) -> str:
    """Whole units of money; without a known currency the bare number."""
    if not math.isfinite(units):
        return "unknown"
    return str(from_major(round(units), currency)) if currency else f"{units:,.0f}"


def score(one: ScoreView, currency: str = "", days: int = 0) -> str:
    """A score with its interval or its band; a value with the days ahead that it is expected within, where known."""
    if one.kind == "value":
        low, high = amount(one.low, currency), amount(one.high, currency)
        within = f" in the next {days} days" if days else ""
        return f"likely {amount(one.point, currency)}{within} (low {low}, high {high})"
    if one.band:
        return BANDS.get(one.band, one.band)
    if one.kind == "alive":
        # Nobody ever sees who has left for good, so that no range of this chance can be checked.
        return _percent(one.point)
    return f"{_percent(one.point)} (between {_percent(one.low)} and {_percent(one.high)})"


def churn(one: ScoreView) -> str:
    """The other side of a chance that a customer stays or buys again; nothing of other scores, or of bands."""
    if one.band or one.kind not in CHURN:
        return ""
    return f"; churn: {_percent(1 - one.point)} {CHURN[one.kind]}"


def _percent(share: float) -> str:
    """Nothing is sure: what would be rounded to none or all is said as such."""
    shown = round(share * 100)
    return f"{shown} %" if 0 < shown < 100 else "over 99 %" if shown else "under 1 %"


def deal(one: DealView, today: date) -> str:
    """A deal: its name, stage, amount and day."""
    parts = [
        one.name,
        one.stage,
        str(one.amount) if one.amount else "",
        f"{'closes' if one.close_on >= today else 'was to close'} {day(one.close_on, today)}" if one.close_on else "",
    ]
    return " · ".join(part for part in parts if part)


def task_line(task: TaskView, now: datetime, zone: ZoneInfo, *, number: int | None = None, who: bool = True) -> Line:
    """A task with its standing and whom it is about."""
    sign, words = due(task.due_at, now, zone)
    pieces: list[Piece] = [
        blocks.emoji(sign),
        " ",
        f"{number}. " if number else "",
        blocks.bold(task.title),
        f" · {words}",
    ]
    if who and task.customer:
        pieces.append(f" · {blocks.one_line(task.customer)}")
    return [one for one in pieces if one]
