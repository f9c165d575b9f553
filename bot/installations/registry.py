"""All workspaces this process speaks for, by Slack's id: those of the settings, and those of the store as they come
and go.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

import aiohttp

from bot.installations import sealed
from bot.installations.client import InstalledClient
from bot.installations.renewal import Renewal
from bot.workspace import SlackWorkspace
from crm_store.engine.store import Store
from crm_store.errors import BadSetting, StoreUnavailable
from crm_store.log import get_logger
from crm_store.queries import installations as queries
from crm_store.sealing import Seal
from crm_store.settings import Settings
from crm_store.values.installations import Installation

_LOOK_EVERY: Final = 2.0
_RENEW_EVERY: Final = 60.0
_log = get_logger(__name__)


class Workspaces(Mapping[str, SlackWorkspace]):
    """A mapping that follows the store; what the settings name stays as it is."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        http: aiohttp.ClientSession,
        given: Mapping[str, SlackWorkspace],
        *,
        seal: Seal | None = None,
        renewal: Renewal | None = None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._http = http
        self._given = dict(given)
        self._seal = seal
        self._renewal = renewal
        self._installed: dict[str, Installation] = {}
        self._found: dict[str, SlackWorkspace] = {}
        self._stamp: tuple[int, int] | None = None
        self._refreshing = asyncio.Lock()
        self._renewing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._shut: set[str] = set()

    def __getitem__(self, slack_team_id: str) -> SlackWorkspace:
        return self._given.get(slack_team_id) or self._found[slack_team_id]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._found, **self._given})

    def __len__(self) -> int:
        return len({**self._found, **self._given})

    async def find(self, slack_team_id: str) -> SlackWorkspace | None:
        """A workspace, looked for in the store where it is not known yet: it may have installed us a moment ago."""
        if slack_team_id not in self:
            await self.refresh()
        if slack_team_id in self._shut:
            raise StoreUnavailable("The token of this workspace does not open; see 'crm doctor'.")
        return self.get(slack_team_id)

    async def refresh(self, *, strict: bool = False) -> None:
        """Take up what changed in the store; `strict` raises BadSetting for tokens that cannot be opened."""
        async with self._refreshing:
            stamp = await self._store.house().read(queries.stamp)
            if stamp == self._stamp and not strict:
                return
            installed = await self._store.house().read(queries.installed)
            if installed and self._seal is None and strict:
                raise BadSetting(
                    f"The store holds the tokens of {len(installed)} workspaces that installed Rapport, "
                    "and CRM_TOKEN_KEYS, which opens them, is not set."
                )
            self._take(installed, strict=strict)
            self._stamp = stamp

    def _take(self, installed: tuple[Installation, ...], *, strict: bool) -> None:
        self._shut = set()
        for one in installed:
            known = self._installed.get(one.slack_team_id)
            if self._seal is None or (known is not None and known.version == one.version):
                continue
            try:
                token = sealed.bot_token(self._seal, one)
            except BadSetting as problem:
                if strict:
                    raise BadSetting(f"{one.team_name}: {problem.sentence}") from problem
                _log.error("token_not_opened", team_id=one.team_id, problem=problem.sentence)
                if known is None:
                    self._shut.add(one.slack_team_id)
                continue
            self._installed[one.slack_team_id] = one
            self._found[one.slack_team_id] = self._opened(one, token)
        for gone in set(self._found) - {one.slack_team_id for one in installed}:
            _log.warning("installation_gone", team_id=self._installed.pop(gone).team_id)
            del self._found[gone]

    def _opened(self, one: Installation, token: str) -> SlackWorkspace:
        async def renew(used: str) -> str | None:
            return await self._renewed(one.slack_team_id, used)

        client = InstalledClient(
            renew, token=token, base_url=self._settings.slack_api_url, session=self._http, timeout=20
        )
        return SlackWorkspace(client, self._http, one.slack_team_id, one.bot_user_id)

    async def _renewed(self, slack_team_id: str, used: str) -> str | None:
        """A newer token than the one that was used: another process may have it already."""
        async with self._renewing[slack_team_id]:
            await self.refresh()
            newer = self._token(slack_team_id)
            one = self._installed.get(slack_team_id)
            if newer == used and one is not None and self._renewal is not None:
                await self._renewal.renew_now(one.team_id)
                await self.refresh()
                newer = self._token(slack_team_id)
            return newer if newer != used else None

    def _token(self, slack_team_id: str) -> str | None:
        one = self._installed.get(slack_team_id)
        return sealed.bot_token(self._seal, one) if one is not None and self._seal is not None else None

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the store and have tokens renewed, until told to stop."""
        bells, clock = self._store.bells, self._store.clock
        renew_at = clock.monotonic()
        while not stop.is_set():
            rung = bells.rung(queries.CHANGED)
            try:
                await self.refresh()
                if self._renewal is not None and clock.monotonic() >= renew_at:
                    renew_at = clock.monotonic() + _RENEW_EVERY
                    await self._renewal.renew_due()
            except StoreUnavailable:
                _log.warning("installations_not_read")
            await self._wait(stop, rung)

    async def _wait(self, stop: asyncio.Event, rung: int) -> None:
        stopped = asyncio.create_task(stop.wait())
        rings = asyncio.create_task(self._store.bells.wait(queries.CHANGED, rung, _LOOK_EVERY))
        await asyncio.wait({stopped, rings}, return_when=asyncio.FIRST_COMPLETED)
        for task in (stopped, rings):
            task.cancel()
        await asyncio.gather(stopped, rings, return_exceptions=True)
