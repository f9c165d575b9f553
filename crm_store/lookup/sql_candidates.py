"""The look-up's floor: candidates from the token tables alone, the same on SQLite and PostgreSQL."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select

from crm_store.engine.work import Work
from crm_store.lookup.reading import TEAM, moment, of_team, plain, read_plain, rows
from crm_store.lookup.retrieval import LEAST_DIGITS, MOST_CANDIDATES, Asked, Gathered, rarity
from crm_store.lookup.tokens import in_groups
from crm_store.lookup.vocabulary import Meant, meanings
from crm_store.matching.contact_points import email_key
from crm_store.models.lookup import Posting
from crm_store.models.people import Customer

MOST_ADDRESSED: Final = 30
_COMMON: Final = 3_000
_POOL: Final = 400
_MOST_ROWS: Final = 12_000
_MOST_MEANT: Final = 8
_FEW_WORDS: Final = 4
_AS_TYPED: Final = 0.85
_SURELY_WEIGHED: Final = 8
_LEAST_SHARE: Final = 0.5
_TIED_AT_ONCE: Final = 2_000
_BEARING: Final = plain("SELECT customer_id, text FROM postings WHERE team_id = ? AND text IN {many}")
_BEARING_AMONG: Final = plain(
    "SELECT customer_id, text FROM postings WHERE team_id = ? AND text IN {many} AND customer_id IN {many}"
)
_BEARING_BOTH: Final = plain(
    "SELECT DISTINCT a.customer_id"
    " FROM (SELECT team_id, customer_id FROM postings WHERE team_id = ? AND text IN {many} LIMIT 3000) AS a"
    " JOIN postings AS b ON b.team_id = a.team_id AND b.customer_id = a.customer_id"
    " WHERE b.text IN {many} LIMIT 400"
)
_own_and_recent_first: Final = (
    (Customer.owner == bindparam("owner")).desc(), Customer.last_touch_at.desc().nulls_last(), Customer.customer_id,
)  # fmt: skip
_LIKELIEST: Final = of_team(
    select(Posting.customer_id)
    .join(Customer, (Customer.team_id == Posting.team_id) & (Customer.customer_id == Posting.customer_id))
    .where(Posting.text == bindparam("text"))
    .order_by(*_own_and_recent_first)
    .limit(bindparam("most")),
    Posting,
)
_LIKELIEST_OF: Final = plain(
    "SELECT customer_id, owner, last_touch_at FROM customers WHERE team_id = ? AND customer_id IN {many}"
    " ORDER BY (owner IS NOT DISTINCT FROM ?) DESC, last_touch_at DESC NULLS LAST, customer_id LIMIT ?"
)
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
        """Who shares most with the query, its rare words first."""
        vocabulary = meanings(work, asked.all_words, asked.mailbox_words)
        meant = vocabulary.meant
        idf = rarity({one.text: one.df for each in meant.values() for one in each}, vocabulary.population)
        return Gathered(tuple(_candidates(work, asked, meant, idf, owner)), idf)


SQL: Final = SqlRetriever()


def _candidates(
    work: Work, query: Asked, meant: dict[str, tuple[Meant, ...]], idf: Callable[[str], float], owner: str
) -> list[str]:
    """At most 60 customers who may be meant, with those first who share most."""
    scores: dict[str, float] = {}
    for customer_id in by_number(work, query.digits):
        scores[customer_id] = 100.0
    for address in (*query.addresses, query.mailbox):
        for customer_id, value in by_address(work, address):
            scores[customer_id] = scores.get(customer_id, 0.0) + value
    rare = {word: some for word, some in meant.items() if some and _all_bearers(some) <= _COMMON}
    common = {word: some for word, some in meant.items() if some and word not in rare}
    bearers = _bearers(work, rare)
    for word, some in rare.items():
        _add(scores, _nearest(bearers, some), max(0.1, idf(word)))
    by_rarity = sorted(common.items(), key=lambda each: _all_bearers(each[1]))
    if not scores and len(by_rarity) > 1 and _all_bearers(by_rarity[1][1]) <= _MOST_ROWS:
        bearers = _bearers(work, dict(by_rarity[:2]))
        for word, some in by_rarity[:2]:
            _add(scores, _nearest(bearers, some), max(0.1, idf(word)))
        by_rarity = by_rarity[2:]
    elif not scores and len(by_rarity) > 1:
        # Who bears two common words, each about as typed, stands out among the many who bear one.
        scores |= dict.fromkeys(_bearing_both(work, by_rarity[0][1], by_rarity[1][1]), 0.0)
    # Common words only weigh those who are found already.
    for word, some in by_rarity:
        _add(scores, _nearest(_bearers_of_common(work, some, scores, owner), some), max(0.1, idf(word)))
    best = sorted(scores, key=lambda one: (-scores[one], one))
    if len(best) > _SURELY_WEIGHED:
        # Who shares less than half of what the fifth shares will not come before it.
        least = scores[best[_SURELY_WEIGHED - 1]] * _LEAST_SHARE
        best = [one for at, one in enumerate(best) if at < _SURELY_WEIGHED or scores[one] >= least]
    return _owned_first(work, best, scores, owner)


def _all_bearers(meant: Sequence[Meant]) -> int:
    return sum(one.df for one in meant)


def _add(scores: dict[str, float], values: dict[str, float], weight: float) -> None:
    for customer_id, value in values.items():
        scores[customer_id] = scores.get(customer_id, 0.0) + weight * value


def _nearest(bearers: Mapping[str, Sequence[str]], meant: Sequence[Meant]) -> dict[str, float]:
    """How near each customer's best word is."""
    found: dict[str, float] = {}
    for one in sorted(meant, key=lambda one: one.value):
        found.update(dict.fromkeys(bearers.get(one.text, ()), one.value))
    return found


def _bearers(work: Work, meant: Mapping[str, Sequence[Meant]]) -> dict[str, list[str]]:
    """The customers who bear each of the words, in one statement."""
    texts = sorted({one.text for some in meant.values() for one in some})
    return _by_text(read_plain(work, _BEARING, TEAM, texts)) if texts else {}


def _bearing_both(work: Work, one: Sequence[Meant], other: Sequence[Meant]) -> list[str]:
    texts = ([meant.text for meant in some if meant.value >= _AS_TYPED][:_FEW_WORDS] for some in (one, other))
    return [customer_id for (customer_id,) in read_plain(work, _BEARING_BOTH, TEAM, *texts)]


def _by_text(pairs: Iterable[Sequence[Any]]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for customer_id, text in pairs:
        found[text].append(customer_id)
    return found


def _bearers_of_common(
    work: Work, meant: Sequence[Meant], scores: dict[str, float], owner: str
) -> dict[str, list[str]]:
    """Of very common words only the bearers known already, or the likeliest few."""
    if not scores:
        return _likeliest(work, [one.text for one in meant], owner)
    pool = sorted(scores, key=lambda one: -scores[one])[:_POOL]
    nearest, others = meant[:_MOST_MEANT], sorted(meant[_MOST_MEANT:], key=lambda one: -one.df)[:_MOST_MEANT]
    return _by_text(read_plain(work, _BEARING_AMONG, TEAM, [one.text for one in (*nearest, *others)], pool))


def _likeliest(work: Work, texts: Sequence[str], owner: str) -> dict[str, list[str]]:
    """Of many who fit alike: own customers and recent contacts, the nearest word first."""
    found: dict[str, list[str]] = {}
    for text in texts[:8]:
        found[text] = [row[0] for row in rows(work, _LIKELIEST, text=text, owner=owner, most=_POOL)]
        if sum(map(len, found.values())) >= _POOL:
            break
    return found


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


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def _owned_first(work: Work, best: Sequence[str], scores: dict[str, float], owner: str) -> list[str]:
    """Where more fit alike than are weighed, the asker's own and the recent ones are among those weighed."""
    if len(best) <= MOST_CANDIDATES or scores[best[MOST_CANDIDATES - 1]] - scores[best[MOST_CANDIDATES]] > 1e-9:
        return list(best[:MOST_CANDIDATES])
    edge = scores[best[MOST_CANDIDATES]]
    sure = [one for one in best if scores[one] > edge + 1e-9]
    tied = [one for one in best if abs(scores[one] - edge) <= 1e-9]
    return [*sure, *likeliest_of(work, tied, owner, MOST_CANDIDATES - len(sure))]


def likeliest_of(work: Work, tied: Sequence[str], owner: str, needed: int) -> list[str]:
    """So many of those who fit alike: the owner's own first, then those lately in touch."""
    likely: list[tuple[bool, float, str]] = []
    for some in in_groups(tied, _TIED_AT_ONCE):
        for customer_id, owned_by, touched in read_plain(work, _LIKELIEST_OF, TEAM, list(some), owner, needed):
            likely.append((owned_by != owner, -_seconds(moment(touched)), customer_id))
    return [customer_id for _, _, customer_id in sorted(likely)[:needed]]
