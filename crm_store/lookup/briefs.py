"""Customers as they stand in lists and answers, read in two statements whatever their number."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import aliased

from crm_store.engine.work import Work
from crm_store.lookup.reading import many, of_team, rows
from crm_store.lookup.tokens import in_groups
from crm_store.models.people import Company, ContactPoint, Customer, User
from crm_store.values.people import CustomerBrief

_AT_ONCE: Final = 500
_owner = aliased(User)
_toucher = aliased(User)
_PEOPLE: Final = of_team(
    select(
        Customer.customer_id, Customer.name, Company.name.label("company"), Customer.company_id,
        Customer.owner.label("owner_id"), _owner.slack_user_id.label("owner"), Customer.last_touch_at,
        Customer.last_touch_kind, _toucher.slack_user_id.label("last_touch_by"), Customer.needs_check, Customer.level,
        Customer.removed_at, Customer.merged_into,
    )
    .outerjoin(Company, (Company.team_id == Customer.team_id) & (Company.company_id == Customer.company_id))
    .outerjoin(_owner, (_owner.team_id == Customer.team_id) & (_owner.user_id == Customer.owner))
    .outerjoin(_toucher, (_toucher.team_id == Customer.team_id) & (_toucher.user_id == Customer.last_touch_by))
    .where(Customer.customer_id.in_(many("ids"))),
    Customer,
)  # fmt: skip
# Who is gone is left out afterwards: asked of the database, it would walk all who are there, not the few asked for.
# Neither kind nor order is asked of the database, which would walk all of the team's addresses for them.
_POINTS: Final = of_team(
    select(ContactPoint.point_id, ContactPoint.owner_row, ContactPoint.kind, ContactPoint.state, ContactPoint.value)
    .where(ContactPoint.owner_row.in_(many("ids"))),
    ContactPoint,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A customer's brief and what else the look-up weighs; `owner_id` is a user's id, points stand in their order."""

    brief: CustomerBrief
    owner_id: str | None
    level: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]


def people(work: Work, customer_ids: Iterable[str]) -> dict[str, Person]:
    """Those of the customers who are neither removed nor merged, by id."""
    work.flush()
    found: dict[str, Person] = {}
    for some in in_groups(list(dict.fromkeys(customer_ids)), _AT_ONCE):
        points: dict[tuple[str, str], list[str]] = {}
        live: dict[str, str] = {}
        for _, owner_row, kind, state, value in sorted(rows(work, _POINTS, ids=some), key=itemgetter(0)):
            points.setdefault((owner_row, kind), []).append(value)
            if kind == "email" and state == "live":
                live.setdefault(owner_row, value)
        for row in rows(work, _PEOPLE, ids=some):
            *told, removed_at, merged_into = row
            if removed_at is not None or merged_into is not None:
                continue
            customer_id, name, company, company_id, owner_id, owner, touch_at, touch_kind, touch_by, check, level = told
            brief = CustomerBrief(
                customer_id=customer_id,
                name=name,
                company=company,
                company_id=company_id,
                email=live.get(customer_id),
                owner=owner,
                last_touch_at=touch_at,
                last_touch_kind=touch_kind,
                last_touch_by=touch_by,
                needs_check=check,
            )
            emails, phones = (tuple(points.get((customer_id, kind), ())) for kind in ("email", "phone"))
            found[customer_id] = Person(brief, owner_id, level, emails, phones)
    return found


def briefs(work: Work, customer_ids: Iterable[str]) -> tuple[CustomerBrief, ...]:
    """Briefs in the order asked for; who was removed or merged is left out."""
    wanted = list(dict.fromkeys(customer_ids))
    found = people(work, wanted)
    return tuple(found[customer_id].brief for customer_id in wanted if customer_id in found)


def slack_ids(work: Work) -> dict[str, str]:
    """The Slack id of each of the team's people."""
    return dict(work.session.execute(select(User.user_id, User.slack_user_id)).all())
