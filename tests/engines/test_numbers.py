"""Numbers on request agree with a slow count in plain Python on both engines, within the team's border."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Company, Customer
from crm_store.models.scoring import Segment, SegmentMember
from crm_store.models.trade import Deal, Order, Stage, Task
from crm_store.queries import numbers
from crm_store.values.numbers import STANDING, Answer, Figure, Question, Split
from tests.cast import Cast, gather

BERLIN = ZoneInfo("Europe/Berlin")
OWNERS = ("usr_ada", "usr_ben", None)
NAMES = {"usr_ada": "Ada Lovell", "usr_ben": "Ben Okafor", None: "nobody"}
SEED = 1
SINCE, UNTIL = date(2026, 8, 1), date(2026, 10, 31)


class Books:
    """A random team as plain rows, and as rows of the store."""

    def __init__(self, seed: int, now: datetime) -> None:
        draw = random.Random(seed)

        def moment() -> datetime:
            return now - timedelta(minutes=draw.randrange(300 * 24 * 60))

        self.companies = [
            Company(company_id=f"com_{n}", name=f"Firm {n}", name_key=f"firm {n}", created_at=now) for n in range(4)
        ]
        self.customers = [
            Customer(
                customer_id=f"cus_{n}", name=f"Person {n}", owner=draw.choice(OWNERS), created_at=moment(),
                source=draw.choice(("chat", "import")), company_id=draw.choice((None, "com_0", "com_1", "com_2")),
            )
            for n in range(12)
        ]  # fmt: skip
        self.orders = [
            Order(
                order_id=f"ord_{n}", external_key=str(n), customer_id=f"cus_{draw.randrange(12)}", ordered_at=moment(),
                total_minor=draw.randrange(-2_000, 90_000), currency=draw.choice(("EUR", "EUR", "EUR", "USD")),
                removed_at=now if draw.random() < 0.1 else None,
            )
            for n in range(80)
        ]  # fmt: skip
        self.deals = [self._deal(n, draw, moment(), now) for n in range(40)]
        self.talks, self.took_part = [], []
        for n in range(60):
            self.talks.append(
                Communication(
                    communication_id=f"cmm_{n}", kind=draw.choice(("call", "mail", "meeting", "note", "message")),
                    direction=draw.choice(("incoming", "outgoing")), happened_at=moment(), logged_at=now,
                    logged_by=draw.choice(OWNERS[:2]), level=draw.choice(("team", "team", "private")), source="chat",
                    source_key=str(n), removed_at=now if draw.random() < 0.1 else None,
                )
            )  # fmt: skip
            self.took_part += [
                Participant(
                    participant_id=f"par_{n}_{one}", communication_id=f"cmm_{n}", role="to", customer_id=f"cus_{one}"
                )
                for one in draw.sample(range(12), draw.choice((0, 1, 2)))
            ]
        self.tasks = [
            Task(
                task_id=f"tsk_{n}", title="Call", owner=draw.choice(OWNERS[:2]), created_at=now, due_at=moment(),
                state=state, done_at=moment() if state == "done" else None,
            )
            for n in range(20)
            for state in (draw.choice(("open", "done")),)
        ]  # fmt: skip
        self.members = [
            SegmentMember(segment_id=f"seg_{n % 2}", customer_id=f"cus_{n}", since=now.date()) for n in range(8)
        ]

    @staticmethod
    def _deal(n: int, draw: random.Random, opened: datetime, now: datetime) -> Deal:
        state = draw.choice(("open", "won", "lost"))
        closed = min(now, opened + timedelta(hours=draw.randrange(1, 2_000))) if state != "open" else None
        return Deal(
            deal_id=f"dea_{n}", name="Seats", customer_id=draw.choice((None, f"cus_{draw.randrange(12)}")),
            company_id=draw.choice((None, "com_3")), owner=draw.choice(OWNERS), stage_id=f"stg_{draw.randrange(3)}",
            amount_minor=draw.choice((None, draw.randrange(500_000))), currency=draw.choice(("EUR", "USD")),
            state=state, opened_at=opened, closed_at=closed, lost_reason=draw.choice((None, "price", "time")),
            removed_at=now if draw.random() < 0.1 else None,
        )  # fmt: skip

    def keep(self, work: Work) -> None:
        """Put all rows into the store."""
        for n in range(3):
            work.add(Stage(stage_id=f"stg_{n}", pipeline_id="pip_1", name=f"Step {n}", position=n))
        for n in range(2):
            work.add(
                Segment(
                    segment_id=f"seg_{n}", method="tree", key=f"key-{n}", name=f"Group {n}", rule="", run_id="run",
                    as_of=work.now.date(),
                )
            )  # fmt: skip
        for row in (
            *self.companies, *self.customers, *self.orders, *self.deals, *self.talks, *self.took_part, *self.tasks,
            *self.members,
        ):  # fmt: skip
            work.add(row)

    def customer(self, customer_id: str | None) -> Customer | None:
        return next((one for one in self.customers if one.customer_id == customer_id), None)


def _in_time(at: datetime | None) -> bool:
    return at is not None and SINCE <= at.astimezone(BERLIN).date() <= UNTIL


@pytest.fixture
def cast(store: Store) -> Cast:
    return gather(store)


@pytest.fixture
def books(cast: Cast, store: Store) -> Books:
    cast.ada.write_now(Books(SEED, store.clock.now()).keep)
    return Books(SEED, store.clock.now())


def _ask(cast: Cast, question: Question) -> Answer:
    return cast.ada.read_now(numbers.answer, question, BERLIN)


def _sold(books: Books) -> list[Order]:
    return [one for one in books.orders if one.removed_at is None]


def _live(books: Books) -> list[Deal]:
    return [one for one in books.deals if one.removed_at is None]


def _closed(books: Books, *states: str) -> list[Deal]:
    return [one for one in _live(books) if one.state in states and _in_time(one.closed_at)]


def _said(books: Books, *kinds: str) -> list[Communication]:
    return [
        one for one in books.talks
        if one.kind in kinds and one.level == "team" and one.removed_at is None and _in_time(one.happened_at)
    ]  # fmt: skip


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def _first_orders(books: Books) -> int:
    first: dict[str, datetime] = {}
    for one in _sold(books):
        if one.total_minor >= 0:
            first[one.customer_id] = min(one.ordered_at, first.get(one.customer_id, one.ordered_at))
    return sum(_in_time(at) for at in first.values())


EUROS = "EUR"
SLOW: dict[Figure, Callable[[Books, datetime], float | None]] = {
    Figure.REVENUE: lambda b, _: sum(
        one.total_minor for one in _sold(b) if one.currency == EUROS and _in_time(one.ordered_at)
    ),
    Figure.ORDERS: lambda b, _: sum(one.total_minor >= 0 and _in_time(one.ordered_at) for one in _sold(b)),
    Figure.AVERAGE_ORDER: lambda b, _: _mean(
        one.total_minor
        for one in _sold(b)
        if one.currency == EUROS and one.total_minor >= 0 and _in_time(one.ordered_at)
    ),
    Figure.BUYERS: lambda b, _: len(
        {one.customer_id for one in _sold(b) if one.total_minor >= 0 and _in_time(one.ordered_at)}
    ),
    Figure.CUSTOMERS: lambda b, _: len(b.customers),
    Figure.NEW_CUSTOMERS: lambda b, _: _first_orders(b),
    Figure.DEALS_OPENED: lambda b, _: sum(_in_time(one.opened_at) for one in _live(b)),
    Figure.DEALS_WON: lambda b, _: len(_closed(b, "won")),
    Figure.DEALS_LOST: lambda b, _: len(_closed(b, "lost")),
    Figure.AMOUNT_WON: lambda b, _: sum(one.amount_minor or 0 for one in _closed(b, "won") if one.currency == EUROS),
    Figure.WIN_RATE: lambda b, _: _mean(one.state == "won" for one in _closed(b, "won", "lost")),
    Figure.DAYS_TO_CLOSE: lambda b, _: _mean(
        ((one.closed_at or one.opened_at) - one.opened_at) / timedelta(days=1) for one in _closed(b, "won")
    ),
    Figure.OPEN_DEALS: lambda b, _: sum(one.state == "open" for one in _live(b)),
    Figure.PIPELINE: lambda b, _: sum(
        one.amount_minor or 0 for one in _live(b) if one.state == "open" and one.currency == EUROS
    ),
    Figure.CALLS: lambda b, _: len(_said(b, "call")),
    Figure.MAILS: lambda b, _: len(_said(b, "mail")),
    Figure.MEETINGS: lambda b, _: len(_said(b, "meeting")),
    Figure.MESSAGES: lambda b, _: len(_said(b, "message")),
    Figure.NOTES: lambda b, _: len(_said(b, "note")),
    Figure.CONTACTS: lambda b, _: len(_said(b, "call", "mail", "meeting", "message", "note")),
    Figure.TASKS_DONE: lambda b, _: sum(_in_time(one.done_at) for one in b.tasks),
    Figure.TASKS_OPEN: lambda b, _: sum(one.state == "open" for one in b.tasks),
    Figure.TASKS_OVERDUE: lambda b, now: sum(
        one.state == "open" and one.due_at is not None and one.due_at < now for one in b.tasks
    ),
    Figure.REPLIES_WAITING: lambda b, now: _waiting(b, now),
}


def _waiting(books: Books, now: datetime) -> int:
    last: dict[str, Communication] = {}
    for part in books.took_part:
        one = next(each for each in books.talks if each.communication_id == part.communication_id)
        spoken = one.kind != "note" and one.level != "private" and one.removed_at is None
        if spoken and now - one.happened_at <= timedelta(days=30) and part.customer_id:
            known = last.get(part.customer_id)
            last[part.customer_id] = one if known is None or one.happened_at > known.happened_at else known
    return sum(one.direction == "incoming" and one.kind in ("mail", "message") for one in last.values())


def test_every_figure_is_what_a_slow_count_finds(books: Books, cast: Cast, store: Store) -> None:
    assert set(SLOW) == set(Figure)
    for figure, slow in SLOW.items():
        standing = figure in STANDING
        found = _ask(cast, Question(figure, since=None if standing else SINCE, until=None if standing else UNTIL))
        assert found.value == pytest.approx(slow(books, store.clock.now()), abs=1e-4), figure


def test_parts_are_what_a_slow_count_finds(books: Books, cast: Cast) -> None:
    by_month: dict[str, float] = {"Aug 2026": 0, "Sep 2026": 0, "Oct 2026": 0}
    by_company: dict[str, float] = defaultdict(float)
    for one in _sold(books):
        if one.currency == EUROS and _in_time(one.ordered_at):
            by_month[f"{one.ordered_at.astimezone(BERLIN):%b %Y}"] += one.total_minor
            customer = books.customer(one.customer_id)
            firm = customer.company_id if customer else None
            by_company[f"Firm {firm[-1]}" if firm else "no company"] += one.total_minor
    months = _ask(cast, Question(Figure.REVENUE, Split.MONTH, since=SINCE, until=UNTIL))
    assert {one.label: one.value for one in months.parts} == by_month
    firms = _ask(cast, Question(Figure.REVENUE, Split.COMPANY, since=SINCE, until=UNTIL))
    assert {one.label: one.value for one in firms.parts} == dict(by_company)
    assert [one.value for one in firms.parts] == sorted((one.value for one in firms.parts), reverse=True)  # type: ignore[type-var]
    won: dict[str, list[bool]] = defaultdict(list)
    for deal in _closed(books, "won", "lost"):
        won[NAMES[deal.owner]].append(deal.state == "won")
    rates = _ask(cast, Question(Figure.WIN_RATE, Split.OWNER, since=SINCE, until=UNTIL))
    assert {one.label: one.value for one in rates.parts} == pytest.approx(
        {name: _mean(all_of) for name, all_of in won.items()}
    )


def test_parts_of_a_sum_come_to_the_whole(books: Books, cast: Cast) -> None:
    for by in (Split.WEEK, Split.QUARTER, Split.YEAR, Split.OWNER, Split.SOURCE, Split.CUSTOMER, Split.SEGMENT):
        found = _ask(cast, Question(Figure.REVENUE, by, since=date(2026, 1, 1), until=UNTIL))
        assert sum(one.value or 0 for one in found.parts) == found.value, by
        assert sum(one.n for one in found.parts) == found.n, by


def test_what_is_in_other_currencies_is_said_apart(books: Books, cast: Cast) -> None:
    found = _ask(cast, Question(Figure.REVENUE))
    dollars = [one.total_minor for one in _sold(books) if one.currency == "USD"]
    assert [(one.currency, one.n, one.minor) for one in found.apart] == [("USD", len(dollars), sum(dollars))]


def test_the_time_before_is_counted_in_the_same_way(books: Books, cast: Cast) -> None:
    found = _ask(cast, Question(Figure.ORDERS, since=SINCE, until=UNTIL)).before
    assert found is not None
    assert (found.since, found.until) == (date(2026, 5, 1), date(2026, 7, 31))
    assert found.value == _ask(cast, Question(Figure.ORDERS, since=found.since, until=found.until)).value


def test_a_stretch_that_begins_before_the_records_is_no_measure(books: Books, cast: Cast) -> None:
    found = _ask(cast, Question(Figure.ORDERS, since=SINCE, until=UNTIL)).before
    assert found is not None
    assert found.begun is None
    year = _ask(cast, Question(Figure.ORDERS, since=date(UNTIL.year, 1, 1), until=UNTIL)).before
    assert year is not None
    begun = min(one.ordered_at for one in _sold(books)).astimezone(BERLIN).date()
    assert year.since < begun
    assert year.begun == begun


def test_names_narrow_the_figure(books: Books, cast: Cast) -> None:
    everything = Question(Figure.REVENUE)
    parts = {one.label: one for one in _ask(cast, replace(everything, by=Split.OWNER)).parts}
    for said in ("ben", "Ben Okafor", "U_BEN"):
        assert _ask(cast, replace(everything, owner=said)).value == parts["Ben Okafor"].value
    assert _ask(cast, replace(everything, owner="me")).value == parts["Ada Lovell"].value
    firms = {one.label: one for one in _ask(cast, replace(everything, by=Split.COMPANY)).parts}
    assert _ask(cast, replace(everything, company="firm 1")).value == firms["Firm 1"].value
    groups = {one.label: one for one in _ask(cast, replace(everything, by=Split.SEGMENT)).parts}
    assert _ask(cast, replace(everything, segment="group 0")).value == groups["Group 0"].value
    steps = {one.label: one for one in _ask(cast, Question(Figure.OPEN_DEALS, Split.STAGE)).parts}
    assert _ask(cast, Question(Figure.OPEN_DEALS, stage="step 1")).value == steps["Step 1"].value


def test_a_name_that_nobody_has_is_refused_with_the_nearest(books: Books, cast: Cast) -> None:
    wrong = {"owner": "bem", "company": "Firm 9", "segment": "group 9", "stage": "stepp 1"}
    for name, said in wrong.items():
        with pytest.raises(BadInput, match=r"There is no .* called .* Near are"):
            _ask(cast, replace(Question(Figure.PIPELINE), **{name: said}))  # type: ignore[arg-type]


def test_a_list_has_as_many_places_as_asked_for_and_no_place_for_nobody(books: Books, cast: Cast) -> None:
    found = _ask(cast, Question(Figure.REVENUE, Split.COMPANY, 2))
    assert [one.label[:4] for one in found.parts] == ["Firm", "Firm"]


def test_another_team_has_other_numbers(books: Books, cast: Cast) -> None:
    for figure in Figure:
        found = cast.cleo.read_now(numbers.answer, Question(figure, Split.OWNER), BERLIN)
        assert (found.n, found.parts) == (0, ())


def test_the_query_that_is_shown_is_bound_to_the_team(books: Books, cast: Cast) -> None:
    for figure in Figure:
        told = _ask(cast, Question(figure)).statement
        assert told.text.startswith("SELECT")
        assert "tea_rapport" in {value for _, value in told.parameters}


def test_a_customer_whom_a_colleague_keeps_private_is_not_named(cast: Cast) -> None:
    def keep(work: Work) -> None:
        work.add(Customer(customer_id="cus_1", name="Secret", owner="usr_ben", level="private", created_at=work.now))
        work.add(
            Order(
                order_id="ord_1", external_key="1", customer_id="cus_1", total_minor=100, currency="EUR",
                ordered_at=datetime(2026, 11, 1, tzinfo=UTC),
            )
        )  # fmt: skip

    cast.ada.write_now(keep)
    question = Question(Figure.REVENUE, Split.CUSTOMER)
    assert [one.label for one in _ask(cast, question).parts] == ["a private customer"]
    assert [one.label for one in cast.ben.read_now(numbers.answer, question, BERLIN).parts] == ["Secret"]
