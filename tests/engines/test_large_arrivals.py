"""Large arrivals on both engines: their first bytes stand in the row, the rest in parts, and all goes with the row."""

import random

import pytest

from crm_store import inbox, inbox_parts
from crm_store.engine.store import Desk
from crm_store.inbox import Arrival
from tests.cast import Cast

RAW = random.Random(3).randbytes(2_600_000)


@pytest.fixture
def house(cast: Cast) -> Desk:
    return cast.store.house()


def put(house: Desk, raw: bytes, *more: bytes, key: str = "large") -> str | None:
    return house.write_now(inbox.put, Arrival("tea_rapport", "mail", key, raw, {}, None, more))


@pytest.mark.parametrize("cuts", [(), (1_000_000,), (10,), (10, 20, 2_000_000)], ids=str)
def test_a_large_arrival_comes_back_as_it_was_however_it_was_cut(house: Desk, cuts: tuple[int, ...]) -> None:
    first, *more = (RAW[start:end] for start, end in zip((0, *cuts), (*cuts, None), strict=True))
    inbox_id = put(house, first, *more)
    assert inbox_id is not None
    assert house.read_now(inbox.read_raw, inbox_id) == RAW
    (claimed,) = house.write_now(inbox.claim, ["mail"])
    assert claimed.raw == RAW[: inbox_parts.HEAD]
    sizes = house.read_now(inbox_parts.sizes, inbox_id)
    assert sum(sizes) == len(RAW) - inbox_parts.HEAD
    assert max(sizes) <= 1_048_576


@pytest.mark.parametrize("size", [inbox_parts.HEAD - 1, inbox_parts.HEAD, inbox_parts.HEAD + 1])
def test_at_the_border_nothing_is_lost(house: Desk, size: int) -> None:
    inbox_id = put(house, RAW[:size])
    assert inbox_id is not None
    assert house.read_now(inbox.read_raw, inbox_id) == RAW[:size]
    assert house.read_now(inbox_parts.sizes, inbox_id) == ((1,) if size > inbox_parts.HEAD else ())


def test_of_many_together_the_large_ones_are_kept_too_and_each_once(house: Desk) -> None:
    arrivals = [
        Arrival("tea_rapport", "mail", "small", b"small", {}),
        Arrival("tea_rapport", "mail", "large", RAW, {}),
        Arrival("tea_other", "mail", "large", RAW[:300_000], {}, None, (b"more",)),
    ]
    for _ in range(2):
        house.write_now(inbox.put_all, arrivals)
    found = sorted(house.read_now(inbox.read_raw, one.inbox_id) or b"" for one in house.read_now(inbox.lines))
    assert found == sorted([b"small", RAW, RAW[:300_000] + b"more"])


def test_what_is_known_already_leaves_no_parts_behind(cast: Cast, house: Desk) -> None:
    first = put(house, RAW)
    assert put(house, RAW) is None
    assert first is not None
    cast.ada.write_now(inbox_parts.forget, [first])
    assert house.read_now(lambda work: work.connection.exec_driver_sql("SELECT * FROM inbox_parts").all()) == []


def test_another_team_sees_no_part(cast: Cast, house: Desk) -> None:
    inbox_id = put(house, RAW)
    assert inbox_id is not None
    assert cast.ada.read_now(inbox_parts.sizes, inbox_id)
    assert cast.cleo.read_now(inbox_parts.sizes, inbox_id) == ()
    assert cast.cleo.read_now(inbox_parts.part, inbox_id, 0) == b""
