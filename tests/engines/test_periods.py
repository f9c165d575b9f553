"""A week in figures on both engines: what was done, what came of it, who waits, and nothing of another team."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Customer
from crm_store.models.trade import Deal, DealEvent, Order, Pipeline, Stage, Task
from crm_store.money import Money
from crm_store.queries import periods
from crm_store.values.periods import Period
from tests.cast import Cast, gather

BERLIN = ZoneInfo("Europe/Berlin")
SINCE, UNTIL = date(2026, 11, 16), date(2026, 11, 22)


def at(day: int, hour: int = 12, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def house(store: Store) -> Cast:
    cast = gather(store)
    cast.ada.write_now(_people)
    cast.ada.write_now(_deals)
    return cast


def _people(work: Work) -> None:
    for name, level in (("ann", "team"), ("bob", "team"), ("eve", "private")):
        work.add(
            Customer(
                customer_id=f"cus_{name}", name=name.title(), name_key=name, owner="usr_ada", level=level,
                created_at=at(1, month=1), last_touch_at=at(17, month=9), last_touch_kind="call",
            )
        )  # fmt: skip
        order = Order(order_id=f"ord_{name}", external_key=name, customer_id=f"cus_{name}", ordered_at=at(1, month=3))
        order.total_minor, order.currency = 5000, "EUR"
        work.add(order)
    said(work, "ann", 17, "mail", "incoming")
    said(work, "bob", 17, "mail", "incoming")
    said(work, "bob", 18, "call", "outgoing", by="usr_ben")
    said(work, "eve", 18, "mail", "incoming")
    said(work, "ann", 10, "meeting", "outgoing")
    for number, day in enumerate((20, 26)):
        task = Task(task_id=f"tsk_{number}", title="Call", owner="usr_ben", customer_id="cus_ann", created_at=at(1))
        task.due_at = at(day)
        work.add(task)


def said(work: Work, who: str, day: int, kind: str, direction: str, by: str = "usr_ada") -> None:
    name = f"{who}{day}{kind}"
    work.add(
        Communication(communication_id="com_" + name, kind=kind, direction=direction, happened_at=at(day),
                      logged_at=at(day), logged_by=by, source="chat", source_key=name)
    )  # fmt: skip
    work.add(
        Participant(participant_id="par_" + name, communication_id="com_" + name, role="from", customer_id="cus_" + who)
    )


def _deals(work: Work) -> None:
    work.add(Pipeline(pipeline_id="pip", name="Sales"))
    for place, (name, outcome) in enumerate((("New", "open"), ("Offer", "open"), ("Won", "won"), ("Lost", "lost"))):
        work.add(Stage(stage_id=f"stg_{name}", pipeline_id="pip", name=name, position=place, outcome=outcome))
    deal(work, "old", 100, "open", opened=1, stage="Offer")
    deal(work, "won", 900, "won", opened=2, closed=18)
    deal(work, "lost", 50, "lost", opened=2, closed=22)
    deal(work, "before", 70, "won", opened=2, closed=12)
    deal(work, "later", 7000, "open", opened=24)
    event(work, "old", 17, "stage", "New", "Offer")
    event(work, "old", 19, "amount", "€40", "€100")
    event(work, "won", 18, "stage", "New", "Won")


def deal(work: Work, name: str, euros: int, state: str, *, opened: int, closed: int = 0, stage: str = "New") -> None:
    row = Deal(deal_id="dea_" + name, name=name, customer_id="cus_ann", owner="usr_ben", state=state)
    row.stage_id, row.amount_minor, row.currency = f"stg_{stage}", euros * 100, "EUR"
    row.opened_at, row.closed_at = at(opened), at(closed) if closed else None
    row.lost_reason = "too dear" if state == "lost" else None
    work.add(row)


def event(work: Work, name: str, day: int, field: str, old: str, new: str) -> None:
    work.add(
        DealEvent(event_id=f"evt_{name}{day}", deal_id="dea_" + name, at=at(day), actor="usr_ben", field=field,
                  old=old, new=new)
    )  # fmt: skip


def told(cast: Cast) -> Period:
    return cast.ben.read_now(periods.period, SINCE, UNTIL, BERLIN)


def test_what_each_colleague_logged_is_counted_by_way(house: Cast) -> None:
    assert [(one.name, one.counts) for one in told(house).worked] == [
        ("Ada Lovell", (0, 3, 0, 0, 0)),
        ("Ben Okafor", (1, 0, 0, 0, 0)),
    ]
    assert told(house).before.logged == 1


def test_deals_won_lost_and_moved_stand_with_their_amounts(house: Cast) -> None:
    week = told(house)
    assert [(one.name, one.who, one.owner, str(one.amount)) for one in week.won] == [
        ("won", "Ann", "Ben Okafor", "€900")
    ]
    assert [(one.name, one.reason) for one in week.lost] == [("lost", "too dear")]
    assert [(one.name, one.before, one.after) for one in week.moved] == [("old", "New", "Offer")]
    assert (week.sums.won_amount, week.before.won_amount) == (Money(90_000, "EUR"), Money(7_000, "EUR"))


def test_the_pipeline_stands_as_it_stood_then_and_later_deals_are_not_in_it(house: Cast) -> None:
    week = told(house)
    assert (week.pipeline_then.deals, str(week.pipeline_then.amount)) == (3, "€990")
    assert (week.pipeline_now.deals, str(week.pipeline_now.amount)) == (1, "€100")


def test_who_was_answered_waits_no_more_and_private_people_are_not_named(house: Cast) -> None:
    week = told(house)
    assert (week.waiting.n, [one.name for one in week.waiting.first]) == (1, ["Ann"])
    assert [(one.title, one.who, one.owner) for one in week.overdue.first] == [("Call", "Ann", "Ben Okafor")]


def test_silence_is_told_in_the_week_in_which_it_passes_sixty_days(house: Cast) -> None:
    assert [one.name for one in told(house).silent.first] == ["Ann", "Bob"]
    later = house.ben.read_now(periods.period, SINCE + timedelta(days=7), UNTIL + timedelta(days=7), BERLIN)
    assert later.silent.n == 0


def test_another_team_has_another_week(house: Cast) -> None:
    week = house.cleo.read_now(periods.period, SINCE, UNTIL, BERLIN)
    assert (week.sums.logged, week.sums.won, week.waiting.n, week.overdue.n, week.silent.n) == (0, 0, 0, 0, 0)
    assert week.worked == ()
