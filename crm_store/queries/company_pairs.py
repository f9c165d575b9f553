"""Pairs of companies that may be one: what the search reads, and what waits for a decision."""

from collections import defaultdict

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from crm_store.engine.work import Work
from crm_store.matching.contact_points import company_domain
from crm_store.models.duplicates import DuplicatePair
from crm_store.models.lookup import PairVerdict
from crm_store.models.people import Company, CompanyDomain, ContactPoint, Customer
from crm_store.models.trade import Deal
from crm_store.queries.duplicates import LATER
from crm_store.values.duplicates import OPEN, CompanyPairView, CompanyRecord, CompanySide


def records(work: Work) -> tuple[CompanyRecord, ...]:
    """Every company that is neither removed nor merged, with its domains and those of its people's addresses."""
    rows = work.session.execute(
        select(Company.company_id, Company.name)
        .where(Company.removed_at.is_(None), Company.merged_into.is_(None))
        .order_by(Company.company_id)
    ).all()
    domains: defaultdict[str, set[str]] = defaultdict(set)
    for company_id, domain in work.session.execute(select(CompanyDomain.company_id, CompanyDomain.domain)):
        domains[company_id].add(domain)
    addresses = work.session.execute(
        select(Customer.company_id, ContactPoint.value)
        .join(
            ContactPoint, (ContactPoint.team_id == Customer.team_id) & (ContactPoint.owner_row == Customer.customer_id)
        )
        .where(Customer.removed_at.is_(None), Customer.company_id.is_not(None), ContactPoint.kind == "email")
    )
    for employer, address in addresses:
        domains[str(employer)].add(company_domain(address))
    return tuple(CompanyRecord(one, name, tuple(sorted(domains[one] - {""}))) for one, name in rows)


def next_pair(work: Work) -> CompanyPairView | None:
    """The likeliest pair of companies that waits, with how many wait after it."""
    one, other = aliased(Company), aliased(Company)
    query = (
        select(DuplicatePair)
        .join(one, (one.team_id == DuplicatePair.team_id) & (one.company_id == DuplicatePair.a))
        .join(other, (other.team_id == DuplicatePair.team_id) & (other.company_id == DuplicatePair.b))
        .where(*_waiting(one, other))
    )
    row = work.session.scalars(query.order_by(DuplicatePair.weight.desc(), DuplicatePair.a).limit(1)).first()
    if row is None:
        return None
    count = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    a, b = (_side(work, one) for one in (row.a, row.b))
    return CompanyPairView(a, b, row.probability, row.weight, tuple(row.why), count - 1)


def waiting(work: Work) -> int:
    """How many pairs of companies wait."""
    shown = next_pair(work)
    return 0 if shown is None else shown.others + 1


def older_first(work: Work, a: str, b: str) -> tuple[str, str]:
    """The two with the company first that is known longer."""
    rows = [work.session.get_one(Company, (work.team_id, one)) for one in (a, b)]
    rows.sort(key=lambda row: (row.created_at, row.company_id))
    return rows[0].company_id, rows[1].company_id


def _waiting(one: type[Company], other: type[Company]) -> tuple[ColumnElement[bool], ...]:
    answered = select(PairVerdict.a).where(
        PairVerdict.team_id == DuplicatePair.team_id,
        PairVerdict.a == DuplicatePair.a,
        PairVerdict.b == DuplicatePair.b,
        PairVerdict.verdict != LATER,
    )
    return DuplicatePair.state == OPEN, one.removed_at.is_(None), other.removed_at.is_(None), ~answered.exists()


def _side(work: Work, company_id: str) -> CompanySide:
    row = work.session.get_one(Company, (work.team_id, company_id))
    domains = work.session.scalars(
        select(CompanyDomain.domain).where(CompanyDomain.company_id == company_id).order_by(CompanyDomain.domain)
    ).all()
    people = select(func.count(Customer.customer_id)).where(
        Customer.company_id == company_id, Customer.removed_at.is_(None), Customer.merged_into.is_(None)
    )
    deals = select(func.count(Deal.deal_id)).where(Deal.company_id == company_id, Deal.removed_at.is_(None))
    return CompanySide(
        company_id, row.name, row.industry, row.country, tuple(domains),
        work.session.scalar(people) or 0, work.session.scalar(deals) or 0, row.created_at,
    )  # fmt: skip
