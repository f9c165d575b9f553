"""A sender in a process of its own, for tests that kill it; told the data folder and the relay."""

import asyncio
import sys

from campaigns.letters import Sending
from campaigns.send import Sender
from crm_store.clock import SystemClock
from crm_store.engine import open_store
from crm_store.settings import read

HOUSE = Sending("news@rapport.example", "in.rapport.example", "http://127.0.0.1:1")


def given(folder: str, relay: str) -> dict[str, str]:
    """What the sender is told."""
    return {"CRM_DATA": folder, "CRM_RELAY": relay, "CRM_SEND_HOURS": "always", "CRM_SEND_RATE": "0"}


async def _run(folder: str, relay: str) -> None:
    settings = read(given(folder, relay))
    store = open_store(settings, SystemClock())
    await Sender(store, settings, HOUSE).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1], sys.argv[2]))
