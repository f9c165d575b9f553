"""From words as typed to words that customers bear: exact, short forms, beginnings and typing errors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlalchemy import CompoundSelect, bindparam, literal_column, select, union_all
from sqlalchemy.engine import Row

from crm_store.engine.work import Work
from crm_store.lookup.reading import many, of_team, rows
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
_AT_ONCE: Final = 900
_WITH_A_FORM: Final = of_team(
    select(TokenDelete.hash, Token.text, Token.df)
    .join(Token, (Token.team_id == TokenDelete.team_id) & (Token.text == TokenDelete.text))
    .where(TokenDelete.hash.in_(many("hashes")), Token.df > 0),
    TokenDelete,
)
_BORNE: Final = of_team(select(Token.text, Token.df).where(Token.text.in_(many("texts")), Token.df > 0), Token)


@dataclass(frozen=True, slots=True)
class Meant:
    """A word that customers bear and how near it is to the typed one; `df` customers bear it."""

    text: str
    value: float
    df: int


def meanings(work: Work, words: Sequence[str]) -> dict[str, tuple[Meant, ...]]:
    """For each typed word the nearest words of the team's vocabulary, nearest first."""
    work.flush()
    near = {word: {word, *related(word)} for word in words}
    known = _frequencies(work, {text for texts in near.values() for text in texts})
    forms = {word: {stable_hash(form) for form in _forms(word)} for word in words if len(word) > 2}
    by_hash: dict[int, list[str]] = {}
    for some in in_groups(sorted({one for each in forms.values() for one in each}), _AT_ONCE):
        for number, text, df in rows(work, _WITH_A_FORM, hashes=some):
            by_hash.setdefault(number, []).append(text)
            known[text] = df
    for word, numbers in forms.items():
        for number in numbers & by_hash.keys():
            near[word].update(by_hash[number])
    for at, text, df in _beginnings(work, words):
        near[words[at]].add(text)
        known[text] = df
    return {word: _nearest(word, texts, known) for word, texts in near.items()}


def _forms(word: str) -> set[str]:
    """The word with one letter left out, longer ones with two, so that two errors in a word still meet."""
    once = set(deletions(word))
    if not _TWO_ERRORS_FROM <= len(word) <= _TWO_ERRORS_TO:
        return once
    return once | {form for shorter in once if shorter != word for form in deletions(shorter)}


def _beginnings(work: Work, words: Sequence[str]) -> Sequence[Row[int, str, int]]:
    """Place of the typed word, a word that begins so, and how many bear it: the commonest of each beginning."""
    if not words:
        return []
    bounds = {f"from{at}": word for at, word in enumerate(words)}
    # The upper bound holds in every collation, since words have only a-z and 0-9.
    bounds |= {f"to{at}": word + "z" * 12 for at, word in enumerate(words)}
    return rows(work, _beginning_with(len(words)), **bounds)


@lru_cache(maxsize=32)
def _beginning_with(count: int) -> CompoundSelect[int, str, int]:
    parts = []
    for at in range(count):
        one = of_team(
            select(Token.text, Token.df)
            .where(Token.text >= bindparam(f"from{at}"), Token.text < bindparam(f"to{at}"), Token.df > 0)
            .order_by(Token.df.desc())
            .limit(_MOST_BEGINNINGS),
            Token,
        ).subquery()
        parts.append(select(literal_column(str(at)), one.c.text, one.c.df))
    return union_all(*parts)


def _frequencies(work: Work, texts: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in in_groups(sorted(texts), _AT_ONCE):
        found |= dict(rows(work, _BORNE, texts=some))
    return found


def _nearest(word: str, texts: Iterable[str], known: dict[str, int]) -> tuple[Meant, ...]:
    meant = [Meant(text, nearness(word, text).value, known[text]) for text in texts if text in known]
    meant = [one for one in meant if one.value >= _LEAST_NEARNESS]
    meant.sort(key=lambda one: (-one.value, -one.df, one.text))
    return tuple(meant[:_MOST_WORDS])
