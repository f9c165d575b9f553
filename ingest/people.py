"""Who of a mail's people is whom: colleagues, known customers, somebody to create, or somebody to ask about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_store.matching.compare import is_near_name
from crm_store.matching.contact_points import email_key, is_role_mailbox, registrable_domain
from crm_store.matching.normalise import tokens
from crm_store.values.acts import NewCustomer, Person
from crm_store.values.mail import AUTHOR, NEW, KnownFacts, LearnedAddress, NewPerson, Reason
from crm_store.values.people import CustomerBrief, LookUp
from ingest.parsed import Mailbox
from ingest.reading import Seen, people

CREATE = "new"
_SURE = 0.85
_RIVAL = 0.6
_MOST_CANDIDATES = 3
_MOST_REASONS = 20


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people of a mail, sorted; `customers` are those it is filed to, the most telling first."""

    people: tuple[Person, ...]
    customers: tuple[str, ...]
    direction: str
    companies: Mapping[str, str | None]
    new_people: tuple[NewPerson, ...] = ()
    learned: tuple[LearnedAddress, ...] = ()
    sure: float = 1.0
    reasons: tuple[Reason, ...] = ()

    @property
    def author(self) -> Person | None:
        """The customer who wrote it, if one did."""
        return next((one for one in self.people if one.role == "from" and one.customer_id), None)


@dataclass(frozen=True, slots=True)
class Unsure:
    """Somebody who has to be asked about: nothing is written until then."""

    wanted: str
    candidates: tuple[str, ...]


@dataclass(slots=True)
class _Sorting:
    """One walk over the people of a mail."""

    known: KnownFacts
    answers: Mapping[str, str]
    may_create: frozenset[str]
    wanted: bool
    ingest_domain: str
    found: list[Person] = field(default_factory=list)
    companies: dict[str, str | None] = field(default_factory=dict)
    new_people: list[NewPerson] = field(default_factory=list)
    learned: list[LearnedAddress] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    sure: float = 1.0

    def place(self, role: str, box: Mailbox) -> Unsure | None:
        """Sort one person in; Unsure where it cannot be told who they are."""
        address = email_key(box.address or "")
        user_id = self.known.colleagues.get(address)
        ours = bool(self.ingest_domain) and address.endswith("@" + self.ingest_domain)
        if user_id or ours:
            if user_id:
                self.found.append(Person(role, box.name, address, None, user_id))
            return None
        settled = self._settled(address, box.name, author=role == "from")
        if isinstance(settled, Unsure):
            return settled
        if settled is None and address and role in self.may_create and not is_role_mailbox(address):
            settled = self.create(address, box.name)
        elif settled is None and self.wanted and role == "from":
            # Somebody forwarded it, so it matters; only who it is from cannot be told by itself.
            return self._who(address, box.name)
        self.found.append(Person(role, box.name, address or None, settled, None))
        return None

    def _settled(self, address: str, name: str | None, *, author: bool) -> str | Unsure | None:
        """Exact contact point, then what was answered or learned, then name and company together."""
        brief = self.known.by_point.get(address)
        if brief:
            self.say("known-address", f"{address} is an address of {brief.name}", address)
            return self.take(brief)
        for wanted in (address, name or "", AUTHOR if author else ""):
            chosen = self.answers.get(wanted) or self.known.learned.get(wanted) if wanted else None
            if chosen == CREATE:
                return self.create(address, name)
            if chosen:
                who = name or address if wanted == AUTHOR else wanted
                self.say("learned-name", f"somebody of the team said who “{who}” is", address or wanted)
                if address:
                    self.learned.append(LearnedAddress(chosen, address))
                self.companies.setdefault(chosen, None)
                return chosen
        return self._same_name_same_company(address, name, author=author) if address and name else None

    def _same_name_same_company(self, address: str, name: str, *, author: bool) -> str | Unsure | None:
        company_id = self._company(address)
        look_up = self.known.look_ups.get(name)
        if company_id is None or look_up is None:
            return None
        there = [one.customer for one in look_up.found if one.customer.company_id == company_id]
        same = [one for one in there if set(tokens(one.name)) == set(tokens(name))]
        if len(same) == 1:
            self.learned.append(LearnedAddress(same[0].customer_id, address))
            self.say("same-name", f"{name} at the domain of {address} is known at that company", address)
            self.sure = min(self.sure, _SURE)
            return self.take(same[0])
        # An author whose name is a slip away from a colleague's of theirs is asked about before there are two of them.
        near = same or [one for one in there if author and is_near_name(one.name, name)]
        return Unsure(address, tuple(one.customer_id for one in near)) if near else None

    def _who(self, address: str, name: str | None) -> Unsure | None:
        """A name without an address, or an address that belongs to nobody in person."""
        look_up = self.known.look_ups.get(name or "")
        certain = certain_one(look_up)
        if certain is not None and not address and not _has_rivals(look_up):
            self.sure = min(self.sure, look_up.found[0].score if look_up else _SURE)
            self.say("name", f"“{name}” is nobody else's name")
            self.found.append(Person("from", name, None, self.take(certain), None))
            return None
        candidates = tuple(one.customer.customer_id for one in look_up.found[:_MOST_CANDIDATES]) if look_up else ()
        # A shared mailbox belongs to a company; who wrote from it this time is one of those who work there.
        if is_role_mailbox(address):
            return Unsure(address, candidates or self.known.staff.get(address, ()))
        return Unsure(name or address or "the sender", candidates)

    def say(self, rule: str, evidence: str, about: str = "") -> None:
        """Note a rule that had a say."""
        self.reasons.append(Reason(rule, evidence, about))

    def take(self, brief: CustomerBrief) -> str:
        """A customer who is known."""
        self.companies[brief.customer_id] = brief.company_id
        return brief.customer_id

    def _company(self, address: str) -> str | None:
        host = address.rpartition("@")[2]
        return self.known.companies.get(host) or self.known.companies.get(registrable_domain(address))

    def create(self, address: str, name: str | None) -> str:
        """Somebody new, whose details are to be checked."""
        key = address or (name or "")
        company_id = self._company(address) if address else None
        customer = NewCustomer(
            name=name or _spoken(address),
            emails=(address,) if address else (),
            company_id=company_id,
            owner=self.known.owner.user_id,
            source="mail",
            needs_check=True,
        )
        self.new_people.append(NewPerson(key, customer))
        at_company = ", at the company that owns its domain" if company_id else ""
        self.say("new-person", f"nobody had the address {address or key} yet{at_company}", address)
        self.companies[NEW + key] = company_id
        return NEW + key


def gather(
    one: Seen, known: KnownFacts, *, wanted: bool, customer: str, answers: Mapping[str, str], ingest_domain: str
) -> Crowd | Unsure:
    """Sort the people of a mail; `wanted` says that a colleague chose it, `customer` whom they named for it."""
    from_us = email_key(one.sender.address or "") in known.colleagues
    # Somebody is created when a colleague wrote to them or picked their mail, never for being on Cc of what came in.
    may_create = frozenset({"to", "cc"} if from_us else {"from"} if wanted else ())
    sorting = _Sorting(known, answers, frozenset() if customer else may_create, wanted and not customer, ingest_domain)
    named = _named(sorting, customer) if customer else None
    if isinstance(named, Unsure):
        return named
    for role, box in people(one):
        unsure = sorting.place(role, box)
        if unsure is not None:
            return unsure
    if named is not None and not any(person.customer_id == named for person in sorting.found):
        sorting.found.append(Person("about", customer_id=named))
    ids = list(dict.fromkeys(person.customer_id for person in sorting.found if person.customer_id))
    if named is not None:
        ids.sort(key=lambda customer_id: customer_id != named)
    return Crowd(
        people=tuple(sorting.found),
        customers=tuple(ids),
        direction="outgoing" if from_us else "incoming",
        companies=sorting.companies,
        new_people=tuple(sorting.new_people),
        learned=tuple(sorting.learned),
        sure=sorting.sure,
        reasons=tuple(sorting.reasons[:_MOST_REASONS]),
    )


def certain_one(look_up: LookUp | None) -> CustomerBrief | None:
    """The customer that a look-up may be acted on for, without asking."""
    if look_up is None or not look_up.certain or not look_up.found or look_up.found[0].score < _SURE:
        return None
    return look_up.found[0].customer


def _has_rivals(look_up: LookUp | None) -> bool:
    """Whether somebody else may be meant by a bare name: "A. Lee" is also what Ann Lee is called."""
    return look_up is not None and sum(one.score >= _RIVAL for one in look_up.found) > 1


def _named(sorting: _Sorting, customer: str) -> str | Unsure:
    chosen = sorting.answers.get(customer) or sorting.known.learned.get(customer)
    if chosen == CREATE:
        return sorting.create("", customer)
    if chosen:
        sorting.companies.setdefault(chosen, None)
        return chosen
    look_up = sorting.known.look_ups.get(customer)
    certain = certain_one(look_up)
    if certain is not None:
        sorting.say("named", f"you named “{customer}”")
        return sorting.take(certain)
    found = look_up.found[:_MOST_CANDIDATES] if look_up else ()
    return Unsure(customer, tuple(one.customer.customer_id for one in found))


def _spoken(address: str) -> str:
    """A name for somebody who gave none: `john.smith@acme.com` is John Smith until somebody checks it."""
    words = address.partition("@")[0].partition("+")[0].replace(".", " ").replace("_", " ").replace("-", " ")
    return words.title() or address
