"""The outbox on both engines: in order for each receiver, each thing once, patient with those who ask for it."""

import threading
from collections.abc import Callable

import pytest

from crm_store import outbox
from crm_store.actions import deliveries
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.outbox import Outgoing
from tests.cast import Cast


@pytest.fixture
def house(cast: Cast) -> Desk:
    return cast.store.house()


def say(work: Work, text: str, to: str = "dm:usr_ada") -> str | None:
    return outbox.enqueue(work, "notice", to, text, {"text": text})


def take(house: Desk, most: int = 20) -> list[Outgoing]:
    return house.write_now(outbox.claim, most)


def texts(rows: list[Outgoing]) -> list[str]:
    return [one.payload["text"] for one in rows]


def test_the_same_thing_is_on_its_way_once(cast: Cast, house: Desk) -> None:
    assert cast.ada.write_now(say, "hello") is not None
    assert cast.ada.write_now(say, "hello") is None
    (row,) = take(house)
    assert house.write_now(outbox.sent, row.outbox_id, row.attempts, "D1:1.2")
    assert cast.ada.write_now(say, "hello") is None
    assert cast.cleo.write_now(say, "hello") is not None


def test_of_each_receiver_only_the_oldest_goes(cast: Cast, house: Desk) -> None:
    """Written within one millisecond, they still go in the order in which they were written."""

    def many(work: Work) -> None:
        for number in range(20):
            say(work, f"{number:02}")
            say(work, f"b{number:02}", "dm:usr_ben")

    cast.ada.write_now(many)
    heard: list[str] = []
    while rows := take(house):
        assert len(rows) == 2
        for row in rows:
            heard.append(row.payload["text"])
            assert house.write_now(outbox.sent, row.outbox_id, row.attempts, None)
    assert [one for one in heard if one[0] != "b"] == [f"{n:02}" for n in range(20)]
    assert [one for one in heard if one[0] == "b"] == [f"b{n:02}" for n in range(20)]


def test_many_are_written_at_once_in_their_order_without_what_is_on_its_way_already(cast: Cast, house: Desk) -> None:
    def many(work: Work) -> int:
        words = ("one", "two", "three", "two")
        return outbox.enqueue_many(work, [outbox.Leaving("notice", "dm:usr_ada", one, {"text": one}) for one in words])

    assert cast.ada.write_now(say, "one")
    assert cast.ada.write_now(many) == 2
    assert cast.ada.write_now(outbox.enqueue_many, []) == 0
    (first,) = take(house)
    behind = house.write_now(outbox.claim_behind, first, 10)
    assert texts([first, *behind]) == ["one", "two", "three"]


def test_the_next_waits_until_the_first_is_sent_or_given_up(cast: Cast, house: Desk, clock: MovableClock) -> None:
    cast.ada.write_now(say, "first")
    cast.ada.write_now(say, "second")
    (first,) = take(house)
    assert take(house) == []
    assert house.write_now(outbox.later, first.outbox_id, first.attempts, "busy", 10)
    assert take(house) == []
    clock.advance(10)
    (again,) = take(house)
    assert (again.outbox_id, again.attempts) == (first.outbox_id, 2)
    assert house.write_now(outbox.failed, again.outbox_id, again.attempts, "channel_not_found")
    assert texts(take(house)) == ["second"]


def test_a_wait_that_slack_asked_for_is_no_try(cast: Cast, house: Desk, clock: MovableClock) -> None:
    cast.ada.write_now(say, "hello")
    for _ in range(5):
        (row,) = take(house)
        assert row.attempts == 1
        assert house.write_now(outbox.later, row.outbox_id, row.attempts, "ratelimited", 30, counted=False)
        clock.advance(30)


def test_a_message_for_later_waits_for_its_time(cast: Cast, house: Desk, clock: MovableClock) -> None:
    at = clock.advance(0).replace(hour=18)
    cast.ada.write_now(outbox.enqueue, "notice", "dm:usr_ada", "evening", {"text": "evening"}, at)
    assert take(house) == []
    assert house.read_now(outbox.depth) == outbox.Depth(1, 0, clock.now(), 0)
    clock.advance(9 * 3600)
    assert texts(take(house)) == ["evening"]


def test_a_sender_that_died_loses_its_row_and_cannot_end_it(cast: Cast, house: Desk, clock: MovableClock) -> None:
    cast.ada.write_now(say, "hello")
    (dead,) = take(house)
    clock.advance(outbox.LEASE.total_seconds() + 1)
    assert house.read_now(outbox.anything)
    (heir,) = take(house)
    assert heir.attempts == 2
    assert not house.write_now(outbox.sent, dead.outbox_id, dead.attempts, "late")
    assert not house.write_now(outbox.failed, dead.outbox_id, dead.attempts, "late")
    assert not house.write_now(outbox.later, dead.outbox_id, dead.attempts, "late", 1)
    assert house.write_now(outbox.sent, heir.outbox_id, heir.attempts, "D1:1.2")
    assert house.read_now(outbox.depth) == outbox.Depth(0, 0, None, 0)


def test_what_failed_is_counted(cast: Cast, house: Desk) -> None:
    cast.ada.write_now(say, "hello")
    (row,) = take(house)
    house.write_now(outbox.failed, row.outbox_id, row.attempts, "gone")
    assert house.read_now(outbox.depth).failed == 1


def test_a_row_leaves_only_with_its_cause(cast: Cast, house: Desk) -> None:
    before = cast.store.bells.rung(outbox.BELL)

    def cause(work: Work) -> None:
        say(work, "hello")
        raise RuntimeError("the cause failed")

    with pytest.raises(RuntimeError):
        cast.ada.write_now(cause)
    assert take(house) == []
    assert cast.store.bells.rung(outbox.BELL) == before


def test_two_senders_never_hold_the_same_row_nor_overtake(opens: Callable[[], Store]) -> None:
    stores = [opens() for _ in range(2)]
    desk = stores[0].team("tea_rapport")

    def many(work: Work) -> None:
        for number in range(30):
            say(work, f"{number:02}", f"dm:{number % 3}")

    desk.write_now(many)
    heard: list[str] = []
    lock = threading.Lock()

    def send(house: Desk) -> None:
        while house.read_now(outbox.depth).waiting:
            for row in take(house, 2):
                with lock:
                    heard.append(row.payload["text"])
                assert house.write_now(outbox.sent, row.outbox_id, row.attempts, None)

    threads = [threading.Thread(target=send, args=(one.house(),)) for one in stores]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(heard) == [f"{n:02}" for n in range(30)]
    for receiver in range(3):
        mine = [one for one in heard if int(one) % 3 == receiver]
        assert mine == sorted(mine)


def test_what_a_killed_process_was_sending_is_free_at_the_next_start(cast: Cast, house: Desk) -> None:
    cast.ada.write_now(say, "hello")
    (row,) = take(house)
    assert house.write_now(outbox.free) == 1
    (again,) = take(house)
    assert again.attempts == row.attempts + 1
    assert not house.write_now(outbox.sent, row.outbox_id, row.attempts, "late")


def test_what_waits_right_behind_is_taken_along_up_to_the_first_of_another_kind(cast: Cast, house: Desk) -> None:
    for text in ("one", "two", "three"):
        cast.ada.write_now(say, text)
    cast.ada.write_now(lambda work: outbox.enqueue(work, "question", "dm:usr_ada", "q", {"text": "q"}))
    cast.ada.write_now(say, "four")
    (first,) = take(house)
    assert texts(cast.ada.write_now(outbox.claim_behind, first, 5)) == ["two", "three"]


def test_a_message_whose_channel_is_closed_goes_to_a_person_and_says_where_it_is_kept(cast: Cast, house: Desk) -> None:
    cast.ada.write_now(outbox.enqueue, "post", "channel:C1", "hello", {"channel": "C1", "text": "hello"})
    (row,) = take(house)
    cast.ada.write_now(deliveries.undeliverable, row, "I am not there.", "not_in_channel", elsewhere=True)
    there = {one.kind: one for one in take(house)}
    assert there["post"].payload[deliveries.INSTEAD]
    assert f"Ref {row.outbox_id}." in there["notice"].payload["text"]


def test_whoever_installed_us_is_told_of_the_same_thing_once_a_day(
    cast: Cast, house: Desk, clock: MovableClock
) -> None:
    for _ in range(2):
        cast.ada.write_now(deliveries.tell_installer, "missing_scope:chat:write", "A permission is missing.")
    assert texts(take(house)) == ["A permission is missing."]
    clock.advance(86_400)
    cast.ada.write_now(deliveries.tell_installer, "missing_scope:chat:write", "A permission is missing.")
    assert len(take(house)) == 1
