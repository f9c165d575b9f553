"""Deals with their histories; whether one is won depends on what a model can see, and on chance."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from bot.demo.accounts import HISTORY_DAYS, ROLES
from bot.demo.orders import at, weekday
from bot.demo.values import (
    Behaviour,
    DemoCompany,
    DemoDeal,
    DemoDealEvent,
    DemoDealPerson,
    DemoPerson,
    DemoPipeline,
    DemoStage,
)
from crm_store.money import Money, from_major

SALES = DemoPipeline(
    "pipeline-sales",
    "Sales",
    (
        DemoStage("stage-lead", "Lead", "open"),
        DemoStage("stage-qualified", "Qualified", "open"),
        DemoStage("stage-proposal", "Proposal", "open"),
        DemoStage("stage-negotiation", "Negotiation", "open"),
        DemoStage("stage-won", "Won", "won"),
        DemoStage("stage-lost", "Lost", "lost"),
    ),
)
_OPEN_STAGES = [stage.key for stage in SALES.stages if stage.outcome == "open"]
CLOSED, OPEN = 260, 60

_SOURCES = {"referral": 0.9, "inbound": 0.4, "partner": 0.2, "event": -0.1, "outbound": -0.8}
_SOURCE_WEIGHTS = (2, 4, 2, 3, 5)
_WHAT = ("rollout", "pilot", "expansion", "gateway upgrade", "second site", "metering refresh", "seats", "renewal")
_LOST = {
    "silent": ("went silent", "no decision this year", "contact left the company"),
    "price": ("price", "no budget", "chose a cheaper product"),
    "other": ("chose a competitor", "project stopped", "built it themselves", "postponed to next year"),
}


@dataclass(frozen=True, slots=True)
class Course:
    """How a deal really goes: what drives it, kept beside the deal so that the talk about it fits."""

    deal: DemoDeal
    responsiveness: float
    touches: int
    silent_since: date | None


def courses(chance: Random, companies: list[DemoCompany], people: list[DemoPerson], today: date) -> list[Course]:
    """260 closed and 60 open deals, at most one open at Acme, Globex and Raine each."""
    by_company: dict[str, list[DemoPerson]] = {}
    for person in people:
        if person.company is not None:
            by_company.setdefault(person.company, []).append(person)
    warmth = {company.key: chance.betavariate(2.4, 2.4) for company in companies}
    weights = [math.log2(company.employees + 2) for company in companies]
    made = []
    for number in range(CLOSED):
        company = chance.choices(companies, weights)[0]
        made.append(_course(chance, number, company, by_company[company.key], warmth[company.key], today, False))
    calm = [company for company in companies if company.behaviour is not Behaviour.CHURNED]
    for number in range(CLOSED, CLOSED + OPEN):
        # The first three of the list are those the documentation speaks of; each has exactly one open deal.
        company = companies[number - CLOSED] if number < CLOSED + 3 else chance.choice(calm[3:])
        made.append(_course(chance, number, company, by_company[company.key], warmth[company.key], today, True))
    return made


def _course(
    chance: Random,
    number: int,
    company: DemoCompany,
    people: list[DemoPerson],
    warmth: float,
    today: date,
    is_open: bool,
) -> Course:
    responsiveness = min(1.0, max(0.0, 0.5 * warmth + 0.5 * chance.random()))
    touches = 2 + _poisson(chance, 1.2 + 5.2 * responsiveness)
    source = chance.choices(list(_SOURCES), _SOURCE_WEIGHTS)[0]
    discount = chance.choice((0, 0, 0, 5, 10, 10, 15, 20))
    won = chance.random() < _chance_of_winning(responsiveness, touches, source, discount, company)
    length = round(chance.lognormvariate(math.log(52 if won else 68), 0.45))
    yesterday = today - timedelta(days=1)
    if is_open:
        opened = weekday(today - timedelta(days=min(150, round(length * (0.2 + 0.9 * chance.random())) + 4)), yesterday)
        close_on = today + timedelta(days=chance.randint(-10, 75))
        ended, state = today, "open"
    else:
        ended = weekday(today - timedelta(days=chance.randint(1, HISTORY_DAYS - 45)), yesterday)
        opened = max(weekday(ended - timedelta(days=max(8, length)), yesterday), today - timedelta(days=HISTORY_DAYS))
        close_on, state = ended, "won" if won else "lost"
    key = f"deal-{number:03d}"
    amount = _amount(chance, company)
    events, stage, shown = _events(chance, (opened, ended), state, close_on, amount, discount, company.owner)
    deal = DemoDeal(
        key=key,
        title=_title(chance, company, is_open),
        company=company.key,
        people=_taking_part(chance, people, is_open and number < CLOSED + 3),
        owner=company.owner,
        pipeline=SALES.key,
        stage=stage,
        state=state,
        amount=shown,
        source=source,
        discount_percent=discount,
        opened_at=events[0].at,
        close_on=close_on,
        closed_at=events[-1].at if state != "open" else None,
        lost_reason=_lost_because(chance, responsiveness, discount) if state == "lost" else None,
        events=tuple(events),
    )
    is_silent = is_open and number >= CLOSED + 3 and (today - opened).days > 45 and responsiveness < 0.5
    return Course(deal, responsiveness, touches, today - timedelta(days=chance.randint(31, 44)) if is_silent else None)


def _chance_of_winning(responsiveness: float, touches: int, source: str, discount: int, company: DemoCompany) -> float:
    existing = company.behaviour in {Behaviour.REGULAR, Behaviour.BIG, Behaviour.SEASONAL}
    drive = (
        -0.4
        + 3.4 * (responsiveness - 0.5)
        + 0.28 * (touches - 6)
        + _SOURCES[source]
        + 0.03 * discount
        + (0.8 if existing else -0.3)
        - 0.25 * math.log(company.employees / 140)
    )
    return 1 / (1 + math.exp(-drive))


def _lost_because(chance: Random, responsiveness: float, discount: int) -> str:
    if responsiveness < 0.4 and chance.random() < 0.7:
        return chance.choice(_LOST["silent"])
    return chance.choice(_LOST["price" if discount >= 10 and chance.random() < 0.7 else "other"])


def _amount(chance: Random, company: DemoCompany) -> int:
    return max(600, 100 * round(chance.lognormvariate(math.log(65), 0.6) * math.sqrt(company.employees / 140)))


def _title(chance: Random, company: DemoCompany, is_open: bool) -> str:
    short = company.name.removeprefix("The ").split()[0]
    known = company.key in {"company-acme", "company-globex", "company-raine"}
    if known:  # The open one is the only renewal, so that `deal:renewal` means it.
        return f"{short} renewal" if is_open else f"{short} {chance.choice(_WHAT[:-1])}"
    return f"{short} {chance.choice(_WHAT)}"


def _taking_part(chance: Random, people: list[DemoPerson], with_first: bool) -> tuple[DemoDealPerson, ...]:
    count = min(len(people), chance.choice((1, 1, 2, 2, 3, 4)))
    chosen = chance.sample(people, count)
    if with_first and people[0] not in chosen:
        chosen[0] = people[0]
    return tuple(DemoDealPerson(person.key, ROLES.get(person.title or "", "user")) for person in chosen)


def _events(
    chance: Random, span: tuple[date, date], state: str, close_on: date, amount: int, discount: int, by: str
) -> tuple[list[DemoDealEvent], str, Money]:
    """Every change from the first stage to the last, spread over the deal's life, and where it ended."""
    opened, ended = span
    full = from_major(amount, "EUR")
    final = Money(full.minor * (100 - discount) // 100, "EUR")
    reached = {"won": 3, "lost": chance.choice((0, 1, 2, 2, 3)), "open": chance.choice((0, 1, 1, 2, 2, 3))}[state]
    moments = _moments(chance, opened, ended, reached)
    events = [DemoDealEvent(moments[0], "stage", None, _OPEN_STAGES[0], by)]
    events.append(DemoDealEvent(moments[0], "amount", None, str(full.minor), by))
    hoped_for = close_on - timedelta(days=chance.randint(7, 35)) if reached and chance.random() < 0.35 else close_on
    events.append(DemoDealEvent(moments[0], "close_on", None, hoped_for.isoformat(), by))
    for place in range(1, reached + 1):
        events.append(DemoDealEvent(moments[place], "stage", _OPEN_STAGES[place - 1], _OPEN_STAGES[place], by))
    if hoped_for != close_on:
        events.append(DemoDealEvent(moments[reached], "close_on", hoped_for.isoformat(), close_on.isoformat(), by))
    is_discounted = reached == 3 and discount > 0
    if is_discounted:
        events.append(DemoDealEvent(moments[reached], "amount", str(full.minor), str(final.minor), by))
    stage = _OPEN_STAGES[reached]
    if state != "open":
        closing = max(at(ended, chance), moments[-1] + timedelta(minutes=5))
        events.append(DemoDealEvent(closing, "stage", stage, f"stage-{state}", by))
        stage = f"stage-{state}"
    return events, stage, final if is_discounted else full


def _moments(chance: Random, opened: date, ended: date, reached: int) -> list[datetime]:
    days = max(1, (ended - opened).days)
    later = sorted(chance.random() * 0.85 for _ in range(reached))
    yesterday = ended - timedelta(days=1)
    moments = [at(opened, chance)]
    for share in later:
        moment = at(weekday(opened + timedelta(days=round(share * days)), yesterday), chance)
        moments.append(max(moment, moments[-1] + timedelta(minutes=5)))
    return moments


def _poisson(chance: Random, mean: float) -> int:
    """Knuth's method: multiply uniform numbers until the product falls below e^-mean."""
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count
