"""Companies as one types: those whose name begins so, and those of the people who fit."""

from typing import Final

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.lookup.search import search
from crm_store.matching import companies
from crm_store.matching.normalise import tokens
from crm_store.matching.similarity import nearness
from crm_store.models.people import Company

_LOOKED_AT: Final = 30
_NEAR: Final = 0.7


def by_id(work: Work, company_id: str) -> str | None:
    """A company's name; None where it is gone."""
    row = work.session.get(Company, (work.team_id, company_id))
    return row.name if row is not None and row.removed_at is None and row.merged_into is None else None


def fitting(work: Work, text: str, most: int = 20) -> tuple[tuple[str, str], ...]:
    """Id and name of the companies that the letters typed so far can mean, the nearest first."""
    words = tokens(text)
    if not words:
        return ()
    there = (Company.removed_at.is_(None), Company.merged_into.is_(None))
    key = companies.company_key(text)
    begins = select(Company.company_id, Company.name).where(Company.name_key.startswith(key, autoescape=True), *there)
    found = (
        {row[0]: row[1] for row in work.session.execute(begins.order_by(Company.name_key).limit(most))} if key else {}
    )
    ids = [one.customer.company_id for one in search(work, text, _LOOKED_AT).found if one.customer.company_id]
    if ids:
        rows = work.session.execute(select(Company.company_id, Company.name).where(Company.company_id.in_(ids), *there))
        found |= {row[0]: row[1] for row in rows}
    scored = sorted(((_fit(words, name), name, company_id) for company_id, name in found.items()), key=_best_first)
    return tuple((company_id, name) for fit, name, company_id in scored if fit >= _NEAR)[:most]


def _best_first(one: tuple[float, str, str]) -> tuple[float, str]:
    return -one[0], one[1]


def _fit(words: tuple[str, ...], name: str) -> float:
    """The mean nearness of the typed words to the nearest of the name's, nothing where one has none."""
    stored = tokens(name)
    near = [max((nearness(word, one).value for one in stored), default=0.0) for word in words]
    return sum(near) / len(near) if min(near) >= _NEAR else 0.0
