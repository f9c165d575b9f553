"""What is to be done and what people asked for: tasks, needs, consents, and addresses that want no more mail."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.demo import phrases
from bot.demo.orders import at, weekday
from bot.demo.talk import Cast, slots
from bot.demo.values import (
    DemoCommunication,
    DemoConsent,
    DemoDeal,
    DemoNeed,
    DemoPerson,
    DemoSuppression,
    DemoTask,
    Direction,
)

_DONE, _OVERDUE, _TODAY, _LATER = 120, 11, 7, 24
_NEEDS = 90
_WORDING = "Yes, Halyard may send me news about its products by e-mail. I can take this back at any time."


def tasks(chance: Random, deals: Iterable[DemoDeal], cast: Cast) -> tuple[DemoTask, ...]:
    """Done, overdue, due today and later ones, mostly about open deals, for both colleagues."""
    open_deals = [deal for deal in deals if deal.state == "open"]
    made = [_promised_to_ann(cast)]
    spans = [(-400, -3)] * _DONE + [(-12, -1)] * _OVERDUE + [(0, 0)] * (_TODAY - 1) + [(1, 28)] * _LATER
    everybody = list(cast.people.values())
    for number, (earliest, latest) in enumerate(spans):
        is_done = number < _DONE
        deal = chance.choice(open_deals) if not is_done and chance.random() < 0.75 else None
        person = cast.people[deal.people[0].person] if deal else chance.choice(everybody)
        owner = deal.owner if deal else person.owner
        due_on = cast.today + timedelta(days=chance.randint(earliest, latest))
        if latest > 0:
            due_on += timedelta(days=(7 - due_on.weekday()) * (due_on.weekday() > 4))
        elif latest < 0:
            due_on = weekday(due_on, due_on)
        made.append(_task(chance, number + 1, due_on, person, owner, deal, is_done, cast))
    return tuple(made)


def _task(
    chance: Random,
    number: int,
    due_on: date,
    person: DemoPerson,
    owner: str,
    deal: DemoDeal | None,
    is_done: bool,
    cast: Cast,
) -> DemoTask:
    yesterday = cast.today - timedelta(days=1)
    made_at = at(weekday(min(due_on, cast.today) - timedelta(days=chance.randint(2, 12)), yesterday), chance)
    due_at = _morning(due_on, owner, cast)
    done_at = None
    if is_done:
        late = timedelta(days=chance.choice((-1, 0, 0, 0, 1, 1)), hours=chance.randint(0, 5))
        done_at = min(due_at + late, datetime.combine(yesterday, time(15), UTC))
        done_at = max(done_at, made_at + timedelta(minutes=30))
    title = phrases.fill(chance, chance.choice(phrases.TASKS), **slots(cast, person, owner))
    return DemoTask(
        f"task-{number:03d}", title, owner, person.key, deal.key if deal else None, made_at, due_at, done_at
    )


def _promised_to_ann(cast: Cast) -> DemoTask:
    made_at = datetime.combine(weekday(cast.today - timedelta(days=3), cast.today), time(10, 5), UTC)
    due_at = _morning(cast.today, "U_ADA", cast)
    return DemoTask(
        "task-000", "Send quote for 40 seats to Ann", "U_ADA", "person-ann-lee", None, made_at, due_at, None
    )


def _morning(day: date, user: str, cast: Cast) -> datetime:
    """Nine o'clock where that colleague lives."""
    return datetime.combine(day, time(9), ZoneInfo(cast.users[user].time_zone)).astimezone(UTC)


def needs(chance: Random, said: Iterable[DemoCommunication], cast: Cast) -> tuple[DemoNeed, ...]:
    """What customers said they want, older ones mostly met by now."""
    incoming = [one for one in said if one.direction is Direction.INCOMING]
    chosen = sorted(chance.sample(incoming, min(_NEEDS, len(incoming))), key=lambda one: one.happened_at)
    made = [_need(chance, one, cast) for one in chosen if one.people[0] != "person-ann-lee"]
    for one in incoming:
        if one.subject == "Quote for 40 seats" and one.people == ("person-ann-lee",):
            made.append(DemoNeed("person-ann-lee", "40 seats, gateways as a separate line", "open", one.happened_at))
    return tuple(made)


def _need(chance: Random, one: DemoCommunication, cast: Cast) -> DemoNeed:
    age = (cast.today - one.happened_at.date()).days
    state = "met" if chance.random() < min(0.85, age / 200) else "open"
    return DemoNeed(one.people[0], phrases.fill(chance, chance.choice(phrases.NEEDS)), state, one.happened_at)


def consents(chance: Random, cast: Cast) -> tuple[DemoConsent, ...]:
    """Three of five people agreed to news; some took it back."""
    given = []
    for person in cast.people.values():
        if person.address is None or chance.random() > 0.6:
            continue
        span = (cast.today - person.since).days
        day = weekday(person.since + timedelta(days=chance.randint(0, max(0, span - 2))), cast.today)
        given_at = at(max(day, person.since), chance)
        withdrawn_at = None
        if span > 60 and chance.random() < 0.09 and (cast.today - given_at.date()).days > 20:
            later = chance.randint(10, (cast.today - given_at.date()).days - 1)
            withdrawn_at = given_at + timedelta(days=later)
        given.append(DemoConsent(person.key, "newsletter", "consent", _WORDING, given_at, withdrawn_at))
    return tuple(given)


def suppressions(chance: Random, given: Iterable[DemoConsent], cast: Cast) -> tuple[DemoSuppression, ...]:
    """Those who unsubscribed, and some addresses that bounced or complained."""
    made = []
    for consent in given:
        address = cast.people[consent.person].address
        if consent.withdrawn_at is not None and address is not None:
            made.append(DemoSuppression(address, "unsubscribed", consent.withdrawn_at))
    withdrawn = {one.address for one in made}
    rest = [person for person in cast.people.values() if person.address and person.address not in withdrawn]
    rest = [person for person in rest if person.key not in {"person-ann-lee", "person-john-smith"}]
    for number, person in enumerate(chance.sample(rest, 9)):
        day = weekday(cast.today - timedelta(days=chance.randint(2, 200)), cast.today)
        made.append(
            DemoSuppression(person.address or "", "complaint" if number == 0 else "hard bounce", at(day, chance))
        )
    return tuple(sorted(made, key=lambda one: one.since))
