"""Fixtures every test may use: a clock that people move, a store, and the cast."""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from tests import stores
from tests.cast import Cast, gather

# How long one example takes says more about the machine than about the code.
settings.register_profile("rapport", deadline=None)
settings.load_profile("rapport")


# What begins first: files of few tests that take long, so that no worker is left alone with one of them at the end.
_FIRST = ("tests/journeys/", "tests/page/", "tests/engines/", "tests/units/campaigns/", "tests/units/analytics/")


def pytest_sessionstart() -> None:
    """Thousands of tests that are being collected are a heap Python would look through for garbage again and again."""
    gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Folders change places; within them all stays as it is written."""
    items.sort(key=lambda item: [not item.nodeid.startswith(folder) for folder in _FIRST])


def pytest_collection_finish() -> None:
    """What was collected stays to the end, so that nobody needs to look at it any more."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def clock() -> MovableClock:
    """A clock that stands at a Wednesday morning until it is advanced."""
    return MovableClock(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path, clock: MovableClock) -> Iterator[Store]:
    """An empty SQLite store."""
    opened = stores.fresh(tmp_path / "crm.db", clock)
    yield opened
    opened.close()


@pytest.fixture
def cast(store: Store) -> Cast:
    """Ada and Ben of one team, Cleo of another."""
    return gather(store)
