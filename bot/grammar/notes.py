"""Understands a note without a language model: how they talked and when, what is wanted, what to do next."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.grammar.commands import Direction, Kind, NeedOffer, TaskOffer
from bot.grammar.dates import When, find, find_all
from crm_store.errors import BadInput
from crm_store.money import Money
from crm_store.money import read as read_money

_PRIVATE = re.compile(r"(?:^|[\s,;(+\[])private[)\].!]*\s*$", re.IGNORECASE)
_STARTERS = (
    r"(?:i'?ll|i’ll|i will|we'?ll|we’ll|we will|i promised|follow|send|call|ring|e-?mail|write|meet|schedule|"
    r"book|remind|wants?|needs?|asks?|asked|looking|is looking|interested|would like|she|he|they|will|to-?do|please|"
    r"ping|check|prepare)\b"
)
_BREAK = re.compile(
    rf"[,;](?=\s)|\n+|(?:(?<!\d)\.|[!?])(?=\s|$)|\s+[–—-]\s+|\s+(?:and|then|but|so|und)\s+(?={_STARTERS})",
    re.IGNORECASE,
)
_KINDS = (
    (
        Kind.CALL,
        r"called|rang|phoned|phone(?: call)?|call|spoke|talked|voice ?mail|telefoniert|angerufen|zoom(?:ed)? call",
    ),
    (
        Kind.MEETING,
        r"met|meeting|lunch|dinner|breakfast|coffee|visited|visit|demo|workshop|zoom|teams call|getroffen|beers?",
    ),
    (Kind.MAIL, r"e-?mailed|e-?mail|mailed|mail|wrote|replied"),
    (Kind.MESSAGE, r"texted|messaged|message|whatsapp(?:ed)?|sms|dm(?:ed)?|pinged|chatted|chat"),
)
_KIND = [(kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _KINDS]
_DONE = r"(?:called|rang|phoned|e-?mailed|mailed|wrote|texted|messaged|visited|met|replied|pinged)"
_OUTGOING = re.compile(
    rf"\b(?:i|we)\s+(?:just\s+)?{_DONE}\b|"
    rf"\b(?:left (?:a )?voice ?mail|tried to (?:call|reach)|{_DONE}\s+(?:her|him|them|back)\b)",
    re.IGNORECASE,
)
_INCOMING = re.compile(
    rf"\b(?:she|he|they)\s+(?:just\s+)?{_DONE}\b|\b{_DONE}\s+(?:me|us)\b|\bgot (?:a|an) (?:call|mail|e-?mail|text)\b",
    re.IGNORECASE,
)
_NEED = re.compile(
    r"\b(?:wants?|wanted|needs?|needed|(?:is |are |was )?asking for|ask(?:s|ed)? (?:us |me )?for|"
    r"ask(?:s|ed)?(?= (?:us|me) to )|(?:is |are )?"
    r"looking for|(?:is |are |was )?interested in|requires?|requested|requests|would (?:like|love)|'d like|braucht|"
    r"möchte|wünscht)\s+(?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
_WEAK_NEED = re.compile(
    r"^(?:to (?:think|check|decide|talk|discuss|wait|see|know|sleep|ask|leave|go)\b|time\b|help\s*$)", re.IGNORECASE
)
_OUR_TURN = re.compile(r"^(?:(?:us|me|you) to\s+\S|a\s+(?:call|callback|call back|meeting)\b)", re.IGNORECASE)
_PROMISE = re.compile(
    r"^(?:(?:and|so|then)\s+)?(?:will|(?:i|we)(?:'ll|’ll|ll| will| promised to| have to| must| need to|"
    r" should|'m going to| am going to| are going to))\s+(?P<act>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_CHORE = re.compile(
    r"^(?:(?:and|so|then|please|to-?do|task|next(?: step)?|reminder|remind me to|remind me|remember to|must|to)"
    r"\b[\s:]*)+",
    re.IGNORECASE,
)
_ACTS = (
    "follow[- ]?up|send|call back|call|ring|email|e-mail|mail|write|meet|schedule|book|arrange|prepare|check|ask|"
    "remind|ping|invite|visit|ship|review|update|share|discuss|get back|chase|invoice|present|set up|talk|deliver|sign|"
    "contact|reach out|connect|introduce|draft|confirm|offer|order|demo|quote|look into|find out|rückruf|"
    "anrufen|nachfassen"
)
_ACT = re.compile(rf"^(?:{_ACTS})\b", re.IGNORECASE)
_ONLY_WITH_DATE = re.compile(
    r"^(?:call|mail|e-?mail|offer|order|demo|quote|review|meet|visit|update|talk|check|sign|ask|discuss)\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"^(?:call|mail|e-?mail|meet|talk|visit|demo|chat)\s+(?:with|from|about|re|on)\b|^\w+ went\b", re.IGNORECASE
)
_QUANTITY = re.compile(
    r"(?<![\d/.,€$£\w])(\d{1,3}(?:[,.]\d{3})+|\d{1,7})\s*(?:x\s+)?([^\W\d_][\w-]{1,30})", re.IGNORECASE
)
_NO_UNIT_TEXT = """
eur usd gbp chf pln euro euros dollars k m percent am pm st nd rd th days day weeks week months month years year
hours minutes min h d w
"""
_NO_UNIT = frozenset(_NO_UNIT_TEXT.split())
_AMOUNT = re.compile(
    r"(?:[€$£]\s?\d[\d.,]*\d?\s?[kKmM]?\b)|"
    r"(?:\b\d[\d.,]*\s?[kKmM]?\s?(?:€|\$|£|(?:eur|usd|gbp|chf|pln|euros?|dollars|pounds)\b))|"
    r"(?:\b\d[\d.,]*[kK]\b)",
    re.IGNORECASE,
)
_WORDS_FOR_CURRENCY = {"euro": "EUR", "euros": "EUR", "dollars": "USD", "pounds": "GBP"}
_THINGS = (
    ("quote", "send quote"), ("quotation", "send quote"), ("proposal", "send proposal"), ("offer", "send offer"),
    ("pricing", "send pricing"), ("price", "send pricing"), ("contract", "send contract"),
    ("invoice", "send invoice"), ("sample", "send samples"), ("brochure", "send brochure"), ("demo", "arrange demo"),
    ("meeting", "arrange meeting"), ("call", "call back"), ("trial", "set up trial"),
    ("reference", "send references"), ("angebot", "send quote"),
)  # fmt: skip
_LOOKS_BACK = re.compile(r"\b(?:yesterday|today|ago|last|earlier|gestern|heute)\b", re.IGNORECASE)
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Understood:
    """What a note says; `text` is the note without the word `private` at its end."""

    text: str
    kind: Kind
    direction: Direction
    when: datetime | None
    private: bool
    needs: tuple[NeedOffer, ...]
    tasks: tuple[TaskOffer, ...]
    amounts: tuple[Money, ...]


def understand(text: str, now: datetime, zone: ZoneInfo, currency: str) -> Understood:
    """Read a note of a sales person; never raises, and finds nothing rather than guess."""
    text = text.strip()
    private = _PRIVATE.search(text)
    if private:
        text = text[: private.start()].rstrip(" ,;(+[")
    clauses = [clause for clause in (part.strip() for part in _BREAK.split(text[:_LONGEST])) if clause]
    needs: list[NeedOffer] = []
    tasks: list[TaskOffer] = []
    history: list[str] = []
    for clause in clauses:
        task, need = _next_step(clause, now, zone), None
        if task is None:
            need, task = _wanted(clause, now, zone)
            history.append(clause)
        if need is not None:
            needs.append(need)
        if task is not None and task not in tasks:
            tasks.append(task)
    kind, told_in = _kind(history)
    when = _told(told_in, kind, now, zone)
    return Understood(
        text, kind, _direction(history), when, private is not None, tuple(needs), tuple(tasks), _amounts(text, currency)
    )


def kind_at(text: str) -> tuple[int, int] | None:
    """Where the first word stands that tells a note's beginning (called, lunch, wants), or None."""
    found = [match.span() for _, pattern in _KIND if (match := pattern.search(text))]
    need = _NEED.search(text)
    if need:
        found.append((need.start(), need.start("what")))
    return min(found, default=None)


def quantity_of(text: str) -> tuple[int | None, str]:
    """The first number with a unit that is no money, date or percentage: `40 seats` → (40, "seats")."""
    for found in _QUANTITY.finditer(text):
        if found[2].lower() not in _NO_UNIT and not find(
            found[0], datetime.min.replace(year=2000, tzinfo=ZoneInfo("UTC")), ZoneInfo("UTC")
        ):
            return int(re.sub(r"[,.]", "", found[1])), found[2]
    return None, ""


def _kind(history: list[str]) -> tuple[Kind, str]:
    """The first clause that names a way of talking, outside of what is wanted."""
    for clause in history:
        need = _NEED.search(clause)
        told = clause[: need.start()] if need else clause
        found = [(match.start(), kind) for kind, pattern in _KIND if (match := pattern.search(told))]
        if found:
            return min(found)[1], told
    need = _NEED.search(history[0]) if history else None
    return Kind.NOTE, (history[0][: need.start()] if need else history[0]) if history else ""


def _told(clause: str, kind: Kind, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When they talked; where no talk is named, only words that surely look back count (yesterday, 2 days ago)."""
    found = find(clause, now, zone, past=True)
    if found is None or found.at > now:
        return None
    sure = kind is not Kind.NOTE or _LOOKS_BACK.search(clause[found.start : found.end])
    return found.at if sure else None


def _direction(history: list[str]) -> Direction:
    text = ", ".join(history)
    outgoing, incoming = _OUTGOING.search(text), _INCOMING.search(text)
    if outgoing and (not incoming or outgoing.start() < incoming.start()):
        return Direction.OUTGOING
    return Direction.INCOMING if incoming else Direction.NONE


def _next_step(clause: str, now: datetime, zone: ZoneInfo) -> TaskOffer | None:
    """A clause that says what we will do: a promise, or one that begins with an act."""
    promise = _PROMISE.match(clause)
    rest = promise["act"] if promise else clause
    chore = _CHORE.match(rest)
    rest = rest[chore.end() :] if chore else rest
    dates = find_all(rest, now, zone)
    if (
        dates and not rest[: dates[0].start].strip()
    ):  # "Friday: call back" and "remind me friday to call" put the day first.
        rest_after = re.sub(r"^[\s:,]*(?:to\s+)?", "", rest[dates[0].end :])
        return TaskOffer(_title(rest_after), dates[0].at, promise is not None) if _ACT.match(rest_after) else None
    if not promise and (not _ACT.match(rest) or _REPORTED.match(rest)):
        return None
    if (
        not promise
        and not chore
        and not dates
        and _ONLY_WITH_DATE.match(rest)
        and not re.match(r"call back\b", rest, re.IGNORECASE)
    ):
        return None
    date = dates[-1] if dates else None
    title = _title(_without(rest, date))
    return TaskOffer(title, date.at if date else None, promise is not None) if title else None


def _wanted(clause: str, now: datetime, zone: ZoneInfo) -> tuple[NeedOffer | None, TaskOffer | None]:
    """What a customer wants, and the task that a day in it means."""
    found = _NEED.search(clause)
    if not found or re.match(r"(?:i|we)\s+(?:want|need)", clause, re.IGNORECASE):
        return None, None
    what = found["what"].strip()
    dates = find_all(what, now, zone)
    date = dates[-1] if dates else None
    ours = _OUR_TURN.match(what)
    if ours:
        words = re.sub(r"^(?:(?:us|me|you) to|a)\s+", "", _title(_without(what, date)), flags=re.IGNORECASE)
        known = _task_for(words) if words.lower() in {"call", "callback", "meeting"} else words
        return None, TaskOffer(known, date.at if date else None)
    text = _title(_without(what, date))
    if not text or _WEAK_NEED.match(text):
        return None, None
    quantity, unit = quantity_of(text)
    need = NeedOffer(text, quantity, unit)
    return need, TaskOffer(_task_for(text, need.short), date.at) if date else None


def _task_for(text: str, short: str = "") -> str:
    lowered = text.lower()
    found = [(lowered.find(thing), title) for thing, title in _THINGS if re.search(rf"\b{thing}", lowered)]
    return min(found)[1] if found else f"get back about {short or text}"


def _without(text: str, date: When | None) -> str:
    return text if date is None else f"{text[: date.start].rstrip()} {text[date.end :].lstrip()}"


def _title(text: str) -> str:
    """Words fit for a list: single blanks, no loose ends."""
    text = " ".join(text.split()).strip(" ,;:.-–!")
    return re.sub(r"\s+(?:by|on|until|before|at|for|to|and|the)$", "", text, flags=re.IGNORECASE)[:200]


def _amounts(text: str, currency: str) -> tuple[Money, ...]:
    found: list[Money] = []
    for match in _AMOUNT.finditer(text):
        written = match[0].strip().rstrip(".,")
        for word, code in _WORDS_FOR_CURRENCY.items():
            written = re.sub(rf"\s*{word}$", f" {code}", written, flags=re.IGNORECASE)
        try:
            found.append(read_money(written, currency))
        except BadInput:
            continue
    return tuple(dict.fromkeys(found))
