"""A day on both engines: who waits, who is new, what is open, and how mail and sending are for those who may see it."""

from datetime import timedelta

from crm_store import outbox
from crm_store.actions import communications, orders, tasks
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.models.people import Customer
from crm_store.money import Money
from crm_store.queries import day
from crm_store.values.acts import NewCommunication, NewOrder, NewTask, Person
from tests.cast import Cast
from tests.units.crm_store.history.acme import customer


def test_a_day_shows_what_waits_for_one_person_and_not_for_another(cast: Cast, clock: MovableClock) -> None:
    ann = customer(cast.ada)
    wrote = clock.now() - timedelta(hours=3)
    mail = NewCommunication(
        "mail", "incoming", wrote, "when does it come?", "mail", "m-1", (Person("from", customer_id=ann),)
    )
    cast.ada.write_now(communications.log, mail)
    cast.ada.write_now(tasks.add, NewTask("send the drawing", None, "usr_ada", ann))
    mine = cast.ada.read_now(day.my_day, "usr_ada", "rep")
    assert [one.title for one in mine.tasks] == ["send the drawing"]
    assert [one.customer_id for one in mine.leads] == [ann]
    assert mine.recent
    assert not mine.is_empty
    assert cast.cleo.read_now(day.my_day, "usr_cleo", "rep").is_empty


def test_who_has_bought_is_no_new_contact(cast: Cast, clock: MovableClock) -> None:
    ann = customer(cast.ada)
    cast.ada.write_now(orders.add, NewOrder("o-1", ann, clock.now(), Money(100, "EUR")))
    assert cast.ada.read_now(day.my_day, "usr_ada", "rep").leads == ()


def test_late_sending_is_seen_after_a_minute_and_mail_and_jobs_by_a_manager_alone(
    cast: Cast, clock: MovableClock
) -> None:
    cast.ada.write_now(outbox.enqueue, "post", "channel:C_SALES", "late", {"text": "x", "channel": "C_SALES"})
    assert cast.ada.read_now(day.health, tells=False).delayed_since is None
    sent = clock.now()
    clock.advance(180)
    late = cast.ada.read_now(day.health, tells=False)
    assert (late.delayed, late.delayed_since, late.told) == (1, sent, False)
    assert cast.ben.read_now(day.my_day, "usr_ben", "manager").health.told


def test_who_waits_longest_stands_first_by_their_last_word(cast: Cast, clock: MovableClock) -> None:
    ann, bo = customer(cast.ada), customer(cast.ada, "Bo Roth", "bo@acme.example")

    def own(work: Work) -> None:
        for one in (ann, bo):
            work.session.get_one(Customer, (work.team_id, one)).owner = "usr_ada"

    cast.ada.write_now(own)
    for hours, who in ((9, ann), (8, bo), (1, ann)):
        wrote = clock.now() - timedelta(hours=hours)
        told = NewCommunication(
            "mail", "incoming", wrote, "?", "mail", f"m-{hours}", (Person("from", customer_id=who),)
        )
        cast.ada.write_now(communications.log, told)
    waiting = cast.ada.read_now(day.my_day, "usr_ada", "rep").waiting
    assert [one.customer_id for one in waiting] == [bo, ann]
