"""Likeness of names, companies and addresses word by word: rare words weigh more, each word is used once."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from analytics.duplicates import texts
from analytics.duplicates.cells import Column
from analytics.duplicates.columns import Kind
from crm_store.matching import companies, names, nicknames

_HOPELESS: Final = 50.0
_ALIKE: Final = 0.77
_LEFT_OVER: Final = 0.45
_WITHIN: Final = 0.7
_GLUED_BITS: Final = 0.7
_MIDDLE_NAME: Final = 0.2
_OTHER_ORDER: Final = 0.75
_WEAK: Final = 0.25
_BY_EAR: Final = 0.88
_ONE_LETTER: Final = 0.78
_CONFLICT: Final = 1.0
_FEW_WORDS: Final = 12
"""Of more words than these on a side only equal ones are matched."""
_NUMBERED: Final = re.compile(r"\d+")
_MODEL: Final = re.compile(r"[a-z]+\d\w+$|\d+[a-z]+\d\w*$")
_OTHER_MODEL: Final = 0.5
_ONE_MODEL: Final = 0.88
_LONG_MODEL: Final = 4
_SHORTENED: Final = 0.85
_SHORTEST: Final = 3
_SOUNDS: Final = str.maketrans({**dict.fromkeys("aeiouyhw"), "c": "k", "q": "k", "z": "s", "v": "f", "d": "t"})


def alike(
    column: Column, one: NDArray[np.int64], other: NDArray[np.int64], rows: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Similarities in 0..1 (p,) of pairs of values, and the bits (p,) of the words that they share."""
    bits = word_bits(column, rows)
    weights = _sharpened(bits) if column.kind is Kind.TEXT else bits
    if column.kind is Kind.TEXT and texts.are_long(column.values):
        return texts.alike(column.values, one, other, weights, bits)
    left = [column.values[at] for at in one.tolist()]
    right = [column.values[at] for at in other.tolist()]
    rough = np.maximum(
        process.cpdist(left, right, scorer=fuzz.token_set_ratio, dtype=np.float32),
        process.cpdist(left, right, scorer=fuzz.ratio, dtype=np.float32),
    )
    found = np.zeros(len(left), dtype=np.float32)
    shared = np.zeros(len(left), dtype=np.float32)
    for at in np.flatnonzero(rough >= _HOPELESS).tolist():
        found[at], shared[at] = _pair(left[at], right[at], column.kind, weights, bits)
    return found, shared


def word_bits(column: Column, rows: int) -> dict[str, float]:
    """Bits of each word of a column: how seldom rows have it; words that many names carry anyway weigh little."""
    used: dict[str, int] = {}
    for value, times in zip(column.values, column.counts.tolist(), strict=True):
        for word in set(value.split()):
            used[word] = used.get(word, 0) + times
    top = float(np.log2(max(rows, 2) / 0.5))
    bits = {word: min(top, float(np.log2(max(rows, 2) / max(times - 1, 0.5)))) for word, times in used.items()}
    for word, worth in bits.items():
        if _tells_little(word, column.kind):
            bits[word] = min(worth, _WEAK * top)
    return bits


def _tells_little(word: str, kind: Kind) -> bool:
    """Words that many companies or people carry anyway, and the initials in a text."""
    if kind is Kind.COMPANY:
        return companies.is_weak_word(word)
    return names.is_particle(word) if kind is Kind.NAME else kind is Kind.TEXT and len(word) == 1


def _sharpened(bits: Mapping[str, float]) -> dict[str, float]:
    """Weights in which what is rare counts for more than all that is common, as in a cosine of such vectors."""
    top = max(bits.values(), default=1.0)
    return {word: worth * worth / top for word, worth in bits.items()}


def _pair(
    left: str, right: str, kind: Kind, weights: Mapping[str, float], rare: Mapping[str, float]
) -> tuple[float, float]:
    """Matched weight over all weight; a word left over on both sides counts in full, on one side less."""
    one, other = left.split(), right.split()
    shared = set(one) & set(other)
    mine = [word for word in one if word not in shared]
    theirs = [word for word in other if word not in shared]
    agreed = total = sum(weights[word] for word in shared)
    bits = sum(rare[word] for word in shared)
    long = len(mine) > _FEW_WORDS or len(theirs) > _FEW_WORDS
    for word in () if long else sorted(mine, key=lambda text: -len(text)):
        best, value = _best(word, theirs, kind)
        if best:
            theirs.remove(best)
            mine = [rest for rest in mine if rest != word]
            weight = max(weights[word], weights[best])
            total += weight
            agreed += weight * value
            bits += value * min(rare[word], rare[best]) * 0.8
    glued = _glued(left, right, kind) if (mine or theirs) and not long else 0.0
    dropped = kind is Kind.NAME and len(one) - len(mine) >= 2
    total += _rest(sum(weights[word] for word in mine), sum(weights[word] for word in theirs), dropped)
    score = agreed / total if total else 0.0
    if kind is Kind.NAME and not mine and not theirs and _reordered(one, other):
        return min(score, _OTHER_ORDER), bits
    least = min(sum(rare[word] for word in one), sum(rare[word] for word in other))
    if glued > score:
        return glued, max(bits, _GLUED_BITS * least)
    if kind is not Kind.NAME:
        models = _same_model(one, other)
        if models is False:
            return min(score, _OTHER_MODEL), bits * _OTHER_MODEL
        if models and kind is Kind.TEXT:
            score = max(score, _ONE_MODEL)
    if kind is not Kind.NAME and least:
        score = max(score, _WITHIN * min(1.0, bits / least))
    return score, bits


def _rest(mine: float, theirs: float, dropped: bool) -> float:
    """Weight of the words left over: on one side only they may be middle names, on both they contradict."""
    alone = _MIDDLE_NAME if dropped else _LEFT_OVER
    return alone * abs(mine - theirs) + _CONFLICT * 2 * min(mine, theirs)


def _same_model(one: list[str], other: list[str]) -> bool | None:
    """Whether both name one model of something, such as `dscw55`; None where one names none or it is hard to tell."""
    mine, theirs = [word for word in one if _is_model(word)], [word for word in other if _is_model(word)]
    if not mine or not theirs:
        return None
    if any(len(word) >= _LONG_MODEL and word in theirs for word in mine):
        return True
    return None if any(a.startswith(b) or b.startswith(a) for a in mine for b in theirs) else False


@lru_cache(maxsize=65_536)
def _is_model(word: str) -> bool:
    return _MODEL.match(word) is not None


def _reordered(one: list[str], other: list[str]) -> bool:
    """True where the same words stand in an order that is no mere turning round: `a bin b c` is not `b bin a c`."""
    if len(one) < 3 or sorted(one) != sorted(other):
        return False
    return not any(one[at:] + one[:at] == other for at in range(len(one)))


def _best(word: str, others: list[str], kind: Kind) -> tuple[str, float]:
    best, value = "", 0.0
    for other in others:
        near = _near(word, other, kind)
        if near > value:
            best, value = other, near
    return best, value


@lru_cache(maxsize=65_536)
def _near(one: str, other: str, kind: Kind) -> float:
    if (_NUMBERED.search(one) or _NUMBERED.search(other)) and _NUMBERED.findall(one) != _NUMBERED.findall(other):
        return 0.0
    if kind is Kind.NAME and nicknames.are_related(one, other):
        return 0.93
    if len(one) == 1 or len(other) == 1:
        return 0.8 if one[0] == other[0] and kind is not Kind.ADDRESS else 0.0
    if kind is Kind.TEXT and _shortened(one, other):
        return _SHORTENED
    value = (OSA.normalized_similarity(one, other) + JaroWinkler.normalized_similarity(one, other)) / 2
    if kind is Kind.NAME and value < _BY_EAR:
        value = max(value, _as_names(one, other))
    return value if value >= _ALIKE else 0.0


def _shortened(one: str, other: str) -> bool:
    """`inst` for `institute`, `dept` for `department`: letters of a much longer word in its order, the first alike."""
    short, long = sorted((one, other), key=len)
    if short[0] != long[0] or not _SHORTEST <= len(short) <= 0.6 * len(long):
        return False
    rest = iter(long)
    return all(mark in rest for mark in short)


def _as_names(one: str, other: str) -> float:
    """Names written by ear share their consonants; one wrong letter is an error unless it makes another known name."""
    if one[0] == other[0] and len(one) > 3 and _skeleton(one) == _skeleton(other):
        return _BY_EAR
    if min(len(one), len(other)) >= 3 and OSA.distance(one, other) == 1:
        return 0.0 if {one, other} <= nicknames.known() else _ONE_LETTER
    return 0.0


@lru_cache(maxsize=65_536)
def _skeleton(word: str) -> str:
    """The consonants of a word, doubled ones once and those that sound alike as one."""
    consonants = word.translate(_SOUNDS)
    return "".join(mark for at, mark in enumerate(consonants) if at == 0 or consonants[at - 1] != mark)


def _glued(left: str, right: str, kind: Kind) -> float:
    """Names that differ only in where they are parted, or in a letter of the whole; in a text no more than one."""
    one, other = left.replace(" ", ""), right.replace(" ", "")
    if kind is Kind.TEXT and (
        OSA.distance(one, other, score_cutoff=1) > 1 or _NUMBERED.findall(one) != _NUMBERED.findall(other)
    ):
        return 0.0
    value = OSA.normalized_similarity(one, other)
    return value if value >= 0.9 else 0.0
