"""The demo team as one value: the same for the same day and seed, without a look at any clock."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from bot.demo import accounts, agenda, channel, deals, flaws, orders, second_team, talk
from bot.demo.values import (
    Behaviour,
    DemoCommunication,
    DemoCompany,
    DemoDeal,
    DemoDuplicate,
    DemoOrder,
    DemoPerson,
    DemoPoint,
    DemoTeam,
    DemoUser,
    Kind,
)

USERS = (
    DemoUser("U_ADA", "Ada Okonkwo", "ada@halyard.example", "rep", "Europe/Berlin"),
    DemoUser("U_BEN", "Ben Hartmann", "ben@halyard.example", "manager", "Europe/London"),
)


def make(today: date, seed: int = 7) -> DemoTeam:
    """Halyard Metering as of `today`: 120 companies, 400 people, eighteen months of deals, orders and talk."""
    chance = Random(seed)  # noqa: S311 - a story told the same way twice, no secret
    companies = accounts.companies(chance, today)
    people = accounts.people(chance, companies, today)
    courses = deals.courses(chance, companies, people, today)
    all_deals = tuple(course.deal for course in courses)
    all_orders = orders.orders(chance, companies, people, list(all_deals), today)
    again, pairs = flaws.duplicates(chance, people, companies, today)
    cast = talk.Cast(
        {user.slack_user_id: user for user in USERS},
        {company.key: company for company in companies},
        {person.key: person for person in (*people, *again)},
        today,
    )
    said = [
        *talk.about_deals(chance, courses, cast),
        *talk.about_orders(chance, all_orders, cast),
        *talk.between(chance, all_orders, cast),
        *talk.known_people(cast),
    ]
    forgotten = _lost_from_sight(chance, companies, all_deals, all_orders, today)
    communications = talk.in_order(_partly_with_second_rows(chance, said, again, pairs), forgotten, cast)
    cast = _with_true_days(cast, communications, all_orders, all_deals)
    consents = agenda.consents(chance, cast)
    return DemoTeam(
        name="Halyard Metering",
        domain="halyard.example",
        currency="EUR",
        today=today,
        users=USERS,
        companies=tuple(cast.companies.values()),
        people=tuple(accounts.with_former_employers(chance, list(cast.people.values()), companies)),
        duplicates=tuple(pairs),
        products=orders.PRODUCTS,
        pipelines=(deals.SALES,),
        deals=all_deals,
        orders=tuple(all_orders),
        communications=communications,
        needs=agenda.needs(chance, communications, cast),
        tasks=agenda.tasks(chance, all_deals, cast),
        consents=consents,
        suppressions=agenda.suppressions(chance, consents, cast),
        channel_lines=channel.lines(all_deals, cast),
    )


def make_other(today: date, seed: int = 7) -> DemoTeam:
    """Cleo's team in another workspace, of which the first must never see anything."""
    return second_team.make(today, seed)


def _lost_from_sight(
    chance: Random,
    companies: list[DemoCompany],
    all_deals: tuple[DemoDeal, ...],
    all_orders: list[DemoOrder],
    today: date,
) -> set[str]:
    """Ten companies that still buy but with whom nobody has spoken for three months."""
    limit = today - timedelta(days=talk.LOST_TOUCH_DAYS + 5)
    busy = {deal.company for deal in all_deals if deal.close_on >= limit}
    buying = {order.company for order in all_orders}
    quiet = [company.key for company in companies if company.key in buying - busy]
    steady = {company.key for company in companies if company.behaviour is Behaviour.REGULAR}
    ranked = sorted(quiet, key=lambda key: (key not in steady, chance.random()))
    return set(ranked[:10])


def _partly_with_second_rows(
    chance: Random, said: list[DemoCommunication], again: list[DemoPerson], pairs: list[DemoDuplicate]
) -> list[DemoCommunication]:
    """A third of what was said with somebody entered twice is filed to the second row, as it happens."""
    second = {pair.original: person for pair, person in zip(pairs, again, strict=True)}
    result = []
    for one in said:
        row = second.get(one.people[0])
        is_known = one.people[0] == "person-ann-lee"  # Her history stays whole, since the documentation shows it.
        if row is None or is_known or len(one.people) > 1 or chance.random() > 0.35:
            result.append(one)
        else:
            result.append(replace(one, people=(row.key,)))
    return result


def _with_true_days(
    cast: talk.Cast,
    communications: tuple[DemoCommunication, ...],
    all_orders: list[DemoOrder],
    all_deals: tuple[DemoDeal, ...],
) -> talk.Cast:
    """Nobody is known later than their first order, deal or word; an address was last seen in the last mail."""
    first: dict[str, date] = {}
    last_mail: dict[str, date] = {}
    days = [(key, one.happened_at.date()) for one in communications for key in one.people]
    days += [(order.person, order.ordered_at.date()) for order in all_orders]
    days += [(one.person, deal.opened_at.date()) for deal in all_deals for one in deal.people]
    for key, day in days:
        first[key] = min(day, first.get(key, day))
    for said in communications:
        if said.kind is Kind.MAIL:
            last_mail[said.people[0]] = said.happened_at.date()
    people = {key: _person_since(person, first.get(key), last_mail.get(key)) for key, person in cast.people.items()}
    since: dict[str, date] = {}
    for person in people.values():
        if person.company is not None:
            since[person.company] = min(person.since, since.get(person.company, person.since))
    companies: dict[str, DemoCompany] = {}
    for key, company in cast.companies.items():
        companies[key] = replace(company, since=min(company.since, since.get(key, company.since)))
    return replace(cast, people=people, companies=companies)


def _person_since(person: DemoPerson, first: date | None, last_mail: date | None) -> DemoPerson:
    since = min(person.since, first or person.since)
    points = tuple(_seen(point, since, last_mail) for point in person.points)
    return replace(person, since=since, points=points)


def _seen(point: DemoPoint, since: date, last_mail: date | None) -> DemoPoint:
    if point.kind == "email" and last_mail is not None:
        return replace(point, last_seen=last_mail)
    return replace(point, last_seen=max(point.last_seen, since))
