"""Companies: found by name or domain, and made where they are new."""

from sqlalchemy import select

from crm_store import audit
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.ids import Prefix
from crm_store.matching import companies
from crm_store.matching.contact_points import company_domain
from crm_store.matching.normalise import clean
from crm_store.models.people import Company, CompanyDomain
from crm_store.queries import merging
from crm_store.values.acts import Receipt


def add(work: Work, name: str, domain: str | None = None) -> Receipt:
    """Make a company that nobody belongs to yet; one known by its name or domain is told, and not made again."""
    known = by_name(work, clean(name)) or by_domain(work, domain or "")
    row = work.session.get(Company, (work.team_id, known)) if known else None
    if row is not None:
        return Receipt(row.company_id, None, f"{row.name} is known already. Nothing was made")
    with audit.record(work, "company", sentence=f"Added {clean(name)}") as ledger:
        ledger.row_id = ensure(ledger, name, domain)
    return Receipt(ledger.row_id, ledger.undo_id, f"{ledger.sentence}, where nobody is known yet")


def ensure(place: Work | Ledger, name: str, domain: str | None = None) -> str:
    """The company of that name or domain, made if there is none; a mail provider's domain never tells of a company.

    With a ledger it is a part of that action; with a work it is an action of its own.
    """
    if isinstance(place, Work):
        with audit.record(place, "company", sentence=f"Company {clean(name)}") as ledger:
            ledger.row_id = ensure(ledger, name, domain)
        return ledger.row_id
    work, shown = place.work, clean(name)
    host = company_domain(domain) if domain else ""
    known = by_name(work, shown) or by_domain(work, host)
    if known is None:
        if not shown:
            raise BadInput("A company needs a name.", field="company")
        known = work.new_id(Prefix.COMPANY)
        place.add(
            Company(company_id=known, name=shown, name_key=companies.company_key(shown)[:200], created_at=work.now)
        )
    if host and by_domain(work, host) is None:
        place.add(CompanyDomain(domain=host, company_id=known, source="name"))
    work.flush()  # The next look for the same company within this unit must find it.
    return known


def by_name(work: Work, name: str) -> str | None:
    """The company whose name is the same but for its legal form and spelling; a merged one is found as its survivor."""
    key = companies.company_key(name)[:200] if name else ""
    if not key:
        return None
    known = work.session.scalars(
        select(Company.company_id)
        .where(Company.name_key == key, Company.removed_at.is_(None) | Company.merged_into.is_not(None))
        .order_by(Company.removed_at.is_not(None), Company.company_id)
        .limit(1)
    ).first()
    row = work.session.get(Company, (work.team_id, merging.survivor(work, known))) if known else None
    return row.company_id if row is not None and row.removed_at is None else None


def by_domain(work: Work, domain: str) -> str | None:
    """The company that owns a domain."""
    host = company_domain(domain) if domain else ""
    row = work.session.get(CompanyDomain, (work.team_id, host)) if host else None
    return row.company_id if row else None
