"""What follows a letter: a reminder for the silent, then a task, each once, and nothing for whoever answered."""

import asyncio
import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select

from bot.cards import campaign as cards
from crm_store.actions import plans as acts
from crm_store.actions import sends
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.models.marketing import Campaign, Send, Suppression
from crm_store.models.trade import Task
from crm_store.queries import campaign_calendar
from crm_store.queries.sends import _other_campaigns
from crm_store.values import plans
from crm_store.values.campaign_calendar import What
from tests.cast import Cast
from tests.units.analytics.simulated import simulate
from tests.units.campaigns import shop
from tests.units.campaigns.test_responses import approve, arm
from tests.units.campaigns.test_send import campaign, sender

DAY = 24 * 3600


@pytest.fixture
def letters(cast: Cast, tmp_path: Path) -> Path:
    """A campaign to three people with a reminder and a task; its first letters have left."""

    def plan(work: Work) -> None:
        campaign(work)
        row = work.session.scalars(select(Campaign)).one()
        row.template = {**row.template, "steps": plans.stored(plans.planned(plans.BOTH, 5))}
        row.window_days = 30

    cast.ben.write_now(plan)
    leave(cast, tmp_path)
    return tmp_path


def leave(cast: Cast, folder: Path) -> None:
    asyncio.run(sender(cast, folder).round())


def read(folder: Path) -> list[EmailMessage]:
    return [
        email.message_from_bytes(one.read_bytes(), policy=email.policy.default)
        for one in sorted((folder / "outgoing").glob("*.eml"))
    ]


def states(work: Work, step: int) -> list[tuple[str, str | None]]:
    rows = work.session.execute(select(Send.state, Send.reason).where(Send.step == step).order_by(Send.customer_id))
    return [(state, reason) for state, reason in rows]


def test_the_silent_get_a_reminder_that_goes_on_from_the_letter(cast: Cast, letters: Path, clock: MovableClock) -> None:
    assert cast.ben.write_now(acts.advance) == 0
    clock.advance(5 * DAY)
    assert cast.ben.write_now(acts.advance) == 3
    assert cast.ben.write_now(acts.advance) == 0
    leave(cast, letters)
    first = {str(one["To"]): str(one["Message-ID"]) for one in read(letters) if not one["In-Reply-To"]}
    reminders = [one for one in read(letters) if one["In-Reply-To"]]
    assert len(reminders) == 3
    for one in reminders:
        assert str(one["In-Reply-To"]) == first[str(one["To"])]
        assert str(one["Subject"]).startswith("Re: For Ann")


def test_whoever_answered_is_left_alone(cast: Cast, letters: Path, clock: MovableClock) -> None:
    clock.advance(DAY)

    def answer(work: Work) -> None:
        shop.letter(work, "cmm_reply", "cus_00000", work.now, incoming=True)

    cast.ben.write_now(answer)
    clock.advance(4 * DAY)
    cast.ben.write_now(acts.advance)
    assert cast.ben.read_now(states, 1) == [("skipped", "answered before"), ("waiting", None), ("waiting", None)]


def test_an_answer_that_comes_while_the_reminder_waits_still_ends_it(
    cast: Cast, letters: Path, clock: MovableClock
) -> None:
    clock.advance(5 * DAY)
    cast.ben.write_now(acts.advance)
    cast.ben.write_now(lambda work: shop.letter(work, "cmm_reply", "cus_00001", work.now, incoming=True))
    clock.advance(60)
    leave(cast, letters)
    assert cast.ben.read_now(states, 1)[1] == ("skipped", "answered before")
    assert sum(bool(one["In-Reply-To"]) for one in read(letters)) == 2


def test_whoever_unsubscribed_gets_no_reminder(cast: Cast, letters: Path, clock: MovableClock) -> None:
    clock.advance(5 * DAY)
    cast.ben.write_now(acts.advance)
    gone = {"value_key": "cus_00002@shop.example", "scope": "marketing", "reason": "unsubscribed", "at": clock.now()}
    cast.ben.write_now(lambda work: work.insert(Suppression, [gone]))
    leave(cast, letters)
    assert cast.ben.read_now(states, 1)[2] == ("skipped", "unsubscribed or bounced")


def test_after_the_reminder_the_owner_gets_one_task_a_person(cast: Cast, letters: Path, clock: MovableClock) -> None:
    for _ in range(2):
        clock.advance(5 * DAY)
        cast.ben.write_now(acts.advance)
        leave(cast, letters)
        cast.ben.write_now(acts.advance)
    tasks = cast.ada.read_now(lambda work: list(work.session.scalars(select(Task).order_by(Task.title))))
    assert [one.title for one in tasks] == [f"Call Ann{at} Lee: no answer to “Spring letter”" for at in range(3)]
    assert {one.owner for one in tasks} == {"usr_ada"}
    assert all(one.due_at is not None and one.due_at.weekday() < 5 for one in tasks), "calls are for working days"


def test_a_campaign_by_phone_is_tasks_with_something_to_talk_about_and_no_letter(cast: Cast, tmp_path: Path) -> None:
    def by_phone(work: Work) -> None:
        shop.stock(work, simulate(60, with_deals=False))
        approve(work)
        row = work.session.scalars(select(Campaign)).one()
        work.session.execute(delete(Send))
        row.template = {**row.template, plans.CHANNEL: plans.CALL, "body": "ask after {{ company }}"}
        work.flush()
        sends.start(work, row.campaign_id)

    cast.ada.write_now(by_phone)
    leave(cast, tmp_path)
    assert read(tmp_path) == []
    treated = cast.ada.read_now(
        lambda work: arm(work, work.session.scalars(select(Campaign.campaign_id)).one(), "treated")
    )
    tasks = cast.ada.read_now(lambda work: list(work.session.scalars(select(Task))))
    assert sorted(str(one.customer_id) for one in tasks) == treated
    assert all(one.title.startswith("Call ") and "ask after Acme" in one.title for one in tasks)
    assert any("To talk about: last order" in one.title for one in tasks)
    others = cast.ada.read_now(_other_campaigns, treated)
    assert set(others) == set(treated), "a call counts as a contact: no other campaign writes to them meanwhile"


@pytest.mark.parametrize("state", ["paused", "stopped", "measured"])
def test_a_campaign_that_does_not_run_takes_no_step(cast: Cast, letters: Path, clock: MovableClock, state: str) -> None:
    def rest(work: Work) -> None:
        work.session.scalars(select(Campaign)).one().state = state

    cast.ben.write_now(rest)
    clock.advance(6 * DAY)
    assert cast.ben.write_now(acts.advance) == 0


def test_the_calendar_shows_what_comes_by_day(cast: Cast, letters: Path, clock: MovableClock) -> None:
    found = cast.ben.read_now(campaign_calendar.coming)
    assert [(one.what, one.people) for one in found] == [(What.REMINDER, 3), (What.MEASURED, 0)]
    clock.advance(5 * DAY)
    cast.ben.write_now(acts.advance)
    whats = [one.what for one in cast.ben.read_now(campaign_calendar.coming)]
    assert whats == [What.LETTERS, What.MEASURED]
    zone = ZoneInfo("Europe/Berlin")
    card = cards.calendar(cast.ben.read_now(campaign_calendar.coming), now=clock.now(), zone=zone)
    assert "Spring letter: 3 letters to leave" in card.text
    assert "Nothing is planned" in cards.calendar((), now=clock.now(), zone=zone).text


def test_a_plan_is_said_in_one_sentence() -> None:
    assert plans.said(plans.planned(plans.NOTHING, 5)) == ""
    assert plans.said(plans.planned(plans.BOTH, 3)).startswith("Who has not answered: after 3 days a reminder, then")
    assert plans.read(plans.stored(plans.planned(plans.BOTH, 3))) == plans.planned(plans.BOTH, 3)
