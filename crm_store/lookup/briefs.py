"""Customers as they stand in lists and answers, read in two statements whatever their number."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.lookup.reading import TEAM, moment, plain, read_plain
from crm_store.lookup.tokens import in_groups
from crm_store.matching.profile import Candidate
from crm_store.models.people import User
from crm_store.values.people import CustomerBrief

_AT_ONCE: Final = 500
# Who is gone is left out afterwards: asked of the database, it would walk all who are there, not the few asked for.
_PEOPLE: Final = plain(
    "SELECT c.customer_id, c.name, k.name, c.company_id, c.owner, o.slack_user_id, c.last_touch_at, c.last_touch_kind,"
    " t.slack_user_id, c.needs_check, c.level, c.removed_at IS NOT NULL OR c.merged_into IS NOT NULL"
    " FROM customers AS c"
    " LEFT JOIN companies AS k ON k.team_id = c.team_id AND k.company_id = c.company_id"
    " LEFT JOIN users AS o ON o.team_id = c.team_id AND o.user_id = c.owner"
    " LEFT JOIN users AS t ON t.team_id = c.team_id AND t.user_id = c.last_touch_by"
    " WHERE c.team_id = ? AND c.customer_id IN {many}"
)
# Neither kind nor order is asked of the database, which would walk all of the team's addresses for them.
_POINTS: Final = plain(
    "SELECT point_id, owner_row, kind, state, value FROM contact_points WHERE team_id = ? AND owner_row IN {many}"
)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer's brief and what else the look-up weighs; `owner_id` is a user's id, points stand in their order."""

    brief: CustomerBrief
    owner_id: str | None
    level: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]

    @property
    def candidate(self) -> Candidate:
        """What the ranking compares."""
        return Candidate(self.brief.customer_id, self.brief.name, self.brief.company or "", self.emails, self.phones)


def people(work: Work, customer_ids: Iterable[str]) -> dict[str, Person]:
    """Those of the customers who are neither removed nor merged, by id."""
    work.flush()
    found: dict[str, Person] = {}
    for some in in_groups(list(dict.fromkeys(customer_ids)), _AT_ONCE):
        points: dict[tuple[str, str], list[str]] = {}
        live: dict[str, str] = {}
        for _, owner_row, kind, state, value in sorted(read_plain(work, _POINTS, TEAM, list(some)), key=itemgetter(0)):
            points.setdefault((owner_row, kind), []).append(value)
            if kind == "email" and state == "live":
                live.setdefault(owner_row, value)
        for *told, gone in read_plain(work, _PEOPLE, TEAM, list(some)):
            if gone:
                continue
            customer_id, name, company, company_id, owner_id, owner, touch_at, touch_kind, touch_by, check, level = told
            brief = CustomerBrief(
                customer_id=customer_id,
                name=name,
                company=company,
                company_id=company_id,
                email=live.get(customer_id),
                owner=owner,
                last_touch_at=moment(touch_at),
                last_touch_kind=touch_kind,
                last_touch_by=touch_by,
                needs_check=bool(check),
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
