"""Both queues on both engines: what a killed process had begun is free at the next start, what others do is not."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from crm_store import inbox, outbox, queues
from crm_store.clock import MovableClock
from crm_store.engine.postgres import PostgresStore
from crm_store.engine.process import is_gone, this_process
from crm_store.engine.store import Desk, Store
from crm_store.engine.work import Work
from crm_store.inbox import Arrival
from crm_store.models.plumbing import InboxRow, OutboxRow, RoleHeartbeat
from tests.cast import Cast
from tests.engines.conftest import Server


@pytest.fixture
def house(cast: Cast) -> Desk:
    """Both queues with one row each that this process has in hand."""
    house = cast.store.house()
    house.write_now(inbox.put, Arrival("tea_rapport", "slack", "a", b"{}", {}))
    cast.store.team("tea_rapport").write_now(outbox.enqueue, "post", "channel:C", "a", {})
    assert house.write_now(inbox.claim, ["slack"])
    assert house.write_now(outbox.claim)
    return house


def _held_by(work: Work, holder: str) -> None:
    for row in (*work.session.query(InboxRow), *work.session.query(OutboxRow)):
        row.holder = holder


def _beat(work: Work, node: str) -> None:
    work.add(RoleHeartbeat(team_id="-", role="web", node=node, beat_at=work.now))


def _ended() -> str:
    """The number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return f"{this_process().rsplit(':', 2)[0]}:{child.pid}:00000000"


def test_what_this_process_has_in_hand_stays_with_it(house: Desk) -> None:
    assert house.write_now(queues.take_over) == 0
    assert house.write_now(inbox.claim, ["slack"]) == []


def test_what_a_process_of_this_host_had_begun_is_free_once_it_has_ended(house: Desk) -> None:
    house.write_now(_held_by, _ended())
    assert house.write_now(queues.take_over) == 2
    assert [one.attempts for one in house.write_now(inbox.claim, ["slack"])] == [2]
    assert [one.attempts for one in house.write_now(outbox.claim)] == [2]


def test_a_process_elsewhere_is_gone_when_its_heart_is_silent(house: Desk, clock: MovableClock) -> None:
    house.write_now(_held_by, "another.example:7:0a0a0a0a")
    house.write_now(_beat, "another.example:7:0a0a0a0a")
    assert house.write_now(queues.take_over) == 0
    clock.advance(26)
    assert house.write_now(queues.take_over) == 2


def test_a_number_that_came_again_is_another_process() -> None:
    host, number, _mark = this_process().rsplit(":", 2)
    assert not is_gone(this_process(), ())
    assert is_gone(f"{host}:{number}:00000000", ())


def test_an_old_heartbeat_is_forgotten(house: Desk, clock: MovableClock) -> None:
    house.write_now(_beat, "another.example:7:0a0a0a0a")
    clock.advance(3 * 24 * 3600)
    house.write_now(queues.take_over)
    assert house.read_now(lambda work: work.session.query(RoleHeartbeat).count()) == 0


def test_many_rows_end_together_and_not_those_that_another_holds(cast: Cast, clock: MovableClock) -> None:
    house = cast.store.house()
    for key in "abc":
        house.write_now(inbox.put, Arrival("tea_rapport", "slack", key, b"{}", {}))
    rows = house.write_now(inbox.claim, ["slack"])
    clock.advance(31)
    (taken,) = house.write_now(inbox.claim, ["slack"], 1)
    ends = [(rows[0], "nothing to do"), (rows[1], "nothing to do"), (rows[2], "opened a dialog")]
    assert taken.key == "a"
    assert house.write_now(inbox.finish_all, ends) == [False, True, True]
    assert [(one.key, one.state, one.verdict) for one in house.read_now(inbox.lines)] == [
        ("a", "working", None),
        ("b", "done", "nothing to do"),
        ("c", "done", "opened a dialog"),
    ]


def test_what_is_in_hand_is_kept_for_longer_than_a_lease(house: Desk, cast: Cast, clock: MovableClock) -> None:
    rows = cast.store.house().read_now(lambda work: [one.inbox_id for one in work.session.query(InboxRow)])
    held = [inbox.Claimed("tea_rapport", one, "slack", "a", b"{}", {}, clock.now(), 1) for one in rows]
    sent = cast.store.house().read_now(lambda work: [one.outbox_id for one in work.session.query(OutboxRow)])
    going = [outbox.Outgoing("tea_rapport", one, "post", "channel:C", {}, 1, clock.now()) for one in sent]
    clock.advance(20)
    assert house.write_now(inbox.extend_all, held) == 1
    assert house.write_now(outbox.extend_all, going) == 1
    clock.advance(20)
    assert house.write_now(inbox.claim, ["slack"]) == []
    assert house.write_now(outbox.claim) == []


@pytest.fixture
def two(server: Server, clock: MovableClock) -> Iterator[tuple[PostgresStore, PostgresStore]]:
    """Two processes on one PostgreSQL; the first hears bells."""
    address = server.url(server.emptied())
    hears, rings = PostgresStore(address, clock), PostgresStore(address, clock)
    hears.listen()
    assert hears.wire.hearing.wait(60)
    yield hears, rings
    hears.close()
    rings.close()


async def _heard(hears: Store, rings: Store, key: str, seconds: float = 60) -> bool:
    before = hears.bells.rung("inbox:slack")
    await rings.house().write(inbox.put, Arrival("tea_rapport", "slack", key, b"{}", {}))
    await hears.bells.wait("inbox:slack", before, seconds=seconds)
    return hears.bells.rung("inbox:slack") > before


@pytest.mark.postgres
async def test_a_bell_of_another_process_is_heard_and_again_after_its_line_was_cut(
    two: tuple[PostgresStore, PostgresStore], server: Server
) -> None:
    hears, rings = two
    assert await _heard(hears, rings, "a")
    server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    # Who rings while the line is being mended is not heard.
    for number in range(60):
        if await _heard(hears, rings, f"ring-{number}", seconds=1):
            return
    raise AssertionError("the line was not mended")


@pytest.mark.postgres
async def test_an_own_bell_rings_once(two: tuple[PostgresStore, PostgresStore]) -> None:
    hears, rings = two
    before = hears.bells.rung("inbox:slack")
    await hears.house().write(inbox.put, Arrival("tea_rapport", "slack", "own", b"{}", {}))
    # What the other rings afterwards comes by the same line, so an echo would have come before it.
    assert await _heard(hears, rings, "other")
    assert hears.bells.rung("inbox:slack") == before + 2
