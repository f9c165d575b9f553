"""What is to be done next, told in a clause: a promise, an order to oneself, an infinitive; in six languages."""

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.grammar import foreign_days
from bot.grammar.commands import TaskOffer
from bot.grammar.dates import When, find_all
from bot.grammar.talk_words import AT, NAME, TO, WITH

_PROMISE: Final = re.compile(
    r"^(?:(?:and|so|then)\s+)?(?:will(?!\s+(?:\d|k?eine?[nrms]?\s))|"
    r"(?:i|we)(?:'ll|’ll| will| promised to| have to| must| need to|"
    r" should|'m going to| am going to| are going to))\s+(?P<act>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_CHORE: Final = re.compile(
    r"^(?:(?:and|so|then|please|to-?do|task|next(?: step)?|reminder|remind me to|remind me|remember to|must|to|"
    r"bitte|n[äa]chster schritt|por favor|s['’]il (?:te|vous) pla[îi]t|graag|volgende stap)\b[\s:]*)+",
    re.IGNORECASE,
)
_ON_MYSELF: Final = re.compile(
    r"^(?:(?:i|we)\s+)?(?:(?:need|have|got)\s+to\s+|(?:don['’]t|do\s+not)\s+forget(?:\s+to)?\b[\s:]*|"
    r"remember\s+to\s+|remind\s+me\s+(?:to\s+)?)|"
    r"^(?:nicht\s+vergessen\b[\s:,]*|(?:und\s+)?(?:(?:ich|wir)\s+)?(?:muss|m[üu]ssen|soll(?:en)?|werde)\s+|"
    r"ne\s+pas\s+oublier(?:\s+d['’]e?)?[\s:]*|il\s+faut\s+|(?:je|nous)\s+(?:dois|devons)\s+|"
    r"no\s+olvidar\b[\s:]*|(?:tengo|tenemos|hay)\s+que\s+|niet\s+vergeten(?:\s+om)?\b[\s:,]*|"
    r"(?:ik|we|wij)\s+moet(?:en)?\s+|devo\s+|dobbiamo\s+)",
    re.IGNORECASE,
)
"""Words that surely make a line a thing to do, whatever follows."""
_OURS: Final = re.compile(r"(?:i|we)\b", re.IGNORECASE)
_ALSO_A_VERB: Final = re.compile(r"^remind\b", re.IGNORECASE)
_ACTS: Final = (
    "follow[- ]?up|send|call back|call|ring|email|e-mail|mail|write|meet|schedule|book|arrange|prepare|check|ask|"
    "remind|ping|invite|visit|ship|review|update|share|discuss|get back|chase|invoice|present|set up|talk|deliver|sign|"
    "contact|reach out|connect|introduce|draft|confirm|offer|order|demo|quote|look into|find out|try again|"
    "r[üu]ckruf|anrufen|nachfassen|rappel|relance|seguimiento|terugbellen|"
    "(?:r)?appeler|envoyer|pr[ée]parer|relancer|v[ée]rifier|confirmer|organiser|planifier|[ée]crire|r[ée]pondre|"
    "rencontrer|visiter|demander|livrer|facturer|transmettre|revoir|fixer|"
    "llamar|enviar|mandar|preparar|confirmar|revisar|escribir|responder|visitar|reunirse|pedir|agendar|facturar|"
    "entregar|(?:ri)?chiamare|inviare|mandare|preparare|confermare|scrivere|rispondere|incontrare|verificare|fissare"
)
_ACT: Final = re.compile(rf"^(?:{_ACTS})(?!\w)", re.IGNORECASE)
# German and Dutch put the act behind what it is done to: "Ann morgen anrufen", "offerte sturen".
_ACT_BEHIND: Final = re.compile(
    r"^\S.*\s(?:(?:zur[üu]ck|an)rufen|(?:zu|ver|ab)?schicken|(?:zu|ver|ab)?senden|nachfassen|vorbereiten|kl[äa]ren|"
    r"pr[üu]fen|erstellen|einladen|vereinbaren|schreiben|mailen|besuchen|treffen|liefern|buchen|best[äa]tigen|"
    r"(?:an|nach)fragen|besprechen|organisieren|weiterleiten|(?:terug|op)?bellen|(?:op|ver|door)?sturen|maken|plannen|"
    r"regelen|vragen|bezoeken|controleren|bevestigen|bespreken|leveren|opvolgen|schrijven)"
    r"(?:\s+(?:naar|aan|an|bei|bij|voor|für)\s+\S.*)?$",
    re.IGNORECASE | re.DOTALL,
)
_OF_OTHERS: Final = re.compile(
    r"(?<!\w)(?:sie|er|es|wollte|will|wollen|wird|werden|m[öo]chte\w*|kann|k[öo]nnen|hat|habe|haben|wurde|nicht|zij|ze|hij|wil|"
    r"willen|zal|zullen|kan|kunnen|heeft|hebben|niet|gaat|gaan)(?!\w)",
    re.IGNORECASE,
)
_ONLY_WITH_DATE: Final = re.compile(
    r"^(?:call|mail|e-?mail|offer|order|demo|quote|review|meet|visit|update|talk|check|sign|ask|discuss)\b",
    re.IGNORECASE,
)
_REPORTED: Final = re.compile(
    r"^(?:call|mail|e-?mail|meet|talk|visit|demo|chat)\s+(?:with|from|about|re|on)\b|^\w+ went\b", re.IGNORECASE
)
_LOOSE_ENDS: Final = re.compile(
    r"\s+(?:by|on|until|before|at|for|to|and|the|bis|am|um|pour|avant|le|para|el|op|voor|om)$", re.IGNORECASE
)
_FOR_WHOM: Final = re.compile(rf"(?<!\w)(?i:{WITH}|{TO}|{AT})\s+({NAME.pattern})")
_REACHES: Final = re.compile(
    r"(?:call|ring|phone|e-?mail|mail|meet|visit|ping|remind|(?:r)?appeler|relancer|llamar|(?:ri)?chiamare)(?!\w)",
    re.IGNORECASE,
)
"""Acts whose next words are a person even in small letters."""
_MOST_WORDS: Final = 3
_LONGEST_LINE: Final = 300


def next_step(clause: str, now: datetime, zone: ZoneInfo) -> TaskOffer | None:
    """A clause that says what we will do: a promise, or one that begins or ends with an act."""
    promise = _PROMISE.match(clause)
    rest = promise["act"] if promise else clause
    myself = _ON_MYSELF.match(rest)
    rest = rest[myself.end() :] if myself else rest
    chore = _CHORE.match(rest)
    rest = rest[chore.end() :] if chore else rest
    days = days_in(rest, now, zone)
    if days and not rest[: days[0].start].strip():
        # "Friday: call back" and "remind me friday to call" put the day first.
        behind = re.sub(r"^[\s:,]*(?:to\s+)?", "", rest[days[0].end :])
        return TaskOffer(title(behind), days[0].at, promise is not None) if _is_act(behind) else None
    day = days[-1] if days else None
    words = title(without(rest, day))
    if not (promise or myself) and not _tells_an_act(rest, words, surely=bool(chore or day)):
        return None
    return TaskOffer(words, day.at if day else None, promise is not None) if words else None


def line(text: str, now: datetime, zone: ZoneInfo) -> TaskOffer | None:
    """A whole line without a verb of ours that surely is a thing to do: it says so, or names an act and a day."""
    if len(text) > _LONGEST_LINE or text.endswith("?"):
        return None
    step = next_step(text, now, zone)
    if step is None:
        return None
    if step.due is not None and step.due.astimezone(zone).date() < now.astimezone(zone).date():
        return None
    return step if step.due or _ON_MYSELF.match(text) or (step.promised and _OURS.match(text)) else None


def on_myself(text: str) -> bool:
    """Whether a line begins with words for a duty of one's own (`need to`, `don't forget`)."""
    return _ON_MYSELF.match(text) is not None and _ALSO_A_VERB.match(text) is None


def people_in(title: str) -> tuple[str, ...]:
    """Who a thing to do may be for, the likeliest first: behind `to` or `with`, behind the act, or before it."""
    found = [name[1] for name in _FOR_WHOM.finditer(title)]
    act = _ACT.match(title)
    if act is not None:
        behind = re.sub(r"^(?:back|up|a|with)\s+", "", title[act.end() :].strip())
        name = NAME.match(behind)
        found += [name[0]] if name else [behind] if _REACHES.match(title) and len(behind.split()) <= _MOST_WORDS else []
    elif not found and _ACT_BEHIND.match(title) and (name := NAME.match(title)):
        found.append(name[0])
    return tuple(dict.fromkeys(one for one in found if one))


def days_in(text: str, now: datetime, zone: ZoneInfo) -> tuple[When, ...]:
    """The days ahead that a text names; one of another language where it says more than the English words in it."""
    english = find_all(text, now, zone)
    foreign = foreign_days.find(text, now, zone)
    if foreign is None or any(one.start <= foreign.start and foreign.end <= one.end for one in english):
        return english
    kept = [one for one in english if one.end <= foreign.start or foreign.end <= one.start]
    found = When(foreign.at, False, foreign.start, foreign.end)
    return tuple(sorted([*kept, found], key=lambda one: one.start))


def title(text: str) -> str:
    """Words fit for a list: single blanks, no loose ends."""
    return _LOOSE_ENDS.sub("", " ".join(text.split()).strip(" ,;:.-–!"))[:200]


def without(text: str, day: When | None) -> str:
    """A text without the words of its day."""
    return text if day is None else f"{text[: day.start].rstrip()} {text[day.end :].lstrip()}"


def _is_act(text: str) -> bool:
    return _ACT.match(text) is not None or (_ACT_BEHIND.match(text) is not None and not _OF_OTHERS.search(text))


def _tells_an_act(rest: str, words: str, *, surely: bool) -> bool:
    """Whether words without a promise are an act of ours; words that are things as well need a day or a `please`."""
    if (not _is_act(rest) and not _is_act(words)) or _REPORTED.match(rest):
        return False
    return surely or not _ONLY_WITH_DATE.match(rest) or re.match(r"call back\b", rest, re.IGNORECASE) is not None
