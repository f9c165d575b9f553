"""A browser for each file of tests, and a workspace without an app."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from bot.local_slack.demo_workspace import demo_workspace
from bot.local_slack.server import RunningWorkspace, start
from crm_store.clock import MovableClock

CHROMIUM = Path("/usr/bin/chromium")
# A busy machine draws late; what is right comes at once on an idle one.
expect.set_options(timeout=15_000)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of a file; each gets a page of its own."""
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def workspace() -> AsyncIterator[RunningWorkspace]:
    """A fresh workspace without an app."""
    running = await start(demo_workspace(MovableClock()))
    yield running
    await running.stop()
