"""Round after round of work: at once while there is some, else when its bell rings, until told to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from crm_store.engine.store import Store
from crm_store.errors import CrmError
from crm_store.log import get_logger

_LOOK: Final = 2.0
_log = get_logger(__name__)


async def each(store: Store, bell: str, name: str, work: Callable[[], Awaitable[int]], stop: asyncio.Event) -> None:
    """Run rounds that say how much they did; one that fails with a sentence is tried again at the next look."""
    ending = asyncio.create_task(stop.wait(), name=f"{name}-stop")
    try:
        while not stop.is_set():
            rung = store.bells.rung(bell)
            try:
                done = await work()
            except CrmError as problem:
                _log.warning("round_waits", role=name, problem=problem.sentence)
                done = 0
            if not done:
                look = asyncio.create_task(store.bells.wait(bell, rung, seconds=_LOOK))
                await asyncio.wait({look, ending}, return_when=asyncio.FIRST_COMPLETED)
                look.cancel()
                with suppress(asyncio.CancelledError):
                    await look
    finally:
        ending.cancel()
