"""Cleo's team: small, in another workspace, and marked in every text, so that a leak can be searched for."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from bot.demo.accounts import ROLES
from bot.demo.deals import SALES
from bot.demo.orders import at, weekday
from bot.demo.values import (
    Behaviour,
    DemoChannelLine,
    DemoCommunication,
    DemoCompany,
    DemoDeal,
    DemoDealEvent,
    DemoDealPerson,
    DemoNeed,
    DemoOrder,
    DemoOrderLine,
    DemoPerson,
    DemoPoint,
    DemoProduct,
    DemoTask,
    DemoTeam,
    DemoUser,
    Direction,
    Kind,
)
from crm_store.money import Money

MARK = "CLEO-ONLY"
_CLEO = "U_CLEO"
_USER = DemoUser(_CLEO, "Cleo Marchetti", "cleo@linden.example", "manager", "Europe/Paris")
_COMPANIES = (
    ("umbrella", "Umbrella Foods", "food"),
    ("quince", "Quince & Daughters", "retail"),
    ("tallow", "Tallow Street Bakery", "food"),
    ("pomelo", "Pomelo Hotels", "hospitality"),
    ("juniperlane", "Juniper Lane Clinic", "health"),
    ("cresset", "Cresset Events", "hospitality"),
)
# None of these names occurs among the first team's, so that any of them seen there is a leak.
_NAMES = (
    "Odile Carpentier",
    "Mirko Tasso",
    "Perrine Aubertin",
    "Silvano Brusca",
    "Clotilde Vasseur",
    "Renzo Paladini",
    "Ludivine Charron",
    "Ettore Zambelli",
    "Maelys Thibault",
    "Corrado Ferrante",
    "Eglantine Poirier",
    "Tullio Mazzanti",
    "Bertille Lacombe",
    "Ivano Scarpa",
)
_CRATE = DemoProduct("product-crate", "Fruit crate", Money(34_00, "EUR"))
_WORDS = (
    "wants the crates before seven.",
    "asked for two more crates in summer.",
    "is happy with the pears, less with the invoice.",
    "thinks about a standing order.",
)


def make(today: date, seed: int) -> DemoTeam:
    """Linden Fruit as of `today`: 6 companies, 15 people; one of them is called Ann Lee as well."""
    chance = Random(seed + 1)  # noqa: S311 - a story told the same way twice, no secret
    since = today - timedelta(days=400)
    companies = tuple(
        DemoCompany(f"other-{word}", name, f"{word}.example", industry, "France", 40, _CLEO, since, Behaviour.REGULAR)
        for word, name, industry in _COMPANIES
    )
    people = _people(companies, since)
    communications = _communications(chance, people, today)
    deal = _deal(people[0], today)
    orders = tuple(_order(number, person, chance, today) for number, person in enumerate(people[:8]))
    yesterday = datetime.combine(today - timedelta(days=1), time(9), UTC)
    return DemoTeam(
        name="Linden Fruit",
        domain="linden.example",
        currency="EUR",
        today=today,
        users=(_USER,),
        companies=companies,
        people=people,
        duplicates=(),
        products=(_CRATE,),
        pipelines=(SALES,),
        deals=(deal,),
        orders=tuple(sorted(orders, key=lambda order: order.ordered_at)),
        communications=communications,
        needs=(DemoNeed(people[0].key, f"{MARK} crates in paper, not plastic", "open", yesterday),),
        tasks=(
            DemoTask(
                "other-task-1",
                f"{MARK} call Ann Lee about the standing order",
                _CLEO,
                people[0].key,
                deal.key,
                yesterday,
                datetime.combine(today, time(8), UTC),
                None,
            ),
        ),
        consents=(),
        suppressions=(),
        channel_lines=(
            DemoChannelLine("C_CLEO", _CLEO, yesterday, f"{MARK} Ann Lee of Umbrella Foods called twice.", "other-1"),
        ),
    )


def _people(companies: tuple[DemoCompany, ...], since: date) -> tuple[DemoPerson, ...]:
    made = [_person("other-ann-lee", "Ann Lee", companies[0], since)]
    for number, name in enumerate(_NAMES, start=1):
        made.append(_person(f"other-{number:02d}", name, companies[number % len(companies)], since))
    return tuple(made)


def _person(key: str, name: str, company: DemoCompany, since: date) -> DemoPerson:
    title = list(ROLES)[sum(key.encode()) % len(ROLES)]
    local = name.lower().replace(" ", ".")
    point = DemoPoint("email", f"{local}@{company.domain}", "mail", since)
    return DemoPerson(key, name, title, company.key, _CLEO, "en", since, (point,))


def _communications(chance: Random, people: tuple[DemoPerson, ...], today: date) -> tuple[DemoCommunication, ...]:
    said = []
    for number in range(60):
        person = people[number % len(people)]
        day = weekday(today - timedelta(days=1 + number * 6), today - timedelta(days=1))
        kind = chance.choice((Kind.MAIL, Kind.CALL))
        direction = chance.choice((Direction.INCOMING, Direction.OUTGOING))
        subject = f"{MARK} crates" if kind is Kind.MAIL else None
        text = f"{MARK} {person.name} {chance.choice(_WORDS)}"
        key = f"other-communication-{number:02d}"
        said.append(DemoCommunication(key, kind, direction, at(day, chance), subject, text, (person.key,), _CLEO))
    return tuple(sorted(said, key=lambda one: one.happened_at))


def _deal(person: DemoPerson, today: date) -> DemoDeal:
    opened = datetime.combine(today - timedelta(days=30), time(10), UTC)
    return DemoDeal(
        key="other-deal",
        title=f"{MARK} standing order",
        company=person.company or "",
        people=(DemoDealPerson(person.key, "buyer"),),
        owner=_CLEO,
        pipeline=SALES.key,
        stage="stage-proposal",
        state="open",
        amount=Money(4200_00, "EUR"),
        source="inbound",
        discount_percent=0,
        opened_at=opened,
        close_on=today + timedelta(days=20),
        closed_at=None,
        lost_reason=None,
        events=(
            DemoDealEvent(opened, "stage", None, "stage-lead", _CLEO),
            DemoDealEvent(opened + timedelta(days=6), "stage", "stage-lead", "stage-proposal", _CLEO),
        ),
    )


def _order(number: int, person: DemoPerson, chance: Random, today: date) -> DemoOrder:
    quantity = chance.randint(2, 30)
    line = DemoOrderLine(_CRATE.key, quantity, _CRATE.price)
    moment = at(weekday(today - timedelta(days=5 + 17 * number), today - timedelta(days=1)), chance)
    total = Money(_CRATE.price.minor * quantity, "EUR")
    return DemoOrder(f"LIN-{500 + number}", person.company or "", person.key, moment, (line,), total, None)
