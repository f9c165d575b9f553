"""The verbs of a line: their names, their other names, and the verb somebody nearly typed."""

from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import OSA

from bot.grammar.words import Word, split
from crm_store.matching import nicknames
from crm_store.matching.names import is_particle


class Verb(StrEnum):
    """What a line can begin with."""

    FIND = "find"
    LOG = "log"
    TASK = "task"
    DUE = "due"
    DONE = "done"
    SNOOZE = "snooze"
    DEAL = "deal"
    ORDER = "order"
    NEED = "need"
    ADD = "add"
    EDIT = "edit"
    TIMELINE = "timeline"
    WHO_KNOWS = "who-knows"
    SEGMENT = "segment"
    WHY = "why"
    VALUE = "value"
    POTENTIAL = "potential"
    REPORT = "report"
    ASK = "ask"
    CAMPAIGN = "campaign"
    SUGGEST = "suggest"
    IMPORT = "import"
    EXPORT = "export"
    MERGE = "merge"
    UNMERGE = "unmerge"
    UNDO = "undo"
    MUTE = "mute"
    UNMUTE = "unmute"
    SETTINGS = "settings"
    FORGET = "forget"
    WHAT_IF = "what-if"
    HELP = "help"
    SHOW = "show"
    MOVE = "move"
    PIPELINE = "pipeline"
    ADDRESS = "address"
    DUPLICATES = "duplicates"
    LINK = "link"
    UNLINK = "unlink"
    RUN = "run"


SYNONYMS = {
    "look": Verb.FIND,
    "lookup": Verb.FIND,
    "search": Verb.FIND,
    "note": Verb.LOG,
    "todo": Verb.TASK,
    "remind": Verb.TASK,
    "tasks": Verb.DUE,
    "deals": Verb.DEAL,
    "finish": Verb.DONE,
    "history": Verb.TIMELINE,
    "whoknows": Verb.WHO_KNOWS,
    "segments": Verb.SEGMENT,
    "reports": Verb.REPORT,
    "campaigns": Verb.CAMPAIGN,
    "suggestions": Verb.SUGGEST,
    "whatif": Verb.WHAT_IF,
    "card": Verb.SHOW,
    "open": Verb.SHOW,
    "?": Verb.HELP,
    "un-merge": Verb.UNMERGE,
    "dupes": Verb.DUPLICATES,
    "erase": Verb.FORGET,
    "delete": Verb.FORGET,
}
_BY_NAME = {verb.value: verb for verb in Verb} | SYNONYMS
_LONG_ENOUGH = 6


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A verb that was nearly typed, the corrected line, and whether it is surely what was meant."""

    verb: Verb
    line: str
    sure: bool


def read_verb(words: tuple[Word, ...]) -> tuple[Verb, int] | None:
    """The verb the words begin with and how many words it takes (`who knows`, `look up` take two)."""
    if not words or words[0].quoted or words[0].key:
        return None
    first = words[0].text.lower()
    second = words[1].text.lower() if len(words) > 1 and not words[1].quoted else ""
    if (first, second) in {("who", "knows"), ("what", "if")}:
        return _BY_NAME[f"{first}-{second}"], 2
    if (first, second) == ("look", "up"):
        return Verb.FIND, 2
    if first.endswith(":") and len(first) > 1:
        first = first[:-1]
    verb = _BY_NAME.get(first)
    return (verb, 1) if verb else None


def near_miss(text: str) -> NearMiss | None:
    """The verb one error away from the first word, if there is one.

    It is sure where two neighbouring letters changed places, where the verb is long, or where the rest looks like
    a command's arguments; otherwise the line may well be a customer's name (Dean, Fin) and the caller only mentions it.
    """
    words = split(text)
    if not words or words[0].quoted or words[0].key:
        return None
    first = words[0].text.lower().rstrip(":")
    if len(first) < 3 or is_particle(first):
        return None
    verb = _nearest(first)
    if verb is None:
        return None
    rest = text[words[0].end :].strip()
    swapped = len(first) == len(verb) and sorted(first) == sorted(verb)
    sure = (swapped or len(verb) >= _LONG_ENOUGH or _looks_like_arguments(words[1:])) and first not in nicknames.known()
    return NearMiss(verb, f"{verb} {rest}".strip(), sure)


def _nearest(first: str) -> Verb | None:
    """The verb one error away that keeps the most letters; verbs of eight letters and more may have two errors."""
    best: tuple[float, Verb] | None = None
    for name, verb in _BY_NAME.items():
        allowed = 2 if len(name) >= 8 else 1
        if len(name) < 3 or abs(len(name) - len(first)) > allowed:
            continue
        apart = OSA.distance(first, name, score_cutoff=allowed)
        if not 0 < apart <= allowed:
            continue
        same_letters = sorted(first) == sorted(name)
        rating = apart / len(name) - (0.5 if same_letters else 0.0)
        if best is None or rating < best[0]:
            best = (rating, verb)
    return best[1] if best else None


def _looks_like_arguments(rest: tuple[Word, ...]) -> bool:
    """A key:value pair, words in quotes, a colon that ends a word, or a lone number: people's names have none."""
    if any(word.key or word.quoted for word in rest):
        return True
    if any(word.text.endswith(":") and len(word.text) > 1 for word in rest):
        return True
    return len(rest) == 1 and rest[0].text.isdigit()
