"""How near a typed word is to a word of a contact: the measured ladder of exact, nickname, start, initial, typo."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from crm_store.matching.nicknames import related
from crm_store.matching.normalise import skeleton

_EXACT, _NICKNAME, _INITIAL = 1.0, 0.93, 0.82
_START, _START_BY_LENGTH = 0.80, 0.18
_TYPO, _LEAST_TYPO = 0.97, 0.55
_SOUND = 0.76
_MOST_MISSING = 1 - _LEAST_TYPO
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


@dataclass(frozen=True, slots=True)
class Nearness:
    """A similarity in 0..1 and the rule that gave it."""

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
        return Nearness(_NICKNAME, How.NICKNAME)
    if len(stored) == 1 or len(typed) == 1:
        return Nearness(_INITIAL, How.INITIAL) if typed[0] == stored[0] else _NOTHING
    if stored.startswith(typed):
        return Nearness(_START + _START_BY_LENGTH * len(typed) / len(stored), How.START)
    return _with_errors(typed, stored)


@lru_cache(maxsize=131_072)
def _letters(word: str) -> int:
    """The letters and digits of a folded word as bits."""
    found = 0
    for mark in word:
        found |= 1 << (ord(mark) & 63)
    return found


@lru_cache(maxsize=131_072)
def _is_bare(word: str) -> bool:
    """True for a word without vowels, as Arabic and Hebrew letters give it."""
    return not any(mark in "aeiou" for mark in word)


def _hopeless(typed: str, stored: str) -> bool:
    """True where so many letters are missing that neither an error, a sound nor a short form can explain it."""
    missing = (_letters(typed) & ~_letters(stored)).bit_count()
    if missing <= _MOST_MISSING * max(len(typed), len(stored)) or typed[0] == stored[0] or _is_bare(stored):
        return False
    return not related(stored)


def _with_errors(typed: str, stored: str) -> Nearness:
    if _hopeless(typed, stored):
        return _NOTHING
    # Most pairs are far apart, so that numbers are compared and the answer is made once.
    value, how = _typo(typed, stored), How.TYPO
    if value < _SOUND and _is_bare(stored) and len(stored) > 1 and skeleton(typed) == skeleton(stored):
        value = _SOUND
    if len(typed) >= 4:
        if value < _SOUND and typed[0] == stored[0] and _skeleton(typed) == _skeleton(stored) != "":
            value = _SOUND
        if len(typed) < len(stored):
            start = _typo(typed, stored[: len(typed)])
            near = start * (_START + _START_BY_LENGTH * len(typed) / len(stored)) if start >= 0.7 else 0.0
            if near > value:
                value, how = near, How.START
        if value < 0.75:
            short = _short_form(typed, stored)
            if short >= 0.7 and short * _NICKNAME > value:
                value, how = short * _NICKNAME, How.NICKNAME
    return Nearness(value, how) if value > 0 else _NOTHING


def _short_form(typed: str, stored: str) -> float:
    """How near the typed word is to a short form of the stored one."""
    known = related(stored)
    if not known:
        return 0.0
    forms = (form for form in known if abs(len(form) - len(typed)) <= 1 and form[0] in typed[:2])
    return max((_typo(typed, form) for form in forms), default=0.0)


def _typo(one: str, other: str) -> float:
    alike = OSA.normalized_similarity(one, other, score_cutoff=_LEAST_TYPO)
    return alike * _TYPO


@lru_cache(maxsize=65_536)
def _skeleton(word: str) -> str:
    """First letter and consonants, doubled ones once: what of a name survives being written by ear."""
    consonants = word[1:].translate(_VOWELS).translate(_SOUNDS)
    single = "".join(mark for at, mark in enumerate(consonants) if at == 0 or consonants[at - 1] != mark)
    return word[0] + single if len(single) >= 1 else ""
