"""Days and hours in French, Spanish and Dutch, and German ones put differently, said in the words of `dates`."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.grammar import dates
from crm_store.errors import BadInput

_DAYS: Final = {
    "monday": "lundi|lunes|maandag|montag", "tuesday": "mardi|martes|dinsdag|dienstag",
    "wednesday": "mercredi|mi[eé]rcoles|woensdag|mittwoch", "thursday": "jeudi|jueves|donderdag|donnerstag",
    "friday": "vendredi|viernes|vrijdag|freitag", "saturday": "samedi|s[aá]bado|zaterdag|samstag|sonnabend",
    "sunday": "dimanche|domingo|zondag|sonntag",
}  # fmt: skip
_MONTHS: Final = {
    "january": "janvier|enero|januari", "february": "f[eé]vrier|febrero|februari", "march": "mars|marzo|maart",
    "april": "avril|abril|april", "may": "mai|mayo|mei", "june": "juin|junio|juni", "july": "juillet|julio|juli",
    "august": "ao[uû]t|agosto|augustus", "september": "septembre|sep?tiembre|september",
    "october": "octobre|octubre|oktober", "november": "novembre|noviembre|november",
    "december": "d[eé]cembre|diciembre|december",
}  # fmt: skip
_NUMBERS: Final = {
    "1": "une?|uno|una|één|een|einem|einer", "2": "deux|dos|twee|zwei", "3": "trois|tres|drie|drei",
    "4": "quatre|cuatro|vier", "5": "cinq|cinco|vijf|fünf",
}  # fmt: skip
_UNITS: Final = {
    "days": "jours?|d[ií]as?|dagen|dag|tagen?", "weeks": "semaines?|semanas?|weken|week|wochen?",
    "months": "mois|mes(?:es)?|maanden|maand|monaten?",
}  # fmt: skip


def _any(table: dict[str, str]) -> str:
    return "|".join(table.values())


_SHORT: Final = 3
_NEXT_AFTER: Final = r"\s+(?:prochaine?|pr[oó]xim[oa]|que\s+viene|suivante?)"
_LEAD: Final = (
    r"(?:(?:d['’]ici|avant|pour|ce|le|la|el|este|para|antes\s+del?|op|voor|tegen|uiterlijk|am|bis|zum)\s+){0,3}"
)
_NEXT_BEFORE: Final = r"(?:volgende|komende|aanstaande|n[aä]chste[nrs]?|kommende[nr]?|diese[nr]?)\s+"
# What a phrase says, as a pattern and as the English words with the pattern's groups.
_PHRASES: Final = tuple(
    (re.compile(rf"(?<!\w){_LEAD}(?:{pattern})(?!\w)", re.IGNORECASE), english)
    for pattern, english in (
        (r"apr[eè]s-demain|pasado\s+ma[nñ]ana|overmorgen|übermorgen", "in 2 days"),
        (r"demain(?:\s+matin)?|(?<!por la )(?<!esta )ma[nñ]ana(?!\s+por)|morgen(?!\s*stund)", "tomorrow"),
        (r"ma[nñ]ana\s+por\s+la\s+(?:ma[nñ]ana|tarde)", "tomorrow"),
        (r"avant-hier|anteayer|eergisteren|vorgestern|l['’]altro\s+ieri", "2 days ago"),
        (r"(?<!avant-)hier|ayer|gisteren|gestern|ieri", "yesterday"),
        (r"aujourd['’]hui|ce\s+soir|hoy|esta\s+tarde|vandaag|vanmiddag|vanavond|heute", "today"),
        (rf"(?P<day>{_any(_DAYS)}){_NEXT_AFTER}", "next {day}"),
        (rf"(?:volgende|n[aä]chste[nr]?\s+woche)\s+(?P<day>{_any(_DAYS)})", "next {day}"),
        (rf"(?:{_NEXT_BEFORE})?(?P<day>{_any(_DAYS)})", "{day}"),
        (rf"(?:semaine|semana){_NEXT_AFTER}|(?:volgende|komende)\s+week|n[aä]chste[rn]?\s+woche", "next week"),
        (rf"(?:mois|mes){_NEXT_AFTER}|(?:volgende|komende)\s+maand|n[aä]chste[nr]?\s+monat", "next month"),
        (
            r"(?:la\s+)?fin\s+de\s+(?:la\s+)?semaine|(?:el\s+)?(?:fin|final(?:es)?)\s+de\s+(?:la\s+)?semana|"
            r"(?:het\s+)?eind(?:e)?\s+van\s+de\s+week|ende\s+der\s+woche",
            "end of week",
        ),
        (
            r"(?:la\s+)?fin\s+(?:du|de)\s+mois|(?:fin|final(?:es)?)\s+de\s+mes|(?:het\s+)?eind(?:e)?\s+van\s+de\s+maand|"
            r"ende\s+des\s+monats|monatsende",
            "end of month",
        ),
        (
            rf"(?:dans|en|dentro\s+de|over|binnen|in|sous)\s+(?P<count>\d{{1,3}}|{_any(_NUMBERS)})\s+"
            rf"(?P<unit>{_any(_UNITS)})",
            "in {count} {unit}",
        ),
        (rf"(?P<number>\d{{1,2}})(?:er|\.)?\s+(?:de\s+)?(?P<month>{_any(_MONTHS)})", "{number} {month}"),
    )
)


_HOUR: Final = re.compile(
    r"\s*,?\s*(?:à|a\s+las?|alle|om|um|at)\s+(?P<hour>[01]?\d|2[0-3])(?:\s*[:.h]\s*(?P<minute>[0-5]\d))?"
    r"(?:\s*(?:h|uhr|uur|heures?|horas?))?(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day in a text and the place of its words there."""

    at: datetime
    start: int
    end: int


def find(text: str, now: datetime, zone: ZoneInfo, *, past: bool = False) -> Day | None:
    """The first day that a text names, in any of our languages, behind now with `past`; never raises."""
    english = dates.find(text, now, zone, past=past)
    found = [Day(english.at, english.start, english.end)] if english is not None else []
    for pattern, said in _PHRASES:
        match = pattern.search(text)
        if match is None:
            continue
        try:
            hour = _HOUR.match(text, match.end())
            clock = f" at {hour['hour']}:{hour['minute'] or '00'}" if hour else ""
            at = dates.read(_in_english(said, match.groupdict()) + clock, now, zone, past=past)
        except BadInput:
            continue
        found.append(Day(at, match.start(), hour.end() if hour else match.end()))
    # Of two readings of the same words the longer one has understood more of them. What may be a word of another
    # language, as the French "mon", gives way to a day that is written out.
    return min(found, key=lambda one: (one.end - one.start <= _SHORT, one.start, -one.end), default=None)


def _in_english(said: str, groups: dict[str, str | None]) -> str:
    return said.format(
        day=_named(_DAYS, groups.get("day")),
        month=_named(_MONTHS, groups.get("month")),
        unit=_named(_UNITS, groups.get("unit")),
        count=_named(_NUMBERS, groups.get("count")),
        number=groups.get("number"),
    )


def _named(table: dict[str, str], word: str | None) -> str:
    if word is None:
        return ""
    for english, pattern in table.items():
        if re.fullmatch(pattern, word, re.IGNORECASE):
            return english
    return word
