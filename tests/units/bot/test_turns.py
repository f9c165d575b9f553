"""Whose turn it is: rows of one lane in their order, a few people at a time, and nothing lost at a stop."""

import asyncio

from bot.turns import Turns
from crm_store import inbox
from crm_store.inbox import Arrival, Claimed
from tests.cast import Cast


def said(cast: Cast, key: str, lane: str | None) -> None:
    envelope = {"did": "direct"} if lane is None else {"did": "direct", inbox.LANE: lane}
    cast.store.house().write_now(inbox.put, Arrival("tea_rapport", "slack", key, b"{}", envelope))


def states(cast: Cast) -> dict[str, tuple[str, int]]:
    return {one.key: (one.state, one.attempts) for one in cast.store.house().read_now(inbox.lines)}


class Handler:
    """Notes who had a turn and ends each row; it stops the turns after so many."""

    def __init__(self, cast: Cast, ends: int, leaves: str = "") -> None:
        self.turns = Turns(cast.store, self.handle)
        self.stop = asyncio.Event()
        self.handled: list[str] = []
        self._cast, self._ends, self._leaves = cast, ends, leaves

    async def handle(self, row: Claimed) -> bool:
        async with self.turns.turn():
            self.handled.append(row.key)
            if len(self.handled) == self._ends:
                self.stop.set()
            if row.key == self._leaves:
                return False
            return await self._cast.store.house().write(inbox.finish, row.inbox_id, row.attempts, "done")

    async def run(self) -> None:
        async with asyncio.timeout(60):
            await self.turns.run(self.stop)


async def test_many_lines_of_one_person_are_handled_in_their_order_and_others_between_them(cast: Cast) -> None:
    for number in range(12):
        said(cast, f"ada {number:02}", "U_ADA:D_ADA")
    said(cast, "ben", "U_BEN:D_BEN")
    handler = Handler(cast, ends=13)
    await handler.run()
    lines = [one for one in handler.handled if one.startswith("ada")]
    assert lines == sorted(lines)
    assert len(lines) == 12
    assert handler.handled.index("ben") <= 4
    assert {state for state, _ in states(cast).values()} == {"done"}


async def test_what_has_no_turn_before_a_stop_goes_back_unharmed(cast: Cast) -> None:
    for number in range(10):
        said(cast, f"press {number}", None)
    handler = Handler(cast, ends=1)
    await handler.run()
    assert len(handler.handled) < 10
    waiting = [one for one in states(cast).values() if one[0] != "done"]
    assert waiting
    assert set(waiting) == {("waiting", 0)}
    assert not handler.turns.busy


async def test_nothing_of_a_lane_goes_past_a_row_that_was_left_to_its_lease(cast: Cast) -> None:
    for key in ("first", "second", "third"):
        said(cast, key, "U_ADA:D_ADA")
    said(cast, "a press", None)
    handler = Handler(cast, ends=2, leaves="first")
    await handler.run()
    assert sorted(handler.handled) == ["a press", "first"]
    assert states(cast) == {
        "first": ("working", 1),
        "second": ("waiting", 0),
        "third": ("waiting", 0),
        "a press": ("done", 1),
    }
