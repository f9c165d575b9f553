"""Who of those we know a row of a file is: by address, by the file's own key, or by name and company."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.matching import companies, names
from crm_store.matching.contact_points import email_key, is_role_mailbox
from crm_store.matching.normalise import fold, tokens
from crm_store.models.people import Company, ContactPoint, Customer
from crm_store.models.trade import Order
from crm_store.values.imports import ImportedRow


@dataclass(slots=True)
class Known:
    """Ids by each of the three ways, for a batch of rows; a batch adds those it makes."""

    by_email: dict[str, str] = field(default_factory=dict)
    by_key: dict[str, tuple[str, str]] = field(default_factory=dict)
    by_name: dict[tuple[str, str], str] = field(default_factory=dict)
    with_email: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)

    def find(self, row: ImportedRow) -> str | None:
        """The customer this row is about, if known."""
        for email in personal_emails(row):
            if email in self.by_email:
                return self.by_email[email]
        keyed = self.by_key.get(row.external_key) if row.external_key else None
        if keyed and _may_be(row.name, keyed[1]):
            return keyed[0]
        found = self.by_name.get(name_and_company(row))
        # Two people of one name in one company differ by their addresses.
        if found and not (row.emails and found in self.with_email):
            return found
        return None

    def learn(self, row: ImportedRow, customer_id: str) -> None:
        """The row's customer is known from now on."""
        for email in personal_emails(row):
            self.by_email.setdefault(email, customer_id)
        if row.external_key:
            self.by_key.setdefault(row.external_key, (customer_id, name_key(row.name)))
        if row.name:
            self.by_name.setdefault(name_and_company(row), customer_id)
        if row.emails:
            self.with_email.add(customer_id)


def _may_be(name: str, known_as: str) -> bool:
    """Numbers of two files clash, so one key with two names that share no word is two people."""
    return not name or not known_as or bool({*tokens(name)} & {*tokens(known_as)}) or known_as.startswith("customer ")


@lru_cache(maxsize=8_192)
def name_key(name: str) -> str:
    """The form in which names are compared for being the same."""
    return fold(names.parse(name).full or name)[:200]


def personal_emails(row: ImportedRow) -> list[str]:
    """The keys of a row's addresses that tell of one person; a shared mailbox does not."""
    keys = [email_key(email) for email in row.emails]
    return [key for key in keys if key and not is_role_mailbox(key)]


def name_and_company(row: ImportedRow) -> tuple[str, str]:
    """A name with the company's key."""
    return name_key(row.name), companies.company_key(row.company) if row.company else ""


def known(work: Work, rows: Sequence[ImportedRow]) -> Known:
    """What is needed to tell the known from the new among at most a few hundred rows, in four statements."""
    found = Known()
    emails = sorted({email for row in rows for email in personal_emails(row)})
    if emails:
        found.by_email = dict(_email_owners(work, emails))
    keys = sorted({row.external_key for row in rows if row.external_key})
    if keys:
        found.by_key = {
            key: (customer_id, name)
            for key, customer_id, name in work.session.execute(
                select(Customer.external_key, Customer.customer_id, Customer.name_key)
                .where(Customer.external_key.in_(keys), Customer.removed_at.is_(None), Customer.merged_into.is_(None))
                .order_by(Customer.customer_id.desc())
            )
            if key
        }
    _by_name(work, rows, found)
    orders = sorted({row.order.key for row in rows if row.order})
    if orders:
        found.orders = set(work.session.scalars(select(Order.external_key).where(Order.external_key.in_(orders))))
    return found


def _by_name(work: Work, rows: Sequence[ImportedRow], found: Known) -> None:
    names_wanted = sorted({name_key(row.name) for row in rows if row.name})
    if not names_wanted:
        return
    people = work.session.execute(
        select(Customer.name_key, Company.name_key, Customer.customer_id)
        .outerjoin(Company, (Company.team_id == Customer.team_id) & (Company.company_id == Customer.company_id))
        .where(Customer.name_key.in_(names_wanted), Customer.removed_at.is_(None), Customer.merged_into.is_(None))
        .order_by(Customer.customer_id.desc())
    ).all()
    found.by_name = {(name, company or ""): customer_id for name, company, customer_id in people}
    if people:
        points = work.session.execute(
            select(ContactPoint.owner_row, ContactPoint.kind).where(
                ContactPoint.owner_row.in_([person[2] for person in people])
            )
        )
        found.with_email = {owner_row for owner_row, kind in points if kind == "email"}


def _email_owners(work: Work, emails: Sequence[str]) -> list[tuple[str, str]]:
    """Address and customer; where several have it, the one known longest wins."""
    rows = work.session.execute(
        select(ContactPoint.value_key, Customer.customer_id)
        .join(Customer, (Customer.team_id == ContactPoint.team_id) & (Customer.customer_id == ContactPoint.owner_row))
        .where(
            ContactPoint.kind == "email", ContactPoint.value_key.in_(emails),
            Customer.removed_at.is_(None), Customer.merged_into.is_(None),
        )
        .order_by(Customer.created_at.desc(), Customer.customer_id.desc())
    )  # fmt: skip
    return [(key, customer_id) for key, customer_id in rows]


def email_owners(work: Work, emails: Sequence[str]) -> dict[str, str]:
    """The customer behind each address that is known, by the address's key."""
    keys = sorted({key for key in map(email_key, emails) if key})
    return dict(_email_owners(work, keys)) if keys else {}
