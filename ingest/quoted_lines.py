"""Lines of a mail as programs and people quote them: how deep, and what stands behind the bars."""

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.html import QUOTE_MARK

MOST_LINES = 20_000
MOST_SEARCHED = 1_500  # Nobody writes so many lines above a quote; the rest is kept as it is.
_MOST_MATCHED = 1_000
_MOST_WHOLE = 32_768
_ARROWS = ">>>"
_BARS = re.compile(r"[ \t]{0,8}(?:>[ \t]?){1,60}")
_INVISIBLE = re.compile(r"[\ufeff\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\u00ad]")
_NO_BREAK = re.compile(r"[\u00a0\u202f\u2007]")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'@]{1,64}@[^\s<>()\[\],;:\"'@]{1,255}")
_DIGIT = re.compile(r"\d")
_TIME = re.compile(r"\b\d{1,2}\s?[:.hH时点]\s?\d{2}\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAY = re.compile(r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands, its text behind the bars (for matching only, capped), and the number of bars."""

    raw: str
    text: str
    depth: int
    marked: bool

    @property
    def blank(self) -> bool:
        """Whether nothing is written on it."""
        return not self.text


_BLANK = Line("", "", 0, marked=False)


def lines_of(text: str) -> list[Line]:
    """The lines of a text; the mark of a mail program's own quote becomes a property of the line after it."""
    return list(_lines(text))


@lru_cache(maxsize=2)
def _lines(text: str) -> tuple[Line, ...]:
    """Kept for a moment, as a text is looked through for a forward and then for quotes."""
    lines: list[Line] = []
    marked = False
    for raw in text.split("\n", MOST_LINES):
        if raw == QUOTE_MARK:
            marked = True
            continue
        lines.append(_line(raw, marked) if raw or marked else _BLANK)
        marked = False
    return tuple(lines)


def _line(raw: str, marked: bool) -> Line:
    bars = _BARS.match(raw[:_MOST_MATCHED]) if ">" in raw[:16] and not _in_arrows(raw) else None
    depth = bars[0].count(">") if bars else 0
    rest = raw[bars.end() : bars.end() + _MOST_MATCHED] if bars else raw[:_MOST_MATCHED]
    return Line(raw, _visible(rest), depth, marked)


def _in_arrows(raw: str) -> bool:
    """GroupWise writes who and when between `>>>` and `>>>`, which is no quote but announces one."""
    return raw.startswith(f"{_ARROWS} ") and raw[-8:].rstrip().endswith(f" {_ARROWS}") and like_a_date(raw[:300])


def _visible(text: str) -> str:
    return (text if text.isascii() else _NO_BREAK.sub(" ", _INVISIBLE.sub("", text))).strip()


def whole(line: Line) -> str:
    """The text behind the bars beyond the cap, for a long list of people on one line."""
    if len(line.raw) <= _MOST_MATCHED:
        return line.text
    return _visible(without_bars(line.raw[:_MOST_WHOLE], line.depth))


def without_bars(raw: str, depth: int) -> str:
    """A raw line with up to so many bars taken off, each with one space behind it."""
    at = 0
    for _ in range(depth):
        found = re.match(r"[ \t]{0,3}>[ ]?", raw[at : at + 8])
        if not found:
            break
        at += found.end()
    return raw[at:]


def tidy(text: str) -> str:
    """Without invisible signs and blank lines at either end."""
    visible = text if text.isascii() else _INVISIBLE.sub("", text)
    return visible.strip("\n \t\u00a0\r")


def has_address(text: str) -> bool:
    """Whether an address stands in it."""
    return "@" in text and _ADDRESS.search(text) is not None


def has_time(text: str) -> bool:
    """Whether a time of day stands in it."""
    return _TIME.search(text[:_MOST_MATCHED]) is not None


@lru_cache(maxsize=2_048)
def like_a_date(text: str) -> bool:
    """Whether it holds a time of day, a year, or a day in digits."""
    if len(text) > 300 or not _DIGIT.search(text):
        return False
    return bool(_TIME.search(text) or _YEAR.search(text) or _DAY.search(text))
