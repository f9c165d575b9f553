"""The look-up's floor: candidates from the token tables alone, the same on SQLite and PostgreSQL.

Few rows are read whatever the words: rare words by who bears them, common ones by who bears two of them. Only where
nobody has all that was typed are beginnings, distant errors and lone common words followed.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Final

from crm_store.engine.work import Work
from crm_store.lookup.reading import TEAM, Plain, plain, read_plain
from crm_store.lookup.retrieval import LEAST_DIGITS, MOST_CANDIDATES, Asked, Gathered, rarity
from crm_store.lookup.sql_pool import Pool, likeliest_of
from crm_store.lookup.vocabulary import Meant, meanings
from crm_store.matching.contact_points import email_key
from crm_store.matching.word_pairs import BEGINNING, SPAN, beginning_of, key_of

__all__ = ["MOST_ADDRESSED", "SQL", "SqlRetriever", "by_address", "by_number", "likeliest_of"]

MOST_ADDRESSED: Final = 30
_WEIGHED, _WEIGHED_FURTHER = 80, 120
_MOST_RANKED: Final = 30
_MOST_ROWS: Final = 1_500
_MOST_OF_ONE: Final = 400
_NEAR: Final = 0.7
_AS_TYPED: Final = 0.85
_FEW_WORDS: Final = 4
_MOST_PAIRED: Final = 5
_MEANT_OF_FEW, _MEANT_OF_MANY = 16, 8
_FEW: Final = 3
_LEAST_OF_BOTH: Final = 1.3
_MORE_PAIRS: Final = 1e-6
_BEGUN: Final = 0.8
_LEAST_WEIGHT: Final = 0.1
_ENOUGH: Final = 400
_BEARING: Final = plain("SELECT customer_id, text FROM postings WHERE team_id = ? AND text IN {many}")
_BEARING_BOTH: Final = plain(
    "SELECT DISTINCT a.customer_id"
    " FROM (SELECT team_id, customer_id FROM postings WHERE team_id = ? AND text IN {many} LIMIT 3000) AS a"
    " JOIN postings AS b ON b.team_id = a.team_id AND b.customer_id = a.customer_id"
    " WHERE b.text IN {many} LIMIT 400"
)
# Whoever came first and whoever came last, of very many who bear one word.
_SOME_BEARING: Final = plain(
    "SELECT * FROM (SELECT customer_id FROM postings WHERE team_id = ? AND text = ? ORDER BY customer_id LIMIT 1000)"
    " AS a UNION SELECT * FROM"
    " (SELECT customer_id FROM postings WHERE team_id = ? AND text = ? ORDER BY customer_id DESC LIMIT 1000) AS z"
)
_OWN_BEARING: Final = plain(
    "SELECT p.customer_id FROM"
    " (SELECT team_id, customer_id FROM customers WHERE team_id = ? AND owner = ? LIMIT 3000)"
    " AS c JOIN postings AS p ON p.team_id = c.team_id AND p.text = ? AND p.customer_id = c.customer_id LIMIT 400"
)
# The keys in their order, the likeliest first, each with its few rows.
_PAIRED: Final = Plain(
    "SELECT p.key, p.customer_id FROM json_each(?) AS j"
    " CROSS JOIN word_pairs AS p ON p.team_id = ? AND p.key = j.value LIMIT 4000",
    "SELECT p.key, p.customer_id FROM unnest(%s::bigint[]) AS j (value),"
    " LATERAL (SELECT key, customer_id FROM word_pairs WHERE team_id = %s AND key = j.value LIMIT 2000) AS p"
    " LIMIT 4000",
)
_BEGUN_SO: Final = plain("SELECT customer_id FROM word_pairs WHERE team_id = ? AND key >= ? AND key < ? LIMIT 1000")
_ENDING_WITH: Final = plain(
    "SELECT customer_id FROM phone_suffixes WHERE team_id = ? AND reversed_digits >= ? AND reversed_digits <= ? LIMIT ?"
)
_ADDRESSED: Final = plain(
    "SELECT owner_row, value_key FROM contact_points WHERE team_id = ? AND value_key >= ? AND value_key < ?"
    " AND kind = 'email' ORDER BY value_key LIMIT ?"
)


class SqlRetriever:
    """Reads the token tables at every look-up: right at once, nothing to warm up."""

    def candidates(self, work: Work, asked: Asked, owner: str) -> Gathered:
        """Who shares most with the query, best first."""
        words = asked.all_words
        # Where there are two words, those who bear both are found by how these begin.
        alone = sum(len(word) >= BEGINNING for word in words) < 2
        vocabulary = meanings(work, words, asked.mailbox_words, begun=words if alone else ())
        idf = rarity(_bearers(vocabulary.meant), vocabulary.population)
        search = _Search(work, vocabulary.meant, idf, _surely(work, asked), owner)
        search.look(alone=alone)
        if words and not (alone or search.pool.enough()):
            begun = [word for word in words if len(word) >= BEGINNING]
            search.meant = meanings(work, words, asked.mailbox_words, begun=begun).meant
            search.look_further()
            idf = rarity(_bearers(search.meant), vocabulary.population)
        return Gathered(tuple(search.pool.best(work, owner, _MOST_RANKED)), idf)


SQL: Final = SqlRetriever()


class _Search:
    """One look-up: what the typed words may mean, and who was found so far."""

    def __init__(
        self,
        work: Work,
        meant: Mapping[str, Sequence[Meant]],
        idf: Callable[[str], float],
        sure: Mapping[str, float],
        owner: str,
    ) -> None:
        self.meant = meant
        self._work = work
        self._owner = owner
        self._words = tuple(meant)
        weights = {word: max(_LEAST_WEIGHT, idf(word)) for word in meant}
        self.pool = Pool(weights, sure)
        rarest = sorted(range(len(self._words)), key=lambda at: -weights[self._words[at]])
        self._paired = [at for at in rarest if len(self._words[at]) > 1][:_MOST_PAIRED]
        self._read: set[str] = set()

    def look(self, *, alone: bool) -> None:
        """Who bears two of the words, or a rare one."""
        self._by_pairs()
        self._by_rare_words(_NEAR)
        if alone:
            self._by_common_words(range(len(self._words)))
        self.pool.weigh(self._work, self._owner, _WEIGHED)

    def look_further(self) -> None:
        """Where nobody has all the words: beginnings, distant errors, and common words of which no pair is kept."""
        self._by_beginnings()
        self._by_rare_words(0.0)
        self.pool.weigh(self._work, self._owner, _WEIGHED_FURTHER)
        if self.pool.enough(begun=True):
            return
        common = [at for at in self._paired if self._common(at)]
        if len(common) > 1 and not self.pool.covers(common[:2]):
            for customer_id in self._bearing_both(*common[:2]):
                self.pool.tell(customer_id, [(at, _AS_TYPED) for at in common[:2]])
        # Nobody was found yet by what the word most likely means.
        missed = [at for at in common if self.pool.reached(at) < self.meant[self._words[at]][0].value - 0.01]
        self._by_common_words(missed)
        self.pool.weigh(self._work, self._owner, _WEIGHED_FURTHER)

    def _common(self, at: int) -> bool:
        meant = self.meant[self._words[at]]
        return bool(meant) and meant[0].df > _MOST_OF_ONE

    def _by_pairs(self) -> None:
        most = _MEANT_OF_FEW if len(self._paired) <= _FEW else _MEANT_OF_MANY
        found: dict[int, list[tuple[int, float]]] = {}
        likely: dict[int, float] = {}
        for here, there in combinations(self._paired, 2):
            for one in self.meant[self._words[here]][:most]:
                for other in self.meant[self._words[there]][:most]:
                    if one.value + other.value >= _LEAST_OF_BOTH and one.text != other.text:
                        key = key_of(one.text, other.text)
                        found.setdefault(key, []).extend(((here, one.value), (there, other.value)))
                        likely[key] = max(likely.get(key, 0.0), one.value + other.value)
        keys = sorted(likely, key=lambda key: -likely[key])
        for key, customer_id in read_plain(self._work, _PAIRED, keys, TEAM) if keys else ():
            # Of a company's people who bear the words alike, those so named bear more pairs.
            self.pool.tell(customer_id, found[key], _MORE_PAIRS)

    def _by_beginnings(self) -> None:
        long = [at for at in self._paired if len(self._words[at]) >= BEGINNING][:_FEW]
        for here, there in combinations(long, 2):
            first = beginning_of(self._words[here], self._words[there])
            told = ((here, _BEGUN), (there, _BEGUN))
            for (customer_id,) in read_plain(self._work, _BEGUN_SO, TEAM, first, first + SPAN):
                self.pool.tell(customer_id, told)

    def _by_rare_words(self, least: float) -> None:
        """Who bears a word that few bear, the nearest words first, up to so many rows."""
        wanted = [(one, at) for at, word in enumerate(self._words) for one in self.meant[word] if one.value >= least]
        texts, left = set[str](), _MOST_ROWS
        for one, _ in sorted(wanted, key=lambda each: -each[0].value):
            if one.text not in self._read and one.df <= min(left, _MOST_OF_ONE):
                left -= one.df
                texts.add(one.text)
                self._read.add(one.text)
        self._bear(texts)

    def _bear(self, texts: set[str]) -> None:
        told: dict[str, list[tuple[int, float]]] = {text: [] for text in texts}
        for at, word in enumerate(self._words):
            for one in self.meant[word]:
                if one.text in told:
                    told[one.text].append((at, one.value))
        for customer_id, text in read_plain(self._work, _BEARING, TEAM, sorted(texts)) if texts else ():
            self.pool.tell(customer_id, told[text])

    def _by_common_words(self, places: Sequence[int]) -> None:
        """Of very many who fit alike some, own customers among them; the nearest word first."""
        for at in places:
            found = 0
            for one in self.meant[self._words[at]]:
                if one.text in self._read or found >= _ENOUGH:
                    continue
                self._read.add(one.text)
                if one.df <= _MOST_ROWS:
                    self._bear({one.text})
                else:
                    own = read_plain(self._work, _OWN_BEARING, TEAM, self._owner, one.text)
                    some = read_plain(self._work, _SOME_BEARING, TEAM, one.text, TEAM, one.text)
                    for (customer_id,) in (*own, *some):
                        self.pool.tell(customer_id, [(at, one.value)])
                found += one.df

    def _bearing_both(self, here: int, there: int) -> list[str]:
        texts = [
            [one.text for one in self.meant[self._words[at]] if one.value >= _AS_TYPED][:_FEW_WORDS]
            for at in sorted((here, there), key=lambda at: sum(one.df for one in self.meant[self._words[at]]))
        ]
        return [customer_id for (customer_id,) in read_plain(self._work, _BEARING_BOTH, TEAM, *texts)]


def _bearers(meant: Mapping[str, Sequence[Meant]]) -> dict[str, int]:
    return {one.text: one.df for each in meant.values() for one in each}


def _surely(work: Work, query: Asked) -> dict[str, float]:
    """Who is found by a number or an address."""
    sure = dict.fromkeys(by_number(work, query.digits), 100.0)
    for address in (*query.addresses, query.mailbox):
        for customer_id, value in by_address(work, address):
            sure[customer_id] = sure.get(customer_id, 0.0) + value
    return sure


def by_number(work: Work, digits: str) -> list[str]:
    """By the last digits of a number; a national 0 in front is no digit of the stored form."""
    found: list[str] = []
    for typed in dict.fromkeys((digits, digits.lstrip("0"))):
        if len(typed) < LEAST_DIGITS:
            continue
        start = typed[::-1][:20]
        found += [row[0] for row in read_plain(work, _ENDING_WITH, TEAM, start, start + "9" * 20, MOST_CANDIDATES)]
    return list(dict.fromkeys(found))


def by_address(work: Work, address: str) -> list[tuple[str, float]]:
    """Customers whose address is this one or begins so."""
    key = email_key(address) or address
    if not key or key.startswith("@"):
        return []
    found = read_plain(work, _ADDRESSED, TEAM, key, key + "z" * 12, MOST_ADDRESSED)
    return [(owner_row, 100.0 if value_key == key else 20.0) for owner_row, value_key in found]
