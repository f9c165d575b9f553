"""What people are told apart by: names, addresses that are one person's, and who has them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.lookup import tokens
from crm_store.matching import companies, names
from crm_store.matching.contact_points import company_domain, email_key, is_role_mailbox, local_part, phone_digits
from crm_store.matching.normalise import clean, fold
from crm_store.models.people import ContactPoint, Customer
from crm_store.values.imports import ImportedRow, RowKeys


@lru_cache(maxsize=8_192)
def name_key(name: str) -> str:
    """The form in which names are compared for being the same."""
    return fold(names.parse(name).full or name)[:200]


def keys_of(row: ImportedRow) -> RowKeys:
    """What a row is compared and looked up by; a shared mailbox tells of no one person."""
    if row.keys is not None:
        return row.keys
    shown = display_name(row)
    emails = tuple(email_key(email)[:320] for email in row.emails)
    domains = (company_domain(one) for one in (row.domain, *row.emails) if one)
    words = tokens.words_of(shown, "")
    for email in row.emails:
        tokens.add_address(words, clean(email))
    return RowKeys(
        name=name_key(row.name) if row.name else "",
        shown=shown,
        shown_key=name_key(shown),
        company=companies.company_key(row.company)[:200] if row.company else "",
        emails=emails,
        personal=tuple(key for key in emails if key and not is_role_mailbox(key)),
        phones=tuple(phone_digits(phone)[:320] for phone in row.phones),
        domains=tuple(dict.fromkeys(domain for domain in domains if domain)),
        words=tuple(words.items()),
    )


def with_keys(row: ImportedRow) -> ImportedRow:
    """The row with its keys, so that nobody works them out again."""
    return row if row.keys is not None else replace(row, keys=keys_of(row))


def display_name(row: ImportedRow) -> str:
    """The name; without one what the address, the company or the file's own key give."""
    if clean(row.name):
        return names.display(row.name)
    for email in row.emails:
        words = [word for word in local_part(email).replace("_", ".").replace("-", ".").split(".") if word]
        if words:
            return " ".join(word.capitalize() for word in words)
    return clean(row.company) or f"Customer {row.external_key}"


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
