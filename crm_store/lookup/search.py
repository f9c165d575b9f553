"""The look-up: a few candidates by words, numbers and addresses, then each weighed field by field."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, func, select

from crm_store.engine.work import Work
from crm_store.lookup.briefs import Person, people
from crm_store.lookup.reading import many, of_team, rows
from crm_store.lookup.tokens import email_words, in_groups
from crm_store.lookup.vocabulary import Meant, meanings
from crm_store.matching.contact_points import email_key, looks_like_phone, phone_digits
from crm_store.matching.normalise import clean, fold, query_words, tokens
from crm_store.matching.rerank import Candidate, Ranked, Sureness, rank, verdict
from crm_store.models.lookup import Alias, PhoneSuffix, Posting
from crm_store.models.people import ContactPoint, Customer
from crm_store.values.people import Found, LookUp

_LONGEST: Final = 300
_MOST_WORDS: Final = 8
_CANDIDATES: Final = 60
_ADDRESSES: Final = 30
_COMMON: Final = 3_000
_POOL: Final = 400
_ALIKE: Final = 0.02
_RECENT: Final = timedelta(days=30)
_NUMBER: Final = re.compile(r"(?<![\w@.])\+?\(?\d[\d\s()./–-]{3,}\d(?![\w@])")
_LEAST_DIGITS: Final = 5
_TIED_AT_ONCE: Final = 2_000
SYSTEM: Final = "system"

_START: Final = select(
    of_team(select(Alias.customer_id).where(Alias.text_key == bindparam("text_key")), Alias).scalar_subquery(),
    of_team(select(func.count()).select_from(Customer), Customer).scalar_subquery(),
)
_BEARING: Final = of_team(select(Posting.customer_id, Posting.text).where(Posting.text.in_(many("texts"))), Posting)
_BEARING_AMONG: Final = _BEARING.where(Posting.customer_id.in_(many("among")))
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
_LIKELIEST_OF: Final = of_team(
    select(Customer.customer_id, Customer.owner, Customer.last_touch_at)
    .where(Customer.customer_id.in_(many("ids")))
    .order_by(*_own_and_recent_first)
    .limit(bindparam("most")),
    Customer,
)
_ENDING_WITH: Final = of_team(
    select(PhoneSuffix.customer_id)
    .where(PhoneSuffix.reversed_digits >= bindparam("start"), PhoneSuffix.reversed_digits <= bindparam("end"))
    .limit(_CANDIDATES),
    PhoneSuffix,
)
_ADDRESSED: Final = of_team(
    select(ContactPoint.owner_row, ContactPoint.value_key)
    .where(ContactPoint.value_key >= bindparam("start"), ContactPoint.value_key < bindparam("end"))
    .where(ContactPoint.kind == "email")
    .order_by(ContactPoint.value_key)
    .limit(_ADDRESSES),
    ContactPoint,
)


@dataclass(frozen=True, slots=True)
class _Query:
    text: str
    words: tuple[str, ...]
    addresses: tuple[str, ...]
    digits: str


def search(work: Work, text: str, limit: int = 5, *, prefer_owner: str | None = None) -> LookUp:
    """Who is meant: best first; `prefer_owner` (a user id) and a recent contact decide between equals in the order."""
    query = _read(text)
    if not (query.words or query.addresses or query.digits):
        return LookUp(query.text, (), certain=False)
    work.flush()
    owner = prefer_owner or work.actor
    ((taught, population),) = rows(work, _START, text_key=alias_key(query.text))
    meant = meanings(work, _all_words(query))
    idf = _rarity(meant, max(1, population))
    ids = _candidates(work, query, meant, idf, owner)
    seen = _seen(work, [taught, *ids] if taught else ids)
    ranked = rank(query.text, [_candidate(seen[one]) for one in ids if one in seen], idf, max(limit, 8))
    judged = verdict(ranked)
    certain = judged.sureness is Sureness.CERTAIN
    if not certain:
        ranked = _in_context(ranked, seen, owner, work.now)
    found = [Found(seen[one.candidate.id].brief, round(one.score, 4), one.why) for one in ranked]
    if taught not in seen:
        return LookUp(query.text, tuple(found[:limit]), certain, judged.exact)
    brief = seen[taught].brief
    first = Found(brief, 1.0, f"{query.text} = {brief.name}, as chosen before")
    others = [one for one in found if one.customer.customer_id != taught]
    return LookUp(query.text, (first, *others)[:limit], certain=True, exact=True)


def alias_key(text: str) -> str:
    """Under what an answer to `who is meant?` is remembered."""
    return fold(text)[:200]


def _read(text: str) -> _Query:
    shown = clean(text)[:_LONGEST]
    digits = ""
    rest = shown
    run = _NUMBER.search(shown)
    if looks_like_phone(shown):
        digits, rest = phone_digits(shown), ""
    elif run and len(phone_digits(run[0])) >= _LEAST_DIGITS:
        digits, rest = phone_digits(run[0]), f"{shown[: run.start()]} {shown[run.end() :]}"
    words = query_words(rest)
    addresses = tuple(word for word in words if "@" in word)[:2]
    return _Query(shown, tuple(word for word in words if "@" not in word)[:_MOST_WORDS], addresses, digits)


def _all_words(query: _Query) -> tuple[str, ...]:
    parts = [word for address in query.addresses for word in _address_words(address)]
    return tuple(dict.fromkeys([*query.words, *parts]))


def _address_words(address: str) -> tuple[str, ...]:
    """Half an address has words as well: `k.muller@ashb` gives `k`, `muller`, `ashb`."""
    local, _, domain = address.rpartition("@")
    return email_words(address) or (*tokens(local), *tokens(domain.partition(".")[0]))


def _rarity(meant: dict[str, tuple[Meant, ...]], population: int) -> Callable[[str], float]:
    """How much a word tells: the logarithm of how few bear exactly it."""
    frequency = {one.text: one.df for each in meant.values() for one in each}

    def idf(word: str) -> float:
        return math.log((population + 1) / (min(frequency.get(word, 0), population) + 0.5))

    return idf


def _candidates(
    work: Work, query: _Query, meant: dict[str, tuple[Meant, ...]], idf: Callable[[str], float], owner: str
) -> list[str]:
    """At most 60 customers who may be meant, with those first who share most."""
    scores: dict[str, float] = {}
    for customer_id in _by_number(work, query.digits):
        scores[customer_id] = 100.0
    for address in query.addresses:
        for customer_id, value in _by_address(work, address):
            scores[customer_id] = scores.get(customer_id, 0.0) + value
    rare = {word: some for word, some in meant.items() if some and sum(one.df for one in some) <= _COMMON}
    common = {word: some for word, some in meant.items() if some and word not in rare}
    bearers = _bearers(work, rare)
    for word, some in rare.items():
        _add(scores, _nearest(bearers, some), max(0.1, idf(word)))
    # Common words only weigh those who are found already.
    for word, some in sorted(common.items(), key=lambda each: sum(one.df for one in each[1])):
        _add(scores, _nearest(_bearers_of_common(work, some, scores, owner), some), max(0.1, idf(word)))
    best = sorted(scores, key=lambda one: (-scores[one], one))
    return _owned_first(work, best, scores, owner)


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
    return _by_text(rows(work, _BEARING, texts=texts)) if texts else {}


def _by_text(pairs: Iterable[Sequence[str]]) -> dict[str, list[str]]:
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
    return _by_text(rows(work, _BEARING_AMONG, texts=[one.text for one in meant], among=pool))


def _likeliest(work: Work, texts: Sequence[str], owner: str) -> dict[str, list[str]]:
    """Of many who fit alike: own customers and recent contacts, the nearest word first."""
    found: dict[str, list[str]] = {}
    for text in texts[:8]:
        found[text] = [row[0] for row in rows(work, _LIKELIEST, text=text, owner=owner, most=_POOL)]
        if sum(map(len, found.values())) >= _POOL:
            break
    return found


def _by_number(work: Work, digits: str) -> list[str]:
    """By the last digits of a number; a national 0 in front is no digit of the stored form."""
    found: list[str] = []
    for typed in dict.fromkeys((digits, digits.lstrip("0"))):
        if len(typed) < _LEAST_DIGITS:
            continue
        start = typed[::-1][:20]
        found += [row[0] for row in rows(work, _ENDING_WITH, start=start, end=start + "9" * 20)]
    return list(dict.fromkeys(found))


def _by_address(work: Work, address: str) -> list[tuple[str, float]]:
    """Customers whose address is this one or begins so."""
    key = email_key(address) or address
    if key.startswith("@"):
        return []
    found = rows(work, _ADDRESSED, start=key, end=key + "z" * 12)
    return [(owner_row, 100.0 if value_key == key else 20.0) for owner_row, value_key in found]


def _owned_first(work: Work, best: Sequence[str], scores: dict[str, float], owner: str) -> list[str]:
    """Where more fit alike than are weighed, the asker's own and the recent ones are among those weighed."""
    if len(best) <= _CANDIDATES or scores[best[_CANDIDATES - 1]] - scores[best[_CANDIDATES]] > 1e-9:
        return list(best[:_CANDIDATES])
    edge = scores[best[_CANDIDATES]]
    sure = [one for one in best if scores[one] > edge + 1e-9]
    tied = [one for one in best if abs(scores[one] - edge) <= 1e-9]
    needed = _CANDIDATES - len(sure)
    likely: list[tuple[bool, float, str]] = []
    for some in in_groups(tied, _TIED_AT_ONCE):
        for customer_id, owned_by, touched in rows(work, _LIKELIEST_OF, ids=some, owner=owner, most=needed):
            likely.append((owned_by != owner, -(touched.timestamp() if touched else 0.0), customer_id))
    return [*sure, *(customer_id for _, _, customer_id in sorted(likely)[:needed])]


def _seen(work: Work, customer_ids: Sequence[str]) -> dict[str, Person]:
    """Those of the customers whom the asker may see."""
    found = people(work, customer_ids)
    if work.actor == SYSTEM:
        return found
    return {one: person for one, person in found.items() if person.level == "team" or person.owner_id == work.actor}


def _candidate(person: Person) -> Candidate:
    """What the ranking compares."""
    brief = person.brief
    return Candidate(brief.customer_id, brief.name, brief.company or "", person.emails, person.phones)


def _in_context(ranked: Iterable[Ranked], seen: Mapping[str, Person], owner: str, now: datetime) -> list[Ranked]:
    """Among equals first the asker's own, then those lately in touch; it changes the order, never the sureness."""

    def standing(one: Ranked) -> float:
        person = seen[one.candidate.id]
        touched = person.brief.last_touch_at
        recent = touched is not None and now - touched <= _RECENT
        return one.score + _ALIKE * (person.owner_id == owner) + _ALIKE / 2 * recent

    return sorted(ranked, key=lambda one: -standing(one))
