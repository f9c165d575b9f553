"""Channels that belong to a company."""

from sqlalchemy import Select, select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.history import ChannelLink
from crm_store.models.people import Company, Customer, User
from crm_store.values.threads import LinkView

_LONGEST_CHAIN = 20


def of_channel(work: Work, channel: str) -> LinkView | None:
    """The link of a channel, if it has one."""
    row = work.session.execute(_links().where(ChannelLink.channel == channel)).one_or_none()
    return _view(work, row[0], row[1]) if row else None


def links(work: Work) -> tuple[LinkView, ...]:
    """Every link of the team, the newest first."""
    rows = work.session.execute(_links().order_by(ChannelLink.linked_at.desc(), ChannelLink.channel)).all()
    return tuple(_view(work, link, by) for link, by in rows)


def name_of(work: Work, company_id: str) -> str:
    """The name of a company, after whatever merges; raises NotFound."""
    company = survivor(work, company_id)
    if company is None or company.removed_at is not None:
        raise NotFound("That company is no longer there.")
    return company.name


def people(work: Work, company_id: str, most: int = 2) -> tuple[str, ...]:
    """Customers of a company whom the asker may see, as few as asked for."""
    found = work.session.scalars(
        select(Customer.customer_id)
        .where(
            Customer.company_id == company_id,
            Customer.removed_at.is_(None),
            Customer.merged_into.is_(None),
            (Customer.level == "team") | (Customer.owner == work.actor),
        )
        .order_by(Customer.customer_id)
        .limit(most)
    )
    return tuple(found)


def survivor(work: Work, company_id: str) -> Company | None:
    """The company as it is known now, after whatever merges."""
    company = work.session.get(Company, (work.team_id, company_id))
    for _ in range(_LONGEST_CHAIN):
        if company is None or company.merged_into is None:
            break
        company = work.session.get(Company, (work.team_id, company.merged_into))
    return company


def _links() -> Select[ChannelLink, str]:
    return select(ChannelLink, User.slack_user_id).outerjoin(
        User, (User.team_id == ChannelLink.team_id) & (User.user_id == ChannelLink.linked_by)
    )


def _view(work: Work, link: ChannelLink, by: str | None) -> LinkView:
    company = survivor(work, link.company_id)
    name = company.name if company is not None else "a company that is gone"
    company_id = company.company_id if company is not None else link.company_id
    return LinkView(link.channel, company_id, name, by, link.linked_at, link.outsiders)
