"""One line taken apart: its words and pairs, and the readers for days, amounts and numbers that all verbs share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.grammar import dates
from bot.grammar.words import KEYS, Word, join, split
from crm_store.errors import BadInput
from crm_store.money import Money
from crm_store.money import read as read_money

DATE_KEYS = frozenset({"due", "close", "since", "until", "as_of"})
_CURRENCY = re.compile(r"^(?:[A-Za-z]{3}|[€$£¥₹]|euros?|dollars?|pounds?)$", re.IGNORECASE)
_CODES = {"euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "pound": "GBP", "pounds": "GBP"}
_KNOWN_CODES_TEXT = """
eur usd gbp chf pln czk huf ron bgn sek nok dkk isk jpy cny krw inr aud nzd cad mxn brl ars clp cop zar try ils aed
sar kwd bhd tnd omr jod egp mad ngn kes thb vnd idr myr php sgd hkd twd uah rub kzt gel
"""
_KNOWN_CODES = frozenset(_KNOWN_CODES_TEXT.split())


@dataclass(frozen=True, slots=True)
class Line:
    """What follows the verb: the text as typed, its words without pairs, the pairs, and how to read times and money."""

    text: str
    words: tuple[Word, ...]
    pairs: dict[str, str]
    now: datetime
    zone: ZoneInfo
    currency: str
    languages: Sequence[str]

    @property
    def plain(self) -> str:
        """The words without pairs, single blanks between them."""
        return join(self.words)

    @property
    def quoted(self) -> tuple[str, ...]:
        """What stood in quotes."""
        return tuple(word.text for word in self.words if word.quoted)

    @property
    def unquoted(self) -> tuple[Word, ...]:
        """The words outside of quotes."""
        return tuple(word for word in self.words if not word.quoted)

    def pair(self, *keys: str) -> str:
        """The value of the first of these keys that was given, else empty."""
        return next((self.pairs[key] for key in keys if key in self.pairs), "")

    @property
    def owner(self) -> str:
        """Whom `owner:@ben` names, without the sign."""
        return self.pair("owner").lstrip("@")

    @property
    def private(self) -> bool:
        """True with `tag:private`, or `private` as the last word outside of quotes."""
        last = self.words[-1] if self.words else None
        bare = last is not None and not last.quoted and last.text.lower() == "private"
        return bare or "private" in self.pair("tag").lower().replace(",", " ").split()

    def moment(self, *keys: str, past: bool = False) -> datetime | None:
        """The value of a date key as aware UTC, or None where it was not given; raises BadInput."""
        value = self.pair(*keys)
        if not value:
            return None
        field = next(key for key in keys if key in self.pairs)
        return dates.read(value, self.now, self.zone, past=past, languages=self.languages, field=field)

    @property
    def since(self) -> datetime | None:
        """The start of the day that `since:` names, or its very hour."""
        return self._edge("since", 0)

    @property
    def until(self) -> datetime | None:
        """The end of the day that `until:` names, or its very hour; looking back, as `since` does."""
        return self._edge("until", 1)

    def _edge(self, key: str, days: int) -> datetime | None:
        value = self.pair(key)
        if not value:
            return None
        read = dates.read_when(value, self.now, self.zone, past=True, languages=self.languages, field=key)
        return read.at if read.has_time else dates.midnight(read.at, self.zone, days)

    def day(self, *keys: str) -> date | None:
        """The value of a date key as a local day."""
        moment = self.moment(*keys)
        return moment.astimezone(self.zone).date() if moment else None

    def amount(self) -> Money | None:
        """The value of `amount:`."""
        value = self.pair("amount")
        return read_money(value, self.currency) if value else None


def open_line(
    text: str, now: datetime, zone: ZoneInfo, currency: str, languages: Sequence[str], spoken_keys: Sequence[str] = ()
) -> Line:
    """Take a line apart; a date key takes as many words as its date has (`due: next tue 9`), quotes or not.

    `spoken_keys` are read without a colon too (`since May`), which only suits verbs whose text is no prose.
    """
    words = split(text)
    plain: list[Word] = []
    pairs: dict[str, str] = {}
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        spoken = not word.quoted and not word.key and word.text.lower() in spoken_keys and at < len(words)
        key = word.key or (word.text.lower() if spoken else "")
        if not key:
            plain.append(word)
            continue
        begin = word.end if spoken else word.start + len(word.key) + 1
        value, at = _value(text, words, at, word, key, begin, now, zone, spoken)
        if spoken and not value:
            plain.append(word)
        else:
            pairs[key] = value
    return Line(text, tuple(plain), pairs, now, zone, currency, languages)


def _value(
    text: str,
    words: tuple[Word, ...],
    at: int,
    word: Word,
    key: str,
    begin: int,
    now: datetime,
    zone: ZoneInfo,
    spoken: bool,
) -> tuple[str, int]:
    """The value of a key and the index of the first word behind it."""
    if word.quoted or key not in DATE_KEYS:
        if not word.text and not word.quoted and at < len(words) and not words[at].key:
            return words[at].text, at + 1  # `owner: @ben` with a blank behind the colon.
        return word.text, at
    found = dates.find_at(text, begin, now, zone, past=key == "since")
    if found is None:
        if spoken:
            return "", at
        return (words[at].text, at + 1) if not word.text and at < len(words) else (word.text, at)
    if not spoken and found.end < word.end:
        return word.text, at  # `due:14days-from-now` is one word, and no date as a whole.
    while at < len(words) and words[at].start < found.end:
        at += 1
    return text[begin : found.end].strip(), at


def take_date(
    words: tuple[Word, ...], now: datetime, zone: ZoneInfo, *, strict: bool = False
) -> tuple[datetime | None, tuple[Word, ...]]:
    """The last date among words outside of quotes, and the words without it."""
    parts: list[str] = []
    places: list[int] = []
    length = 0
    for word in words:
        text = "\x00" * len(word.text) if word.quoted else word.text
        places.append(length)
        parts.append(text)
        length += len(text) + 1
    found = dates.find_all(" ".join(parts), now, zone, strict=strict)
    if not found:
        return None, words
    last = found[-1]
    kept = tuple(word for word, at in zip(words, places, strict=True) if not last.start <= at < last.end)
    return last.at, kept


def take_amount(words: tuple[Word, ...], currency: str) -> tuple[Money | None, tuple[Word, ...]]:
    """The last amount of money among words (`12k`, `1200 eur`, `€ 12k`), and the words without it."""
    for at in range(len(words) - 1, -1, -1):
        if words[at].quoted or not any(mark.isdigit() for mark in words[at].text):
            continue
        spans = [(at, at + 2)] if at + 1 < len(words) and _is_currency(words[at + 1]) else []
        if at and words[at - 1].text in {"€", "$", "£", "¥", "₹"}:
            spans.append((at - 1, at + 1))
        spans.append((at, at + 1))
        for first, stop in spans:
            money = _as_money(words[first:stop], currency)
            if money is not None:
                return money, words[:first] + words[stop:]
    return None, words


def _is_currency(word: Word) -> bool:
    text = word.text.lower()
    return not word.quoted and bool(_CURRENCY.match(text)) and (len(text) != 3 or text in _KNOWN_CODES)


def _as_money(words: tuple[Word, ...], currency: str) -> Money | None:
    text = " ".join(_CODES.get(word.text.lower(), word.text) for word in words)
    try:
        return read_money(text, currency)
    except BadInput:
        return None


def before_colon(text: str) -> tuple[str, str] | None:
    """WHO and TEXT at the first colon that ends a word, or None; the colon of 14:30 or of a pair is none."""
    places = re.finditer(r"(?:^|(?<=\s))(\S*[^\s:]):(?=\s|$)", text)
    found = next((place for place in places if place[1].lower() not in KEYS), None)
    if not found:
        return None
    who = text[: found.end() - 1].strip()
    return (who.strip('"“”„«» '), text[found.end() :].strip()) if len(who) <= 120 and "\n" not in who else None


def numbers_of(words: tuple[Word, ...]) -> tuple[tuple[int, ...], tuple[Word, ...]]:
    """The list numbers at the start (`2`, `1,3`, `1-3`), and the words behind them."""
    found: list[int] = []
    at = 0
    while at < len(words) and not words[at].quoted and re.fullmatch(r"#?\d{1,4}(?:[-,]\d{1,4})*,?", words[at].text):
        for piece in words[at].text.strip("#,").split(","):
            first, dash, last = piece.partition("-")
            upper = int(last) if dash and last.isdigit() else int(first)
            found.extend(range(int(first), min(upper, int(first) + 50) + 1))
        at += 1
    return tuple(dict.fromkeys(found)), words[at:]
