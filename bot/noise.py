"""When something unasked may be said: at once, later, in a digest or never, each with its reason.

Answers to a person's own act never come here: receipts, questions, results, errors and whatever was asked for. Briefs
come at their own time and are no interruption; the digest is one and counts among the day's messages.
"""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crm_store.values.noise import (
    ALWAYS,
    AT_ONCE,
    BRIEF_AT,
    DAILY,
    NO_BRIEF,
    Act,
    Asked,
    Kind,
    Muted,
    Reader,
    Verdict,
    room,
)

HOUR: Final = timedelta(hours=1)
_WEEKEND: Final = 5
# What they carry passed these rules before; whoever muted briefs gets none made.
_CARRIERS: Final = frozenset({Kind.BRIEF, Kind.DIGEST})
_BY_THEIR_TIME: Final = frozenset({Kind.BRIEF, Kind.MEETING})


def decide(asked: Asked, now: datetime) -> Verdict:
    """What becomes of one message, by what is known as it is about to leave."""
    reader = asked.reader
    if reader is None:
        return _in_channel(asked, now)
    return _muted(asked, reader, now) or _for_person(asked, reader, now)


def _for_person(asked: Asked, reader: Reader, now: datetime) -> Verdict:
    if asked.kind in _BY_THEIR_TIME:
        return Verdict(Act.NOW, "it comes at its own time")
    if is_quiet(now, reader):
        return Verdict(Act.LATER, "these are the reader's quiet hours", waking(now, reader))
    if asked.kind is Kind.DIGEST:
        if asked.standing.sent_today >= DAILY:
            return Verdict(Act.LATER, _full(), next_brief(now, reader))
        return Verdict(Act.NOW, "the digest is due")
    if asked.standing.in_hour >= AT_ONCE:
        return _burst(asked, now)
    return _by_the_day(asked, reader, now)


def _by_the_day(asked: Asked, reader: Reader, now: datetime) -> Verdict:
    """Within the day's messages; a kind that its reader muted before shares in fewer of them."""
    may = room(asked.standing.lowered)
    if asked.standing.sent_today < may:
        return Verdict(Act.NOW, "there is room today")
    why = _full() if may == DAILY else f"this kind was muted {asked.standing.lowered} times, so it has {may} a day"
    return Verdict(Act.DIGEST, why, next_brief(now, reader))


def _in_channel(asked: Asked, now: datetime) -> Verdict:
    """A channel has no hours and no mutes; it is only not flooded."""
    if asked.kind is not Kind.DIGEST and asked.standing.in_hour >= AT_ONCE:
        return _burst(asked, now)
    return Verdict(Act.NOW, "the channel is calm")


def _burst(asked: Asked, now: datetime) -> Verdict:
    began = min(asked.standing.hour_began or now, now)
    return Verdict(Act.DIGEST, f"{AT_ONCE} or more within an hour become one", max(now, began + HOUR))


def _muted(asked: Asked, reader: Reader, now: datetime) -> Verdict | None:
    """What was muted is not said; what was muted for today comes with the next brief."""
    if asked.kind in _CARRIERS:
        return None
    mutes = [one for one in asked.standing.mutes if one.until is None or one.until > now]
    if any(one.what is Muted.KIND and one.target == asked.kind for one in mutes):
        return Verdict(Act.NEVER, "its reader muted this kind")
    customers = {one.target for one in mutes if one.what is Muted.CUSTOMER}
    if asked.customers and customers.issuperset(asked.customers):
        return Verdict(Act.NEVER, "its reader muted this customer")
    if any(one.what is Muted.TODAY for one in mutes):
        if asked.kind is Kind.MEETING:
            return Verdict(Act.NEVER, "its reader muted today")
        return Verdict(Act.DIGEST, "its reader muted today", next_brief(now, reader))
    return None


def _full() -> str:
    return f"{DAILY} a day are enough"


def is_quiet(at: datetime, reader: Reader) -> bool:
    """Whether the reader is left alone: at weekends and in their quiet hours, both where they live."""
    if reader.quiet_from == reader.quiet_until == ALWAYS:
        return False
    local = at.astimezone(ZoneInfo(reader.time_zone))
    if local.weekday() >= _WEEKEND:
        return True
    begin, end = reader.quiet_from % 24, reader.quiet_until % 24
    if begin == end:
        return False
    return begin <= local.hour < end if begin < end else local.hour >= begin or local.hour < end


def waking(now: datetime, reader: Reader) -> datetime:
    """Now, or the first moment after it at which the reader is not left alone."""
    if not is_quiet(now, reader):
        return now
    zone = ZoneInfo(reader.time_zone)
    day = now.astimezone(zone).date()
    for days in range(9):
        # The quiet may end with its hours, or at the midnight in which a weekend ends.
        for hour in sorted({0, reader.quiet_until % 24}):
            at = datetime.combine(day + timedelta(days=days), time(hour), zone).astimezone(now.tzinfo)
            if at > now and not is_quiet(at, reader):
                return at
    return now + timedelta(days=3)


def next_brief(now: datetime, reader: Reader) -> datetime:
    """When the reader's next morning brief comes, on a working day; whoever wants none has the usual time."""
    zone = ZoneInfo(reader.time_zone)
    minute = BRIEF_AT if reader.brief_at == NO_BRIEF else reader.brief_at
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(5)]
    moments = [datetime.combine(day, time(minute // 60, minute % 60), zone) for day in days if day.weekday() < _WEEKEND]
    return min(one for one in moments if one > now).astimezone(now.tzinfo)
