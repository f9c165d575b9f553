"""Decides what two contacts are to each other: one by identity, a question for a person, or two."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from crm_store.matching import companies
from crm_store.matching.compare import DuplicateEvidence, FieldEvidence, compare
from crm_store.matching.contact_points import company_domain
from crm_store.matching.rerank import Candidate
from crm_store.matching.similarity import nearness

REVIEW_FROM = 0.5
_SIMILAR_NAME = 3.0


class Zone(StrEnum):
    """What may be done with a pair."""

    IDENTITY = "identity"
    REVIEW = "review"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True)
class Decision:
    """The zone of a pair, its evidence, and a hint such as `shared mailbox?` or `moved?`."""

    zone: Zone
    evidence: DuplicateEvidence
    hint: str = ""

    @property
    def why(self) -> tuple[str, ...]:
        """The evidence in sentences, the heaviest first."""
        return self.evidence.why


def decide(
    one: Candidate, other: Candidate, region: str | None = None, rarity: Callable[[str], float] | None = None
) -> Decision:
    """Identity only where a contact point is identical and the names do not speak against it; all else is asked.

    Contacts without a person's name are compared as companies. The order of the two does not matter.
    """
    if not one.name.strip() and not other.name.strip():
        return _decide_companies(one, other)
    evidence = compare(one, other, region, rarity)
    same_email = evidence.of("email") >= 14.0
    same_mobile = evidence.of("mobile") > 0
    name = evidence.of("name")
    moved = evidence.of("company") < 0
    if same_email:
        if name >= 0:
            return Decision(Zone.IDENTITY, evidence)
        return Decision(Zone.REVIEW, evidence, "shared mailbox?")
    if same_mobile and name >= _SIMILAR_NAME:
        return Decision(Zone.REVIEW, evidence, "moved?") if moved else Decision(Zone.IDENTITY, evidence)
    if same_mobile or evidence.probability >= REVIEW_FROM:
        return Decision(Zone.REVIEW if name > 0 else Zone.DISTINCT, evidence, "moved?" if moved and name > 0 else "")
    return Decision(Zone.DISTINCT, evidence)


def _decide_companies(one: Candidate, other: Candidate) -> Decision:
    left, right = companies.parse(one.company), companies.parse(other.company)
    domains = [{company_domain(address) for address in candidate.emails} - {""} for candidate in (one, other)]
    fields = []
    if left.core and left.key == right.key:
        fields.append(FieldEvidence("company", 9.0, "same name but for the legal form"))
    elif left.core and right.core:
        near = nearness("".join(left.core), "".join(right.core)).value
        near = max(near, nearness("".join(right.core), "".join(left.core)).value)
        pair = " ~ ".join(sorted((one.company, other.company)))
        fields.append(FieldEvidence("company", 6.0 if near >= 0.85 else -6.0, pair))
    if domains[0] & domains[1]:
        fields.append(FieldEvidence("domain", 8.0, f"same domain {min(domains[0] & domains[1])}"))
    elif domains[0] and domains[1]:
        fields.append(FieldEvidence("domain", -3.0, "other domain"))
    if left.forms and right.forms and left.forms != right.forms:
        fields.append(FieldEvidence("form", -2.0, "other legal form"))
    weight = -8.0 + sum(item.weight for item in fields)
    evidence = DuplicateEvidence(tuple(fields), weight, 1 / (1 + 2**-weight))
    if left.core and left.key == right.key and domains[0] & domains[1]:
        return Decision(Zone.IDENTITY, evidence)
    return Decision(Zone.REVIEW if evidence.probability >= REVIEW_FROM else Zone.DISTINCT, evidence)
