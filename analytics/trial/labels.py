"""Reads yes-or-no outcomes in any spelling."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.encode import is_empty
from analytics.evaluate import BoolArray
from analytics.spelling import number
from crm_store.errors import BadInput

_YES: Final = frozenset(
    [
        "1",
        "yes",
        "y",
        "true",
        "t",
        "on",
        "won",
        "win",
        "closed won",
        "success",
        "successful",
        "converted",
        "positive",
        "churned",
        "churn",
        "left",
        "bought",
        "ordered",
        "subscribed",
        "accepted",
        "ja",
        "si",
        "oui",
    ]
)
_NO: Final = frozenset(
    [
        "0",
        "no",
        "n",
        "false",
        "f",
        "off",
        "lost",
        "lose",
        "closed lost",
        "failure",
        "failed",
        "negative",
        "rejected",
        "stayed",
        "retained",
        "none",
        "declined",
        "nein",
        "non",
    ]
)
_OPEN: Final = frozenset(
    ("open", "pending", "in progress", "ongoing", "undecided", "unknown", "active", "offen", "en cours", "abierto")
)
"""What stands for an outcome that is still to come, beside two others."""
_SHOWN: Final = 3
_NOT: Final = ("not ", "no ", "non-", "un")


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Outcomes by row: `known` tells where there is one, both (n,); `yes` is how a yes is written."""

    y: BoolArray
    known: BoolArray
    yes: str


def read(cells: Sequence[str], name: str, yes: str | None = None) -> Labels:
    """The outcomes in the cells; empty ones are unknown. Raises BadInput where there are more than two words.

    Which of two words means yes is told by the words themselves, never by how often they occur. A `yes` that was
    settled before is kept.
    """
    texts = [_plain(cell) for cell in cells]
    words = sorted({text for text in texts if text})
    if len(words) > 2 and len(closed := [text for text in words if text not in _OPEN]) == 2:
        words = closed
        texts = ["" if text in _OPEN else text for text in texts]
    if len(words) > 2:
        shown = ", ".join(words[:_SHOWN]) + (", …" if len(words) > _SHOWN else "")
        raise BadInput(
            f"“{name}” has {len(words)} different outcomes ({shown}); a yes and a no are needed, "
            "and an empty cell where nothing is known yet."
        )
    if yes is None:
        yes = _which(words)
    return Labels(
        np.array([text == yes for text in texts], dtype=np.bool_),
        np.array([bool(text) for text in texts], dtype=np.bool_),
        yes,
    )


def _plain(cell: str) -> str:
    text = " ".join(cell.strip().casefold().replace("_", " ").split())
    if text in _NO:
        return text
    if is_empty(text):
        return ""
    value = number(text)
    return f"{value:g}" if math.isfinite(value) else text


def _which(words: Sequence[str]) -> str:
    if not words:
        return "yes"
    if len(words) == 1:
        return words[0] if words[0] not in _NO else "yes"
    first, second = words
    if math.isfinite(number(first)) and math.isfinite(number(second)):
        return max(words, key=number)
    for one, other in ((first, second), (second, first)):
        if one in _YES or other in _NO or any(other == f"{negation}{one}" for negation in _NOT):
            return one
    return second
