"""What the demo team sells, and eighteen months of orders as companies of each behaviour place them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from bot.demo.accounts import HISTORY_DAYS
from bot.demo.values import Behaviour, DemoCompany, DemoDeal, DemoOrder, DemoOrderLine, DemoPerson, DemoProduct
from crm_store.money import Money

PRODUCTS = (
    DemoProduct("product-seat", "Seat", Money(120_00, "EUR")),
    DemoProduct("product-seat-plus", "Seat Plus", Money(190_00, "EUR")),
    DemoProduct("product-meter", "Meter M1", Money(89_00, "EUR")),
    DemoProduct("product-meter-3", "Meter M3 three-phase", Money(159_00, "EUR")),
    DemoProduct("product-gateway", "Gateway G2", Money(349_00, "EUR")),
    DemoProduct("product-sensors", "Sensor pack", Money(64_50, "EUR")),
    DemoProduct("product-onboarding", "Onboarding day", Money(950_00, "EUR")),
    DemoProduct("product-support", "Support plan", Money(480_00, "EUR")),
)
_BY_KEY = {product.key: product for product in PRODUCTS}
_HARDWARE = ("product-meter", "product-meter-3", "product-gateway", "product-sensors")


@dataclass(frozen=True, slots=True)
class _Habit:
    """How often a company orders and of what size, before chance moves both."""

    gap_days: float
    regularity: float  # The shape of a gamma distribution: the higher, the more even the gaps.
    size: float


_HABITS = {
    Behaviour.REGULAR: _Habit(48, 6.0, 1.0),
    Behaviour.BIG: _Habit(24, 3.0, 4.0),
    Behaviour.CHURNED: _Habit(42, 3.0, 0.9),
    Behaviour.SEASONAL: _Habit(20, 4.0, 1.3),
}


def at(day: date, chance: Random) -> datetime:
    """A moment in office hours of that day."""
    return datetime.combine(day, time(chance.randint(7, 16), chance.randint(0, 59)), UTC)


def weekday(day: date, last: date) -> date:
    """That day, or the weekday before it, and never one after `last`."""
    day = min(day, last)
    return day - timedelta(days=max(0, day.weekday() - 4))


def churned_on(company: DemoCompany, today: date) -> date:
    """The day a churned company turned away: five to eleven months ago, told by its name alone."""
    return today - timedelta(days=150 + sum(company.key.encode()) % 180)


def buyers(all_people: list[DemoPerson]) -> dict[str, list[DemoPerson]]:
    """The one or two people of each company who place its orders."""
    found: dict[str, list[DemoPerson]] = {}
    for person in all_people:
        if person.company is not None and len(found.setdefault(person.company, [])) < 2:
            found[person.company].append(person)
    return found


def orders(
    chance: Random,
    all_companies: list[DemoCompany],
    all_people: list[DemoPerson],
    deals: list[DemoDeal],
    today: date,
) -> list[DemoOrder]:
    """Orders of all companies in order of time: by habit, and after two of three won deals."""
    who = buyers(all_people)
    placed: list[tuple[datetime, DemoCompany, DemoDeal | None]] = []
    for company in all_companies:
        placed += [(at(day, chance), company, None) for day in _days(chance, company, today)]
    by_key = {company.key: company for company in all_companies}
    yesterday = today - timedelta(days=1)
    for deal in deals:
        if deal.state == "won" and deal.closed_at is not None and chance.random() < 0.67:
            day = weekday(deal.closed_at.date() + timedelta(days=chance.randint(1, 9)), yesterday)
            if day > deal.closed_at.date():
                placed.append((at(day, chance), by_key[deal.company], deal))
    placed.sort(key=lambda one: (one[0], one[1].key))
    return [
        _order(chance, number, moment, company, who[company.key], deal)
        for number, (moment, company, deal) in enumerate(placed, start=1)
    ]


def _days(chance: Random, company: DemoCompany, today: date) -> Iterator[date]:
    yesterday = today - timedelta(days=1)
    first = max(company.since, today - timedelta(days=HISTORY_DAYS - 1)) + timedelta(days=chance.randint(3, 40))
    if company.behaviour is Behaviour.PROSPECT:
        return
    if company.behaviour is Behaviour.ONCE:
        yield weekday(first + timedelta(days=round(chance.random() * (yesterday - first).days)), yesterday)
        return
    habit = _HABITS[company.behaviour]
    last = churned_on(company, today) if company.behaviour is Behaviour.CHURNED else yesterday
    own_gap = habit.gap_days * chance.lognormvariate(0, 0.35)
    season = chance.choice((3, 6, 9, 11))
    day = first
    while day <= last:
        if company.behaviour is not Behaviour.SEASONAL or _months_apart(day.month, season) <= 1:
            yield weekday(day, yesterday)
        day += timedelta(days=max(3, round(chance.gammavariate(habit.regularity, own_gap / habit.regularity))))


def _months_apart(month: int, other: int) -> int:
    return min((month - other) % 12, (other - month) % 12)


def _order(
    chance: Random,
    number: int,
    moment: datetime,
    company: DemoCompany,
    who: list[DemoPerson],
    deal: DemoDeal | None,
) -> DemoOrder:
    habit = _HABITS.get(company.behaviour)
    scale = (habit.size if habit else 1.0) * math.sqrt(company.employees / 140) * (1.6 if deal else 1.0)
    kinds = ["product-seat" if chance.random() < 0.7 else "product-seat-plus"]
    kinds += chance.sample(_HARDWARE, chance.choice((0, 1, 1, 2)))
    if deal:
        kinds.append("product-onboarding")
    elif chance.random() < 0.12:
        kinds.append("product-support")
    percent = deal.discount_percent if deal else 0
    lines = tuple(_line(chance, kind, scale, percent) for kind in kinds)
    total = sum(line.unit_price.minor * line.quantity for line in lines)
    known = [person for person in who if person.since <= moment.date()] or who[:1]
    person = known[0] if chance.random() < 0.85 else known[-1]
    return DemoOrder(
        f"HAL-{10_000 + number}",
        company.key,
        person.key,
        moment,
        lines,
        Money(total, "EUR"),
        deal.key if deal else None,
    )


def _line(chance: Random, kind: str, scale: float, percent: int) -> DemoOrderLine:
    one_off = kind in {"product-onboarding", "product-support"}
    quantity = 1 if one_off else max(1, round(chance.lognormvariate(math.log(9 * scale + 1), 0.7)))
    list_price = _BY_KEY[kind].price
    return DemoOrderLine(kind, quantity, Money(list_price.minor * (100 - percent) // 100, list_price.currency))
