"""Tokens of installations: renewed in time and once, sealed, shared between processes, and forgotten when refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar

import aiohttp
import pytest
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Connection

from bot.blocks import Message
from bot.installations import sealed, states
from bot.installations.exchange import Exchange
from bot.installations.registry import Workspaces
from bot.installations.renewal import Renewal
from bot.workspace import SlackWorkspace
from crm_store import outbox, settings
from crm_store.actions import installations as actions
from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from crm_store.engine.work import ALL_TEAMS, Work
from crm_store.errors import BadSetting, DeliveryError, StoreUnavailable
from crm_store.queries import installations as queries
from crm_store.sealing import Seal, new_key
from crm_store.values.installations import Grant, Installation, Standing, Tokens
from tests.cast import Cast
from tests.units.bot.rotating_slack import LASTS, RotatingSlack, opened

HOUR = 3600
R = TypeVar("R")
HELLO = Message("hello", ())


@dataclass(slots=True)
class Process:
    """What one process holds: its own keys, registry and renewal on the common store."""

    workspaces: Workspaces
    renewal: Renewal


@dataclass(slots=True)
class Stage:
    """The rotating Slack, and processes of ours that share a store in which its workspace is installed."""

    store: Store
    clock: MovableClock
    slack: RotatingSlack
    http: aiohttp.ClientSession
    keys: tuple[str, ...]

    async def process(self, *keys: str, strict: bool = True) -> Process:
        chosen = settings.read(
            {},
            slack_api_url=self.slack.base,
            slack_client_id="1.01",
            slack_client_secret=SecretStr("secret"),
            token_keys=SecretStr(",".join(keys or self.keys)),
        )
        seal = Seal(chosen.token_ring)
        renewal = Renewal(self.store, Exchange(chosen, self.http), seal)
        workspaces = Workspaces(self.store, chosen, self.http, {}, seal=seal, renewal=renewal)
        await workspaces.refresh(strict=strict)
        return Process(workspaces, renewal)

    def installation(self) -> Installation:
        (found,) = self.store.house().read_now(queries.every)
        return found

    async def say(self, process: Process) -> None:
        await process.workspaces["T_RAPPORT"].post("C_SALES", HELLO)

    def notices(self) -> list[str]:
        rows = self.store.house().write_now(outbox.claim)
        return [str(row.payload["text"]) for row in rows if row.kind == "notice"]


@pytest.fixture
async def stage(store: Store, clock: MovableClock, cast: Cast) -> AsyncIterator[Stage]:
    async with opened(clock) as slack, aiohttp.ClientSession() as http:
        on = Stage(store, clock, slack, http, (new_key(),))
        tokens = Tokens(slack.give("xoxe.xoxb-0"), slack.refresh_token, LASTS)
        grant = Grant("T_RAPPORT", "Rapport", "A01", "U_RAPPORT", "U_BEN", ("chat:write",), tokens)
        kept = sealed.close(Seal(on.keys), cast.ada.team_id, tokens, clock.now())
        await store.team(cast.ada.team_id).write(actions.install, grant, kept)
        yield on


async def test_a_token_is_renewed_two_hours_ahead_by_one_process_of_two(stage: Stage) -> None:
    one, two = await stage.process(), await stage.process()
    stage.clock.advance(9 * HOUR)
    assert await one.renewal.renew_due() == 0
    stage.clock.advance(HOUR + 1)
    assert sum(await asyncio.gather(one.renewal.renew_due(), two.renewal.renew_due())) == 1
    assert stage.slack.renewals == 1
    stage.clock.advance(3 * HOUR)
    await two.workspaces.refresh()
    await stage.say(two)
    assert stage.slack.posted == ["xoxe.xoxb-1"]


async def test_a_call_with_an_expired_token_has_it_renewed_once_and_goes_through(stage: Stage) -> None:
    one, two = await stage.process(), await stage.process()
    stage.clock.advance(13 * HOUR)
    await stage.say(one)
    await asyncio.gather(stage.say(one), stage.say(two))
    assert (stage.slack.renewals, stage.slack.posted) == (1, ["xoxe.xoxb-1"] * 3)


async def test_many_calls_at_once_with_an_expired_token_renew_it_once_and_lose_nothing(stage: Stage) -> None:
    process = await stage.process()
    stage.clock.advance(13 * HOUR)
    await asyncio.gather(*(stage.say(process) for _ in range(5)))
    assert (stage.slack.renewals, len(stage.slack.posted)) == (1, 5)


async def test_a_slack_in_trouble_changes_nothing_and_is_asked_again_soon(stage: Stage) -> None:
    process = await stage.process()
    stage.clock.advance(10 * HOUR + 1)
    stage.slack.trouble = "internal_error"
    assert await process.renewal.renew_due() == 0
    stage.slack.trouble = ""
    assert await process.renewal.renew_due() == 0
    stage.clock.advance(91)
    assert await process.renewal.renew_due() == 1
    assert stage.notices() == []


async def test_a_refused_renewal_is_told_while_the_token_works_and_ends_the_installation_afterwards(
    stage: Stage,
) -> None:
    process = await stage.process()
    stage.slack.refresh_token = "somebody else used it"
    stage.clock.advance(10 * HOUR + 1)
    assert await process.renewal.renew_due() == 0
    await stage.say(process)
    assert await process.renewal.renew_due() == 0
    assert ["invalid_refresh_token" in one for one in stage.notices()] == [True]
    stage.clock.advance(2 * HOUR)
    with pytest.raises(DeliveryError, match="token_expired"):
        await stage.say(process)
    assert stage.installation().standing is Standing.GONE
    assert stage.installation().tokens is None
    assert "T_RAPPORT" not in process.workspaces


async def test_a_renewal_that_comes_too_late_does_not_overwrite_a_newer_token(stage: Stage, cast: Cast) -> None:
    old = stage.installation()
    process = await stage.process()
    stage.clock.advance(11 * HOUR)
    assert await process.renewal.renew_due() == 1
    late = sealed.close(Seal(stage.keys), cast.ada.team_id, Tokens("xoxe.xoxb-late", "r", LASTS), stage.clock.now())
    assert not await cast.ada.write(actions.renew, old.version, late)
    await process.workspaces.refresh()
    await stage.say(process)
    assert stage.slack.posted == ["xoxe.xoxb-1"]


class TiredStore(Store):
    """A store that refuses the next writes of one team, as a database that restarts does."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.clock)
        self._inner = store
        self.refuses = 0

    def submit_read(self, team_id: str, actor: str, query: Callable[[Work], R]) -> Future[R]:
        return self._inner.submit_read(team_id, actor, query)

    def submit_write(
        self,
        team_id: str,
        actor: str,
        action: Callable[[Work], R],
        *,
        urgent: bool = False,
        patient: bool = False,
    ) -> Future[R]:
        if self.refuses and team_id != ALL_TEAMS:
            self.refuses -= 1
            raise StoreUnavailable
        return self._inner.submit_write(team_id, actor, action, urgent=urgent, patient=patient)

    def writing_connection(self) -> AbstractContextManager[Connection]:
        return self._inner.writing_connection()

    def close(self) -> None:
        self._inner.close()


async def test_a_token_that_the_store_could_not_take_is_kept_at_the_next_try(stage: Stage) -> None:
    tired = TiredStore(stage.store)
    stage.store = tired
    process = await stage.process()
    stage.clock.advance(11 * HOUR)
    tired.refuses = 2
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await process.renewal.renew_due()
    assert await process.renewal.renew_due() == 0
    await process.workspaces.refresh()
    await stage.say(process)
    assert (stage.slack.renewals, stage.slack.posted) == (1, ["xoxe.xoxb-1"])


def test_a_state_is_ours_and_carries_its_time(clock: MovableClock) -> None:
    old, new = new_key(), new_key()
    state = states.issue(Seal([old]), clock.now())
    assert states.issued_at(Seal([new, old]), state) == clock.now()
    assert states.issue(Seal([old]), clock.now()) != state
    for other in ("", "x", "ä\udce4", state[:-4], states.issue(Seal([new]), clock.now())):
        assert states.issued_at(Seal([old]), other) is None


async def test_a_key_that_is_missing_is_said_at_the_start_with_the_workspace(stage: Stage) -> None:
    with pytest.raises(BadSetting, match=r"Rapport: A token was sealed with the key .* is not among CRM_TOKEN_KEYS"):
        await stage.process(new_key())
    blind = await stage.process(new_key(), strict=False)
    with pytest.raises(StoreUnavailable):
        await blind.workspaces.find("T_RAPPORT")
    keyless = Workspaces(stage.store, settings.read({}), stage.http, {})
    with pytest.raises(BadSetting, match="CRM_TOKEN_KEYS, which opens them, is not set"):
        await keyless.refresh(strict=True)


async def test_an_old_key_still_opens_behind_a_new_one(stage: Stage) -> None:
    await stage.say(await stage.process(new_key(), *stage.keys))
    assert stage.slack.posted == ["xoxe.xoxb-0"]


async def test_a_workspace_that_installed_elsewhere_is_found_on_demand(stage: Stage, cast: Cast) -> None:
    process = await stage.process()
    assert await process.workspaces.find("T_OTHER") is None
    tokens = Tokens(stage.slack.give("xoxb-other"))
    grant = Grant("T_OTHER", "Other", "A01", "U_BOT", "U_CLEO", (), tokens)
    kept = sealed.close(Seal(stage.keys), cast.cleo.team_id, tokens, stage.clock.now())
    await stage.store.team(cast.cleo.team_id).write(actions.install, grant, kept)
    found = await process.workspaces.find("T_OTHER")
    assert found is not None
    await found.post("C_OTHER", HELLO)
    assert stage.slack.posted == ["xoxb-other"]
    assert set(process.workspaces) == {"T_RAPPORT", "T_OTHER"}


async def test_a_workspace_whose_token_is_set_keeps_using_that_one(stage: Stage) -> None:
    client = AsyncWebClient(token=stage.slack.give("xoxb-set"), base_url=stage.slack.base, session=stage.http)
    given = {"T_RAPPORT": SlackWorkspace(client, stage.http, "T_RAPPORT", "U_RAPPORT")}
    workspaces = Workspaces(stage.store, settings.read({}), stage.http, given, seal=Seal(stage.keys))
    await workspaces.refresh(strict=True)
    await workspaces["T_RAPPORT"].post("C_SALES", HELLO)
    assert stage.slack.posted == ["xoxb-set"]
    assert list(workspaces) == ["T_RAPPORT"]
    assert len(workspaces) == 1


async def test_the_registry_follows_the_store_until_it_is_told_to_stop(stage: Stage, cast: Cast) -> None:
    process, stop = await stage.process(), asyncio.Event()
    running = asyncio.create_task(process.workspaces.run(stop))
    event_at = stage.clock.advance(5)
    await cast.ada.write(actions.leave, "inb_none", 1, event_at, "app_uninstalled")
    async with asyncio.timeout(60):
        while "T_RAPPORT" in process.workspaces:
            await stage.store.bells.wait("nothing rings this", seconds=0.02)
    stop.set()
    await asyncio.wait_for(running, 60)


def test_what_was_sealed_for_one_team_opens_for_no_other() -> None:
    seal = Seal([new_key()])
    closed = seal.close("xoxb-1", "tea_rapport")
    assert seal.open(closed, "tea_rapport", seal.key_id) == "xoxb-1"
    assert b"xoxb" not in closed
    with pytest.raises(BadSetting, match="another team"):
        seal.open(closed, "tea_other", seal.key_id)


@pytest.mark.parametrize("secret", ["", "a\nb", "ä" * 500])
def test_any_secret_comes_back_as_it_was(secret: str) -> None:
    seal = Seal([new_key()])
    assert seal.open(seal.close(secret, "tea_1"), "tea_1", seal.key_id) == secret
