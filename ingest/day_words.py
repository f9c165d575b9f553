"""Days as people and programs write them, in the words of many languages: which month, which day, which time."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

MOST_CHARACTERS: Final = 400
_STEMS: Final = (
    "jan gen ene ian янв січ stycz led ocak ιαν tammi saus siječ јан يناير כינואר ינואר януа jaan oca",
    "feb fev helmi фев лют lut unor subat φεβ veebr vasar фебр فبراير شباط פברואר veljač",
    "mar mrt maart maalis берез brez μαρ kov مارس آذار מרץ מרס мар märts ožuj",
    "apr avr abr апр квіт kwie dub nis απρ huhti balan أبريل ابريل إبريل نيسان אפריל travanj travnja",
    "may mai maj mei mag май мая трав kvet μαι touko gegu мај مايو أيار מאי svib",
    "jun giu juin cze cerven cervn июн черв haz ιουν kesa birz јун يونيو حزيران יוני iun juun юни",
    "jul juil lug lip cervenec cervenc июл лип tem ιουλ heina liep јул يوليو تموز יולי iul juul юли",
    "aug ago aou sie srp авг серп agu αυγ elok rugpj أغسطس اغسطس آب אוגוסט kolovoz",
    "sep set wrz zar сен вер eyl σεπ syys rugs سبتمبر أيلول ספטמבר szep септ ruj",
    "oct okt ott out paz rij окт жовт eki οκτ loka spal أكتوبر اكتوبر אוקטובר",
    "nov noi lis ноя лист kas νοε marras lapkr новем نوفمبر נובמבר ноем studen",
    "dec dez dic gru pros дек груд ara δεκ joulu gruod децем ديسمبر דצמבר des dets",
)
_LONGEST_STEM: Final = 12
_WORD: Final = re.compile(r"[^\W\d_]+")
_YEAR_FIRST: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:\s?[-/.年년]\s?|\s)(\d{1,2})(?:\s?[-/.月월]\s?|\s)(\d{1,2})(?!\d)"
)
_MONTH_AND_DAY: Final = re.compile(r"(?<!\d)(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号號일]")
_YEAR_LAST: Final = re.compile(r"(?<![\d.])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?[./-]\s?((?:19|20)\d\d)(?!\d)")
_SHORT_YEAR: Final = re.compile(r"(?<![\d.])(\d{1,2})([./-])(\d{1,2})[./-](\d\d)(?![\d.])")
_NO_YEAR: Final = re.compile(r"(?<![\d./-])(\d{1,2})([./])(\d{1,2})\.?(?![\d./-]|\s?(?:%|€|h|uhr)\b)")
_NUMBERED_MONTH: Final = re.compile(r"(?<!\d)(\d{1,2})\s+(?:thang|thg)\s+(\d{1,2})(?!\d)")
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_DAY_BEFORE: Final = re.compile(
    r"(?<![\d:.])(\d{1,2})(?:\.|º|o|er|st|nd|rd|th|-?го|ε|η)?(?:,|-|\s){0,3}(?:de|d|of|di)?['’\s-]{0,2}$"
)
_DAY_AFTER: Final = re.compile(r"^\.?(?:,|-|\s){0,3}(?:de\s)?(\d{1,2})(?!\d|:)")
_NEAR: Final = 24


@dataclass(frozen=True, slots=True)
class FoundDay:
    """A day in a text and where it stands there; the year is missing where nobody wrote it."""

    year: int | None
    month: int
    day: int
    start: int
    end: int

    def on(self, year: int) -> date | None:
        """The day in its own or the given year; None where that has no such day."""
        try:
            return date(self.year or year, self.month, self.day)
        except ValueError:
            return None


def folded(text: str) -> str:
    """Small letters without accents, digits of any script as ours; each character stays one, so places stay right."""
    return "".join(_folded_sign(sign) for sign in text[:MOST_CHARACTERS])


@cache
def _folded_sign(sign: str) -> str:
    if sign.isdigit():
        number = unicodedata.digit(sign, None)
        return str(number) if number is not None else " "
    if unicodedata.category(sign) in {"Cf", "Zs"}:
        return " "
    small = sign.lower()
    plain = unicodedata.normalize("NFKD", small)
    first = plain[:1] or " "
    # Jamo and vowel signs alone would be another word, so only alphabets with cases lose their accents.
    return first if first.upper() != first or len(plain) == 1 else small[:1]


_MONTHS: Final = {folded(stem): number for number, stems in enumerate(_STEMS, 1) for stem in stems.split()}


def month_of(word: str) -> int | None:
    """The number of the month that a folded word names, by its longest known beginning."""
    plain = word[1:] if word[:1] == "ב" else word
    for length in range(min(len(plain), _LONGEST_STEM), 2, -1):
        number = _MONTHS.get(plain[:length])
        if number:
            return number
    return _MONTHS.get(plain) if len(plain) == 2 else None


def find_day(text: str, *, month_first: bool = False) -> FoundDay | None:
    """The first day that a folded text names in digits or with a month's word."""
    return (
        _year_first(text)
        or _year_last(text, _YEAR_LAST, month_first=month_first)
        or _in_words(text)
        or _year_last(text, _SHORT_YEAR, month_first=month_first)
    )


def _real(day: FoundDay) -> FoundDay | None:
    return day if day.on(2000) else None


def _year_first(text: str) -> FoundDay | None:
    found = _YEAR_FIRST.search(text)
    if found:
        return _real(FoundDay(int(found[1]), int(found[2]), int(found[3]), found.start(), found.end()))
    found = _MONTH_AND_DAY.search(text)
    if not found:
        return None
    year = _YEAR.search(text)
    said = int(year[1]) if year else None
    return _real(FoundDay(said, int(found[1]), int(found[2]), found.start(), found.end()))


def _year_last(text: str, pattern: re.Pattern[str], *, month_first: bool) -> FoundDay | None:
    found = pattern.search(text)
    if not found:
        return None
    one, other, year = int(found[1]), int(found[3]), int(found[4])
    swapped = other > 12 or (month_first and one <= 12 and found[2] == "/")
    month, day = (one, other) if swapped else (other, one)
    return _real(FoundDay(year + (2000 if year < 100 else 0), month, day, found.start(), found.end()))


def _in_words(text: str) -> FoundDay | None:
    numbered = _NUMBERED_MONTH.search(text)
    year = _YEAR.search(text)
    said = int(year[1]) if year else None
    if numbered:
        return _real(FoundDay(said, int(numbered[2]), int(numbered[1]), numbered.start(), numbered.end()))
    candidates = [one for one in _candidates(text, said) if _real(one)]
    if not candidates:
        return None
    first, *others = candidates
    for other in others:
        if other.start >= first.end:
            break
        first = other  # `mar. 2 nov.` is a Tuesday in four languages: of two words at one number, the later is a month.
    return first


def _candidates(text: str, year: int | None) -> Iterator[FoundDay]:
    for word in _WORD.finditer(text):
        month = month_of(word[0])
        if month is None:
            continue
        begin = max(0, word.start() - _NEAR)
        before = _DAY_BEFORE.search(text[begin : word.start()])
        if before:
            yield FoundDay(year, month, int(before[1]), begin + before.start(), word.end())
            continue
        after = _DAY_AFTER.match(text[word.end() : word.end() + _NEAR])
        if after:
            yield FoundDay(year, month, int(after[1]), word.start(), word.end() + after.end())


def find_short_day(text: str) -> FoundDay | None:
    """A day without a year in digits (`2.11.`, `02/11`), for texts that are known to name one."""
    for found in _NO_YEAR.finditer(text):
        one, other = int(found[1]), int(found[3])
        month, day = (one, other) if other > 12 else (other, one)
        if 1 <= month <= 12 and 1 <= day <= 31:
            return FoundDay(None, month, day, found.start(), found.end())
    return None
