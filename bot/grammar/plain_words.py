"""A line as people put it, in the words of the grammar: questions, courtesies, emoji, and verbs of other languages."""

import re
from typing import Final

from bot.grammar.verbs import Verb, read_verb
from bot.grammar.words import split

_LONGEST: Final = 300
"""A longer line begins with a verb or is no question."""
# What stands before the words proper: signs, emoji and their names, and a please.
_BEFORE: Final = re.compile(
    r"^(?:(?::[a-z0-9_+-]{1,40}:|[^\w\s@<>#\"'“”„«»(+/?$€£.-]+)\s*|(?:please|pls|bitte|por\s+favor)[\s,]+)+(?=\S)",
    re.IGNORECASE,
)
_POLITE: Final = re.compile(
    r"^(?:can|could|would|will)\s+you\s+(?:please\s+)?|^(?:kannst\s+du|k[öo]nnen\s+sie)\s+(?:bitte\s+)?", re.IGNORECASE
)
_ABOUT: Final = re.compile(
    r"^(?:(?:(?:show|tell|give)\s+me\s+)?(?:everything|all|more)?\s*(?:we\s+know\s+|you\s+know\s+)?about|"
    r"what\s+do\s+(?:we|you)\s+know\s+about|what\s+about|"
    r"what(?:['’]?s|\s+is)\s+(?:up|new|next|the\s+status|going\s+on|happening)\s+(?:with|at|of|for)|"
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
    "report": "report", "reports": "report", "address": "address", "mail address": "address", "day": "help",
    "open deals": "deals", "open tasks": "due", "to-dos": "due", "to do": "due", "to-do list": "due",
    "suggestions": "suggest", "duplicates": "duplicates", "settings": "settings", "roles": "settings roles",
}  # fmt: skip
_MY: Final = re.compile(r"^(?:my|meine|mes|mis|mijn|the)\s+(?P<what>[\w ]+?)[?!. ]*$", re.IGNORECASE)
_POINT: Final = r"(?:(?:phone|mobile|cell|telephone|e-?mail|contact)(?:\s+(?:number|address|details))?|address|number)"
_POINT_OF: Final = re.compile(
    rf"^(?:what(?:['’]?s|\s+is)\s+)?(?:the\s+)?(?:{_POINT}\s+(?:of|for)\s+(?P<who>\S.*)|"
    rf"(?P<whose>\S.*?)(?:['’]s?)?\s+{_POINT})\s*\?*$",
    re.IGNORECASE,
)
_LAST: Final = re.compile(
    r"^(?:when|what)\s+did\s+(?:(?:we|i|you)\s+(?:last\s+)?(?:talk|speak|write|meet|see|hear|contact|say|discuss|agree)"
    r"(?:ed)?\s*(?:to|with|from|about)?\s+(?P<who>\S.*)|(?P<whose>\S.*?)\s+(?:last\s+)?(?:say|write|want|order|call)\b.*)$",
    re.IGNORECASE,
)
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
    polite = _POLITE.match(text)
    if polite is not None:
        text = text[polite.end() :].rstrip("? ")
    asked = _ABOUT.match(text) or _DOING.match(text)
    if asked is not None:
        return f"find {asked['who'].rstrip('?! ')}"
    shown = _SHOW_ME.match(text)
    if shown is not None:
        what = text[shown.end() :].strip(" ?!.")
        known = _THINGS.get(what.casefold())
        return known or (f"show {what}" if what else text)
    return _asked_for(text) or _in_our_verbs(text)


def _asked_for(text: str) -> str:
    """What one asks for without a verb: a list of one's own, somebody's address, when there was contact."""
    mine = _MY.match(text)
    if mine is not None and (known := _THINGS.get(mine["what"].casefold())):
        return known
    if ":" in text or read_verb(split(text)):
        return ""
    for pattern, verb in ((_POINT_OF, "find"), (_LAST, "timeline")):
        asked = pattern.match(text)
        if asked is not None:
            return f"{verb} {(asked['who'] or asked['whose']).strip(' ?')}"
    return ""


def _in_our_verbs(text: str) -> str:
    first, blank, rest = text.partition(" ")
    verb = _OURS.get(first.casefold())
    return f"{verb}{blank}{rest}" if verb else text


_TO_DO: Final = re.compile(r"^(?:call|ring|phone|e-?mail|meet|meeting|visit|remember)\s+\S", re.IGNORECASE)
_DONE: Final = re.compile(r"^(?:(?:i|we)\s+)?(?:called|rang|met|spoke|talked|e-?mailed|visited)\s+\S", re.IGNORECASE)


def missing_verb(text: str) -> Verb | None:
    """The verb that a line lacks which says only what is to be done, or what was done; None where none is plain."""
    if _DONE.match(text):
        return Verb.LOG
    return Verb.TASK if _TO_DO.match(text) else None
