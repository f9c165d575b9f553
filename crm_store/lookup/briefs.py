"""Customers as they stand in lists and answers, read in three statements whatever their number."""

from collections.abc import Iterable

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.lookup.tokens import in_groups
from crm_store.models.people import Company, ContactPoint, Customer, User
from crm_store.values.people import CustomerBrief

_AT_ONCE = 500


def briefs(work: Work, customer_ids: Iterable[str]) -> tuple[CustomerBrief, ...]:
    """Briefs in the order asked for; who was removed or merged is left out."""
    wanted = list(dict.fromkeys(customer_ids))
    found: dict[str, CustomerBrief] = {}
    slack = slack_ids(work) if wanted else {}
    for some in in_groups(wanted, _AT_ONCE):
        main = main_emails(work, list(some))
        rows = work.session.execute(
            select(Customer, Company.name)
            .outerjoin(Company, (Company.team_id == Customer.team_id) & (Company.company_id == Customer.company_id))
            .where(Customer.customer_id.in_(some), Customer.removed_at.is_(None), Customer.merged_into.is_(None))
        )
        for customer, company in rows:
            found[customer.customer_id] = CustomerBrief(
                customer_id=customer.customer_id,
                name=customer.name,
                company=company,
                company_id=customer.company_id,
                email=main.get(customer.customer_id),
                owner=slack.get(customer.owner or ""),
                last_touch_at=customer.last_touch_at,
                last_touch_kind=customer.last_touch_kind,
                last_touch_by=slack.get(customer.last_touch_by or ""),
                needs_check=customer.needs_check,
            )
    return tuple(found[customer_id] for customer_id in wanted if customer_id in found)


def slack_ids(work: Work) -> dict[str, str]:
    """The Slack id of each of the team's people."""
    return dict(work.session.execute(select(User.user_id, User.slack_user_id)).all())


def main_emails(work: Work, customer_ids: list[str]) -> dict[str, str]:
    """The first live address of each customer."""
    # Neither kind nor order is asked of the database, which would walk all of the team's addresses for them.
    rows = work.session.execute(
        select(ContactPoint.owner_row, ContactPoint.point_id, ContactPoint.kind, ContactPoint.state, ContactPoint.value)
        .where(ContactPoint.owner_row.in_(customer_ids))
    ).all()  # fmt: skip
    live = sorted((row for row in rows if row.kind == "email" and row.state == "live"), key=lambda row: row.point_id)
    return {row.owner_row: row.value for row in reversed(live)}
