"""A line as people put it, in the words of the grammar: questions, courtesies, emoji, and verbs of other languages."""

import re
from typing import Final

_LONGEST: Final = 300
"""A longer line begins with a verb or is no question."""
# What stands before the words proper: signs, emoji and their names, and a please.
_BEFORE: Final = re.compile(
    r"^(?:(?::[a-z0-9_+-]{1,40}:|[^\w\s@<>#\"'“”„«»(+/?$€£.-]+)\s*|(?:please|pls|bitte|por\s+favor)[\s,]+)+(?=\S)",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(
    r"^(?:(?:(?:show|tell|give)\s+me\s+)?(?:everything|all|more)?\s*(?:we\s+know\s+|you\s+know\s+)?about|"
    r"what\s+do\s+(?:we|you)\s+know\s+about|what\s+about|"
    r"what(?:['’]?s|\s+is)\s+(?:up|new|going\s+on|happening)\s+(?:with|at)|"
    r"who(?:['’]s|\s+is|\s+are)|wer\s+ist|was\s+wissen\s+wir\s+(?:über|von)|qui\s+est|qui[eé]n\s+es|wie\s+is)\s+(?P<who>\S.*)$",
    re.IGNORECASE,
)
_DOING: Final = re.compile(r"^how(?:['’]s|\s+is|\s+are)\s+(?P<who>\S.*?)\s+(?:doing|going)\s*\??$", re.IGNORECASE)
_SHOW: Final = r"show|list|zeige?|montre|muestra|toon"
_SHOW_ME: Final = re.compile(
    rf"^(?:{_SHOW})\s+(?:(?:me|mir|moi|mij)\s+)?(?:(?:my|the|our|all|meine|mes|mis|mijn)\s+)*", re.IGNORECASE
)
_THINGS: Final = {
    "tasks": "due", "todos": "due", "aufgaben": "due", "tâches": "due", "tareas": "due", "taken": "due",
    "deals": "deals", "pipeline": "pipeline", "segments": "segments", "campaigns": "campaigns",
    "suggestions": "suggest", "duplicates": "duplicates", "settings": "settings", "roles": "settings roles",
}  # fmt: skip
_VERBS: Final = {
    "help": ("hilfe", "ayuda", "aide", "hulp", "aiuto"),
    "find": ("suche", "finde", "cherche", "trouve", "busca", "zoek"),
    "show": ("zeige", "zeig", "montre", "muestra", "toon"),
    "due": ("aufgaben", "fällig", "tâches", "tareas", "taken"),
    "log": ("notiere", "notier", "protokolliere", "anota", "noteer"),
    "undo": ("rückgängig", "annule", "deshacer", "ongedaan"),
    "settings": ("einstellungen", "réglages", "ajustes", "instellingen"),
}
_OURS: Final = {foreign: verb for verb, words in _VERBS.items() for foreign in words}


def plainly(text: str) -> str:
    """The same line with a verb of ours where its words say one; any other line as it is."""
    text = _BEFORE.sub("", text)
    if not text or len(text) > _LONGEST:
        return text
    asked = _ABOUT.match(text) or _DOING.match(text)
    if asked is not None:
        return f"find {asked['who'].rstrip('?! ')}"
    shown = _SHOW_ME.match(text)
    if shown is not None:
        what = text[shown.end() :].strip(" ?!.")
        known = _THINGS.get(what.casefold())
        return known or (f"show {what}" if what else text)
    first, blank, rest = text.partition(" ")
    verb = _OURS.get(first.casefold())
    return f"{verb}{blank}{rest}" if verb else text


_TO_DO: Final = re.compile(r"^(?:call|ring|phone|e-?mail|meet|meeting|visit|remember)\s+\S", re.IGNORECASE)
_DONE: Final = re.compile(r"^(?:(?:i|we)\s+)?(?:called|rang|met|spoke|talked|e-?mailed|visited)\s+\S", re.IGNORECASE)


def missing_verb(text: str) -> str:
    """The verb that a line lacks which says only what is to be done, or what was done; empty where none is plain."""
    if _DONE.match(text):
        return "log"
    return "task" if _TO_DO.match(text) else ""
