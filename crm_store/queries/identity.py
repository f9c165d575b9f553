"""What people are told apart by: names, addresses that are one person's, and who has them."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.matching import companies, names
from crm_store.matching.contact_points import email_key, is_role_mailbox
from crm_store.matching.normalise import fold
from crm_store.models.people import ContactPoint, Customer
from crm_store.values.imports import ImportedRow


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
