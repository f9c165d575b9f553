"""How things stand for some rows of a file: whom and what of them the store knows, in a few statements for all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.matching import companies
from crm_store.matching.contact_points import company_domain, is_role_mailbox, phone_digits
from crm_store.matching.normalise import clean, fold, tokens
from crm_store.models.people import Company, CompanyDomain, ContactPoint, Customer, User
from crm_store.models.trade import Deal, Order, Pipeline, Stage
from crm_store.queries.identity import name_and_company, name_key, personal_emails
from crm_store.values.imports import ImportedRow

PERSON_FIELDS = ("name", "title", "company_id", "owner", "external_key", "version")
_AT_ONCE = 500
COMPANY_FIELDS = ("industry", "country", "version")


@dataclass(slots=True)
class Person:
    """A known customer as far as an import may complete them; `points` are kind and key."""

    values: dict[str, str | int | None]
    points: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class StageChoice:
    """Where a deal can stand."""

    stage_id: str
    outcome: str


@dataclass(slots=True)
class Standing:
    """What is known; an import adds what it makes, and a dry run what it would make.

    Everybody is found by what `people` says of them, so that an import that reads the store anew for some rows and a
    dry run that keeps all in mind decide alike; of several who fit, whoever was there first is meant.
    """

    people: dict[str, Person] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    companies: dict[str, str] = field(default_factory=dict)
    company_keys: dict[str, str] = field(default_factory=dict)
    company_values: dict[str, dict[str, str | int | None]] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    deals: set[tuple[str, str]] = field(default_factory=set)
    stages: dict[str, StageChoice] = field(default_factory=dict)
    _index: dict[tuple[str, ...], set[str]] = field(default_factory=dict)
    _told_by: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def find(self, row: ImportedRow) -> str | None:
        """The customer this row is surely about: by address, by number and name, by the file's own key, by name."""
        for email in personal_emails(row):
            if found := self._first("email", email):
                return found
        name = name_key(row.name) if row.name else ""
        for phone in row.phones if name else ():
            if found := self._first("phone", phone_digits(phone), name):
                return found
        keyed = self._first("key", row.external_key[:200]) if row.external_key else None
        if keyed and may_be(row.name, name_key(str(self.people[keyed].values["name"] or ""))):
            return keyed
        found = self._first("name", *name_and_company(row)) if name else None
        # Two people of one name in one company differ by their addresses.
        if found and not (row.emails and any(kind == "email" for kind, _ in self.people[found].points)):
            return found
        return None

    def possible(self, row: ImportedRow) -> str | None:
        """Somebody who may be the same: of the same name, and of the same company or of none on one side."""
        company = companies.company_key(row.company)[:200] if row.company else ""
        for other in sorted(self._index.get(("namesake", name_key(row.name)), ()) if row.name else ()):
            theirs = self._company_key(self.people[other])
            if not company or not theirs or company == theirs:
                return other
        return None

    def learn(self, customer_id: str) -> None:
        """What rows further down can tell a customer by, after somebody is new or has changed."""
        for mark in self._told_by.get(customer_id, ()):
            self._index[mark].discard(customer_id)
        marks = tuple(self._marks(self.people[customer_id]))
        self._told_by[customer_id] = marks
        for mark in marks:
            self._index.setdefault(mark, set()).add(customer_id)

    def absorb(self, later: "Standing") -> None:
        """Take in what the store says of further rows; what a dry run has in mind already goes before it."""
        pairs: tuple[tuple[dict[Any, Any], dict[Any, Any]], ...] = (
            (self.orders, later.orders),
            (self.companies, later.companies),
            (self.company_keys, later.company_keys),
            (self.company_values, later.company_values),
            (self.domains, later.domains),
            (self.owners, later.owners),
            (self.stages, later.stages),
        )
        for mine, theirs in pairs:
            for key, value in theirs.items():
                mine.setdefault(key, value)
        self.deals |= later.deals
        for customer_id in later.people.keys() - self.people.keys():
            self.people[customer_id] = later.people[customer_id]
            self.learn(customer_id)

    def _first(self, *mark: str) -> str | None:
        return min(self._index.get(mark, ()), default=None)

    def _company_key(self, person: Person) -> str:
        return self.company_keys.get(str(person.values["company_id"]), "")

    def _marks(self, person: Person) -> Iterator[tuple[str, ...]]:
        name = name_key(str(person.values["name"] or ""))
        for kind, key in person.points:
            if kind == "phone":
                yield "phone", key, name
            elif kind == "email" and not is_role_mailbox(key):
                yield "email", key
        if person.values["external_key"]:
            yield "key", str(person.values["external_key"])
        yield "name", name, self._company_key(person)
        yield "namesake", name


def may_be(name: str, known_as: str) -> bool:
    """Numbers of two files clash, so one key with two names that share no word is two people."""
    return not name or not known_as or bool({*tokens(name)} & {*tokens(known_as)}) or known_as.startswith("customer ")


def standing(work: Work, rows: Sequence[ImportedRow]) -> Standing:
    """What the store knows of at most a few hundred rows."""
    found = Standing()
    _companies(work, rows, found)
    if any(row.owner for row in rows):
        found.owners = _owners(work)
    _people(work, sorted(_candidates(work, rows)), found)
    keys = sorted({row.order.key for row in rows if row.order})
    if keys:
        wanted = select(Order.external_key, Order.customer_id).where(Order.external_key.in_(keys))
        found.orders = {row.external_key: row.customer_id for row in work.session.execute(wanted)}
    if any(row.deal for row in rows):
        _deals(work, rows, found)
    return found


def domains_of(row: ImportedRow) -> list[str]:
    """Domains that tell of the row's company, the named one first."""
    found = [company_domain(one) for one in (row.domain, *row.emails) if one]
    return [domain for domain in dict.fromkeys(found) if domain]


def deal_key(name: str, customer_id: str | None, company_id: str | None) -> tuple[str, str]:
    """What makes two deals of files one: the name, and the customer or else the company."""
    return clean(name), customer_id or company_id or ""


def _candidates(work: Work, rows: Sequence[ImportedRow]) -> set[str]:
    """Whoever has an address, a number, a key or a name of these rows."""
    points = {email for row in rows for email in personal_emails(row)}
    points |= {phone_digits(phone) for row in rows if row.name for phone in row.phones} - {""}
    ids: set[str] = set()
    if points:
        wanted = select(ContactPoint.owner_row).where(
            ContactPoint.value_key.in_(sorted(points)), ContactPoint.kind.in_(("email", "phone"))
        )
        ids |= set(work.session.scalars(wanted))
    named = {name_key(row.name) for row in rows if row.name}
    keys = {row.external_key[:200] for row in rows if row.external_key}
    for column, values in ((Customer.name_key, named), (Customer.external_key, keys)):
        if values:
            ids |= set(work.session.scalars(select(Customer.customer_id).where(column.in_(sorted(values)))))
    return ids


def _companies(work: Work, rows: Sequence[ImportedRow], found: Standing) -> None:
    keys = sorted({companies.company_key(row.company)[:200] for row in rows if row.company})
    if keys:
        for row in work.session.execute(
            select(Company.name_key, Company.company_id, Company.industry, Company.country, Company.version)
            .where(Company.name_key.in_(keys), Company.removed_at.is_(None))
            .order_by(Company.company_id)
        ):
            if found.companies.setdefault(row.name_key, row.company_id) == row.company_id:
                found.company_keys[row.company_id] = row.name_key
                found.company_values[row.company_id] = {name: getattr(row, name) for name in COMPANY_FIELDS}
    domains = sorted({domain for row in rows for domain in domains_of(row)})
    if domains:
        owned = work.session.execute(
            select(CompanyDomain.domain, CompanyDomain.company_id, Company.name_key)
            .outerjoin(
                Company, (Company.team_id == CompanyDomain.team_id) & (Company.company_id == CompanyDomain.company_id)
            )
            .where(CompanyDomain.domain.in_(domains))
        )
        for domain, company_id, key in owned:
            found.domains[domain] = company_id
            found.company_keys.setdefault(company_id, key or "")


def _owners(work: Work) -> dict[str, str]:
    owners: dict[str, str] = {}
    for user in work.session.scalars(select(User).where(User.active.is_(True)).order_by(User.user_id)):
        first = user.name.split()[0] if user.name.split() else ""
        for name in (user.name, user.slack_user_id, user.user_id, first):
            owners.setdefault(fold(name), user.user_id)
    return owners


def _people(work: Work, ids: Sequence[str], found: Standing) -> None:
    columns = [getattr(Customer, name) for name in PERSON_FIELDS]
    for some in (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE)):
        for row in work.session.execute(
            select(Customer.customer_id, *columns, Company.name_key.label("company_key"))
            .outerjoin(Company, (Company.team_id == Customer.team_id) & (Company.company_id == Customer.company_id))
            .where(Customer.customer_id.in_(some), Customer.removed_at.is_(None), Customer.merged_into.is_(None))
        ):
            found.people[row.customer_id] = Person({name: getattr(row, name) for name in PERSON_FIELDS})
            if row.company_id:
                found.company_keys.setdefault(row.company_id, row.company_key or "")
        for owner, kind, key in work.session.execute(
            select(ContactPoint.owner_row, ContactPoint.kind, ContactPoint.value_key).where(
                ContactPoint.owner_row.in_(some)
            )
        ):
            if owner in found.people:
                found.people[owner].points.add((kind, key))
    for customer_id in found.people:
        found.learn(customer_id)


def _deals(work: Work, rows: Sequence[ImportedRow], found: Standing) -> None:
    names = sorted({clean(row.deal.name) for row in rows if row.deal})
    for name, customer_id, company_id in work.session.execute(
        select(Deal.name, Deal.customer_id, Deal.company_id).where(Deal.name.in_(names), Deal.removed_at.is_(None))
    ):
        found.deals.add(deal_key(name, customer_id, company_id))
    stages = work.session.execute(
        select(Stage.name, Stage.stage_id, Stage.outcome)
        .join(Pipeline, (Pipeline.team_id == Stage.team_id) & (Pipeline.pipeline_id == Stage.pipeline_id))
        .order_by(Pipeline.position, Pipeline.pipeline_id, Stage.position)
    )
    for name, stage_id, outcome in stages:
        found.stages.setdefault(fold(name), StageChoice(stage_id, outcome))
