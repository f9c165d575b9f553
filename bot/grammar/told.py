"""A talk told in free words (`had lunch with Ann`, `Ann hat angerufen`): whom it was with, and who began."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.grammar import foreign_days, talk_words
from bot.grammar.commands import Direction
from bot.grammar.notes import wish
from bot.grammar.talk_words import NAME

_LONGEST: Final = 600
_FEWEST_WORDS: Final = 4
"""A line of fewer words may be a name: Met Office, Call Me Ltd."""
_END_OF_CLAUSE: Final = re.compile(r"[,;:!?\n]|\.(?=\s|$)|\s[–—-]\s")
_NO_NAME: Final = (
    r"about|re|on|at|in|for|and|from|to|with|this|that|the|again|twice|über|wegen|am|um|im|sur|pour|sobre|para|por|over|"
    rf"voor|om|{talk_words.DAY_WORDS}"
)
_SMALL_NAME: Final = re.compile(
    rf"[^\W\d_][\w'’-]*(?:\s+(?!(?:{_NO_NAME}|{talk_words.VERB.pattern})(?!\w))[^\W\d_][\w'’-]*)?", re.IGNORECASE
)
_ALL_CAPITALS: Final = re.compile(rf"(?:(?:The|Die|Der|Das|Le|La|El|De)\s+)?{NAME.pattern}")
_AT_COMPANY: Final = re.compile(rf"\s+(?:at|from|of|bei|von|chez|bij|@)\s+({NAME.pattern})")
_LINK: Final = (
    rf"(?:(?:{talk_words.DAY_WORDS})\s+)?(?:(?:{talk_words.WITH}|{talk_words.AT}|to|for|from|a|à|aan|an)\s+)?"
)
_BEGUN_BY_US: Final = re.compile(rf"(?P<verb>{talk_words.VERB.pattern})\s+{_LINK}", re.IGNORECASE)
_LINKED: Final = re.compile(
    rf"(?<!\w)(?:(?P<mutual>{talk_words.WITH})|(?P<theirs>{talk_words.FROM})|(?P<ours>{talk_words.TO})|"
    rf"(?:{talk_words.AT}))(?:\s+|(?<=['’]))",
    re.IGNORECASE,
)
_NO_BEGINNING: Final = re.compile(
    rf"(?:{talk_words.VERB.pattern}|{talk_words.THING.pattern}|"
    rf"(?:{talk_words.WITH}|{talk_words.FROM}|{talk_words.TO}|{talk_words.AT})(?!\S))",
    re.IGNORECASE,
)
_BEGUN_BY_THEM: Final = re.compile(
    rf"\s+(?P<auxiliary>{talk_words.AUXILIARY})(?P<between>(?:(?!{talk_words.CAPITAL}\s+{talk_words.CAPITAL})\S+\s+){{0,3}}?)"
    rf"(?P<verb>{talk_words.VERB.pattern})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a talk was with, who began it, and whether the line surely tells of a talk."""

    who: str
    direction: Direction
    sure: bool


def told(text: str) -> Told | None:
    """Read a line that begins with no verb of ours; None where it tells of no talk, or not with whom."""
    if len(text) > _LONGEST or text.endswith("?") or text.startswith(('"', "“")):
        return None
    clause = _first_clause(text)
    lead = talk_words.LEADS.match(clause)
    rest = clause[lead.end() :] if lead else clause
    found = _by_us(rest) or _by_them(rest) or _linked(rest) or _wishing(rest)
    if found is None:
        return None
    who, direction = found
    sure = (len(text.split()) >= _FEWEST_WORDS or bool(lead)) and not _ALL_CAPITALS.fullmatch(text)
    return Told(who, direction, sure)


def lies_ahead(text: str, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the talk is still to come (`lunch with Ann tomorrow`): then it is a plan.

    A weekday may be the last or the next one; where no verb tells and nothing more is said, it is the next.
    """
    clause = _first_clause(text)
    today = now.astimezone(zone).date()
    last = foreign_days.find(clause, now, zone, past=True)
    if last is None:
        return False
    if last.at.astimezone(zone).date() > today:
        return True
    coming = foreign_days.find(clause, now, zone)
    is_open = coming is not None and coming.at.astimezone(zone).date() > today
    is_named = talk_words.THING.search(clause) is not None and talk_words.VERB.search(clause) is None
    return is_open and is_named and len(clause) >= len(text.rstrip(" .!"))


def _first_clause(text: str) -> str:
    """As far as the first sign that ends a clause, a comma behind a day left aside (`Yesterday, called Ann`)."""
    start = 0
    lead = talk_words.LEADS.match(text)
    if lead is not None:
        start = lead.end()
    end = _END_OF_CLAUSE.search(text, start)
    return text[: end.start()] if end else text


def _by_us(rest: str) -> tuple[str, Direction] | None:
    """`called Ann`, `spoke to Ann`, `llamado a Ann`: the verb first, then the name."""
    begun = _BEGUN_BY_US.match(rest)
    if begun is None:
        return None
    who = _name_at(rest, begun.end(), small=True)
    return (who, Direction.OUTGOING) if who else None


def _by_them(rest: str) -> tuple[str, Direction] | None:
    """`Ann called`, `Ann hat angerufen`; but `Ann angerufen` and `Ann gebeld` were our calls."""
    name = NAME.match(rest)
    if name is None or _NO_BEGINNING.match(name[0]):
        return None
    begun = _BEGUN_BY_THEM.match(rest, name.end())
    if begun is None:
        return None
    ours = not begun["auxiliary"] and talk_words.PARTICIPLE.search(begun["verb"]) is not None
    return name[0], Direction.OUTGOING if ours else Direction.INCOMING


def _linked(rest: str) -> tuple[str, Direction] | None:
    """`lunch with Ann`, `WhatsApp from Ann`, `Mail an Ann geschickt`, `mit Ann telefoniert`.

    Where no verb tells that it was, the thing comes first: `cancel the call with Ann` is no talk.
    """
    if not (talk_words.VERB.search(rest) or talk_words.THING.match(rest)):
        return None
    for link in _LINKED.finditer(rest):
        who = _name_at(rest, link.end(), small=link["mutual"] is not None)
        if who:
            way = Direction.INCOMING if link["theirs"] else Direction.OUTGOING if link["ours"] else Direction.NONE
            return who, way
    return None


def _wishing(rest: str) -> tuple[str, Direction] | None:
    """`Ann Lee wants 40 seats`: no talk is named, but somebody said it."""
    name, wanted = NAME.match(rest), wish(rest)
    if name is None or wanted is None or rest[name.end() : wanted.start()].strip():
        return None
    return name[0], Direction.NONE


def _name_at(text: str, start: int, *, small: bool) -> str:
    """The name that stands there, with its company where that follows; in small letters only where one must follow."""
    name = NAME.match(text, start)
    if name is None:
        plain = _SMALL_NAME.match(text, start) if small else None
        return "" if plain is None or plain[0].split()[0].lower() in talk_words.PRONOUNS else plain[0]
    company = _AT_COMPANY.match(text, name.end())
    return f"{name[0]} {company[1]}" if company else name[0]
