"""Opens the mail ports, and closes them without losing a mail that is on its way in."""

import asyncio
import contextlib

from crm_store.log import get_logger
from ingest.smtp.door import Door
from ingest.smtp.house import House
from ingest.smtp.replies import LEAVING

_log = get_logger(__name__)


class Listener:
    """The SMTP server of one ingest domain, and its LMTP twin."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._servers: list[asyncio.Server] = []

    async def start(self, host: str, port: int, *, lmtp: bool = False) -> int:
        """Listen, and say on which port (0 takes a free one)."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Door(self._house, lmtp=lmtp), host, port, backlog=512)
        self._servers.append(server)
        actual: int = server.sockets[0].getsockname()[1]
        _log.info("lmtp_listening" if lmtp else "smtp_listening", port=actual)
        return actual

    async def stop(self) -> None:
        """Stop accepting, send idle senders away, let DATA in flight finish within the deadline; harmless twice."""
        servers, self._servers = self._servers, []
        if not servers:
            return
        self._house.leaving = True
        for server in servers:
            server.close()
        for door in tuple(self._house.doors):
            if not door.busy:
                door.say_and_close(LEAVING)
        await self._wait_for_doors()
        for door in tuple(self._house.doors):
            door.say_and_close(LEAVING)
        if self._house.working:
            await asyncio.wait(set(self._house.working), timeout=self._house.limits.stop_seconds)

    async def _wait_for_doors(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._house.empty.wait(), self._house.limits.stop_seconds)
