"""How near a typed word is to a word of a contact: the measured ladder of exact, nickname, start, initial, typo."""

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from crm_store.matching.nicknames import related
from crm_store.matching.normalise import skeleton, undoubled

_EXACT, _NICKNAME, _INITIAL = 1.0, 0.93, 0.82
START, START_BY_LENGTH = 0.80, 0.18
TYPO, LEAST_TYPO = 0.97, 0.55
SOUND = 0.76
LEAST_START = 0.7
SHORTEST_HEARD = 4
_SURELY_A_TYPO = 0.75
LEAST_SHORT = 0.7
_MOST_MISSING = 1 - LEAST_TYPO
_OPEN = frozenset("aeiou")
_VOWELS = str.maketrans("", "", "aeiouyhw")
_SOUNDS = str.maketrans({"c": "k", "q": "k", "z": "s", "v": "f", "d": "t"})


class How(StrEnum):
    """By which rule two words met."""

    EXACT = "exact"
    NICKNAME = "nickname"
    START = "start"
    INITIAL = "initial"
    TYPO = "typo"
    NONE = "none"


class Nearness(NamedTuple):
    """A similarity in 0..1 and the rule that gave it; a tuple, since a look-up makes hundreds."""

    value: float
    how: How


_NOTHING = Nearness(0.0, How.NONE)


@lru_cache(maxsize=262_144)
def nearness(typed: str, stored: str) -> Nearness:
    """How near two folded words are; not symmetric, since people type starts of words and not ends."""
    if not typed or not stored:
        return _NOTHING
    if typed == stored:
        return Nearness(_EXACT, How.EXACT)
    if stored in related(typed):
        return nickname()
    if len(stored) == 1 or len(typed) == 1:
        return initial() if typed[0] == stored[0] else _NOTHING
    if stored.startswith(typed):
        return start(typed, stored)
    return _with_errors(typed, stored)


def nickname() -> Nearness:
    """One first name for the other."""
    return Nearness(_NICKNAME, How.NICKNAME)


def initial() -> Nearness:
    """One letter for a word that begins with it."""
    return Nearness(_INITIAL, How.INITIAL)


def start(typed: str, stored: str) -> Nearness:
    """What the start of a word is worth, by the share of it that was typed."""
    return Nearness(start_value(typed, stored), How.START)


def start_value(typed: str, stored: str) -> float:
    """The same as a number alone."""
    return START + START_BY_LENGTH * len(typed) / len(stored)


@lru_cache(maxsize=131_072)
def _letters(word: str) -> int:
    """The letters and digits of a folded word as bits."""
    found = 0
    for mark in word:
        found |= 1 << (ord(mark) & 63)
    return found


def is_bare(word: str) -> bool:
    """True for a word without vowels, as Arabic and Hebrew letters give it."""
    return _OPEN.isdisjoint(word)


def _hopeless(typed: str, stored: str) -> bool:
    """True where so many letters are missing that neither an error, a sound nor a short form can explain it."""
    missing = (_letters(typed) & ~_letters(stored)).bit_count()
    if missing <= _MOST_MISSING * max(len(typed), len(stored)) or typed[0] == stored[0] or is_bare(stored):
        return False
    return not related(stored)


def _with_errors(typed: str, stored: str) -> Nearness:
    if _hopeless(typed, stored):
        return _NOTHING
    # Most pairs are far apart, so that numbers are compared and the answer is made once.
    value, how = _typo(typed, stored), How.TYPO
    if value < SOUND and is_bare(stored) and len(stored) > 1 and skeleton(typed) == skeleton(stored):
        value = SOUND
    if len(typed) >= SHORTEST_HEARD:
        if value < SOUND and typed[0] == stored[0] and heard(typed) == heard(stored) != "":
            value = SOUND
        if len(typed) < len(stored):
            begun = _typo(typed, stored[: len(typed)])
            near = begun * start_value(typed, stored) if begun >= LEAST_START else 0.0
            if near > value:
                value, how = near, How.START
        short = short_form(typed, stored, value)
        if short > value:
            value, how = short, How.NICKNAME
    return Nearness(value, how) if value > 0 else _NOTHING


def short_form(typed: str, stored: str, nearest: float) -> float:
    """How near the typed word is to a short form of the stored one, which is `nearest` already; 0 where it need not."""
    known = related(stored) if nearest < _SURELY_A_TYPO else None
    if not known:
        return 0.0
    forms = (form for form in known if abs(len(form) - len(typed)) <= 1 and form[0] in typed[:2])
    short = max((_typo(typed, form) for form in forms), default=0.0)
    return short * _NICKNAME if short >= LEAST_SHORT else 0.0


def _typo(one: str, other: str) -> float:
    alike = OSA.normalized_similarity(one, other, score_cutoff=LEAST_TYPO)
    return alike * TYPO


@lru_cache(maxsize=65_536)
def heard(word: str) -> str:
    """First letter and consonants, doubled ones once: what of a name survives being written by ear."""
    single = undoubled(word[1:].translate(_VOWELS).translate(_SOUNDS))
    return word[0] + single if len(single) >= 1 else ""
