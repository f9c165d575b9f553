"""Schedules as text: five cron fields, `every 5s` or `never`, and the slots they make due."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from crm_store.errors import BadSetting

NEVER: Final = "never"
LOOK_BACK: Final = timedelta(days=35)
"""Slots that were missed longer ago are not made up for."""
_MOST: Final = 10_000


def every(text: str) -> int | None:
    """The seconds of `every 5s`; None for cron fields and `never`."""
    found = re.fullmatch(r"every (\d+)s", text)
    return max(1, int(found[1])) if found else None


def due(text: str, zone: ZoneInfo, after: datetime, until: datetime) -> list[datetime]:
    """The slots in (after, until], as UTC, oldest first; raises BadSetting for fields that make no schedule.

    In the night whose hour repeats, a slot at a fixed hour is due once.
    """
    if text == NEVER:
        return []
    after = max(after, until - LOOK_BACK)
    seconds = every(text)
    if seconds:
        return _by_seconds(seconds, after, until)
    try:
        trigger = CronTrigger.from_crontab(text, timezone=zone)
    except ValueError as problem:
        raise BadSetting(f"“{text}” is no schedule: {problem}.") from problem
    fixed_hour = re.fullmatch(r"[\d,]+", text.split()[1]) is not None
    found: list[datetime] = []
    previous, now = None, after + timedelta(microseconds=1)
    while len(found) < _MOST:
        slot = trigger.get_next_fire_time(previous, now)
        if slot is None or slot > until:
            break
        if not (fixed_hour and slot.fold):
            found.append(slot.astimezone(UTC))
        previous, now = slot, slot.astimezone(UTC) + timedelta(microseconds=1)
    return found


def _by_seconds(seconds: int, after: datetime, until: datetime) -> list[datetime]:
    last = int(until.timestamp()) // seconds * seconds
    first = max(int(after.timestamp()) // seconds * seconds + seconds, last - (_MOST - 1) * seconds)
    return [datetime.fromtimestamp(moment, UTC) for moment in range(first, last + 1, seconds)]


def name(slot: datetime) -> str:
    """The name of a slot: its moment in UTC, which sorts by time."""
    return slot.astimezone(UTC).isoformat(timespec="seconds")
