"""Units of work on both engines: all or nothing, alone in failing, seen after the commit, never by halves."""

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.errors import NotFound, StoreUnavailable
from crm_store.models.people import Company, Customer, User
from crm_store.models.plumbing import NeverLog
from tests.cast import Cast


def add_company(work: Work, name: str, company_id: str | None = None) -> str:
    row = Company(company_id=company_id or f"com_{name}", name=name, name_key=name, created_at=work.now)
    return work.add(row).company_id


def fail_after_adding(work: Work, name: str) -> None:
    add_company(work, name)
    work.flush()
    raise NotFound(f"no {name}")


def company_names(work: Work) -> list[str]:
    return list(work.session.scalars(select(Company.name).order_by(Company.name)))


async def test_what_was_written_is_read_by_the_next_read(cast: Cast) -> None:
    for number in range(20):
        await cast.ada.write(add_company, f"acme{number:02}")
        assert len(await cast.ada.read(company_names)) == number + 1


async def test_one_failing_action_of_a_group_rolls_back_alone(cast: Cast) -> None:
    writes = [cast.ada.write(fail_after_adding if n % 5 == 0 else add_company, f"n{n:02}") for n in range(50)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert [n for n, one in enumerate(outcomes) if isinstance(one, NotFound)] == list(range(0, 50, 5))
    assert await cast.ada.read(company_names) == [f"n{n:02}" for n in range(50) if n % 5]


async def test_a_known_key_fails_for_its_own_action_only(cast: Cast) -> None:
    twice = (add_company, "globex", "com_same"), (add_company, "initech", "com_same"), (add_company, "acme", None)
    outcomes = await asyncio.gather(*(cast.ada.write(*one) for one in twice), return_exceptions=True)
    assert sum(isinstance(one, IntegrityError) for one in outcomes) == 1
    assert len(await cast.ada.read(company_names)) == 2


def test_a_waiter_who_gives_up_does_not_stop_the_store(cast: Cast) -> None:
    """A cancelled wait must not end the writing thread: whoever comes later would wait for ever."""
    held, go_on = threading.Event(), threading.Event()

    def hold(_work: Work) -> None:
        held.set()
        assert go_on.wait(60)

    first = cast.store.submit_write("tea_rapport", "usr_ada", hold)
    assert held.wait(60)
    waiting = [
        cast.store.submit_write("tea_rapport", "usr_ada", lambda work, n=n: add_company(work, f"n{n}"))  # type: ignore[misc]
        for n in range(20)
    ]
    given_up = [one for one in waiting if one.cancel()]
    go_on.set()
    first.result(10)
    assert cast.ada.write_now(add_company, "later") == "com_later"
    done = [one.result(10) for one in waiting if one not in given_up]
    assert sorted(cast.ada.read_now(company_names)) == sorted(one.removeprefix("com_") for one in [*done, "later"])


async def test_a_cancelled_task_does_not_stop_the_store(cast: Cast) -> None:
    tasks = [asyncio.create_task(cast.ada.write(add_company, f"n{n}")) for n in range(50)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await asyncio.wait_for(cast.ada.write(add_company, "later"), 60) == "com_later"


@pytest.mark.parametrize("fault", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_even_an_odd_fault_reaches_its_caller_and_leaves_the_store_alive(
    cast: Cast, fault: type[BaseException]
) -> None:
    def raise_it(_work: Work) -> None:
        raise fault

    with pytest.raises(fault):
        cast.store.submit_write("tea_rapport", "usr_ada", raise_it).result(10)
    assert cast.ada.write_now(add_company, "later") == "com_later"


def test_a_fault_found_only_by_the_last_flush_undoes_the_whole_action(cast: Cast) -> None:
    def two(work: Work) -> None:
        add_company(work, "acme")
        work.add(Company(company_id="com_bad", name=None, name_key="x", created_at=work.now))

    with pytest.raises(IntegrityError):
        cast.ada.write_now(two)
    assert cast.ada.read_now(company_names) == []


def test_a_read_cannot_write(cast: Cast) -> None:
    def sly(work: Work) -> None:
        work.session.execute(update(User).values(name="Mallory"))

    with pytest.raises((StoreUnavailable, DBAPIError)) as refused:
        cast.ada.read_now(sly)
    assert "read" in str(refused.value.__cause__).lower()
    assert "Mallory" not in cast.ada.read_now(lambda work: list(work.session.scalars(select(User.name))))


def test_writers_in_many_threads_lose_no_update(cast: Cast) -> None:
    cast.ada.write_now(add_company, "acme")

    def count_up(work: Work) -> None:
        changed = update(Company).values(version=Company.version + 1)
        work.session.execute(changed)

    def many() -> None:
        for _ in range(10):
            cast.ada.write_now(count_up)

    _in_threads(many, 6)
    assert cast.ada.read_now(lambda work: work.session.scalar(select(Company.version))) == 61


def _in_threads(function: Callable[[], None], number: int) -> None:
    threads = [threading.Thread(target=function) for _ in range(number)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert not any(one.is_alive() for one in threads)


def test_nul_and_lone_surrogates_are_stripped_at_the_border(cast: Cast) -> None:
    def write(work: Work) -> None:
        add_company(work, "ac\x00me", "com_1\x00")
        work.insert(NeverLog, [{"value_key": "a\x00b\ud800", "added_by": "usr_ada"}])

    cast.ada.write_now(write)
    assert cast.ada.read_now(lambda work: work.session.scalar(select(Company.name))) == "acme"
    assert cast.ada.read_now(lambda work: work.session.scalar(select(Company.company_id))) == "com_1"
    assert cast.ada.read_now(lambda work: work.session.scalar(select(NeverLog.value_key))) == "ab?"


def test_a_time_without_a_zone_is_refused(cast: Cast) -> None:
    def write(work: Work) -> None:
        naive = datetime(2026, 1, 1)  # noqa: DTZ001 -- what this test is about
        work.add(Company(company_id="com_1", name="x", name_key="x", created_at=naive))

    with pytest.raises(StatementError, match="without a zone"):
        cast.ada.write_now(write)


def test_times_come_back_as_aware_utc(cast: Cast, clock: MovableClock) -> None:
    cast.ada.write_now(add_company, "acme")
    assert cast.ada.read_now(lambda work: work.session.scalar(select(Company.created_at))) == clock.now()


def test_known_keys_are_passed_over_where_that_is_wished(cast: Cast) -> None:
    def keep(work: Work, *keys: str, or_nothing: bool = True) -> int:
        return work.insert(NeverLog, [{"value_key": one, "added_by": "usr_ada"} for one in keys], or_nothing=or_nothing)

    assert cast.ada.write_now(keep, "a", "b") == 2
    assert cast.ada.write_now(keep, "b", "c", "c") == 1
    assert cast.ada.write_now(keep) == 0
    with pytest.raises(IntegrityError):
        cast.ada.write_now(keep, "a", or_nothing=False)
    assert cast.ada.read_now(lambda work: work.session.scalar(select(func.count(NeverLog.value_key)))) == 3


def test_two_hundred_rows_go_in_one_insert(cast: Cast) -> None:
    def keep(work: Work) -> int:
        rows = [{"value_key": f"k{n}", "added_by": "usr_ada"} for n in range(200)]
        return work.insert(NeverLog, rows, or_nothing=True)

    assert cast.ada.write_now(keep) == 200


def test_a_closed_store_says_so_and_keeps_what_was_submitted(cast: Cast, opens: Callable[[], Store]) -> None:
    waiting = [
        cast.store.submit_write("tea_rapport", "usr_ada", lambda work, n=n: add_company(work, f"n{n:02}"))  # type: ignore[misc]
        for n in range(30)
    ]
    cast.store.close()
    cast.store.close()
    assert all(one.done() for one in waiting)
    with pytest.raises(StoreUnavailable, match="stopping"):
        cast.ada.write_now(add_company, "late")
    with pytest.raises(StoreUnavailable, match="stopping"):
        cast.ada.read_now(company_names)
    assert len(opens().team("tea_rapport").read_now(company_names)) == 30


def test_rows_made_by_one_process_are_seen_by_the_other(cast: Cast, opens: Callable[[], Store]) -> None:
    other = opens().team("tea_rapport")
    cast.ada.write_now(add_company, "acme")
    assert other.read_now(company_names) == ["acme"]
    other.write_now(add_company, "globex")
    assert cast.ada.read_now(company_names) == ["acme", "globex"]


def test_a_customer_of_any_script_comes_back_as_it_was(cast: Cast) -> None:
    name = "Zoë 李雷 \U0001f98a O’Brien\u202e"

    def write(work: Work) -> None:
        work.add(Customer(customer_id="cus_1", name=name, created_at=work.now))

    cast.ada.write_now(write)
    assert cast.ada.read_now(lambda work: work.session.scalar(select(Customer.name))) == name
