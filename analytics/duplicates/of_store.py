"""Duplicates among a team's own customers: what the store holds as a table, and each pair with what speaks for it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final

from analytics.duplicates.calibrate import worth_asking
from analytics.duplicates.engine import find
from analytics.duplicates.shapes import Pair, Table
from crm_store.matching.contact_points import ROLE_MAILBOXES, email_key, is_role_mailbox, phone_digits
from crm_store.matching.decide import Zone, decide
from crm_store.matching.normalise import tokens
from crm_store.matching.pair_facts import facts
from crm_store.matching.rerank import Candidate
from crm_store.values.duplicates import ContactRecord, FoundPair

_COLUMNS: Final = ("name", "company", "email", "phone")
_MOST_ALIKE: Final = 20
"""A number or mailbox that more people share tells of none of them."""
_SAME_EMAIL: Final = 14.0
_MOVED: Final = "moved?"


def proposed(
    records: Sequence[ContactRecord],
    decided: Mapping[tuple[str, str], bool],
    progress: Callable[[str], None],
) -> tuple[FoundPair, ...]:
    """The pairs of a team's customers that may be one, best first; those decided already are not among them.

    The search for duplicates over the main columns, and beside it everybody who shares any address or number, since a
    person may have several of each. Once a team has decided often, only what is likely enough by its own answers.
    """
    people = {one.customer_id: one for one in records if not _is_mailbox(one)}
    table = Table(_COLUMNS, tuple(people), tuple(_row(one) for one in people.values()))
    found = find(table, decided=decided, progress=progress)
    pairs = {tuple(sorted((one.a, one.b))): one for one in found.proposed}
    told: dict[tuple[str, str], FoundPair] = {}
    for low, high in (*pairs, *_sharing(people.values())):
        key = (low, high)
        if key in told or key in decided or (high, low) in decided:
            continue
        pair = _judged(people[low], people[high], pairs.get(key))
        if pair is not None:
            told[key] = pair
    sure = sorted(told.values(), key=lambda one: (-one.probability, -one.weight, one.a, one.b))
    asked = sure[: worth_asking([one.probability for one in sure], sum(low in people for low, _ in decided))]
    return tuple(sorted(asked, key=lambda one: (-one.weight, one.a, one.b)))


def _is_mailbox(one: ContactRecord) -> bool:
    """`Info`, `Sales Team` with a shared mailbox is no person and never a duplicate of one."""
    words = tokens(one.name)
    shared = all(is_role_mailbox(address) for address in one.emails)
    return not words or (shared and any(word in ROLE_MAILBOXES for word in words) and len(words) <= 2)


def _row(one: ContactRecord) -> tuple[str, ...]:
    return (one.name, one.company, next(iter(one.emails), ""), next(iter(one.phones), ""))


def _sharing(people: Iterable[ContactRecord]) -> Iterable[tuple[str, str]]:
    """Pairs that share any address or number, each once."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for one in people:
        keys = {email_key(address) for address in one.emails} | {phone_digits(number) for number in one.phones}
        for key in keys - {""}:
            owners[key].append(one.customer_id)
    seen: set[tuple[str, str]] = set()
    for some in owners.values():
        if 1 < len(some) <= _MOST_ALIKE:
            seen.update((low, high) for low, high in combinations(sorted(some), 2))
    return sorted(seen)


def _judged(one: ContactRecord, other: ContactRecord, pair: Pair | None) -> FoundPair | None:
    left, right = _candidate(one), _candidate(other)
    judged = decide(left, right)
    evidence = judged.evidence
    # Colleagues share company, domain and most of a number; another name tells them apart.
    if judged.zone is Zone.DISTINCT and (pair is None or evidence.of("name") < 0):
        return None
    weight = pair.weight if pair else evidence.weight
    return FoundPair(
        a=one.customer_id,
        b=other.customer_id,
        probability=pair.probability if pair else evidence.probability,
        weight=round(weight, 3),
        why=pair.why if pair and pair.why else judged.why,
        evidence=facts(left, right, judged),
        identity=judged.zone is Zone.IDENTITY and evidence.of("email") >= _SAME_EMAIL,
        moved=judged.hint == _MOVED,
    )


def _candidate(one: ContactRecord) -> Candidate:
    return Candidate(one.customer_id, one.name, one.company, one.emails, one.phones)
