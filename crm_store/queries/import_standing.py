"""How things stand for some rows of a file: whom and what of them the store knows, in a few statements for all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.lookup.reading import TEAM, plain, read_plain
from crm_store.matching.contact_points import is_role_mailbox
from crm_store.matching.normalise import clean, fold, tokens
from crm_store.models.people import User
from crm_store.models.trade import Deal, Order, Pipeline, Stage
from crm_store.queries.identity import keys_of, name_key
from crm_store.values.imports import ImportedRow, RowKeys

PERSON_FIELDS = ("name", "title", "company_id", "owner", "external_key", "version")
COMPANY_FIELDS = ("industry", "country", "version")
# Past the session: for a list of some hundred rows these are asked hundreds of times, and most find nothing.
_BY_POINT = plain(
    "SELECT owner_row FROM contact_points WHERE team_id = ? AND value_key IN {many} AND kind IN ('email', 'phone')"
)
_BY_NAME = plain("SELECT customer_id FROM customers WHERE team_id = ? AND name_key IN {many}")
_BY_KEY = plain("SELECT customer_id FROM customers WHERE team_id = ? AND external_key IN {many}")
_COMPANIES = plain(
    "SELECT company_id, name_key, name, industry, country, version FROM companies"
    " WHERE team_id = ? AND name_key IN {many} AND removed_at IS NULL"
)
_DOMAINS = plain(
    "SELECT d.domain, d.company_id, c.name_key, c.name FROM company_domains AS d"
    " LEFT JOIN companies AS c ON c.team_id = d.team_id AND c.company_id = d.company_id"
    " WHERE d.team_id = ? AND d.domain IN {many}"
)
_PEOPLE = plain(
    "SELECT c.customer_id, k.name_key, c.name, c.title, c.company_id, c.owner, c.external_key, c.version"
    " FROM customers AS c LEFT JOIN companies AS k ON k.team_id = c.team_id AND k.company_id = c.company_id"
    " WHERE c.team_id = ? AND c.customer_id IN {many} AND c.removed_at IS NULL AND c.merged_into IS NULL"
)
_POINTS = plain("SELECT owner_row, kind, value_key FROM contact_points WHERE team_id = ? AND owner_row IN {many}")


@dataclass(slots=True)
class Person:
    """A known customer as far as an import may complete them; `points` are kind and key."""

    values: dict[str, str | int | None]
    name_key: str
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
    company_names: dict[str, str] = field(default_factory=dict)
    company_values: dict[str, dict[str, str | int | None]] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    deals: set[tuple[str, str]] = field(default_factory=set)
    stages: dict[str, StageChoice] = field(default_factory=dict)
    # Addresses of the rows that are known to tell of one person, so that it is not found out anew.
    personal: set[str] = field(default_factory=set)
    _index: dict[tuple[str, ...], set[str]] = field(default_factory=dict)
    _told_by: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def find(self, row: ImportedRow) -> str | None:
        """The customer this row is surely about: by address, by number and name, by the file's own key, by name."""
        keys = keys_of(row)
        for email in keys.personal:
            if found := self._first("email", email):
                return found
        for phone in keys.phones if keys.name else ():
            if found := self._first("phone", phone, keys.name):
                return found
        keyed = self._first("key", row.external_key[:200]) if row.external_key else None
        if keyed and may_be(row.name, self.people[keyed].name_key):
            return keyed
        found = self._first("name", keys.name, keys.company) if keys.name else None
        # Two people of one name in one company differ by their addresses.
        if found and not (row.emails and any(kind == "email" for kind, _ in self.people[found].points)):
            return found
        return None

    def possible(self, row: ImportedRow) -> str | None:
        """Somebody who may be the same: of the same name, and of the same company or of none on one side."""
        keys = keys_of(row)
        company = keys.company
        for other in sorted(self._index.get(("namesake", keys.name), ()) if keys.name else ()):
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
        name = person.name_key
        for kind, key in person.points:
            if kind == "phone":
                yield "phone", key, name
            elif kind == "email" and (key in self.personal or not is_role_mailbox(key)):
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
    work.flush()
    told = [keys_of(row) for row in rows]
    found = Standing(personal={email for each in told for email in each.personal})
    _companies(work, told, found)
    if any(row.owner for row in rows):
        found.owners = _owners(work)
    _people(work, sorted(_candidates(work, rows, told)), found)
    keys = sorted({row.order.key for row in rows if row.order})
    if keys:
        wanted = select(Order.external_key, Order.customer_id).where(Order.external_key.in_(keys))
        found.orders = {row.external_key: row.customer_id for row in work.session.execute(wanted)}
    if any(row.deal for row in rows):
        _deals(work, rows, found)
    return found


def deal_key(name: str, customer_id: str | None, company_id: str | None) -> tuple[str, str]:
    """What makes two deals of files one: the name, and the customer or else the company."""
    return clean(name), customer_id or company_id or ""


def _candidates(work: Work, rows: Sequence[ImportedRow], told: Sequence[RowKeys]) -> set[str]:
    """Whoever has an address, a number, a key or a name of these rows."""
    points = {email for each in told for email in each.personal}
    points |= {phone for each in told if each.name for phone in each.phones} - {""}
    named = {each.name for each in told if each.name}
    keys = {row.external_key[:200] for row in rows if row.external_key}
    asked = ((_BY_POINT, points), (_BY_NAME, named), (_BY_KEY, keys))
    return {row_id for query, values in asked if values for (row_id,) in read_plain(work, query, TEAM, sorted(values))}


def _companies(work: Work, told: Sequence[RowKeys], found: Standing) -> None:
    keys = sorted({each.company for each in told if each.company})
    for company_id, key, name, *values in sorted(read_plain(work, _COMPANIES, TEAM, keys)) if keys else ():
        if found.companies.setdefault(key, company_id) == company_id:
            found.company_keys[company_id] = key
            found.company_names[company_id] = name
            found.company_values[company_id] = dict(zip(COMPANY_FIELDS, values, strict=True))
    domains = sorted({domain for each in told for domain in each.domains})
    for domain, company_id, key, name in read_plain(work, _DOMAINS, TEAM, domains) if domains else ():
        found.domains[domain] = company_id
        found.company_keys.setdefault(company_id, key or "")
        found.company_names.setdefault(company_id, name or "")


def _owners(work: Work) -> dict[str, str]:
    owners: dict[str, str] = {}
    for user in work.session.scalars(select(User).where(User.active.is_(True)).order_by(User.user_id)):
        first = user.name.split()[0] if user.name.split() else ""
        for name in (user.name, user.slack_user_id, user.user_id, first):
            owners.setdefault(fold(name), user.user_id)
    return owners


def _people(work: Work, ids: Sequence[str], found: Standing) -> None:
    if not ids:
        return
    for customer_id, company_key, *values in read_plain(work, _PEOPLE, TEAM, list(ids)):
        named = dict(zip(PERSON_FIELDS, values, strict=True))
        person = found.people[customer_id] = Person(named, name_key(str(named["name"] or "")))
        if company_id := person.values["company_id"]:
            found.company_keys.setdefault(str(company_id), company_key or "")
    for owner, kind, key in read_plain(work, _POINTS, TEAM, list(ids)):
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
