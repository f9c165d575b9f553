"""A line in which slips of the pen are put right, word by word, out of the words that could have been meant."""

import difflib
from collections.abc import Sequence
from typing import Final

_LEAST_ALIKE: Final = 0.75
_SHORTEST: Final = 3


def respelled(text: str, known: Sequence[str]) -> str:
    """The text with each word that is not known replaced by the known one most like it; short and strange ones stay."""
    words = text.casefold().replace("?", " ").split()
    return " ".join(_right(word, known) for word in words)


def _right(word: str, known: Sequence[str]) -> str:
    if word in known or len(word) < _SHORTEST:
        return word
    return next(iter(difflib.get_close_matches(word, known, 1, _LEAST_ALIKE)), word)
