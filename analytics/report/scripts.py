"""Text of every script for a page that sets letters one after another: joined letters, right to left, other fonts."""

import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from itertools import groupby
from typing import Final

_FORMS: Final = ("<isolated>", "<final>", "<initial>", "<medial>")
_LAM: Final = "\u0644"
_LAM_WITH_ALEF: Final = 0xFEF5
"""From here on stand the signs for lam with one of the alefs."""
_RIGHT_TO_LEFT: Final = ("R", "AL")
_STRONG: Final = ("L", "R", "AL")
_NUMBERS: Final = ("EN", "AN", "ES", "ET", "CS")
_MIRRORED: Final = str.maketrans("()[]{}<>«»", ")(][}{><»«")

ASIAN: Final[Mapping[str, tuple[str, ...]]] = {
    "HYSMyeongJo-Medium": ("HANGUL",),
    "HeiseiMin-W3": ("HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA"),
    "STSong-Light": ("CJK", "IDEOGRAPHIC", "FULLWIDTH", "KANGXI"),
}
"""Fonts that every reader of PDF files brings along, and how the names of their signs begin."""


def visual(text: str) -> str:
    """The text in the order in which it is drawn from the left, with Arabic letters joined.

    A line is taken as one whole, numbers keep their direction, and a text that begins from the right is laid out from
    there (a part of the Unicode bidirectional algorithm, UAX 9, without embeddings).
    """
    if not any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in text):
        return text
    runs = _runs(_joined(text))
    base = next((from_right for from_right, part in runs if _is_strong(part)), False)
    parts = [_turned(part) if from_right else part for from_right, part in runs]
    return "".join(reversed(parts) if base else parts)


def fonts(text: str, known: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Runs of the text with the font of each: empty where the usual one knows the signs, else one for Asian scripts."""
    return [(font, "".join(signs)) for font, signs in groupby(text, lambda sign: "" if known(sign) else _asian(sign))]


def _asian(sign: str) -> str:
    name = unicodedata.name(sign, "")
    return next((font for font, beginnings in ASIAN.items() if name.startswith(beginnings)), "")


def _runs(text: str) -> list[tuple[bool, str]]:
    """Runs of one direction; a neutral sign goes with its neighbours where both agree, else with the first run."""
    kinds = [unicodedata.bidirectional(sign) for sign in text]
    first = next((kind for kind in kinds if kind in _STRONG), "L") in _RIGHT_TO_LEFT
    sides: list[bool | None] = [kind in _RIGHT_TO_LEFT if kind in _STRONG else None for kind in kinds]
    for at, side in enumerate(sides):
        if side is None:
            before = next((one for one in reversed(sides[:at]) if one is not None), first)
            after = next((one for one in sides[at:] if one is not None), first)
            sides[at] = before if before == after else first
    return [
        (bool(side), "".join(sign for _, sign in group))
        for side, group in groupby(zip(sides, text, strict=True), lambda pair: pair[0])
    ]


def _turned(run: str) -> str:
    """A run from the right as drawn from the left; numbers in it keep their direction."""
    parts = ["".join(group) for _, group in groupby(run, lambda sign: unicodedata.bidirectional(sign) in _NUMBERS)]
    kept = [part if any(sign.isdigit() for sign in part) else part[::-1].translate(_MIRRORED) for part in parts]
    return "".join(reversed(kept))


def _is_strong(text: str) -> bool:
    return any(unicodedata.bidirectional(sign) in _STRONG for sign in text)


def _joined(text: str) -> str:
    """Arabic letters in the form that their neighbours ask for, lam and alef as one sign."""
    forms, pairs = _arabic()
    for pair, sign in pairs.items():
        text = text.replace(pair, sign)
    letters = [at for at, sign in enumerate(text) if unicodedata.category(sign) != "Mn"]
    found = list(text)
    for place, at in enumerate(letters):
        sign = text[at]
        before = text[letters[place - 1]] if place else ""
        after = text[letters[place + 1]] if place + 1 < len(letters) else ""
        joins_back = _reaches(before, forms) and len(forms.get(sign, {})) > 1
        joins_on = _reaches(sign, forms) and len(forms.get(after, {})) > 1
        form = _FORMS[joins_back + 2 * joins_on]
        found[at] = forms.get(sign, {}).get(form, sign)
    return "".join(found)


def _reaches(sign: str, forms: dict[str, dict[str, str]]) -> bool:
    """Whether a letter joins the one that follows it; the stretch between letters joins on both sides."""
    return "<initial>" in forms.get(sign, {}) or sign == "\u0640"


@cache
def _arabic() -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """The drawn forms of each letter, and the signs for lam with alef, from the table of Unicode itself."""
    forms: dict[str, dict[str, str]] = {}
    pairs: dict[str, str] = {}
    for code in (*range(0xFB50, 0xFBFF), *range(0xFE80, 0xFEFD)):
        kind, _, of = unicodedata.decomposition(chr(code)).partition(" ")
        letters = "".join(chr(int(one, 16)) for one in of.split())
        if kind not in _FORMS:
            continue
        if len(letters) == 1:
            forms.setdefault(letters, {})[kind] = chr(code)
        elif len(letters) == 2 and letters[0] == _LAM and code >= _LAM_WITH_ALEF:
            if kind == "<isolated>":
                pairs[letters] = chr(code)
            forms.setdefault(pairs[letters], {})[kind] = chr(code)
    return forms, pairs
