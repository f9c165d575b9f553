"""Many small wishes become few units, and each wish has its own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from crm_store.engine.gathered import Gathered
from crm_store.errors import StoreUnavailable


async def test_what_is_asked_at_once_goes_together_and_each_gets_its_own_answer() -> None:
    units: list[list[int]] = []

    async def double(wishes: Sequence[int]) -> list[int]:
        units.append(list(wishes))
        return [2 * one for one in wishes]

    doubled = Gathered(double, most=4)
    assert await asyncio.gather(*(doubled.ask(one) for one in range(6))) == [0, 2, 4, 6, 8, 10]
    assert units == [[0, 1, 2, 3], [4, 5]]


async def test_a_wish_that_fails_costs_no_other() -> None:
    async def invert(wishes: Sequence[int]) -> list[float]:
        return [1 / one for one in wishes]

    inverted = Gathered(invert)
    answers = await asyncio.gather(*(inverted.ask(one) for one in (1, 0, 2)), return_exceptions=True)
    assert [answers[0], answers[2]] == [1.0, 0.5]
    assert isinstance(answers[1], ZeroDivisionError)


async def test_a_store_that_is_away_is_asked_once_for_all() -> None:
    asked = 0

    async def away(_wishes: Sequence[int]) -> list[int]:
        nonlocal asked
        asked += 1
        raise StoreUnavailable

    gathered = Gathered(away)
    answers = await asyncio.gather(*(gathered.ask(one) for one in range(3)), return_exceptions=True)
    assert all(isinstance(one, StoreUnavailable) for one in answers)
    assert asked == 1


async def test_whoever_gave_up_is_left_out() -> None:
    asked: list[int] = []

    async def echo(wishes: Sequence[int]) -> list[int]:
        asked.extend(wishes)
        return list(wishes)

    gathered = Gathered(echo)
    impatient = asyncio.create_task(gathered.ask(1))
    patient = asyncio.create_task(gathered.ask(2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 2
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert asked == [2]
