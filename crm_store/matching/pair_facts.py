"""What speaks for two contacts' being one, as short hashes: by them new evidence is told from old, whoever found it."""

import hashlib

from crm_store.matching.contact_points import company_domain, email_key, phone_digits
from crm_store.matching.decide import Decision
from crm_store.matching.rerank import Candidate


def facts(one: Candidate, other: Candidate, judged: Decision) -> tuple[str, ...]:
    """What the two have in common; the list itself tells nothing of anybody."""
    left, right = _points(one), _points(other)
    shared = {hashlib.sha256(fact.encode()).hexdigest()[:12] for fact in left & right}
    name, company = judged.evidence.of("name"), judged.evidence.of("company")
    levels = {f"name {name:.0f}"} if name > 0 else set()
    levels |= {"company"} if company > 0 else set()
    return tuple(sorted(shared | levels))


def _points(side: Candidate) -> set[str]:
    return {
        *(f"e:{key}" for key in map(email_key, side.emails) if key),
        *(f"p:{digits}" for digits in map(phone_digits, side.phones) if digits),
        *(f"d:{domain}" for domain in map(company_domain, side.emails) if domain),
    }
