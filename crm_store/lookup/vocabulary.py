"""From words as typed to words that customers bear: exact, short forms, beginnings, errors, run together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final, NamedTuple

from crm_store.engine.work import Work
from crm_store.lookup.reading import TEAM, Plain, plain, read_plain
from crm_store.matching.nearby import Nearby
from crm_store.matching.nicknames import related
from crm_store.matching.normalise import deletions, halves_meant, skeleton_forms, stable_hash

MOST_BEGINNINGS: Final = 100
_MOST_BEGUN: Final = 40
_MOST_ERRORS: Final = 24
_MANY: Final = 10
_LEAST_BESIDE: Final = 0.7
_LEAST_NEARNESS: Final = 0.5
_SHORTEST_WITH_ERRORS: Final = 3
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
    # Each word asked for by itself: PostgreSQL, knowing no statistics, would make a join with the whole vocabulary.
    " UNION ALL SELECT -2, d.hash, d.text,"
    " coalesce((SELECT t.df FROM tokens AS t WHERE t.team_id = d.team_id AND t.text = d.text), 0)"
    " FROM token_deletes AS d WHERE d.team_id = ? AND d.hash IN {many_numbers}"
)
_BEGINNING: Final = (
    " UNION ALL SELECT * FROM (SELECT %d, 0, text, df FROM tokens"
    " WHERE team_id = ? AND text >= ? AND text < ? AND df > 0 ORDER BY df DESC LIMIT %d) AS b%d"
)


class Meant(NamedTuple):
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


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for in a vocabulary, for each typed word: spellings, words run together, and hashed forms.

    `of_mailboxes` are those of the words that may stand in an address alone.
    """

    words: tuple[str, ...]
    spellings: dict[str, frozenset[str]]
    together: dict[str, tuple[tuple[str, ...], ...]]
    of_mailboxes: Set[str]

    def forms(self, word: str, borne: int = 0) -> frozenset[int]:
        """The forms, hashed, by which a typed word is found that so many bear as it is.

        A word that many bear as it was typed is none with two errors.
        """
        if len(word) < _SHORTEST_WITH_ERRORS:
            return frozenset()
        return _hashed(word, word in self.of_mailboxes, borne < _MANY)

    @property
    def texts(self) -> list[str]:
        """Every word whose bearers are asked for."""
        asked = {text for texts in self.spellings.values() for text in texts}
        return sorted(asked | {part for runs in self.together.values() for run in runs for part in run})

    @property
    def hashes(self) -> list[int]:
        """Every form, hashed."""
        return sorted({one for word in self.words for one in self.forms(word)})


def sought(words: Sequence[str], of_mailboxes: Set[str] = frozenset()) -> Sought:
    """What the typed words may be found by; `of_mailboxes` are those that may stand in an address alone."""
    spellings = {word: frozenset({word, *related(word)}) for word in words}
    runs = {word: (*_together(words, at), *_parted(word, word in of_mailboxes)) for at, word in enumerate(words)}
    return Sought(tuple(words), spellings, runs, of_mailboxes)


def meanings(
    work: Work, words: Sequence[str], of_mailboxes: Set[str] = frozenset(), begun: Sequence[str] | None = None
) -> Vocabulary:
    """For each typed word the nearest words of the team's vocabulary; all read in one statement.

    `of_mailboxes` are those of the words that may stand in an address alone, `begun` those of which words that begin so
    are read: all where nothing is said.
    """
    work.flush()
    wanted = sought(words, of_mailboxes)
    near = {word: set(texts) for word, texts in wanted.spellings.items()}
    followed = words if begun is None else begun
    bounds = [bound for word in followed for bound in (TEAM, word, word + _AFTER)]
    known: dict[str, int] = {}
    by_hash: dict[int, list[str]] = {}
    changes = 0
    for kind, number, text, df in read_plain(
        work, _statement(len(followed)), TEAM, TEAM, wanted.texts, TEAM, wanted.hashes, *bounds
    ):
        if kind == _CHANGES:
            changes = df
            continue
        if df <= 0:
            continue
        known[text] = df
        if kind == _FORMED:
            by_hash.setdefault(number, []).append(text)
        elif kind != _BORNE:
            near[followed[kind]].add(text)
    for word in wanted.words:
        for number in wanted.forms(word, known.get(word, 0)) & by_hash.keys():
            near[word].update(by_hash[number])
    meant = {
        word: beside(word, nearest(word, near[word], known), wanted.together[word], known) for word in wanted.words
    }
    return Vocabulary(meant, max(1, changes, *known.values()))


def _together(words: Sequence[str], at: int) -> list[tuple[str, ...]]:
    """How a word may be written otherwise: in two (`delarosa`), or as one with the word beside it (`mac donald`)."""
    word = words[at]
    runs: list[tuple[str, ...]] = [(words[one] + words[one + 1],) for one in (at - 1, at) if 0 <= one < len(words) - 1]
    if _SHORTEST_RUN_TOGETHER <= len(word) <= _LONGEST_RUN_TOGETHER:
        runs += [(word[:cut], word[cut:]) for cut in range(2, len(word) - 1)]
    return runs


def _parted(word: str, of_mailbox: bool) -> Iterator[tuple[str, str]]:
    """The two words of a mailbox whose dot was typed as a letter."""
    if of_mailbox and len(word) <= _LONGEST_RUN_TOGETHER:
        yield from ((word[:cut], word[cut + 1 :]) for cut in range(2, len(word) - 2))


def _borne_together(word: str, runs: Sequence[tuple[str, ...]], known: Mapping[str, int]) -> list[Meant]:
    """Where all parts are borne, each counts by its share of the word."""
    found = []
    for run in runs:
        if all(part in known for part in run):
            found += [Meant(part, _RUN_TOGETHER * min(1.0, len(part) / len(word)), known[part]) for part in run]
    return found


@lru_cache(maxsize=32)
def _statement(count: int) -> Plain:
    return plain(_KNOWN + "".join(_BEGINNING % (at, MOST_BEGINNINGS, at) for at in range(count)))


@lru_cache(maxsize=8_192)
def _hashed(word: str, of_mailbox: bool, doubtful: bool) -> frozenset[int]:
    forms = _forms(word, doubtful) | set(halves_meant(word) if of_mailbox else ())
    return frozenset(map(stable_hash, forms))


def _forms(word: str, doubtful: bool) -> set[str]:
    """The word with one letter left out; longer doubtful ones with two, so that two errors in a word still meet."""
    once = {*deletions(word), *skeleton_forms(word)}
    if not doubtful or not _TWO_ERRORS_FROM <= len(word) <= _TWO_ERRORS_TO:
        return once
    pairs = combinations(range(len(word)), 2)
    return once.union(word[:one] + word[one + 1 : other] + word[other + 1 :] for one, other in pairs)


def nearest(word: str, texts: Iterable[str], known: Mapping[str, int]) -> list[Meant]:
    """Those of the texts that are borne and near the word at all, in no order."""
    near = Nearby(text for text in texts if text in known)[word]
    return [Meant(text, one.value, known[text]) for text, one in near.items() if one.value >= _LEAST_NEARNESS]


def beside(
    word: str, near: Sequence[Meant], runs: Sequence[tuple[str, ...]], known: Mapping[str, int]
) -> tuple[Meant, ...]:
    """The near words and those that the word is another way to write, the nearest first."""
    values = {one.text: one.value for one in near}
    together = _borne_together(word, runs, known)
    meant = [*near, *(one for one in together if one.text != word and values.get(one.text, 0.0) < one.value)]
    meant.sort(key=lambda one: (-one.value, -one.df, one.text))
    # As with forms, a word that many bear as it was typed is none with two errors.
    as_typed = sum(one.df for one in near if one.text == word)
    least = _LEAST_BESIDE if as_typed >= _MANY else 0.0
    begun = [one for one in meant if one.text.startswith(word)][:_MOST_BEGUN]
    others = [one for one in meant if one.value >= least and not one.text.startswith(word)][:_MOST_ERRORS]
    # Among very many customers hundreds of words begin so, which must not push out the one typed with an error.
    return tuple(sorted([*begun, *others], key=lambda one: -one.value))
