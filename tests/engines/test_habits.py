"""What is waved away: asked about once, then heard less of; on both engines."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crm_store.actions import habits, suggestions
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.models.noise import Told
from crm_store.models.people import Customer
from crm_store.queries import habits as queries
from crm_store.queries import noise
from crm_store.values.marketing import Idea, Verdict
from crm_store.values.noise import Kind
from tests.cast import Cast
from tests.units.campaigns.shop import address, consent


def _told(desk: Desk, n: int, kind: Kind = Kind.STEP, user: str = "usr_ada") -> None:
    def write(work: Work) -> None:
        for number in range(n):
            work.add(
                Told(
                    outbox_id=f"out_{kind}_{number}", place=noise.place(user), kind=kind.value, how=noise.SENT,
                    at=work.now - timedelta(hours=n - number), row_kind="alert", payload={},
                )
            )  # fmt: skip

    desk.write_now(write)


def test_three_of_four_dismissed_are_asked_about_once(cast: Cast) -> None:
    _told(cast.ada, 4)
    assert [cast.ada.write_now(habits.dismiss, Kind.STEP) for _ in range(4)] == [False, False, True, False]


def test_fewer_than_four_told_are_no_habit(cast: Cast) -> None:
    _told(cast.ada, 3)
    assert not any(cast.ada.write_now(habits.dismiss, Kind.STEP) for _ in range(3))


def test_a_kind_does_not_speak_for_another_nor_a_person_for_another(cast: Cast) -> None:
    _told(cast.ada, 4)
    for _ in range(2):
        cast.ada.write_now(habits.dismiss, Kind.STEP)
    assert not cast.ada.write_now(habits.dismiss, Kind.REPLY)
    assert not cast.ben.write_now(habits.dismiss, Kind.STEP)


def test_who_wants_less_has_less_room_for_that_kind_and_is_not_muted(cast: Cast) -> None:
    receipt = cast.ada.write_now(habits.hear_less, Kind.STEP)
    assert receipt.undo_id
    told = cast.ada.read_now(noise.of, "usr_ada")
    assert told.lowered == ((Kind.STEP, 1),)
    assert told.mutes == ()


IDEA = Idea(
    kind="win_back", target="t", title="Win back", who="silent ones", why=("silent",), expected="some",
    subject="Hello {first_name}", body="Hello {first_name}, how are you?", members=("cus_1",),
)  # fmt: skip


def _customer(work: Work) -> None:
    """Somebody who may be written to, since what reaches nobody is not proposed."""
    work.add(Customer(customer_id="cus_1", name="Ann", name_key="ann", created_at=work.now))
    work.flush()
    address(work, "cus_1")
    consent(work, "cus_1")


def _decided(cast: Cast, clock: MovableClock, verdict: Verdict, number: int) -> str:
    suggestion_id = cast.ada.write_now(suggestions.propose, _idea(number))
    assert suggestion_id
    cast.ada.write_now(suggestions.decide, suggestion_id, 1, verdict, "not now")
    clock.advance(3_600)
    return suggestion_id


def _idea(number: int) -> Idea:
    return replace(IDEA, target=f"t{number}")


def test_a_team_that_dismisses_a_kind_is_asked_once_and_then_gets_one_in_a_fortnight(
    cast: Cast, clock: MovableClock
) -> None:
    cast.ada.write_now(_customer)
    asked = []
    for number in range(5):
        one = _decided(cast, clock, "dismissed", number)
        asked.append(cast.ada.write_now(habits.asks_after, one))
    assert asked == ["", "", "", "win_back", ""]
    cast.ada.write_now(habits.propose_less, "win_back", "win back")
    assert cast.ada.read_now(queries.has_enough, "win_back")
    assert cast.ada.write_now(suggestions.propose, _idea(9)) is None
    clock.advance(queries.REST.total_seconds() + 1)
    assert cast.ada.write_now(suggestions.propose, _idea(9)) is not None


@pytest.mark.parametrize("kind", ["thank", "refer"])
def test_a_kind_that_nobody_complained_of_comes_as_before(cast: Cast, kind: str) -> None:
    cast.ada.write_now(habits.propose_less, "win_back", "win back")
    assert not cast.ada.read_now(queries.has_enough, kind)
