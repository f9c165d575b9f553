"""After an erasure: the freed pages of the data file are written over while nobody waits for it."""

import asyncio

from crm_store import backup
from crm_store.engine.store import Desk
from crm_store.errors import StoreUnavailable
from crm_store.log import get_logger
from crm_store.privacy import erase
from crm_store.privacy.scrub import scrub
from crm_store.settings import Settings

_log = get_logger(__name__)


async def run(desk: Desk, settings: Settings) -> bool:
    """Scrub where somebody was erased since the last time; a file that is in use waits for the next time."""
    if not await desk.read(erase.unscrubbed):
        return False
    file = backup.store_file(settings)
    if file is not None:
        try:
            await asyncio.to_thread(scrub, file)
        except StoreUnavailable:
            _log.info("scrub_waits")
            return False
    await desk.write(erase.scrubbed)
    return True
