"""The demo's companies and people as rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.demo.values import DemoCommunication, DemoPerson, DemoTeam
from crm_store.ids import Prefix, new_id
from crm_store.matching.companies import company_key
from crm_store.matching.contact_points import email_key, phone_digits
from crm_store.queries.identity import name_key

Rows = Iterator[dict[str, Any]]


def morning(day: date) -> datetime:
    """Eight o'clock of a day of which only the date is known."""
    return datetime.combine(day, time(8), UTC)


@dataclass(frozen=True, slots=True)
class Names:
    """The store's ids of what the demo calls by key."""

    users: dict[str, str]
    companies: dict[str, str]
    people: dict[str, str]
    deals: dict[str, str]

    @classmethod
    def of(cls, demo: DemoTeam, users: dict[str, str]) -> "Names":
        """Ids for everything, each made for the day it stands for."""
        return cls(
            users,
            {one.key: new_id(Prefix.COMPANY, morning(one.since)) for one in demo.companies},
            {one.key: new_id(Prefix.CUSTOMER, morning(one.since)) for one in demo.people},
            {one.key: new_id(Prefix.DEAL, one.opened_at) for one in demo.deals},
        )


def tables(demo: DemoTeam, names: Names) -> list[tuple[str, Rows]]:
    """Tables with their rows, parents first."""
    return [
        ("companies", _companies(demo, names)),
        ("company_domains", _domains(demo, names)),
        ("customers", _customers(demo, names)),
        ("contact_points", _points(demo, names)),
        ("affiliations", _affiliations(demo, names)),
        ("needs", _needs(demo, names)),
        ("consents", _consents(demo, names)),
        ("suppressions", _suppressions(demo)),
    ]


def _companies(demo: DemoTeam, names: Names) -> Rows:
    for one in demo.companies:
        yield {
            "company_id": names.companies[one.key],
            "name": one.name,
            "name_key": company_key(one.name)[:200],
            "industry": one.industry,
            "country": one.country,
            "created_at": morning(one.since),
            "version": 1,
        }


def _domains(demo: DemoTeam, names: Names) -> Rows:
    for one in demo.companies:
        yield {"domain": one.domain, "company_id": names.companies[one.key], "source": "chat"}


def _customers(demo: DemoTeam, names: Names) -> Rows:
    last = _last_touches(demo)
    for one in demo.people:
        touch = last.get(one.key)
        yield {
            "customer_id": names.people[one.key],
            "name": one.name,
            "name_key": name_key(one.name),
            "title": one.title,
            "company_id": names.companies[one.company] if one.company else None,
            "owner": names.users[one.owner],
            "level": "team",
            "source": one.points[0].source if one.points else "chat",
            "needs_check": False,
            "created_at": morning(one.since),
            "last_touch_at": touch.happened_at if touch else None,
            "last_touch_kind": touch.kind.value if touch else None,
            "last_touch_by": names.users[touch.user] if touch else None,
            "version": 1,
        }


def _last_touches(demo: DemoTeam) -> dict[str, DemoCommunication]:
    last: dict[str, DemoCommunication] = {}
    for said in sorted(demo.communications, key=lambda one: one.happened_at):
        last |= dict.fromkeys(said.people, said)
    return last


def _points(demo: DemoTeam, names: Names) -> Rows:
    for person in demo.people:
        for place, point in enumerate(person.points):
            key = email_key(point.value) if point.kind == "email" else phone_digits(point.value)
            yield {
                "point_id": new_id(Prefix.POINT, morning(person.since) + timedelta(milliseconds=place)),
                "owner_row": names.people[person.key],
                "kind": point.kind,
                "value": point.value,
                "value_key": key,
                "source": point.source,
                "confidence": 1.0,
                "state": "live",
                "last_seen": morning(point.last_seen),
            }


def _affiliations(demo: DemoTeam, names: Names) -> Rows:
    for person in demo.people:
        for before in person.former:
            yield _affiliation(names, person, before.company, before.title, before.since, before.until)
        if person.company is not None:
            yield _affiliation(names, person, person.company, person.title, person.since, None)


def _affiliation(
    names: Names, person: DemoPerson, company: str, title: str | None, since: date, until: date | None
) -> dict[str, Any]:
    return {
        "affiliation_id": new_id(Prefix.AFFILIATION, morning(since)),
        "customer_id": names.people[person.key],
        "company_id": names.companies[company],
        "title": title,
        "since": morning(since),
        "until": morning(until) if until else None,
    }


def _needs(demo: DemoTeam, names: Names) -> Rows:
    for one in demo.needs:
        yield {
            "need_id": new_id(Prefix.NEED, one.stated_at),
            "customer_id": names.people[one.person],
            "text": one.text,
            "state": one.state,
            "communication_id": None,
            "created_at": one.stated_at,
        }


def _consents(demo: DemoTeam, names: Names) -> Rows:
    for one in demo.consents:
        yield {
            "customer_id": names.people[one.person],
            "purpose": one.purpose,
            "basis": one.basis,
            "wording": one.wording,
            "given": one.withdrawn_at is None,
            "at": one.withdrawn_at or one.given_at,
        }


def _suppressions(demo: DemoTeam) -> Rows:
    for one in demo.suppressions:
        yield {"value_key": email_key(one.address), "scope": "marketing", "reason": one.reason, "at": one.since}
