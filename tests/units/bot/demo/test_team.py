"""The demo team is the same every time, whole, fictional, and worth learning from."""

import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from statistics import mean

import phonenumbers
import pytest

from bot.demo import team
from bot.demo.second_team import MARK
from bot.demo.values import DemoTeam, Direction
from crm_store.money import Money

TODAY = date(2026, 11, 25)
SEEDS = (7, 8)


@cache
def halyard(seed: int = 7, today: date = TODAY) -> DemoTeam:
    return team.make(today, seed)


def words(value: object) -> Iterator[str]:
    """Every text anywhere in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from words(one)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from words(getattr(value, field.name))


def chance_that_higher(positive: list[float], negative: list[float]) -> float:
    """The share of pairs in which the positive one has the higher number (area under the curve)."""
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


def test_the_same_day_and_seed_give_the_same_team() -> None:
    assert team.make(TODAY) == team.make(TODAY)
    assert team.make(TODAY) != team.make(TODAY, 8)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_team_has_the_promised_size(seed: int) -> None:
    made = halyard(seed)
    assert (len(made.companies), len(made.people), len(made.duplicates)) == (120, 400, 25)
    states = Counter(deal.state for deal in made.deals)
    assert states["open"] == 60
    assert states["won"] + states["lost"] == 260
    assert states["won"] >= 80
    assert states["lost"] >= 80
    assert 1500 <= len(made.communications) <= 2500
    assert 500 <= len(made.orders) <= 1100
    assert len({line.thread for line in made.channel_lines}) >= 12
    assert len(made.suppressions) >= 15


@pytest.mark.parametrize("today", [date(2026, 11, 25), date(2027, 1, 1), date(2028, 2, 29), date(2026, 11, 29)])
def test_nothing_has_happened_today_or_later(today: date) -> None:
    made = halyard(7, today)
    moments: list[datetime] = [one.happened_at for one in made.communications]
    moments += [order.ordered_at for order in made.orders]
    moments += [event.at for deal in made.deals for event in deal.events]
    moments += [task.made_at for task in made.tasks] + [task.done_at for task in made.tasks if task.done_at]
    moments += [consent.given_at for consent in made.consents] + [need.stated_at for need in made.needs]
    moments += [consent.withdrawn_at for consent in made.consents if consent.withdrawn_at]
    moments += [line.at for line in made.channel_lines] + [one.since for one in made.suppressions]
    assert max(moments).date() < today
    assert min(one.happened_at for one in made.communications).date() >= today - timedelta(days=549)
    assert min(order.ordered_at for order in made.orders).date() >= today - timedelta(days=549)
    assert all(moment.tzinfo is not None for moment in moments)
    assert all(point.last_seen < today for person in made.people for point in person.points)


def test_closing_days_lie_around_today_and_tasks_are_overdue_due_and_later() -> None:
    made = halyard()
    closing = [deal.close_on for deal in made.deals if deal.state == "open"]
    assert min(closing) < TODAY < max(closing)
    assert max(closing) <= TODAY + timedelta(days=90)
    due = [task.due_at.date() for task in made.tasks if task.done_at is None]
    assert sum(day < TODAY for day in due) >= 8
    assert sum(day == TODAY for day in due) >= 5
    assert sum(day > TODAY for day in due) >= 15


@pytest.mark.parametrize("make", [team.make, team.make_other])
def test_every_key_that_is_referred_to_exists_and_is_unique(make: Callable[[date], DemoTeam]) -> None:
    made = make(TODAY)
    for rows in (made.companies, made.people, made.deals, made.communications, made.tasks, made.products):
        keys = [row.key for row in rows]
        assert len(keys) == len(set(keys))
    companies, people = {row.key for row in made.companies}, {row.key for row in made.people}
    deals, users = {row.key for row in made.deals} | {None}, {user.slack_user_id for user in made.users}
    stages = {stage.key for pipeline in made.pipelines for stage in pipeline.stages}
    assert {person.company for person in made.people} - {None} <= companies
    assert {former.company for person in made.people for former in person.former} <= companies
    assert {key for one in made.communications for key in one.people} <= people
    assert {one.person for deal in made.deals for one in deal.people} <= people
    assert {order.person for order in made.orders} | {need.person for need in made.needs} <= people
    assert {task.person for task in made.tasks} | {one.person for one in made.consents} <= people
    assert {one.deal for one in made.communications} | {one.deal for one in made.tasks} <= deals
    assert {order.deal for order in made.orders} <= deals
    assert {deal.stage for deal in made.deals} <= stages
    assert {row.owner for row in made.companies} | {row.owner for row in made.people} <= users
    assert {row.owner for row in made.deals} | {row.owner for row in made.tasks} <= users
    assert len({order.external_key for order in made.orders}) == len(made.orders)


@pytest.mark.parametrize("seed", SEEDS)
def test_histories_agree_with_themselves(seed: int) -> None:
    made = halyard(seed)
    since = {person.key: person.since for person in made.people}
    company_since = {company.key: company.since for company in made.companies}
    for one in made.communications:
        assert all(since[key] <= one.happened_at.date() for key in one.people)
    for order in made.orders:
        assert order.total == Money(sum(line.quantity * line.unit_price.minor for line in order.lines), "EUR")
        assert company_since[order.company] <= order.ordered_at.date()
    for deal in made.deals:
        moments = [event.at for event in deal.events]
        assert moments == sorted(moments)
        assert [event.new for event in deal.events if event.field == "stage"][-1] == deal.stage
        assert [event.new for event in deal.events if event.field == "amount"][-1] == str(deal.amount.minor)
        assert [event.new for event in deal.events if event.field == "close_on"][-1] == deal.close_on.isoformat()
        assert (deal.lost_reason is not None) == (deal.state == "lost")
    for person in made.people:
        assert all(former.until < person.since for former in person.former)


def test_orders_follow_some_of_the_won_deals() -> None:
    made = halyard()
    deals = {deal.key: deal for deal in made.deals}
    followed = [order for order in made.orders if order.deal is not None]
    won = sum(deal.state == "won" for deal in made.deals)
    assert 0.4 * won < len(followed) < 0.9 * won
    for order in followed:
        closed_at = deals[order.deal or ""].closed_at
        assert closed_at is not None
        assert closed_at < order.ordered_at


@pytest.mark.parametrize("make", [team.make, team.make_other])
def test_no_address_or_domain_can_belong_to_anybody(make: Callable[[date], DemoTeam]) -> None:
    text = "\n".join(words(make(TODAY)))
    assert set(re.findall(r"@[\w.-]+", text)) == set(re.findall(r"@[\w.-]+\.example\b", text))
    assert not re.search(r"\.(com|net|org|io|eu|de|fr)\b", text)
    assert "://" not in text


def test_phone_numbers_are_well_formed_and_shared_only_by_second_rows() -> None:
    made = halyard()
    second = {pair.person for pair in made.duplicates}
    numbers = [
        point.value
        for person in made.people
        if person.key not in second
        for point in person.points
        if point.kind == "phone"
    ]
    assert len(numbers) > 100
    assert len(numbers) == len(set(numbers))
    assert all(phonenumbers.is_possible_number(phonenumbers.parse(number)) for number in numbers)


def test_names_come_in_several_scripts() -> None:
    names = " ".join(person.name for person in halyard().people)
    for script in ("[а-я]", "[α-ω]", "[一-龥]", "[가-힣]", "[ء-ي]", "[अ-ह]", "[ł]", "[ü]"):
        assert re.search(script, names), script


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_types_ann_can_only_mean_ann_lee(seed: int) -> None:
    near = re.compile(r"\b(ann\w*|an|ana|hann\w?|jann?|any|inn)\b", re.IGNORECASE)
    assert [person.key for person in halyard(seed).people if near.search(person.name)] == ["person-ann-lee"]
    assert not [company for company in halyard(seed).companies if near.search(company.name)]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_people_and_companies_of_the_documentation_are_there(seed: int) -> None:
    made = halyard(seed)
    by_name = {person.name: person for person in made.people}
    companies = {company.key: company.name for company in made.companies}
    assert companies[by_name["John Smith"].company or ""] == "Acme Corporation"
    assert companies[by_name["Ann Lee"].company or ""] == "Globex"
    assert by_name["Ann Lee"].owner == "U_ADA"
    assert "The Raine Group" in companies.values()
    assert sum("Smith" in person.name for person in made.people) == 1
    renewals = {deal.title: deal for deal in made.deals if deal.state == "open" and deal.title.endswith("renewal")}
    for key, title in (("acme", "Acme renewal"), ("globex", "Globex renewal"), ("raine", "Raine renewal")):
        assert renewals[title].company == f"company-{key}"
        assert sum(deal.state == "open" and deal.company == f"company-{key}" for deal in made.deals) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_touches_early_in_a_deal_tell_who_will_buy(seed: int) -> None:
    made = halyard(seed)
    answers: Counter[str] = Counter()
    opened = {deal.key: deal.opened_at for deal in made.deals}
    for one in made.communications:
        early = one.deal is not None and one.happened_at < opened[one.deal] + timedelta(days=30)
        if early and one.direction is Direction.INCOMING:
            answers[one.deal or ""] += 1
    won = [float(answers[deal.key]) for deal in made.deals if deal.state == "won"]
    lost = [float(answers[deal.key]) for deal in made.deals if deal.state == "lost"]
    assert 0.6 < chance_that_higher(won, lost) < 0.95


@pytest.mark.parametrize("seed", SEEDS)
def test_who_has_not_ordered_for_long_does_not_come_back(seed: int) -> None:
    made = halyard(seed)
    cut = TODAY - timedelta(days=120)
    before: dict[str, list[date]] = defaultdict(list)
    after = set()
    for order in made.orders:
        if order.ordered_at.date() < cut:
            before[order.company].append(order.ordered_at.date())
        else:
            after.add(order.company)
    recency = {company: float((cut - max(days)).days) for company, days in before.items()}
    gone = [days for company, days in recency.items() if company not in after]
    back = [days for company, days in recency.items() if company in after]
    assert chance_that_higher(gone, back) > 0.65


@pytest.mark.parametrize("seed", SEEDS)
def test_some_buyers_have_been_lost_from_sight(seed: int) -> None:
    made = halyard(seed)
    company_of = {person.key: person.company for person in made.people}
    last: dict[str | None, date] = {}
    for one in made.communications:
        last[company_of[one.people[0]]] = one.happened_at.date()
    recent = {order.company for order in made.orders if order.ordered_at.date() > TODAY - timedelta(days=60)}
    assert sum((TODAY - last.get(company, date.min)).days > 90 for company in recent) >= 5


def test_texts_are_varied_and_every_slot_is_filled() -> None:
    texts = [one.text for one in halyard().communications]
    assert len(set(texts)) > 0.85 * len(texts)
    assert not [text for text in texts if "{" in text or "  " in text]
    assert mean(len(text) for text in texts) > 60


def test_a_second_row_is_never_equal_to_the_first() -> None:
    made = halyard()
    people = {person.key: person for person in made.people}
    for pair in made.duplicates:
        first, second = people[pair.original], people[pair.person]
        assert (first.name, first.company, first.points) != (second.name, second.company, second.points)
    assert len({pair.how for pair in made.duplicates}) >= 6
    assert people[made.duplicates[0].person].name == "A. Lee"


def test_the_other_team_is_marked_and_shares_nothing_but_a_name() -> None:
    other, ours = team.make_other(TODAY), halyard()
    assert (len(other.companies), len(other.people)) == (6, 15)
    ann = next(person for person in other.people if person.name == "Ann Lee")
    assert next(company.name for company in other.companies if company.key == ann.company) == "Umbrella Foods"
    assert all(MARK in one.text for one in other.communications)
    assert any(ann.key in one.people for one in other.communications)
    assert MARK not in "\n".join(words(ours))
    assert not {company.domain for company in other.companies} & {company.domain for company in ours.companies}
    assert {person.name for person in other.people} & {person.name for person in ours.people} == {"Ann Lee"}
