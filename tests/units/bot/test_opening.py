"""Dialogs that take a while: open at once, filled when they are made, and never over what somebody did meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot import opening
from bot.cards import forms
from bot.local_slack import modals
from bot.local_slack.demo_workspace import demo_workspace
from bot.local_slack.server import RunningWorkspace, start
from bot.workspace import SlackWorkspace
from crm_store.clock import MovableClock
from crm_store.errors import NotFound

View = dict[str, Any]


@pytest.fixture
async def running() -> AsyncIterator[RunningWorkspace]:
    """A workspace that enforces hashes and triggers."""
    one = await start(demo_workspace(MovableClock()))
    yield one
    await one.stop()


@pytest.fixture
async def slack(running: RunningWorkspace) -> AsyncIterator[SlackWorkspace]:
    """Our calls to it."""
    async with aiohttp.ClientSession() as http:
        client = AsyncWebClient(token="xoxb-local", base_url=running.slack_api, session=http)
        yield SlackWorkspace(client, http, "T_RAPPORT", "U_RAPPORT")


async def _opened(running: RunningWorkspace, slack: SlackWorkspace) -> tuple[str, str]:
    trigger = running.hub.tickets.trigger("T_RAPPORT", "U_ADA")
    return await slack.open_view(trigger, forms.waiting())


def _shown(running: RunningWorkspace) -> str:
    return str(running.workspace.stacks["U_ADA"][-1].content["blocks"][0]["text"]["text"])


async def _soon() -> View:
    return forms.told("the content")


async def test_what_is_made_at_once_is_there_at_once() -> None:
    assert await opening.at_once(opening.started(_soon())) == forms.told("the content")


async def test_what_takes_a_while_fills_a_dialog_that_is_open_already(
    running: RunningWorkspace, slack: SlackWorkspace
) -> None:
    going = asyncio.Event()

    async def later() -> View:
        await going.wait()
        return forms.told("the content")

    making = opening.started(later())
    assert await opening.at_once(making, 0.001) is None
    opened = await _opened(running, slack)
    assert "One moment" in _shown(running)
    going.set()
    await opening.filled(slack, opened, making)
    assert _shown(running) == "the content"


async def test_a_dialog_that_was_changed_meanwhile_is_filled_all_the_same(
    running: RunningWorkspace, slack: SlackWorkspace
) -> None:
    opened = await _opened(running, slack)
    modals.change(running.hub, running.workspace.stacks["U_ADA"][0], forms.told("by another"))
    await opening.filled(slack, opened, opening.started(_soon()))
    assert _shown(running) == "the content"


async def test_a_dialog_that_was_closed_meanwhile_stays_closed(
    running: RunningWorkspace, slack: SlackWorkspace
) -> None:
    opened = await _opened(running, slack)
    modals.close(running.hub, running.workspace.stacks["U_ADA"][0])
    await opening.filled(slack, opened, opening.started(_soon()))
    assert "U_ADA" not in running.workspace.stacks


async def test_what_cannot_be_made_is_said_in_the_dialog(running: RunningWorkspace, slack: SlackWorkspace) -> None:
    async def gone() -> View:
        raise NotFound("There is no such deal.")

    await opening.filled(slack, await _opened(running, slack), opening.started(gone()))
    assert _shown(running) == "There is no such deal."


async def test_a_defect_leaves_no_dialog_that_waits_for_ever(running: RunningWorkspace, slack: SlackWorkspace) -> None:
    async def broken() -> View:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await opening.filled(slack, await _opened(running, slack), opening.started(broken()))
    assert "wrong on our side" in _shown(running)
