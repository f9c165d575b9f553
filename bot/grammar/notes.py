"""Understands a note without a language model: how they talked and when, what is wanted, what to do next."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.grammar import foreign_days, promises, talk_words
from bot.grammar.chores import days_in, next_step, title, without
from bot.grammar.commands import Direction, Kind, NeedOffer, TaskOffer
from bot.grammar.dates import find
from crm_store.errors import BadInput
from crm_store.money import Money
from crm_store.money import read as read_money

_PRIVATE = re.compile(r"(?:^|[\s,;(+\[])private[)\].!]*\s*$", re.IGNORECASE)
_STARTERS = (
    r"(?:i'?ll|i’ll|i will|we'?ll|we’ll|we will|i promised|follow|send|call|ring|e-?mail|write|meet|schedule|"
    r"book|remind|wants?|needs?|asks?|asked|looking|is looking|interested|would like|she|he|they|will|to-?do|please|"
    r"ping|check|prepare|ich|wir|er|werde)\b"
)
_BREAK = re.compile(
    rf"[,;](?=\s)|\n+|(?:(?<!\d)\.|[!?])(?=\s|$)|\s+[–—-]\s+|\s+(?:and|then|but|so|und)\s+(?={_STARTERS})",
    re.IGNORECASE,
)
# "Call with Ann: send the contract" tells of the talk before its colon.
_HEADED = re.compile(
    rf"^([^:;,\n]*(?:{talk_words.VERB.pattern}|{talk_words.THING.pattern})[^:;,\n]*):(?=\s)", re.IGNORECASE
)
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
    r"(?<!\w)(?:wants?|wanted|needs?|needed|(?:is |are |was )?asking for|ask(?:s|ed)? (?:us |me )?for|"
    r"ask(?:s|ed)?(?= (?:us|me) to )|(?:is |are )?"
    r"looking for|(?:is |are |was )?interested in|requires?|requested|requests|would (?:like|love)|'d like|"
    r"brauch(?:t|en|te)|ben[öo]tig(?:t|en)|m[öo]chten?|w[üu]nsch(?:t|en)|woll(?:en|te)|sucht|suchen|bitte[nt] um|"
    r"will(?=\s+(?:\d|k?eine?[nrms]?\s|mehr\s|unser|den\s|die\s|das\s))|interessier(?:t|en) sich für|frag(?:t|en) nach|"
    r"veut|veulent|voudrai(?:t|ent)|souhaite(?:nt)?|(?:a|ont) besoin (?:de |d['’])|cherche(?:nt)?|demande(?:nt)?|"
    r"int[ée]ress[ée]e?s? par|quieren?|necesitan?|buscan?|piden?|solicitan?|interesad[oa]s? en|"
    r"wil(?:len)?|zoek(?:t|en)|vraagt om|vuole|vogliono|(?:ha|hanno) bisogno di)\s*(?<=[\s'’])(?P<what>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_NEEDED_BEHIND = re.compile(r"(?<!\w)(?:heeft|hebben)\s+(?P<what>\S.*?)\s+nodig(?!\w)", re.IGNORECASE | re.DOTALL)
_WEAK_NEED = re.compile(
    r"^(?:to (?:think|check|decide|talk|discuss|wait|see|know|sleep|ask|leave|go)\b|time\b|help\s*$)", re.IGNORECASE
)
_OUR_TURN = re.compile(r"^(?:(?:us|me|you) to\s+\S|a\s+(?:call|callback|call back|meeting)\b)", re.IGNORECASE)
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
    r"(?:\b\d{1,3}(?:[\s\u00a0\u202f]\d{3})+\s?(?:€|\$|£|eur\b|euros?\b))|"
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
_LOOKS_BACK = re.compile(
    r"\b(?:yesterday|today|ago|last|earlier|(?:vor)?gestern|heute|hier|ayer|hoy|(?:eer)?gisteren|vandaag|ieri)\b",
    re.IGNORECASE,
)
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
    told = _HEADED.sub(r"\1;", text[:_LONGEST])
    clauses = [clause for clause in (part.strip() for part in _BREAK.split(told)) if clause]
    needs: list[NeedOffer] = []
    tasks: list[TaskOffer] = []
    history: list[str] = []
    for clause in clauses:
        task, need = next_step(clause, now, zone) or _promised(clause, now, zone), None
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
    found = [match.span() for _, pattern in talk_words.KIND if (match := pattern.search(text))]
    need = wish(text)
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
        need = wish(clause)
        told = clause[: need.start()] if need else clause
        found = [(match.start(), kind) for kind, pattern in talk_words.KIND if (match := pattern.search(told))]
        if found:
            return min(found)[1], told
    need = wish(history[0]) if history else None
    return Kind.NOTE, (history[0][: need.start()] if need else history[0]) if history else ""


def _told(clause: str, kind: Kind, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When they talked; where no talk is named, only words that surely look back count (yesterday, 2 days ago)."""
    found = foreign_days.find(clause, now, zone, past=True)
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


def _promised(clause: str, now: datetime, zone: ZoneInfo) -> TaskOffer | None:
    """A promise in another language; one without a day is left to be offered, since its tense may be misread."""
    found = next(iter(promises.made_in(clause, now, zone, now)), None)
    return found if found is not None and found.due is not None else None


def wish(text: str) -> re.Match[str] | None:
    """Where the words of a wish stand: before what is wanted, or around it (`heeft 20 licenties nodig`)."""
    return _NEED.search(text) or _NEEDED_BEHIND.search(text)


def _wanted(clause: str, now: datetime, zone: ZoneInfo) -> tuple[NeedOffer | None, TaskOffer | None]:
    """What a customer wants, and the task that a day in it means."""
    found = wish(clause)
    if not found or re.match(r"(?:i|we)\s+(?:want|need)", clause, re.IGNORECASE):
        return None, None
    what = found["what"].strip()
    dates = days_in(what, now, zone)
    date = dates[-1] if dates else None
    ours = _OUR_TURN.match(what)
    if ours:
        words = re.sub(r"^(?:(?:us|me|you) to|a)\s+", "", title(without(what, date)), flags=re.IGNORECASE)
        known = _task_for(words) if words.lower() in {"call", "callback", "meeting"} else words
        return None, TaskOffer(known, date.at if date else None)
    text = title(without(what, date))
    if not text or _WEAK_NEED.match(text):
        return None, None
    quantity, unit = quantity_of(text)
    need = NeedOffer(text, quantity, unit)
    return need, TaskOffer(_task_for(text, need.short), date.at) if date else None


def _task_for(text: str, short: str = "") -> str:
    lowered = text.lower()
    found = [(lowered.find(thing), title) for thing, title in _THINGS if re.search(rf"\b{thing}", lowered)]
    if found:
        return min(found)[1]
    return f"follow up: {text[3:]}" if lowered.startswith("to ") else f"get back about {short or text}"


def _amounts(text: str, currency: str) -> tuple[Money, ...]:
    found: list[Money] = []
    for match in _AMOUNT.finditer(text):
        written = re.sub(r"(?<=\d)\s(?=\d)", "", match[0].strip().rstrip(".,"))
        for word, code in _WORDS_FOR_CURRENCY.items():
            written = re.sub(rf"\s*{word}$", f" {code}", written, flags=re.IGNORECASE)
        try:
            found.append(read_money(written, currency))
        except BadInput:
            continue
    return tuple(dict.fromkeys(found))
