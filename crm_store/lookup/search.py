"""The look-up: a few candidates by words, numbers and addresses, then each weighed field by field."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, or_, select, true

from crm_store.engine.work import Work
from crm_store.lookup.briefs import briefs
from crm_store.lookup.tokens import email_words, in_groups
from crm_store.lookup.vocabulary import Meant, meanings
from crm_store.matching.contact_points import email_key, looks_like_phone, phone_digits
from crm_store.matching.normalise import clean, fold, query_words, tokens
from crm_store.matching.rerank import Candidate, Ranked, Sureness, rank, verdict
from crm_store.models.lookup import Alias, PhoneSuffix, Posting
from crm_store.models.people import Company, ContactPoint, Customer
from crm_store.values.people import CustomerBrief, Found, LookUp

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
SYSTEM: Final = "system"


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
    known = _by_alias(work, query.text)
    meant = meanings(work, _all_words(query))
    population = max(1, work.session.scalar(select(func.count()).select_from(Customer)) or 0)
    idf = _rarity(meant, population)
    ids = _candidates(work, query, meant, idf, prefer_owner or work.actor)
    ranked = rank(query.text, _load(work, ids), idf, max(limit, 8))
    judged = verdict(ranked)
    certain = judged.sureness is Sureness.CERTAIN
    shown = {one.customer_id: one for one in briefs(work, [*known, *(one.candidate.id for one in ranked)])}
    if not certain:
        ranked = _in_context(ranked, shown, prefer_owner or work.actor, work)
    found = [
        Found(shown[one.candidate.id], round(one.score, 4), one.why) for one in ranked if one.candidate.id in shown
    ]
    taught = [
        Found(shown[one], 1.0, f"{query.text} = {shown[one].name}, as chosen before") for one in known if one in shown
    ]
    if taught:
        found = taught + [one for one in found if one.customer.customer_id != taught[0].customer.customer_id]
    return LookUp(query.text, tuple(found[:limit]), certain or bool(taught), judged.exact or bool(taught))


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


def _by_alias(work: Work, text: str) -> list[str]:
    row = work.session.scalars(select(Alias.customer_id).where(Alias.text_key == alias_key(text))).first()
    return [row] if row else []


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
    # Rare words first: common ones then only weigh those who are found already.
    for word in sorted((one for one in meant if meant[one]), key=lambda one: sum(each.df for each in meant[one])):
        weight = max(0.1, idf(word))
        for customer_id, value in _bearing(work, meant[word], scores, owner).items():
            scores[customer_id] = scores.get(customer_id, 0.0) + weight * value
    best = sorted(scores, key=lambda one: (-scores[one], one))
    return _owned_first(work, best, scores, owner)


def _bearing(work: Work, meant: Sequence[Meant], scores: dict[str, float], owner: str) -> dict[str, float]:
    """How near each customer's best word is; of very common words only for those known, or the likeliest few."""
    value = {one.text: one.value for one in meant}
    if sum(one.df for one in meant) <= _COMMON:
        groups = [list(value)]
        rows = [pair for some in groups for pair in _postings(work, some)]
    elif scores:
        pool = sorted(scores, key=lambda one: -scores[one])[:_POOL]
        rows = _postings(work, list(value), pool)
    else:
        rows = _likeliest(work, [one.text for one in meant], owner)
    found: dict[str, float] = {}
    for customer_id, text in rows:
        found[customer_id] = max(found.get(customer_id, 0.0), value[text])
    return found


def _postings(work: Work, texts: Sequence[str], among: Sequence[str] | None = None) -> list[tuple[str, str]]:
    wanted = select(Posting.customer_id, Posting.text).where(Posting.text.in_(texts))
    if among is not None:
        wanted = wanted.where(Posting.customer_id.in_(among))
    return [(customer_id, text) for customer_id, text in work.session.execute(wanted)]


def _likeliest(work: Work, texts: Sequence[str], owner: str) -> list[tuple[str, str]]:
    """Of many who fit alike: own customers and recent contacts, the nearest word first."""
    rows: list[tuple[str, str]] = []
    for text in texts[:8]:
        found = work.session.execute(
            select(Posting.customer_id, Posting.text)
            .join(Customer, (Customer.team_id == Posting.team_id) & (Customer.customer_id == Posting.customer_id))
            .where(Posting.text == text)
            .order_by((Customer.owner == owner).desc(), Customer.last_touch_at.desc(), Customer.customer_id)
            .limit(_POOL)
        )
        rows += [(customer_id, word) for customer_id, word in found]
        if len(rows) >= _POOL:
            break
    return rows


def _by_number(work: Work, digits: str) -> list[str]:
    """By the last digits of a number; a national 0 in front is no digit of the stored form."""
    found: list[str] = []
    for typed in dict.fromkeys((digits, digits.lstrip("0"))):
        if len(typed) < _LEAST_DIGITS:
            continue
        start = typed[::-1][:20]
        found += work.session.scalars(
            select(PhoneSuffix.customer_id)
            .where(PhoneSuffix.reversed_digits >= start, PhoneSuffix.reversed_digits <= start + "9" * 20)
            .limit(_CANDIDATES)
        )
    return list(dict.fromkeys(found))


def _by_address(work: Work, address: str) -> list[tuple[str, float]]:
    """Customers whose address is this one or begins so."""
    key = email_key(address) or address
    if key.startswith("@"):
        return []
    rows = work.session.execute(
        select(ContactPoint.owner_row, ContactPoint.value_key)
        .where(ContactPoint.value_key >= key, ContactPoint.value_key < key + "z" * 12, ContactPoint.kind == "email")
        .order_by(ContactPoint.value_key)
        .limit(_ADDRESSES)
    )
    return [(owner_row, 100.0 if value_key == key else 20.0) for owner_row, value_key in rows]


def _owned_first(work: Work, best: Sequence[str], scores: dict[str, float], owner: str) -> list[str]:
    """Where more fit alike than are weighed, the asker's own and the recent ones are among those weighed."""
    if len(best) <= _CANDIDATES or scores[best[_CANDIDATES - 1]] - scores[best[_CANDIDATES]] > 1e-9:
        return list(best[:_CANDIDATES])
    edge = scores[best[_CANDIDATES]]
    sure = [one for one in best if scores[one] > edge + 1e-9]
    tied = [one for one in best if abs(scores[one] - edge) <= 1e-9]
    rows: list[tuple[bool, float, str]] = []
    for some in in_groups(tied, 500):
        for customer_id, owned_by, touched in work.session.execute(
            select(Customer.customer_id, Customer.owner, Customer.last_touch_at).where(Customer.customer_id.in_(some))
        ):
            rows.append((owned_by != owner, -(touched.timestamp() if touched else 0.0), customer_id))
    return [*sure, *(customer_id for _, _, customer_id in sorted(rows)[: _CANDIDATES - len(sure)])]


def _load(work: Work, customer_ids: Sequence[str]) -> list[Candidate]:
    """What the ranking compares: names, companies and points of those whom the asker may see."""
    rows = work.session.execute(
        select(Customer.customer_id, Customer.name, Company.name)
        .outerjoin(Company, (Company.team_id == Customer.team_id) & (Company.company_id == Customer.company_id))
        .where(
            Customer.customer_id.in_(customer_ids), Customer.removed_at.is_(None), Customer.merged_into.is_(None),
            true() if work.actor == SYSTEM else or_(Customer.level == "team", Customer.owner == work.actor),
        )
    ).all()  # fmt: skip
    points: dict[tuple[str, str], list[str]] = {}
    found = work.session.execute(
        select(ContactPoint.point_id, ContactPoint.owner_row, ContactPoint.kind, ContactPoint.value).where(
            ContactPoint.owner_row.in_([row[0] for row in rows])
        )
    ).all()
    for _, owner_row, kind, value in sorted(found, key=lambda row: row.point_id):
        points.setdefault((owner_row, kind), []).append(value)
    return [
        Candidate(
            id=customer_id,
            name=name,
            company=company or "",
            emails=tuple(points.get((customer_id, "email"), ())),
            phones=tuple(points.get((customer_id, "phone"), ())),
        )
        for customer_id, name, company in rows
    ]


def _in_context(ranked: Iterable[Ranked], shown: dict[str, CustomerBrief], owner: str, work: Work) -> list[Ranked]:
    """Among equals first the asker's own, then those lately in touch; it changes the order, never the sureness."""
    owners = work.session.execute(
        select(Customer.customer_id, Customer.owner).where(Customer.customer_id.in_(list(shown)))
    )
    own = {customer_id for customer_id, owned_by in owners if owned_by == owner}

    def standing(one: Ranked) -> float:
        brief = shown.get(one.candidate.id)
        touched = brief.last_touch_at if brief else None
        recent = touched is not None and work.now - touched <= _RECENT
        return one.score + _ALIKE * (one.candidate.id in own) + _ALIKE / 2 * recent

    return sorted(ranked, key=lambda one: -standing(one))
