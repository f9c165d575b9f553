"""Alerts, briefs and digests on both engines: a cause once, within the measure, exactly once over restarts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot import noise as rules
from campaigns import alerts as alert_pass
from campaigns import briefs as brief_pass
from crm_store import outbox
from crm_store.actions import alerts, mutes, undo
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.models.history import Communication, Participant, Witness
from crm_store.models.mail import Meeting, MeetingAnswer
from crm_store.models.noise import Alert, Told
from crm_store.models.people import Customer, User
from crm_store.models.plumbing import OutboxRow
from crm_store.models.trade import Deal, DealPerson, Task
from crm_store.outbox import Outgoing
from crm_store.queries import alert_views, noise
from crm_store.queries import alerts as queries
from crm_store.queries import briefs as brief_queries
from crm_store.values.noise import Kind, Muted
from tests.cast import Cast

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def customer(work: Work, /, name: str = "ann", owner: str | None = "usr_ada", **more: Any) -> None:
    work.add(Customer(customer_id=f"cus_{name}", name=name.title(), owner=owner, created_at=NOW - 90 * DAY, **more))


def wrote(
    work: Work, /, key: str = "1", at: datetime = NOW - timedelta(minutes=5), by: str = "usr_ben", **more: Any
) -> None:
    """A mail of Ann that Ben sent in."""
    told = {"kind": "mail", "direction": "incoming", "subject": "Your quote", "new_text": "Is it still valid?", **more}
    who = told.pop("who", "cus_ann")
    work.add(
        Communication(communication_id=f"cmm_{key}", happened_at=at, logged_at=work.now, logged_by=by, source="mail",
                      source_key=key, **told)
    )  # fmt: skip
    work.add(Participant(participant_id=f"par_{key}", communication_id=f"cmm_{key}", role="from", customer_id=who))
    work.add(Witness(communication_id=f"cmm_{key}", user_id=by, at=at))


def deal(work: Work, key: str = "1", opened: datetime = NOW - 60 * DAY, **more: Any) -> None:
    told = {"customer_id": "cus_ann", "owner": "usr_ada", **more}
    work.add(Deal(deal_id=f"dea_{key}", name=f"Deal {key}", stage_id="stg_1", opened_at=opened, **told))


def promise(work: Work, /, key: str = "1", due: datetime = NOW + timedelta(minutes=30), **more: Any) -> None:
    told = {"owner": "usr_ada", "customer_id": "cus_ann", "promised_at": NOW - DAY, **more}
    work.add(Task(task_id=f"tsk_{key}", title="Send the quote", due_at=due, created_at=NOW - DAY, **told))


def found(desk: Desk) -> list[str]:
    return sorted(one.kind.value for one in desk.read_now(queries.new_risks, desk.store.clock.now())[0])


async def raised(desk: Desk) -> int:
    return (await alert_pass.run(desk, NOW.date(), ZoneInfo("UTC"))).n


def waiting(desk: Desk) -> list[OutboxRow]:
    return desk.read_now(
        lambda work: list(
            work.session.scalars(select(OutboxRow).where(OutboxRow.state == "waiting").order_by(OutboxRow.outbox_id))
        )
    )


def leave(desk: Desk) -> list[Outgoing]:
    """Everything that may go goes; what went is told, in its order."""
    house, gone = desk.store.house(), []
    while rows := house.write_now(outbox.claim, 20):
        for row in rows:
            if row.kind not in noise.UNASKED or desk.write_now(alerts.admit, row, rules.decide):
                gone.append(row)
                desk.write_now(outbox.sent, row.outbox_id, row.attempts, "D1:1.1")
    return gone


def told(desk: Desk) -> list[str]:
    return desk.read_now(lambda work: list(work.session.scalars(select(Told.how).order_by(Told.outbox_id))))


def test_an_owner_hears_of_what_a_customer_wrote_to_somebody_else(cast: Cast) -> None:
    cast.ada.write_now(customer)
    cast.ada.write_now(wrote)
    (one,) = cast.ada.read_now(queries.replies, NOW)
    assert (one.kind, one.owner, one.customer_id) == (Kind.REPLY, "usr_ada", "cus_ann")
    assert cast.cleo.read_now(queries.replies, NOW) == ()


@pytest.mark.parametrize(
    "more",
    [
        {"by": "usr_ada"},
        {"direction": "outgoing"},
        {"kind": "call"},
        {"kind": "form"},
        {"level": "private"},
        {"at": NOW - 4 * DAY},
        {"at": NOW + timedelta(hours=1)},
        {"removed_at": NOW},
    ],
    ids=["sent in by the owner", "our own", "a call", "a form", "private", "long ago", "to come", "taken back"],
)
def test_nobody_hears_of_what_is_no_news(cast: Cast, more: dict[str, Any]) -> None:
    cast.ada.write_now(customer)
    cast.ada.write_now(lambda work: wrote(work, **more))
    assert cast.ada.read_now(queries.replies, NOW) == ()


def test_an_owner_who_had_a_copy_hears_nothing_and_neither_does_one_who_left(cast: Cast) -> None:
    def copied(work: Work) -> None:
        customer(work)
        customer(work, "bob", "usr_ben")
        wrote(work)
        work.add(Witness(communication_id="cmm_1", user_id="usr_ada", at=NOW))
        wrote(work, "2", by="usr_ada", who="cus_bob")
        work.session.get_one(User, (work.team_id, "usr_ben")).active = False

    cast.ada.write_now(copied)
    assert cast.ada.read_now(queries.replies, NOW) == ()


def test_a_promise_is_told_as_it_falls_due_and_anew_when_it_was_put_off(cast: Cast, clock: MovableClock) -> None:
    cast.ada.write_now(customer)
    cast.ada.write_now(promise)
    cast.ada.write_now(lambda work: promise(work, "2", NOW + timedelta(hours=3)))
    cast.ada.write_now(lambda work: promise(work, "3", NOW - 2 * DAY))
    cast.ada.write_now(lambda work: promise(work, "4", promised_at=None))
    (one,) = cast.ada.read_now(queries.promises, NOW)
    assert one.source_id == "tsk_1"
    assert cast.ada.write_now(alerts.raise_some, [one]) == 1
    assert cast.ada.read_now(queries.promises, NOW) == ()

    def put_off(work: Work) -> None:
        work.session.get_one(Task, (work.team_id, "tsk_1")).due_at = NOW + timedelta(minutes=50)

    cast.ada.write_now(put_off)
    assert [one.source_id for one in cast.ada.read_now(queries.promises, NOW)] == ["tsk_1"]


@pytest.mark.parametrize(
    ("silent", "kinds"),
    [(29, []), (31, ["champion"]), (36, ["champion"]), (40, [])],
    ids=["not yet", "passed", "this week", "a level, long known"],
)
def test_a_champion_is_told_as_the_silence_passes_thirty_days(cast: Cast, silent: int, kinds: list[str]) -> None:
    def stand(work: Work) -> None:
        customer(work, last_touch_at=NOW - DAY)
        customer(work, "bob", last_touch_at=NOW - silent * DAY)
        deal(work)
        work.add(DealPerson(deal_id="dea_1", customer_id="cus_bob", role="champion"))
        work.add(Task(task_id="tsk_1", title="x", owner="usr_ada", deal_id="dea_1", created_at=NOW))

    cast.ada.write_now(stand)
    assert found(cast.ada) == kinds


@pytest.mark.parametrize(
    ("age", "second", "kinds"),
    [(13, None, []), (15, None, ["contact"]), (60, 50, []), (90, 62, ["contact"]), (90, 80, [])],
    ids=["young", "two weeks old", "two live ones", "the second fell silent", "silent long ago"],
)
def test_one_live_contact_is_told_as_it_comes_to_that(
    cast: Cast, age: int, second: int | None, kinds: list[str]
) -> None:
    def stand(work: Work) -> None:
        customer(work, last_touch_at=NOW - DAY)
        customer(work, "bob", last_touch_at=NOW - second * DAY if second else None)
        deal(work, opened=NOW - age * DAY)
        work.add(DealPerson(deal_id="dea_1", customer_id="cus_bob", role="contact"))
        work.add(Task(task_id="tsk_1", title="x", owner="usr_ada", customer_id="cus_ann", created_at=NOW))

    cast.ada.write_now(stand)
    assert found(cast.ada) == kinds


def test_a_deal_without_a_next_step_is_told_a_week_after_the_last_one(cast: Cast) -> None:
    def stand(work: Work) -> None:
        for name in ("ann", "bob"):
            customer(work, name, last_touch_at=NOW - DAY, company_id="com_1")
        deal(work, opened=NOW - 13 * DAY)

    cast.ada.write_now(stand)
    assert found(cast.ada) == ["step"]
    ended = NOW - 3 * DAY
    cast.ada.write_now(lambda work: promise(work, "9", ended, state="done", done_at=ended, deal_id="dea_1"))
    assert found(cast.ada) == []
    cast.ada.write_now(lambda work: promise(work, "8", NOW + 9 * DAY, promised_at=None))
    assert [one.kind for one in cast.ada.read_now(queries.risks, NOW + 5 * DAY)] == []


async def test_a_cause_is_told_once_however_often_the_job_runs(cast: Cast, clock: MovableClock) -> None:
    cast.ada.write_now(customer)
    cast.ada.write_now(wrote)
    assert cast.ada.read_now(queries.anything)
    assert await raised(cast.ada) == 1
    assert await raised(cast.ada) == 0
    (row,) = waiting(cast.ada)
    assert (row.kind, row.order_key) == ("alert", "unasked:usr_ada")
    clock.advance(60)
    crossing = cast.ada.read_now(lambda work: work.session.scalars(select(Alert)).one())
    assert crossing.cause == "reply:cmm_1:usr_ada"


async def test_what_was_answered_in_the_meantime_is_not_told(cast: Cast) -> None:
    cast.ada.write_now(customer)
    cast.ada.write_now(wrote)
    await raised(cast.ada)
    alert_id = waiting(cast.ada)[0].payload["alert_id"]
    view = cast.ada.read_now(alert_views.alert, alert_id)
    assert view
    assert view.words == "Is it still valid?"
    cast.ada.write_now(lambda work: wrote(work, "2", NOW - timedelta(minutes=1), "usr_ada", direction="outgoing"))
    assert cast.ada.read_now(alert_views.alert, alert_id) is None


async def _burst(cast: Cast, n: int, start: int = 0) -> None:
    cast.ada.write_now(customer) if not start else None
    for number in range(start, start + n):
        cast.ada.write_now(wrote, str(number), cast.store.clock.now() - timedelta(minutes=5))
    await raised(cast.ada)


async def test_five_within_an_hour_become_one_digest_which_holds_no_answer_up(cast: Cast, clock: MovableClock) -> None:
    clock.advance(3 * 3600)
    await _burst(cast, 5)
    cast.ada.write_now(outbox.enqueue, "notice", "dm:usr_ada", "answer", {"text": "done"})
    assert [row.kind for row in leave(cast.ada)] == ["notice"]
    assert told(cast.ada) == ["held"] * 5
    assert (await brief_pass.run(cast.ada)).digests == 0
    clock.advance(3600)
    assert (await brief_pass.run(cast.ada)).digests == 1
    assert (await brief_pass.run(cast.ada)).digests == 0
    (digest,) = leave(cast.ada)
    assert len(digest.payload["items"]) == 5
    assert len(cast.ada.read_now(alert_views.digest, digest.payload["items"]).alerts) == 5


async def test_four_within_an_hour_come_one_by_one_and_six_a_day_are_enough(cast: Cast, clock: MovableClock) -> None:
    gone = 0
    for hour in range(4):
        await _burst(cast, 2, hour * 2)
        gone += len(leave(cast.ada))
        clock.advance(3601)
    assert gone == 6
    assert told(cast.ada) == ["sent"] * 6 + ["held"] * 2
    clock.advance(19 * 3600)
    assert (await brief_pass.run(cast.ada)).mornings == 2
    (brief,) = [row for row in leave(cast.ada) if row.payload["user_id"] == "usr_ada"]
    assert (brief.kind, len(brief.payload["items"])) == ("brief", 2)


async def test_whoever_wants_no_brief_gets_what_was_held_as_a_digest(cast: Cast, clock: MovableClock) -> None:
    cast.ada.write_now(mutes.mute, Muted.KIND, "brief", "briefs", None)
    cast.ada.write_now(mutes.mute, Muted.TODAY, "", "today", NOW + timedelta(hours=14))
    await _burst(cast, 1)
    assert leave(cast.ada) == []
    clock.advance(22.5 * 3600)
    assert (await brief_pass.run(cast.ada)).digests == 1
    assert [row.kind for row in leave(cast.ada) if row.payload["user_id"] == "usr_ada"] == ["digest"]


async def test_what_comes_at_night_waits_for_the_morning_and_keeps_its_try(cast: Cast, clock: MovableClock) -> None:
    clock.advance(10 * 3600)
    await _burst(cast, 2)
    assert leave(cast.ada) == []
    await _burst(cast, 1, 2)
    assert cast.store.house().read_now(outbox.depth).due == 0
    for row in waiting(cast.ada):
        assert row.not_before == datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
        assert row.attempts == 0
    clock.advance(12 * 3600)
    assert [one.kind for one in leave(cast.ada)] == ["alert"] * 3


async def test_a_second_try_after_a_crash_is_neither_counted_twice_nor_held(cast: Cast, clock: MovableClock) -> None:
    await _burst(cast, 1)
    house = cast.store.house()
    (row,) = house.write_now(outbox.claim, 20)
    assert cast.ada.write_now(alerts.admit, row, rules.decide)
    clock.advance(3600 * 12)
    (again,) = house.write_now(outbox.claim, 20)
    assert again.attempts == 2
    assert cast.ada.write_now(alerts.admit, again, rules.decide)
    assert told(cast.ada) == ["sent"]


async def test_a_muted_customer_is_not_told_of_until_the_mute_is_undone(cast: Cast) -> None:
    cast.ada.write_now(customer)
    done = cast.ada.write_now(mutes.mute, Muted.CUSTOMER, "cus_ann", "Ann", None)
    await _burst(cast, 1, 1)
    assert leave(cast.ada) == []
    assert told(cast.ada) == ["muted"]
    cast.ada.write_now(undo.undo, str(done.undo_id))
    assert cast.ada.read_now(noise.of, "usr_ada").mutes == ()
    await _burst(cast, 1, 2)
    assert [one.kind for one in leave(cast.ada)] == ["alert"]


def test_each_mute_of_a_kind_lowers_it_for_that_person_for_ninety_days(cast: Cast, clock: MovableClock) -> None:
    for _ in range(2):
        made = cast.ada.write_now(mutes.mute, Muted.KIND, "score", "scores", None)
        cast.ada.write_now(mutes.unmute, (made.row_id,), "scores")
    assert cast.ada.read_now(noise.of, "usr_ada").lowered == ((Kind.SCORE, 2),)
    assert cast.ada.read_now(noise.of, "usr_ben").lowered == ()
    clock.advance(91 * 86_400)
    assert cast.ada.read_now(noise.of, "usr_ada").lowered == ()


async def test_a_morning_brief_comes_once_at_half_past_eight_where_its_reader_lives(
    cast: Cast, clock: MovableClock
) -> None:
    clock.advance(-9 * 3600)
    cast.ada.write_now(mutes.set_brief, 8 * 60 + 15)
    assert not cast.ada.read_now(brief_queries.anything)
    clock.advance(7 * 3600 + 15 * 60)
    assert [one.user_id for one in cast.ada.read_now(brief_queries.mornings)] == ["usr_ada"]
    clock.advance(15 * 60)
    assert (await brief_pass.run(cast.ada)).mornings == 2
    assert (await brief_pass.run(cast.ada)).mornings == 0
    assert {row.kind for row in leave(cast.ada)} == {"brief"}


def test_no_brief_at_the_weekend_or_for_whoever_wants_none(cast: Cast, clock: MovableClock) -> None:
    cast.ada.write_now(mutes.set_brief, -1)
    clock.advance(-3600)
    assert [one.user_id for one in cast.ada.read_now(brief_queries.mornings)] == ["usr_ben"]
    cast.ben.write_now(mutes.mute, Muted.KIND, "brief", "briefs", None)
    assert cast.ada.read_now(brief_queries.mornings) == ()
    clock.advance(3 * 86_400)
    assert cast.ada.read_now(brief_queries.mornings) == ()


def test_the_brief_says_what_the_day_brings_and_is_empty_where_there_is_nothing(cast: Cast) -> None:
    reader = cast.ada.read_now(noise.reader_of, "usr_ada")
    assert cast.ada.read_now(brief_queries.morning, reader, []).is_empty

    def stand(work: Work) -> None:
        customer(work)
        wrote(work, at=NOW - 2 * DAY)
        deal(work)
        promise(work)
        meet(work)

    cast.ada.write_now(stand)
    day = cast.ada.read_now(brief_queries.morning, reader, [])
    assert [one.title for one in day.tasks] == ["Send the quote"]
    assert [one.name for one in day.waiting] == ["Ann"]
    assert [(one.subject, one.people) for one in day.meetings] == [("Demo", ("Ann Lee", "Ben"))]
    assert [one.deal.name for one in day.risks] == ["Deal 1"]


def meet(work: Work, at: datetime = NOW + timedelta(hours=2)) -> None:
    work.add(
        Communication(communication_id="cmm_m", kind="calendar", direction="incoming", happened_at=at, logged_at=NOW,
                      logged_by="usr_ada", source="mail", source_key="m", subject="Demo")
    )  # fmt: skip
    work.add(
        Participant(participant_id="par_m", communication_id="cmm_m", role="from", name="Ann Lee",
                    address_key="ann@globex.example", customer_id="cus_ann")
    )  # fmt: skip
    work.add(Participant(participant_id="par_n", communication_id="cmm_m", role="to", name="Ada", user_id="usr_ada"))
    work.add(
        Participant(participant_id="par_o", communication_id="cmm_m", role="to", name="Ben", user_id="usr_ben",
                    address_key="ben@rapport.example")
    )  # fmt: skip
    work.add(MeetingAnswer(meeting_key="m1", address_key="ben@rapport.example", answer="declined", at=NOW))
    work.add(Meeting(meeting_key="m1", communication_id="cmm_m", starts_at=at, ends_at=at + timedelta(hours=1)))


def test_a_meeting_is_briefed_a_quarter_of_an_hour_before_to_those_who_come(cast: Cast, clock: MovableClock) -> None:
    cast.ada.write_now(customer)
    cast.ada.write_now(meet)
    clock.advance(104 * 60)
    assert cast.ada.read_now(brief_queries.meetings) == ()
    clock.advance(60)
    (due,) = cast.ada.read_now(brief_queries.meetings)
    assert due.user_id == "usr_ada"
    brief = cast.ada.read_now(brief_queries.meeting, "m1", "usr_ada")
    assert brief.subject == "Demo"
    assert brief.people == (("Ann Lee", ""), ("Ben", "declined"))
    assert [one.customer.name for one in brief.customers] == ["Ann"]
