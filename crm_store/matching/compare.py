"""Compares two contacts field by field: each agreement or difference has a weight in bits and a sentence."""

from collections.abc import Callable
from dataclasses import dataclass

from crm_store.matching import companies, names
from crm_store.matching.contact_points import (
    company_domain,
    e164,
    email_base,
    email_key,
    is_mobile,
    is_role_mailbox,
    phone_digits,
)
from crm_store.matching.nicknames import are_related
from crm_store.matching.normalise import tokens, undoubled
from crm_store.matching.rerank import Candidate
from crm_store.matching.similarity import How, nearness

# Weights are fixed and cautious: log2 of how much more often a field agrees for one person than for two.
_PRIOR = -10.0
_SAME_EMAIL, _SAME_MAILBOX, _SAME_ROLE = 14.0, 6.0, 0.5
_SAME_MOBILE, _SAME_LINE_AND_NAME, _SAME_LINE, _OTHER_MOBILE = 9.0, 8.0, 3.0, -3.0
_NAME_EQUAL, _NAME_SHORT, _NAME_NEAR, _NAME_INITIAL, _NAME_PART = 7.0, 5.5, 5.0, 3.0, 1.0
_OTHER_FIRST, _OTHER_NAME = -6.0, -9.0
_SAME_COMPANY, _NEAR_COMPANY, _OTHER_COMPANY = 2.5, 1.5, -1.5
_RARE = 3.0
_NEAR = 0.78
_SHORTEST_SWAPPED = 3
_SHORTEST_HALVED = 3


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """What one field says: `weight` in bits (above 0 for the same person), `why` in words."""

    field: str
    weight: float
    why: str


@dataclass(frozen=True, slots=True)
class DuplicateEvidence:
    """What all fields say together; `probability` follows from `weight`, which orders pairs where it rounds to 1."""

    fields: tuple[FieldEvidence, ...]
    weight: float
    probability: float

    @property
    def why(self) -> tuple[str, ...]:
        """The sentences, the heaviest first: `same mobile (+9.0)`."""
        ordered = sorted(self.fields, key=lambda item: -abs(item.weight))
        return tuple(f"{item.why} ({item.weight:+.1f})" for item in ordered)

    def of(self, field: str) -> float:
        """The weight of one field, 0 where it said nothing."""
        return sum(item.weight for item in self.fields if item.field == field)


def compare(
    one: Candidate, other: Candidate, region: str | None = None, rarity: Callable[[str], float] | None = None
) -> DuplicateEvidence:
    """Weigh two contacts; `rarity` gives a folded last name's rarity in 0..1, so that rare names count for more.

    Missing fields are neutral. The result does not depend on the order of the two.
    """
    named = _names(one, other, rarity)
    fits = named is not None and named.weight >= _NAME_INITIAL
    found = [named, _emails(one, other), _phones(one, other, region, fits), _companies(one, other)]
    fields = tuple(item for item in found if item is not None)
    weight = _PRIOR + sum(item.weight for item in fields)
    return DuplicateEvidence(fields, weight, 1 / (1 + 2**-weight))


def is_near_name(one: str, other: str) -> bool:
    """Whether two names may be one person's with a slip, a nickname or the words turned round; no initials."""
    said = _names(Candidate("", one, "", (), ()), Candidate("", other, "", (), ()), None)
    return said is not None and said.weight >= _NAME_NEAR


def _names(one: Candidate, other: Candidate, rarity: Callable[[str], float] | None) -> FieldEvidence | None:
    left, right = (tokens(names.parse(candidate.name).full) for candidate in (one, other))
    if not left or not right:
        return None
    shown = " ~ ".join(sorted((one.name, other.name)))
    if sorted(left) == sorted(right):
        bonus = _RARE * min(1.0, max(0.0, rarity(left[-1]))) if rarity else 0.0
        weight = _NAME_EQUAL + bonus if len(left) > 1 else _NAME_PART
        return FieldEvidence("name", weight, "same name")
    if len(left) == 1 or len(right) == 1:
        best = max(_alike(mine, theirs) for mine in left for theirs in right)
        return FieldEvidence("name", _NAME_PART if best >= _NEAR else _OTHER_FIRST, shown)
    straight = _name_weight(left[0], left[-1], right[0], right[-1])
    swapped = _name_weight(left[0], left[-1], right[-1], right[0])
    return FieldEvidence("name", max(straight, swapped), shown)


def _name_weight(first: str, last: str, other_first: str, other_last: str) -> float:
    last_alike = _alike(last, other_last)
    if last_alike < _NEAR:
        return (
            _OTHER_NAME if _alike(first, other_first) < _NEAR and not are_related(first, other_first) else _OTHER_FIRST
        )
    if first == other_first:
        return _NAME_EQUAL if last_alike == 1.0 else _NAME_NEAR
    if are_related(first, other_first):
        return _NAME_SHORT if last_alike == 1.0 else _NAME_SHORT - 1.5
    if nearness(first, other_first).how is How.INITIAL:
        return _NAME_INITIAL if last_alike == 1.0 else _NAME_INITIAL - 1.5
    if _alike(first, other_first) >= _NEAR:
        return _NAME_NEAR if last_alike == 1.0 else _NAME_NEAR - 2.0
    return _OTHER_FIRST


def _alike(one: str, other: str) -> float:
    """Equal, or a typing error apart: unlike in a look-up, the start of a word is no evidence that it is the word."""
    if _is_swapped(one, other) or _is_halved(one, other):
        # In a short name such a slip weighs more than in any measure by length.
        return _NEAR
    both = (nearness(one, other), nearness(other, one))
    return max((found.value for found in both if found.how in {How.EXACT, How.TYPO}), default=0.0)


def _is_swapped(one: str, other: str) -> bool:
    """Two neighbouring letters changed places: `Jhon` for `John`."""
    if len(one) != len(other) or len(one) < _SHORTEST_SWAPPED:
        return False
    apart = [at for at, (mine, theirs) in enumerate(zip(one, other, strict=True)) if mine != theirs]
    return (
        len(apart) == 2
        and apart[1] == apart[0] + 1
        and one[apart[0]] == other[apart[1]]
        and one[apart[1]] == other[apart[0]]
    )


def _is_halved(one: str, other: str) -> bool:
    """A double letter written once: `Quil` for `Quill`."""
    return one != other and min(len(one), len(other)) >= _SHORTEST_HALVED and undoubled(one) == undoubled(other)


def _emails(one: Candidate, other: Candidate) -> FieldEvidence | None:
    left, right = ({email_key(address) for address in candidate.emails} - {""} for candidate in (one, other))
    shared = left & right
    personal = sorted(address for address in shared if not is_role_mailbox(address))
    if personal:
        return FieldEvidence("email", _SAME_EMAIL, f"same e-mail {personal[0]}")
    if shared:
        return FieldEvidence("email", _SAME_ROLE, f"same shared mailbox {min(shared)}")
    bases = {email_base(address) for address in left} & {email_base(address) for address in right}
    if any(not is_role_mailbox(base) for base in bases):
        return FieldEvidence("email", _SAME_MAILBOX, "same mailbox but for a tag or dots")
    return None


def _phones(one: Candidate, other: Candidate, region: str | None, fits: bool) -> FieldEvidence | None:
    """A landline is shared by a whole house, yet seldom by two whose names could be one's, as `fits` says."""
    left, right = ({_number(phone, region) for phone in candidate.phones} - {""} for candidate in (one, other))
    shared = sorted(left & right)
    mobiles = [number for number in shared if number.startswith("+") and is_mobile(number)]
    if mobiles:
        return FieldEvidence("mobile", _SAME_MOBILE, f"same mobile {mobiles[0]}")
    if shared:
        return FieldEvidence("phone", _SAME_LINE_AND_NAME if fits else _SAME_LINE, f"same number {shared[0]}")
    if any(number.startswith("+") and is_mobile(number) for number in left) and any(
        number.startswith("+") and is_mobile(number) for number in right
    ):
        return FieldEvidence("mobile", _OTHER_MOBILE, "other mobile")
    return None


def _number(phone: str, region: str | None) -> str:
    return e164(phone, region) or phone_digits(phone)


def _companies(one: Candidate, other: Candidate) -> FieldEvidence | None:
    """Company and mail domain are one piece of evidence, since each follows from the other."""
    left, right = companies.company_key(one.company), companies.company_key(other.company)
    domains = [{company_domain(address) for address in candidate.emails} - {""} for candidate in (one, other)]
    if left and left == right:
        return FieldEvidence("company", _SAME_COMPANY, "same company")
    if domains[0] & domains[1]:
        return FieldEvidence("company", _SAME_COMPANY, f"same domain {min(domains[0] & domains[1])}")
    if left and right:
        shorter, longer = sorted((left, right), key=len)
        # People leave the trade out: `Vector` is said of Vector Logistics.
        if longer.startswith(f"{shorter} ") or _alike(left.replace(" ", ""), right.replace(" ", "")) >= _NEAR:
            return FieldEvidence("company", _NEAR_COMPANY, f"{one.company} ~ {other.company}")
        return FieldEvidence("company", _OTHER_COMPANY, "other company")
    return FieldEvidence("company", _OTHER_COMPANY, "other domain") if domains[0] and domains[1] else None
