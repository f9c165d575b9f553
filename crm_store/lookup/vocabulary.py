"""From words as typed to words that customers bear: exact, short forms, beginnings and typing errors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.lookup.tokens import in_groups
from crm_store.matching.nicknames import related
from crm_store.matching.normalise import deletions, stable_hash
from crm_store.matching.similarity import nearness
from crm_store.models.lookup import Token, TokenDelete

_MOST_BEGINNINGS: Final = 200
_MOST_WORDS: Final = 40
_LEAST_NEARNESS: Final = 0.5
_TWO_ERRORS_FROM: Final = 5
_TWO_ERRORS_TO: Final = 14
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Meant:
    """A word that customers bear and how near it is to the typed one; `df` customers bear it."""

    text: str
    value: float
    df: int


def meanings(work: Work, words: Sequence[str]) -> dict[str, tuple[Meant, ...]]:
    """For each typed word the nearest words of the team's vocabulary, nearest first."""
    near = {word: {word, *related(word)} for word in words}
    forms = {word: {stable_hash(form) for form in _forms(word)} for word in words if len(word) > 2}
    by_hash: dict[int, set[str]] = {}
    for some in in_groups(sorted({one for each in forms.values() for one in each}), _AT_ONCE):
        for number, text in work.session.execute(
            select(TokenDelete.hash, TokenDelete.text).where(TokenDelete.hash.in_(some))
        ):
            by_hash.setdefault(number, set()).add(text)
    for word, numbers in forms.items():
        for number in numbers:
            near[word] |= by_hash.get(number, set())
    for word in words:
        near[word] |= _beginning_with(work, word)
    known = _frequencies(work, {text for texts in near.values() for text in texts})
    return {word: _nearest(word, texts, known) for word, texts in near.items()}


def _forms(word: str) -> set[str]:
    """The word with one letter left out, longer ones with two, so that two errors in a word still meet."""
    once = set(deletions(word))
    if not _TWO_ERRORS_FROM <= len(word) <= _TWO_ERRORS_TO:
        return once
    return once | {form for shorter in once if shorter != word for form in deletions(shorter)}


def _beginning_with(work: Work, word: str) -> set[str]:
    """Commonest first; the upper bound holds in every collation, since words have only a-z and 0-9."""
    return set(
        work.session.scalars(
            select(Token.text)
            .where(Token.text >= word, Token.text < word + "z" * 12)
            .order_by(Token.df.desc())
            .limit(_MOST_BEGINNINGS)
        )
    )


def _frequencies(work: Work, texts: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in in_groups(sorted(texts), _AT_ONCE):
        rows = work.session.execute(select(Token.text, Token.df).where(Token.text.in_(some), Token.df > 0))
        found |= dict(rows.all())
    return found


def _nearest(word: str, texts: Iterable[str], known: dict[str, int]) -> tuple[Meant, ...]:
    meant = [Meant(text, nearness(word, text).value, known[text]) for text in texts if text in known]
    meant = [one for one in meant if one.value >= _LEAST_NEARNESS]
    meant.sort(key=lambda one: (-one.value, -one.df, one.text))
    return tuple(meant[:_MOST_WORDS])
