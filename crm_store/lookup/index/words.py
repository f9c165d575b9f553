"""From words as typed to words that customers bear, as the SQL floor finds them, read from the index."""

from collections.abc import Sequence, Set
from typing import Final

from crm_store.lookup.index.team import TeamIndex
from crm_store.lookup.vocabulary import (
    _MOST_BEGINNINGS,
    Meant,
    _borne_together,
    _forms,
    _nearest,
    _together,
)
from crm_store.matching.nicknames import related
from crm_store.matching.normalise import halves_meant, stable_hash
from crm_store.matching.similarity import nearness

_LEAST_NEARNESS: Final = 0.5
_MOST_EXPANSIONS: Final = 20_000


def meanings(index: TeamIndex, words: Sequence[str], of_mailboxes: Set[str]) -> dict[str, tuple[Meant, ...]]:
    """For each typed word the nearest words of the team, nearest first."""
    found = {}
    for at, word in enumerate(words):
        near = _near(index, word, word in of_mailboxes)
        runs = _together(words, at)
        texts = {*near, *(part for run in runs for part in run)}
        known = {text: df for text in texts if (df := index.df(text))}
        found[word] = _nearest(word, near, _borne_together(word, runs, known), known)
    return found


def _near(index: TeamIndex, word: str, of_mailbox: bool) -> tuple[str, ...]:
    """Words near enough to be meant; kept, since most look-ups of a day name the same firms and first names."""
    key = f"{word}@" if of_mailbox else word
    kept = index.expansions.get(key)
    if kept is not None:
        return kept
    texts = {word, *related(word)} | index.beginning_with(word, _MOST_BEGINNINGS)
    if len(word) > 2:
        forms = set(_forms(word)) | (set(halves_meant(word)) if of_mailbox else set())
        texts |= index.with_forms(sorted({stable_hash(form) for form in forms}))
    near = tuple(sorted(text for text in texts if nearness(word, text).value >= _LEAST_NEARNESS))
    if len(index.expansions) >= _MOST_EXPANSIONS:
        index.expansions.clear()
    index.expansions[key] = near
    return near
