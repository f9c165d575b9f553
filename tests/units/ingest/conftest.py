"""A mail room for the tests that follow a mail from the door to its receipt; it reads in this process."""

from collections.abc import AsyncIterator

import pytest_asyncio

from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from tests.cast import Cast
from tests.units.ingest.letters import InThisProcess
from tests.units.ingest.post import Post


@pytest_asyncio.fixture
async def post(cast: Cast, store: Store, clock: MovableClock) -> AsyncIterator[Post]:
    """The way of a mail, with the addresses of Ada and Ben."""
    sandbox = InThisProcess()
    yield Post(cast, store, clock, sandbox)
    await sandbox.stop()
