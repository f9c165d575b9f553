"""Companies that may be one: the same name but for its legal form, nearly the same, or kin by name under one domain."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from crm_store.matching import companies
from crm_store.matching.contact_points import company_domain
from crm_store.matching.decide import Decision, Zone, decide
from crm_store.matching.rerank import Candidate
from crm_store.matching.similarity import nearness
from crm_store.values.duplicates import CompanyRecord, FoundPair

_MOST_ALIKE: Final = 50
"""A key that more companies share tells of none of them."""
_MOST_UNDER_ONE_DOMAIN: Final = 5
"""A domain of more companies is a host's or a group's, and tells of none of them."""
_BEGINNING: Final = 5
_LIKE: Final = 0.8
"""The nearness from which two names may be one with a slip of the pen, under one domain."""
_KIN: Final = 2.0
"""Bits for kindred names under one domain: more likely one than two, and always for a person to say."""
_OTHER_FORM: Final = 0.5
"""Bits for one name with two legal forms, where nothing but the form speaks against it."""


@dataclass(frozen=True, slots=True)
class _Firm:
    record: CompanyRecord
    core: tuple[str, ...]
    domains: frozenset[str]

    @property
    def joined(self) -> str:
        """The name in one word, without its legal form."""
        return "".join(self.core)


def proposed(records: Sequence[CompanyRecord], decided: Mapping[tuple[str, str], bool]) -> tuple[FoundPair, ...]:
    """The pairs of companies that may be one, best first; those decided already are not among them.

    Nothing of it is joined by itself: two firms of one name are often two.
    """
    firms = _read(records)
    found = []
    for low, high in _near(firms):
        if (low, high) in decided or (high, low) in decided:
            continue
        pair = _judged(firms[low], firms[high])
        if pair is not None:
            found.append(pair)
    return tuple(sorted(found, key=lambda one: (-one.weight, one.a, one.b)))


def _read(records: Sequence[CompanyRecord]) -> dict[str, _Firm]:
    hosts = {one.company_id: {company_domain(host) for host in one.domains} - {""} for one in records}
    owners: defaultdict[str, int] = defaultdict(int)
    for some in hosts.values():
        for host in some:
            owners[host] += 1
    telling = {host for host, count in owners.items() if count <= _MOST_UNDER_ONE_DOMAIN}
    return {
        one.company_id: _Firm(one, companies.parse(one.name).core, frozenset(hosts[one.company_id] & telling))
        for one in records
        if companies.parse(one.name).core
    }


def _near(firms: Mapping[str, _Firm]) -> list[tuple[str, str]]:
    """Pairs that share a domain, a name, its beginning, or a word that few bear; each once."""
    blocks: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one, firm in sorted(firms.items()):
        for key in set(_keys(firm)):
            blocks[key].append(one)
    seen: set[tuple[str, str]] = set()
    for some in blocks.values():
        if len(some) <= _MOST_ALIKE:
            seen.update(combinations(some, 2))
    return sorted(seen)


def _keys(firm: _Firm) -> Iterator[tuple[str, str]]:
    yield from (("domain", host) for host in firm.domains)
    yield "name", firm.joined
    yield "beginning", firm.joined[:_BEGINNING]
    yield "initials", _initials(firm) if len(firm.core) > 1 else firm.joined
    yield from (("word", word) for word in firm.core if not companies.is_weak_word(word))


def _judged(one: _Firm, other: _Firm) -> FoundPair | None:
    judged = decide(_candidate(one), _candidate(other))
    shared = one.domains & other.domains
    weight, probability, why = judged.evidence.weight, judged.evidence.probability, judged.why
    if judged.zone is Zone.DISTINCT:
        kin = _kin(one, other)
        if shared and kin:
            weight, why = _KIN, (f"same domain {min(shared)}", kin)
        elif one.joined == other.joined and not (one.domains and other.domains):
            weight = _OTHER_FORM
        else:
            return None
        probability = 1 / (1 + 2**-weight)
    return FoundPair(
        one.record.company_id, other.record.company_id, probability, round(weight, 3), why,
        _facts(judged, shared, kin=judged.zone is Zone.DISTINCT and bool(shared)),
    )  # fmt: skip


def _kin(one: _Firm, other: _Firm) -> str:
    """What two names have in common that are not nearly the same; empty for nothing."""
    words = [word for word in one.core if word in other.core and not companies.is_weak_word(word)]
    if words:
        return f"both names have {words[0]}"
    for short, long in ((one, other), (other, one)):
        if len(long.core) > 1 and short.joined == _initials(long):
            return f"{short.record.name} are the first letters of {long.record.name}"
        if len(short.joined) >= _BEGINNING and long.joined.startswith(short.joined):
            return f"{long.record.name} begins with {short.record.name}"
    near = nearness(*sorted((one.joined, other.joined))).value
    return f"{one.record.name} ~ {other.record.name}" if near >= _LIKE else ""


def _initials(firm: _Firm) -> str:
    return "".join(word[0] for word in firm.core)


def _candidate(firm: _Firm) -> Candidate:
    """A company as the comparison takes it: its domains as addresses, and no person's name."""
    addresses = tuple(f"office@{host}" for host in sorted(firm.domains))
    return Candidate(firm.record.company_id, "", firm.record.name, addresses, ())


def _facts(judged: Decision, shared: Iterable[str], *, kin: bool) -> tuple[str, ...]:
    """What speaks for the pair, as short hashes, by which new evidence is told from old."""
    facts = {hashlib.sha256(f"d:{host}".encode()).hexdigest()[:12] for host in shared}
    name = judged.evidence.of("company")
    facts |= {"kin"} if kin else {f"company {name:.0f}"} if name > 0 else set()
    return tuple(sorted(facts))
