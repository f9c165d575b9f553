"""From words as typed to words that customers bear: exact, short forms, beginnings, errors, run together."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crm_store.engine.work import Work
from crm_store.lookup.reading import TEAM, Plain, plain, read_plain
from crm_store.matching.nearby import Nearby
from crm_store.matching.nicknames import related
from crm_store.matching.normalise import deletions, halves_meant, skeleton_forms, stable_hash

_MOST_BEGINNINGS: Final = 100
_MOST_WORDS: Final = 40
_LEAST_NEARNESS: Final = 0.5
_TWO_ERRORS_FROM: Final = 5
_TWO_ERRORS_TO: Final = 14
_SHORTEST_RUN_TOGETHER: Final = 6
_LONGEST_RUN_TOGETHER: Final = 32
_RUN_TOGETHER: Final = 0.9
_BORNE: Final = -1
_FORMED: Final = -2
_CHANGES: Final = -3
# The upper bound of a beginning holds in every collation, since words have only a-z and 0-9.
_AFTER: Final = "z" * 12
_KNOWN: Final = (
    "SELECT -3, 0, '', coalesce(max(seq), 0) FROM lookup_changes WHERE team_id = ?"
    " UNION ALL SELECT -1, 0, text, df FROM tokens WHERE team_id = ? AND text IN {many} AND df > 0"
    " UNION ALL SELECT -2, d.hash, t.text, t.df FROM token_deletes AS d"
    " JOIN tokens AS t ON t.team_id = d.team_id AND t.text = d.text"
    " WHERE d.team_id = ? AND d.hash IN {many_numbers} AND t.df > 0"
)
_BEGINNING: Final = (
    " UNION ALL SELECT * FROM (SELECT %d, 0, text, df FROM tokens"
    " WHERE team_id = ? AND text >= ? AND text < ? AND df > 0 ORDER BY df DESC LIMIT %d) AS b%d"
)


@dataclass(frozen=True, slots=True)
class Meant:
    """A word that customers bear and how near it is to the typed one; `df` customers bear it."""

    text: str
    value: float
    df: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What typed words may mean, nearest first, and about how many customers there are.

    Customers are not counted, which would walk all of them at each look-up: the number of changes stands for it.
    """

    meant: dict[str, tuple[Meant, ...]]
    population: int


def meanings(work: Work, words: Sequence[str], of_mailboxes: Set[str] = frozenset()) -> Vocabulary:
    """For each typed word the nearest words of the team's vocabulary; all read in one statement.

    `of_mailboxes` are those of the words that may stand in an address alone.
    """
    work.flush()
    near = {word: {word, *related(word)} for word in words}
    together = {word: _together(words, at) for at, word in enumerate(words)}
    forms = {word: {stable_hash(form) for form in _forms(word)} for word in words if len(word) > 2}
    for word in of_mailboxes & forms.keys():
        forms[word] |= {stable_hash(form) for form in halves_meant(word)}
    asked = {text for texts in near.values() for text in texts}
    asked |= {part for runs in together.values() for run in runs for part in run}
    hashes = sorted({one for each in forms.values() for one in each})
    bounds = [bound for word in words for bound in (TEAM, word, word + _AFTER)]
    known: dict[str, int] = {}
    by_hash: dict[int, list[str]] = {}
    changes = 0
    for kind, number, text, df in read_plain(
        work, _statement(len(words)), TEAM, TEAM, sorted(asked), TEAM, hashes, *bounds
    ):
        if kind == _CHANGES:
            changes = df
            continue
        known[text] = df
        if kind == _FORMED:
            by_hash.setdefault(number, []).append(text)
        elif kind != _BORNE:
            near[words[kind]].add(text)
    for word, numbers in forms.items():
        for number in numbers & by_hash.keys():
            near[word].update(by_hash[number])
    meant = {word: _nearest(word, near[word], _borne_together(word, together[word], known), known) for word in words}
    return Vocabulary(meant, max(1, changes, *known.values()))


def _together(words: Sequence[str], at: int) -> list[tuple[str, ...]]:
    """How a word may be written otherwise: in two (`delarosa`), or as one with the word beside it (`mac donald`)."""
    word = words[at]
    runs: list[tuple[str, ...]] = [(words[one] + words[one + 1],) for one in (at - 1, at) if 0 <= one < len(words) - 1]
    if _SHORTEST_RUN_TOGETHER <= len(word) <= _LONGEST_RUN_TOGETHER:
        runs += [(word[:cut], word[cut:]) for cut in range(2, len(word) - 1)]
    return runs


def _borne_together(word: str, runs: Sequence[tuple[str, ...]], known: dict[str, int]) -> list[Meant]:
    """Where all parts are borne, each counts by its share of the word."""
    found = []
    for run in runs:
        if all(part in known for part in run):
            found += [Meant(part, _RUN_TOGETHER * min(1.0, len(part) / len(word)), known[part]) for part in run]
    return found


@lru_cache(maxsize=32)
def _statement(count: int) -> Plain:
    return plain(_KNOWN + "".join(_BEGINNING % (at, _MOST_BEGINNINGS, at) for at in range(count)))


def _forms(word: str) -> set[str]:
    """The word with one letter left out, longer ones with two, so that two errors in a word still meet."""
    once = {*deletions(word), *skeleton_forms(word)}
    if not _TWO_ERRORS_FROM <= len(word) <= _TWO_ERRORS_TO:
        return once
    twice = {form for shorter in deletions(word) if shorter != word for form in deletions(shorter)}
    return once | twice


def _nearest(word: str, texts: Iterable[str], together: Sequence[Meant], known: dict[str, int]) -> tuple[Meant, ...]:
    near = {text: one.value for text, one in Nearby(text for text in texts if text in known)[word].items()}
    meant = [Meant(text, value, known[text]) for text, value in near.items() if value >= _LEAST_NEARNESS]
    meant += [one for one in together if one.text != word and near.get(one.text, 0.0) < one.value]
    meant.sort(key=lambda one: (-one.value, -one.df, one.text))
    return tuple(meant[:_MOST_WORDS])
