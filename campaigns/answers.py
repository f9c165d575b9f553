"""The answerer: what may answer a campaign is attributed moments after it was filed, not only by the next round."""

import asyncio
from contextlib import suppress
from typing import Final

from crm_store.actions import responses as acts
from crm_store.engine.store import Store
from crm_store.errors import CrmError
from crm_store.log import get_logger
from crm_store.queries import responses, teams

_LOOK: Final = 60.0
_PAUSE: Final = 2.0
_SHARE: Final = 10
_log = get_logger(__name__)


class Answerer:
    """Runs in the worker role; several on one store note each answer once."""

    def __init__(self, store: Store, pause: float = _PAUSE) -> None:
        """Between two rounds lie `pause` seconds at least, in which answers gather and cards stay as they are."""
        self._store, self._pause = store, pause

    async def run(self, stop: asyncio.Event) -> None:
        """Attribute whenever something was filed, until told to stop."""
        ending = asyncio.create_task(stop.wait(), name="answers-stop")
        try:
            while not stop.is_set():
                rung = self._store.bells.rung(responses.FILED)
                began = self._store.clock.monotonic()
                await self.round()
                # Where looking takes long, as with a great many letters, it is done the more seldom.
                took = self._store.clock.monotonic() - began
                await asyncio.wait({ending}, timeout=max(self._pause, _SHARE * took))
                bell = asyncio.create_task(self._store.bells.wait(responses.FILED, rung, seconds=_LOOK))
                await asyncio.wait({bell, ending}, return_when=asyncio.FIRST_COMPLETED)
                bell.cancel()
                with suppress(asyncio.CancelledError):
                    await bell
        finally:
            ending.cancel()

    async def round(self) -> int:
        """Attribute what there is to attribute, and say how many answers are new."""
        new = 0
        try:
            for team in await self._store.house().read(teams.teams):
                desk = self._store.team(team.team_id)
                # Looked for by a reader first, so that the writer is not held up for nothing.
                if not await desk.read(responses.anything):
                    continue
                if await desk.read(responses.unattributed, 1):
                    while some := await desk.write(acts.attribute):
                        new += some
        except CrmError as problem:
            _log.warning("round_waits", role="answers", problem=problem.sentence)
        return new
