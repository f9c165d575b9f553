"""The inbox on both engines: kept once, handled by one at a time, never lost with a worker that dies."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from crm_store import inbox
from crm_store.clock import MovableClock
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.inbox import Arrival, Claimed
from tests.cast import Cast


def arrival(key: str, team: str = "tea_rapport", source: str = "smtp") -> Arrival:
    return Arrival(team, source, key, b"raw \x00 " + key.encode(), {"to": key}, message_id=f"<{key}>")


@pytest.fixture
def house(cast: Cast) -> Desk:
    return cast.store.house()


def put(house: Desk, *keys: str) -> None:
    for key in keys:
        assert house.write_now(inbox.put, arrival(key))


def take(house: Desk, most: int = 10) -> list[Claimed]:
    return house.write_now(inbox.claim, ["smtp"], most)


def states(house: Desk) -> dict[str, str]:
    return {one.key: one.state for one in house.read_now(inbox.lines)}


def test_what_arrives_twice_is_kept_once(house: Desk) -> None:
    assert house.write_now(inbox.put, arrival("a")) is not None
    assert house.write_now(inbox.put, arrival("a")) is None
    assert house.write_now(inbox.put, arrival("a", "tea_other")) is not None
    assert len(house.read_now(inbox.lines)) == 2


def test_a_claimed_row_comes_as_it_arrived(house: Desk, clock: MovableClock) -> None:
    put(house, "a")
    (row,) = take(house)
    assert (row.team_id, row.source, row.key, row.raw) == ("tea_rapport", "smtp", "a", b"raw \x00 a")
    assert (row.envelope, row.received_at, row.attempts) == ({"to": "a"}, clock.now(), 1)
    assert house.read_now(inbox.read_raw, row.inbox_id) == row.raw


def test_rows_are_claimed_oldest_first_and_each_by_one_only(house: Desk) -> None:
    put(house, *"abcde")
    assert [one.key for one in take(house, 3)] == ["a", "b", "c"]
    assert [one.key for one in take(house, 3)] == ["d", "e"]
    assert take(house) == []


def test_only_the_wished_source_is_claimed(house: Desk) -> None:
    house.write_now(inbox.put, arrival("a", source="slack"))
    assert not house.read_now(inbox.anything, ["smtp"])
    assert take(house) == []
    assert house.read_now(inbox.anything, ["smtp", "slack"])


def test_the_row_of_a_dead_worker_is_taken_again_after_its_lease(house: Desk, clock: MovableClock) -> None:
    put(house, "a")
    (dead,) = take(house)
    clock.advance(inbox.LEASE.total_seconds())
    assert take(house) == []
    clock.advance(1)
    (heir,) = take(house)
    assert (heir.inbox_id, heir.attempts) == (dead.inbox_id, 2)


def test_a_worker_that_comes_back_too_late_changes_nothing(house: Desk, clock: MovableClock) -> None:
    put(house, "a")
    (late,) = take(house)
    clock.advance(61)
    (heir,) = take(house)
    for end in (inbox.finish, inbox.hold, inbox.set_aside, inbox.postpone):
        assert house.write_now(end, late.inbox_id, late.attempts, "late") is False
    assert house.write_now(inbox.give_back, late.inbox_id, late.attempts) is False
    assert house.write_now(inbox.extend, late.inbox_id, late.attempts) is False
    assert states(house) == {"a": "working"}
    assert house.write_now(inbox.finish, heir.inbox_id, heir.attempts, "filed") is True
    assert house.write_now(inbox.finish, heir.inbox_id, heir.attempts, "filed") is False
    assert states(house) == {"a": "done"}


def test_an_extended_lease_keeps_the_row(house: Desk, clock: MovableClock) -> None:
    put(house, "a")
    (row,) = take(house)
    clock.advance(inbox.LEASE.total_seconds() * 0.8)
    assert house.write_now(inbox.extend, row.inbox_id, row.attempts)
    clock.advance(inbox.LEASE.total_seconds() * 0.8)
    assert take(house) == []


def test_what_a_killed_process_had_begun_is_free_at_the_next_start_and_its_late_end_is_refused(house: Desk) -> None:
    put(house, "a")
    (row,) = take(house)
    assert house.write_now(inbox.free) == 1
    (again,) = take(house)
    assert not house.write_now(inbox.finish, row.inbox_id, row.attempts, "late")
    assert house.write_now(inbox.finish, again.inbox_id, again.attempts, "done")


@pytest.mark.parametrize(("end", "state"), [(inbox.hold, "held"), (inbox.set_aside, "set_aside")])
def test_a_row_for_a_person_waits_until_it_is_released(
    house: Desk, clock: MovableClock, end: Callable[[Work, str, int, str], bool], state: str
) -> None:
    put(house, "a")
    (row,) = take(house)
    assert house.write_now(end, row.inbox_id, row.attempts, "unknown sender")
    clock.advance(timedelta(days=30).total_seconds())
    assert take(house) == []
    assert [one.verdict for one in house.read_now(inbox.lines, state)] == ["unknown sender"]
    assert house.write_now(inbox.release, row.inbox_id) is True
    assert house.write_now(inbox.release, row.inbox_id) is False
    assert [one.attempts for one in take(house)] == [1]


def test_the_pause_after_a_failure_doubles_up_to_half_an_hour(house: Desk, clock: MovableClock) -> None:
    put(house, "a")
    pauses = []
    for _ in range(50):
        (row,) = take(house)
        assert house.write_now(inbox.postpone, row.inbox_id, row.attempts, "no luck")
        pause = 0
        while not take_again(house):
            step = 2**row.attempts if row.attempts < 11 else 1800
            clock.advance(step)
            pause += step
        pauses.append(pause)
    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses[-1] == 1800


def take_again(house: Desk) -> bool:
    return house.read_now(inbox.anything, ["smtp"])


def test_a_row_given_back_unharmed_has_lost_no_try(house: Desk) -> None:
    put(house, "a")
    (row,) = take(house)
    assert house.write_now(inbox.give_back, row.inbox_id, row.attempts)
    assert [one.attempts for one in take(house)] == [1]


def killed(house: Desk) -> None:
    """The process dies with what it has in hand, and is started again."""
    house.write_now(inbox.free)


def test_tries_that_failed_are_counted_apart_from_those_that_were_cut_short(house: Desk, clock: MovableClock) -> None:
    put(house, "a")
    take(house)
    killed(house)
    (row,) = take(house)
    assert (row.attempts, row.failures, row.cut_short) == (2, 0, 1)
    assert house.write_now(inbox.postpone, row.inbox_id, row.attempts, "it failed")
    clock.advance(3_600)
    (row,) = take(house)
    assert (row.attempts, row.failures, row.cut_short) == (3, 1, 1)
    assert house.write_now(inbox.set_aside, row.inbox_id, row.attempts, "enough")
    assert house.write_now(inbox.release, row.inbox_id)
    (row,) = take(house)
    assert (row.attempts, row.failures, row.cut_short) == (1, 0, 0)


def test_what_was_in_hand_at_several_deaths_is_taken_alone(house: Desk) -> None:
    put(house, *"abc")
    for _ in range(inbox.SUSPECT):
        assert len(take(house)) == 3
        killed(house)
    put(house, "d")
    assert house.write_now(inbox.claim, ["smtp"], busy=True) == []
    for wanted in "abc":
        (row,) = take(house)
        assert row.key == wanted
        assert house.write_now(inbox.finish, row.inbox_id, row.attempts, "done")
    assert [one.key for one in take(house)] == ["d"]


def test_what_stands_before_a_suspect_is_taken_before_it(house: Desk, clock: MovableClock) -> None:
    put(house, "a")
    clock.advance(1)
    put(house, "b")
    for _ in range(inbox.SUSPECT):
        (first, *others) = take(house)
        assert house.write_now(inbox.give_back, first.inbox_id, first.attempts)
        assert [one.key for one in others] == ["b"]
        killed(house)
    assert [one.key for one in take(house)] == ["a"]
    assert [one.key for one in take(house)] == ["b"]


def test_the_depth_counts_what_is_not_done(house: Desk, clock: MovableClock) -> None:
    assert house.read_now(inbox.depth) == inbox.Depth(0, None, 0)
    first = clock.now()
    put(house, "a")
    clock.advance(5)
    put(house, "b", "c")
    row = take(house, 1)[0]
    assert house.read_now(inbox.depth) == inbox.Depth(3, first, 0)
    house.write_now(inbox.set_aside, row.inbox_id, row.attempts, "poison")
    assert house.read_now(inbox.depth) == inbox.Depth(2, first + timedelta(seconds=5), 1)


def test_claimers_in_many_threads_get_each_row_once(opens: Callable[[], Store]) -> None:
    desks = [opens().house() for _ in range(2)]
    put(desks[0], *(f"k{n:03}" for n in range(60)))
    claimed: Counter[str] = Counter()
    lock = threading.Lock()

    def work(desk: Desk) -> None:
        while rows := take(desk, 3):
            with lock:
                claimed.update(one.key for one in rows)

    threads = [threading.Thread(target=work, args=(desk,)) for desk in desks for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sum(claimed.values()) == len(claimed) == 60


def test_the_verdict_and_its_effects_share_one_transaction(house: Desk) -> None:
    put(house, "a")
    (row,) = take(house)

    def finish_and_fail(work: Work) -> None:
        assert inbox.finish(work, row.inbox_id, row.attempts, "filed")
        raise RuntimeError("the effect failed")

    with pytest.raises(RuntimeError):
        house.write_now(finish_and_fail)
    assert states(house) == {"a": "working"}


async def test_the_bell_rings_only_after_the_commit(cast: Cast) -> None:
    bells = cast.store.bells
    before = bells.rung("inbox:smtp")

    def put_and_fail(work: Work) -> None:
        inbox.put(work, arrival("a"))
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await cast.store.house().write(put_and_fail)
    assert bells.rung("inbox:smtp") == before
    await cast.store.house().write(inbox.put, arrival("a"))
    await bells.wait("inbox:smtp", before, seconds=10)
    assert bells.rung("inbox:smtp") == before + 1
    await cast.store.house().write(inbox.put, arrival("a"))
    assert bells.rung("inbox:smtp") == before + 1


def said(house: Desk, key: str, lane: str | None) -> None:
    envelope = {"did": "direct"} if lane is None else {"did": "direct", inbox.LANE: lane}
    house.write_now(inbox.put, Arrival("tea_rapport", "slack", key, b"{}", envelope))


def in_turn(house: Desk, most: int = 8) -> list[Claimed]:
    return house.write_now(inbox.claim_in_turn, "slack", most)


def test_what_one_person_says_in_one_place_is_handled_one_after_the_other(house: Desk) -> None:
    for key in ("first", "second", "third"):
        said(house, key, "U_ADA:D_ADA")
    (first,) = in_turn(house)
    assert first.key == "first"
    assert in_turn(house) == []
    house.write_now(inbox.finish, first.inbox_id, first.attempts, "done")
    assert [one.key for one in in_turn(house)] == ["second"]


def test_whoever_says_a_hundred_things_lets_others_have_their_turn(house: Desk) -> None:
    for number in range(100):
        said(house, f"ada {number}", "U_ADA:D_ADA")
    said(house, "ben", "U_BEN:D_BEN")
    assert [one.key for one in in_turn(house, most=1)] == ["ada 0"]
    assert [one.key for one in in_turn(house, most=1)] == ["ben"]


def test_a_press_waits_for_nothing_that_was_said(house: Desk) -> None:
    said(house, "a long import", "U_ADA:D_ADA")
    said(house, "one more line", "U_ADA:D_ADA")
    said(house, "a press", None)
    said(house, "another press", None)
    assert [one.key for one in in_turn(house)] == ["a long import", "a press", "another press"]


def test_a_turn_ends_with_the_lease_of_a_killed_worker(house: Desk, clock: MovableClock) -> None:
    said(house, "first", "U_ADA:D_ADA")
    said(house, "second", "U_ADA:D_ADA")
    in_turn(house)
    clock.advance(inbox.LEASE.total_seconds() + 1)
    assert [(one.key, one.attempts) for one in in_turn(house)] == [("first", 2)]
