"""The fields of a customer that people edit, each change kept with its source and day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from crm_store.actions import companies
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.ids import Prefix, new_id
from crm_store.matching.contact_points import email_key, phone_digits
from crm_store.matching.normalise import fold
from crm_store.models.people import Affiliation, Company, ContactPoint, Customer, FieldHistory, User
from crm_store.queries.identity import name_key

FIELDS: Final = {
    "name": "name", "title": "title", "role": "title", "position": "title", "job": "title", "company": "company",
    "employer": "company", "owner": "owner", "email": "email", "e-mail": "email", "mail": "email",
    "address": "email", "phone": "phone", "tel": "phone", "mobile": "phone", "number": "phone",
}  # fmt: skip
_LEAST_DIGITS: Final = 5


@dataclass(frozen=True, slots=True)
class Known:
    """How much a value is believed, and since when it holds; None is now."""

    sure: float = 1.0
    at: datetime | None = None


KNOWN: Final = Known()


def change_field(
    ledger: Ledger, row: Customer, field: str, value: str | None, source: str, known: Known = KNOWN
) -> str:
    """Change one field and say so (`title Buyer → Controller`); empty where it is so already. Raises BadInput."""
    if field in {"email", "phone"}:
        return _reach(ledger, row, field, value, source)
    if field == "company":
        old, new = _change_company(ledger, row, value)
    elif field == "owner":
        old, new = _change_owner(ledger, row, value)
    else:
        if field == "name" and not value:
            raise BadInput("A customer needs a name.", field="name")
        old, new = getattr(row, field), value
        if old != new:
            ledger.change(row)
            setattr(row, field, new)
            row.name_key = name_key(row.name)
    if old == new:
        return ""
    keep_history(ledger, row, field, new, source, known)
    return f"{field} {old or 'none'} → {new or 'none'}"


def affiliate(ledger: Ledger, row: Customer, company_id: str) -> None:
    """Note where a customer works from now on."""
    work = ledger.work
    ledger.add(
        Affiliation(
            affiliation_id=work.new_id(Prefix.AFFILIATION),
            customer_id=row.customer_id,
            company_id=company_id,
            title=row.title,
            since=work.now,
        )
    )


def new_point(
    work: Work, customer_id: str, kind: str, value: str, key: str, source: str, place: int = 0
) -> ContactPoint:
    """An address or number as a row; ids of later places sort later, so the first given stays the main one."""
    return ContactPoint(
        point_id=new_id(Prefix.POINT, work.now + timedelta(milliseconds=place)),
        owner_row=customer_id,
        kind=kind,
        value=value,
        value_key=key[:320],
        source=source,
        last_seen=work.now,
    )


def keep_history(
    ledger: Ledger, row: Customer, field: str, value: str | None, source: str, known: Known = KNOWN
) -> None:
    """Keep a value of a field with where it came from, since when, and how much it is believed."""
    work = ledger.work
    ledger.add(
        FieldHistory(
            history_id=work.new_id(Prefix.HISTORY),
            row_id=row.customer_id,
            field=field,
            value=value,
            source=source,
            confidence=known.sure,
            actor=work.actor,
            at=min(known.at, work.now) if known.at else work.now,
        )
    )


def _reach(ledger: Ledger, row: Customer, kind: str, value: str | None, source: str) -> str:
    """One more address or number; one that is there already, and an empty one, change nothing."""
    if not value:
        return ""
    key = email_key(value) if kind == "email" else phone_digits(value)
    if not key or (kind == "phone" and len(key) < _LEAST_DIGITS):
        raise BadInput(f"“{value}” is no {'e-mail address' if kind == 'email' else 'phone number'}.", field=kind)
    known = ledger.work.session.scalars(
        select(ContactPoint).where(
            ContactPoint.owner_row == row.customer_id, ContactPoint.kind == kind, ContactPoint.value_key == key
        )
    ).first()
    if known is not None and known.state == "live":
        return ""
    if known is not None:
        ledger.change(known)
        known.state, known.last_seen = "live", ledger.work.now
    else:
        ledger.add(new_point(ledger.work, row.customer_id, kind, value, key, source))
    keep_history(ledger, row, kind, value, source)
    return f"{kind} {value} added"


def _change_company(ledger: Ledger, row: Customer, name: str | None) -> tuple[str | None, str | None]:
    """Another employer; the one before stays with its days."""
    work = ledger.work
    before = work.session.get(Company, (work.team_id, row.company_id)) if row.company_id else None
    company_id = companies.ensure(ledger, name) if name else None
    if company_id == row.company_id:
        same = before.name if before else None
        return same, same
    ledger.change(row)
    row.company_id = company_id
    for old in work.session.scalars(
        select(Affiliation).where(Affiliation.customer_id == row.customer_id, Affiliation.until.is_(None))
    ).all():
        ledger.change(old)
        old.until = work.now
    if company_id:
        affiliate(ledger, row, company_id)
    after = work.session.get(Company, (work.team_id, company_id)) if company_id else None
    return (before.name if before else None), (after.name if after else None)


def _change_owner(ledger: Ledger, row: Customer, wanted: str | None) -> tuple[str | None, str | None]:
    work = ledger.work
    before = work.session.get(User, (work.team_id, row.owner)) if row.owner else None
    after = _colleague(work, wanted) if wanted else None
    new = after.user_id if after else None
    if new != row.owner:
        ledger.change(row)
        row.owner = new
    return (before.name if before else None), (after.name if after else None)


def _colleague(work: Work, wanted: str) -> User:
    """A colleague by id, by Slack mention or by (first) name."""
    bare = wanted.strip("<@> ").partition("|")[0]
    name = fold(bare)
    users = work.session.scalars(select(User).where(User.active.is_(True)).order_by(User.user_id)).all()
    for user in users:
        if bare in {user.user_id, user.slack_user_id}:
            return user
    named = [user for user in users if name and name in {fold(user.name), fold(user.name).split()[0]}]
    if len(named) != 1:
        raise BadInput(
            f"“{wanted}” is {'several colleagues' if named else 'no colleague'}; mention one.", field="owner"
        )
    return named[0]
