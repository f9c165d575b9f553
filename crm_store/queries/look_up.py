"""What else than a person a typed line can mean: a company with its people, or deals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, literal, select

from crm_store.engine.work import Work
from crm_store.lookup.briefs import briefs
from crm_store.lookup.search import SYSTEM, search
from crm_store.matching import companies as company_names
from crm_store.matching.normalise import tokens
from crm_store.matching.similarity import nearness
from crm_store.models.people import Company, Customer
from crm_store.models.trade import Deal
from crm_store.queries import deals as deal_queries
from crm_store.values.people import CustomerBrief, DealView, LookUp

_LOOKED_AT: Final = 20
_PEOPLE: Final = 5
_DEALS: Final = 5
_NEAR: Final = 0.7
_SURE: Final = 0.8
_LEFT_OVER: Final = 0.02


@dataclass(frozen=True, slots=True)
class CompanyFound:
    """A company that was meant: the likeliest of its people, how many there are, and how many deals are open."""

    company_id: str
    name: str
    exact: bool
    people: tuple[CustomerBrief, ...]
    people_in_all: int
    open_deals: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a line can mean: people, and where it fits better a company, or deals beside them."""

    people: LookUp
    company: CompanyFound | None = None
    deals: tuple[DealView, ...] = ()


def meaning(work: Work, text: str, *, prefer_owner: str | None = None, channel: str | None = None) -> Meaning:
    """People first; a company where all words are its name's and no person's, deals where no person is sure."""
    found = search(work, text, _LOOKED_AT, prefer_owner=prefer_owner, channel=channel)
    people = LookUp(found.query, found.found[:_PEOPLE], found.certain, found.exact, found.taught)
    words = tokens(text)
    if not words or "@" in text or found.taught:
        return Meaning(people)
    by_name = max((_fit(words, tokens(one.customer.name)) for one in found.found), default=0.0)
    company = _company(work, words, found, by_name, prefer_owner or work.actor)
    if company:
        return Meaning(people, company)
    if people.certain and people.found[0].score >= _SURE:
        return Meaning(people)
    deals = _deals(work, text, words)
    best = people.found[0].score if people.found else 0.0
    fits = max((_fit(words, tokens(one.name)) for one in deals), default=0.0)
    return Meaning(people, None, tuple(deals[:_DEALS]) if fits >= max(best, by_name, _NEAR) else ())


def _deals(work: Work, text: str, words: Sequence[str]) -> list[DealView]:
    """Open deals one word of which at least is in the deal's own name; none of another's private customer."""
    found = [one for one in deal_queries.by_name(work, text) if _fit(words, tokens(one.name), every=False) >= _NEAR]
    if not found or work.actor == SYSTEM:
        return found
    hidden = set(
        work.session.scalars(
            select(Deal.deal_id)
            .join(Customer, (Customer.team_id == Deal.team_id) & (Customer.customer_id == Deal.customer_id))
            .where(Deal.deal_id.in_([one.deal_id for one in found]), Customer.level != "team")
            .where(Customer.owner.is_distinct_from(work.actor))
        )
    )
    return [one for one in found if one.deal_id not in hidden]


def _fit(words: Sequence[str], stored: Sequence[str], *, every: bool = True) -> float:
    """The mean nearness of the words, nothing where one is missing; without `every` the nearest of them alone."""
    near = [max((nearness(word, one).value for one in stored if len(one) > 1), default=0.0) for word in words]
    if not every:
        return max(near, default=0.0)
    return sum(near) / len(near) if near and min(near) >= _NEAR else 0.0


def _company(work: Work, words: Sequence[str], found: LookUp, by_name: float, owner: str) -> CompanyFound | None:
    ids = [one.customer.company_id for one in found.found if one.customer.company_id]
    key = company_names.company_key(" ".join(words))
    rows = work.session.execute(
        select(Company.company_id, Company.name)
        .where(Company.company_id.in_(list(dict.fromkeys(ids))) | (Company.name_key == key))
        .where(Company.removed_at.is_(None), Company.merged_into.is_(None))
    ).all()
    scored = sorted(((_company_fit(words, name), name, company_id) for company_id, name in rows), reverse=True)
    if not scored or scored[0][0] < max(_SURE, by_name):
        return None
    fit, name, company_id = scored[0]
    if len(scored) > 1 and scored[1][0] >= fit - _LEFT_OVER / 2:
        return None
    exact = all(word in tokens(name) for word in words)
    return _with_its_people(work, company_id, name, exact, owner)


def _company_fit(words: Sequence[str], name: str) -> float:
    """How well the words name the company: a little less for each telling word that was left out."""
    stored = tokens(name)
    telling = [one for one in stored if not company_names.is_legal_form(one)]
    unsaid = [one for one in telling if all(nearness(word, one).value < _NEAR for word in words)]
    return _fit(words, stored) - _LEFT_OVER * len(unsaid)


def _with_its_people(work: Work, company_id: str, name: str, exact: bool, owner: str) -> CompanyFound:
    seen = (Customer.level == "team") | (Customer.owner == work.actor) | (literal(work.actor) == SYSTEM)
    there = (Customer.company_id == company_id, Customer.removed_at.is_(None), Customer.merged_into.is_(None), seen)
    likeliest = work.session.scalars(
        select(Customer.customer_id)
        .where(*there)
        .order_by((Customer.owner == owner).desc(), Customer.last_touch_at.desc().nulls_last(), Customer.customer_id)
        .limit(_PEOPLE)
    ).all()
    count = work.session.scalar(select(func.count(Customer.customer_id)).where(*there)) or 0
    deals = work.session.scalar(
        select(func.count(Deal.deal_id)).where(
            Deal.company_id == company_id, Deal.state == "open", Deal.removed_at.is_(None)
        )
    )
    return CompanyFound(company_id, name, exact, briefs(work, likeliest), count, deals or 0)
