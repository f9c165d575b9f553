"""Eighteen months of mails, calls, meetings and messages: about deals, about orders, and between them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from bot.demo import phrases
from bot.demo.deals import Course
from bot.demo.orders import at, churned_on, weekday
from bot.demo.values import (
    Behaviour,
    DemoCommunication,
    DemoCompany,
    DemoOrder,
    DemoPerson,
    DemoUser,
    Direction,
    Kind,
)

LOST_TOUCH_DAYS = 95
_WHOLE_NAMES = {"ja", "zh", "ko", "vi", "ar", "hi", "ru", "el"}


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody by key, and the day after the last day of the history."""

    users: dict[str, DemoUser]
    companies: dict[str, DemoCompany]
    people: dict[str, DemoPerson]
    today: date


def first_name(person: DemoPerson) -> str:
    """How a mail addresses the person: by the given name, or whole where that is the custom."""
    return person.name if person.language in _WHOLE_NAMES else person.name.split()[0]


def slots(cast: Cast, person: DemoPerson, user: str) -> dict[str, str]:
    """What the phrases say of the two who talk."""
    company = cast.companies[person.company].name.removeprefix("The ").split()[0] if person.company else "the office"
    me = cast.users[user].name.split()[0]
    return {"first": first_name(person), "name": person.name, "company": company, "me": me}


def about_deals(chance: Random, courses: list[Course], cast: Cast) -> Iterator[DemoCommunication]:
    """As many touches as the deal's course says, over the deal's life; responsive customers answer more and sooner."""
    for course in courses:
        yield from _about_deal(chance, course, cast)


def _about_deal(chance: Random, course: Course, cast: Cast) -> Iterator[DemoCommunication]:
    deal = course.deal
    last_day = deal.closed_at.date() if deal.closed_at else cast.today - timedelta(days=1)
    if course.silent_since:
        last_day = min(last_day, course.silent_since)
    opened = deal.opened_at
    life = max(1.0, (last_day - opened.date()).days)
    subject = fill_subject(chance, "opening", cast, course)
    previous: tuple[datetime, Direction] | None = None
    for touch in range(course.touches):
        share = (touch + chance.random()) / course.touches
        mood = "opening" if touch == 0 else "closing" if share > 0.75 else "middle"
        if touch == course.touches // 2:
            subject = fill_subject(chance, mood, cast, course)
        kind = chance.choices((Kind.MAIL, Kind.CALL, Kind.MEETING, Kind.MESSAGE), (60, 22, 11, 7))[0]
        direction = _direction(chance, kind, touch, course)
        moment = at(weekday(opened.date() + timedelta(days=round(share * life)), last_day), chance)
        if previous and direction is Direction.INCOMING and previous[1] is Direction.OUTGOING:
            hours = 1 + (1.05 - course.responsiveness) * chance.expovariate(1 / 50)
            moment = _in_office_hours(previous[0] + timedelta(hours=hours), last_day)
        moment = max(moment, opened + timedelta(minutes=5 * (touch + 1)))
        people = [cast.people[one.person] for one in deal.people]
        speaking = people[0] if chance.random() < 0.7 else chance.choice(people)
        text = _text(chance, kind, direction, mood, cast, speaking, deal.owner)
        present = tuple(person.key for person in people) if kind is Kind.MEETING else (speaking.key,)
        thread = f"{deal.key}-{int(touch >= course.touches // 2)}" if kind is Kind.MAIL else None
        shown = _with_prefix(subject, touch) if kind is Kind.MAIL else None
        yield _said(kind, direction, moment, shown, text, present, deal.owner, deal.key, thread)
        previous = (moment, direction)


def fill_subject(chance: Random, mood: str, cast: Cast, course: Course) -> str:
    """A subject for this part of a deal."""
    person = cast.people[course.deal.people[0].person]
    return phrases.fill(chance, chance.choice(phrases.SUBJECTS[mood]), **slots(cast, person, course.deal.owner))


def _direction(chance: Random, kind: Kind, touch: int, course: Course) -> Direction:
    if kind is Kind.MESSAGE:
        return Direction.INTERNAL
    if touch == 0:
        return Direction.INCOMING if course.deal.source == "inbound" else Direction.OUTGOING
    return Direction.INCOMING if chance.random() < 0.1 + 0.7 * course.responsiveness else Direction.OUTGOING


def _in_office_hours(moment: datetime, last: date) -> datetime:
    day = weekday(moment.date(), last)
    return datetime.combine(day, time(min(17, max(7, moment.hour)), moment.minute), UTC)


def _with_prefix(subject: str, touch: int) -> str:
    return subject if touch == 0 else f"Re: {subject}"


def _text(
    chance: Random, kind: Kind, direction: Direction, mood: str, cast: Cast, person: DemoPerson, user: str
) -> str:
    words = slots(cast, person, user)
    if kind is Kind.MAIL and direction is Direction.INCOMING:
        return phrases.mail_in(chance, mood, person.language, **words)
    if kind is Kind.MAIL:
        return phrases.mail_out(chance, "care" if mood == "trouble" else mood, **words)
    notes = (
        phrases.MESSAGES if kind is Kind.MESSAGE else (phrases.CALLS if kind is Kind.CALL else phrases.MEETINGS)[mood]
    )
    return phrases.fill(chance, chance.choice(notes), **words)


def _said(
    kind: Kind,
    direction: Direction,
    moment: datetime,
    subject: str | None,
    text: str,
    people: tuple[str, ...],
    user: str,
    deal: str | None = None,
    thread: str | None = None,
) -> DemoCommunication:
    """A communication whose key is given later, in order of time."""
    return DemoCommunication("", kind, direction, moment, subject, text, people, user, deal, thread)


def about_orders(chance: Random, orders: Iterable[DemoOrder], cast: Cast) -> Iterator[DemoCommunication]:
    """One order in six is talked about in the days after it."""
    for order in orders:
        if chance.random() > 1 / 6:
            continue
        yesterday = cast.today - timedelta(days=1)
        day = weekday(order.ordered_at.date() + timedelta(days=chance.randint(1, 8)), yesterday)
        if day > order.ordered_at.date():
            yield _care(chance, cast, cast.people[order.person], day, "care")


def between(chance: Random, orders: Iterable[DemoOrder], cast: Cast) -> Iterator[DemoCommunication]:
    """A look in now and then at those who buy; those who turn away complain first and fall silent."""
    buyer = {order.company: order.person for order in orders}
    for company in cast.companies.values():
        if company.key not in buyer or company.behaviour is Behaviour.ONCE:
            continue
        person = cast.people[buyer[company.key]]
        churned = company.behaviour is Behaviour.CHURNED
        end = churned_on(company, cast.today) if churned else cast.today - timedelta(days=1)
        day = company.since + timedelta(days=chance.randint(30, 110))
        while day < end:
            trouble = 0.75 if churned and (end - day).days < 120 else 0.08
            mood = "trouble" if chance.random() < trouble else "care"
            yield _care(chance, cast, person, weekday(day, end), mood)
            day += timedelta(days=chance.randint(60, 150))


def _care(chance: Random, cast: Cast, person: DemoPerson, day: date, mood: str) -> DemoCommunication:
    kind = chance.choices((Kind.MAIL, Kind.CALL, Kind.MEETING), (65, 28, 7))[0]
    is_incoming = mood == "trouble" or chance.random() < 0.45
    direction = Direction.INCOMING if is_incoming else Direction.OUTGOING
    user = person.owner
    text = _text(chance, kind, direction, mood, cast, person, user)
    subject = None
    if kind is Kind.MAIL:
        subject = phrases.fill(chance, chance.choice(phrases.SUBJECTS[mood]), **slots(cast, person, user))
    return _said(kind, direction, at(day, chance), subject, text, (person.key,), user)


def known_people(cast: Cast) -> Iterator[DemoCommunication]:
    """What was last said with John Smith and Ann Lee, the same for every seed, since the documentation shows it."""
    ann, john = "person-ann-lee", "person-john-smith"
    for days, kind, direction, subject, text, person in (
        (40, Kind.CALL, Direction.OUTGOING, None, "Ann likes the pilot in Leeds. Renewal is in her budget.", ann),
        (12, Kind.MEETING, Direction.OUTGOING, None, "Demo for Ann and her plant manager, an hour on alarms.", ann),
        (3, Kind.MAIL, Direction.INCOMING, "Quote for 40 seats", _ANN_WROTE, ann),
        (33, Kind.MAIL, Direction.OUTGOING, "Renewal in the new year", _TO_JOHN, john),
        (6, Kind.MAIL, Direction.INCOMING, "Re: Renewal in the new year", _JOHN_WROTE, john),
    ):
        day = weekday(cast.today - timedelta(days=days), cast.today - timedelta(days=1))
        moment = datetime.combine(day, time(9, 40), UTC)
        thread = f"known-{person}" if kind is Kind.MAIL else None
        yield _said(kind, direction, moment, subject, text, (person,), "U_ADA", None, thread)
    private = weekday(cast.today - timedelta(days=20), cast.today - timedelta(days=1))
    note = _said(
        Kind.CALL,
        Direction.OUTGOING,
        datetime.combine(private, time(12, 15), UTC),
        None,
        "Lunch with Ann. She may leave in May, and would put in a word for us at the next place.",
        (ann,),
        "U_ADA",
    )
    yield replace(note, level="private")


_ANN_WROTE = (
    "Hi Ada,\n\nthe pilot convinced everybody here. Please send me a quote for 40 seats by Friday,"
    " with the gateways as a separate line.\n\nBest regards\nAnn Lee\nEnergy Manager, Globex"
)
_TO_JOHN = (
    "Hello John,\n\nyour licences run until the end of the year. Shall we talk about the renewal,"
    " and about the second hall you mentioned?\n\nBest\nAda"
)
_JOHN_WROTE = (
    "Ada,\n\nyes, let us. The second hall needs about 25 meters. I can promise nothing before our budget round.\n\n"
    "John Smith\nHead of Procurement\nAcme Corporation"
)


def in_order(said: Iterable[DemoCommunication], forgotten: set[str], cast: Cast) -> tuple[DemoCommunication, ...]:
    """All communications by time, with keys, without the late ones at companies that were lost from sight."""
    limit = datetime.combine(cast.today - timedelta(days=LOST_TOUCH_DAYS), time(), UTC)
    kept = [one for one in said if one.happened_at < limit or cast.people[one.people[0]].company not in forgotten]
    kept.sort(key=lambda one: (one.happened_at, one.text))
    return tuple(replace(one, key=f"communication-{number:04d}") for number, one in enumerate(kept))
