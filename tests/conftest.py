"""Fixtures every test may use: a clock that people move, a store, and the cast."""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from crm_store.clock import MovableClock
from crm_store.engine.sqlite import SqliteStore
from crm_store.engine.store import Store
from crm_store.models.columns import Base
from tests.cast import Cast, gather

# How long one example takes says more about the machine than about the code.
settings.register_profile("rapport", deadline=None)
settings.load_profile("rapport")


def pytest_collection_finish() -> None:
    """Thousands of collected tests are a heap that Python would look through for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def clock() -> MovableClock:
    """A clock that stands at a Wednesday morning until it is advanced."""
    return MovableClock(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path, clock: MovableClock) -> Iterator[Store]:
    """An empty SQLite store."""
    opened = SqliteStore(f"sqlite:///{tmp_path / 'crm.db'}", clock)
    Base.metadata.create_all(opened.writer)
    yield opened
    opened.close()


@pytest.fixture
def cast(store: Store) -> Cast:
    """Ada and Ben of one team, Cleo of another."""
    return gather(store)
