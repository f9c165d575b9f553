"""Dates as mail programs show them above a forwarded mail, in the language of its sender or reader."""

import re
import warnings
from datetime import datetime, timedelta, timezone
from typing import Final

from ingest.day_words import FoundDay, find_day, folded
from ingest.headers import read_date
from ingest.parsed import Mailbox

_MOST_CHARACTERS: Final = 100
_TIME: Final = re.compile(r"(?<!\d)(\d{1,2})\s?[:.h時时点시]\s?(\d{2})(?:\s?[:.分분]\s?(\d{2}))?(?!\d)")
_AFTERNOON: Final = re.compile(r"(?<![^\W\d_])p\.?\s?m\b|午後|下午|晚上|오후|μ\.?μ|\bös\b|(?<=\d)\s?م(?!\w)|\bdu\.")
_MORNING: Final = re.compile(r"(?<![^\W\d_])a\.?\s?m\b|午前|上午|오전|π\.?μ|\böö\b|(?<=\d)\s?ص(?!\w)|\bde\.")
_OFFSET: Final = re.compile(r"(?:(?:gmt|utc)\s?([+-−])\s?(\d{1,2})|([+-−])(\d{2}))(?::?(\d{2}))?(?!\d)")
_ZONE: Final = re.compile(r"(?<!\w)([a-zčа-я]{3,4})(?!\w)")
_ZONES: Final = {
    "gmt": 0, "utc": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "cest": 120, "mez": 60, "mesz": 120, "hnec": 60,
    "heec": 120, "sec": 60, "selc": 120, "eet": 120, "eest": 180, "oez": 120, "oesz": 180, "msk": 180, "sast": 120,
    "jst": 540, "kst": 540, "hkt": 480, "sgt": 480, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "brt": -180,
    "art": -180, "est": -300, "edt": -240, "cdt": -300, "mdt": -360, "mst": -420, "pst": -480, "pdt": -420,
}  # fmt: skip
_SCRIPTS: Final = {
    "th": re.compile(r"[\u0e00-\u0e7f]"), "fa": re.compile(r"[\u06f0-\u06f9\u0686\u06af]"),
    "hi": re.compile(r"[\u0900-\u097f]"), "bn": re.compile(r"[\u0980-\u09ff]"), "ka": re.compile(r"[\u10a0-\u10ff]"),
    "hy": re.compile(r"[\u0530-\u058f]"),
}  # fmt: skip
_BUDDHIST: Final = re.compile(r"(?<!\d)2[45]\d\d(?!\d)")
_YEARS_BEFORE: Final = 543
_SHOWN: Final = re.compile(r"\d(?:.*\d)?(?:\s?[AaPp]\.?\s?[Mm]\b\.?)?", re.DOTALL)
_ENGLISH: Final = frozenset({"from", "sent", "subject"})


def moment(text: str | None, labels: tuple[str, ...]) -> datetime | None:
    """The time a shown date means, aware only where it names its zone; None where it cannot be told."""
    if not text:
        return None
    text = _of_our_era(" ".join(text.split())[:_MOST_CHARACTERS])
    if re.search(r"[+-]\d{4}|GMT", text):
        found = read_date(text)
        if found:
            return found
    return _in_words(text, english=not labels or not _ENGLISH.isdisjoint(labels)) or _by_library(text)


def _of_our_era(text: str) -> str:
    """Thai programs count years from the Buddha's death, 543 more than ours."""
    if not _SCRIPTS["th"].search(text):
        return text
    return _BUDDHIST.sub(lambda found: str(int(found[0]) - _YEARS_BEFORE), text)


def _in_words(text: str, *, english: bool) -> datetime | None:
    plain = folded(text)
    late, early = bool(_AFTERNOON.search(plain)), bool(_MORNING.search(plain))
    # Where the day is told in the American way, the hour is too.
    day = find_day(plain, month_first=english and (late or early))
    if day is None or day.year is None:
        return None
    hour, minute, second, rest = _time(plain, day)
    if late and hour < 12:
        hour += 12
    if early and hour == 12:
        hour = 0
    try:
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_zone(rest))
    except (ValueError, OverflowError):
        return None


def _time(text: str, day: FoundDay) -> tuple[int, int, int, str]:
    """Hour, minute, second, and what stands behind them, of a text with its day left out."""
    rest = f"{text[: day.start]} | {text[day.end :]}"
    found = _TIME.search(rest)
    if found is None or int(found[1]) > 24 or int(found[2]) > 59:
        return 0, 0, 0, ""
    return int(found[1]) % 24, int(found[2]), min(int(found[3] or 0), 59), rest[found.end() :]


def _zone(text: str) -> timezone | None:
    offset = _OFFSET.search(text)
    if offset:
        minutes = int(offset[2] or offset[4]) * 60 + int(offset[5] or 0)
        sign = 1 if (offset[1] or offset[3]) == "+" else -1
        return timezone(timedelta(minutes=sign * minutes)) if minutes <= 14 * 60 else None
    named = (_ZONES[one] for one in _ZONE.findall(text) if one in _ZONES)
    found = next(named, None)
    return None if found is None else timezone(timedelta(minutes=found))


def _by_library(text: str) -> datetime | None:
    """Scripts and calendars that our table leaves out, read by a library that knows them."""
    languages = [code for code, script in _SCRIPTS.items() if script.search(text)]
    if not languages:
        return None
    import dateparser  # noqa: PLC0415 - half a second to load, and few mails need it.

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Its own use of the standard library is not our reader's concern.
        try:
            found = dateparser.parse(text, languages=languages[:2], settings={"STRICT_PARSING": True})
        except (ValueError, TypeError, OverflowError, AttributeError, RecursionError):
            return None
    return found


def shown(sentence: str | None, who: Mailbox) -> str | None:
    """The date inside an announcing sentence, before the person or behind, without the words around."""
    if not sentence:
        return None
    head = tail = sentence
    for mark in (who.address, who.name):
        if mark and mark in head:
            head = head[: head.index(mark)]
        if mark and mark in tail:
            tail = tail.rpartition(mark)[2]
    head = head if _SHOWN.search(head) else tail
    found = _SHOWN.search(head)
    if found is None:
        return None
    day = find_day(folded(head))
    start = min(found.start(), day.start if day else len(head))
    return head[start : found.end()].strip(" ,")
