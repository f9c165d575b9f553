"""Opens the mail port, and closes it without losing a mail that is on its way in."""

import asyncio
import contextlib
import ssl

from crm_store.clock import Clock
from crm_store.log import get_logger
from ingest.smtp.door import Door, House
from ingest.smtp.limits import SmtpLimits
from ingest.smtp.received import Intake

_log = get_logger(__name__)
_GOING_DOWN = "421 4.3.2 Going down, try again later"


class Listener:
    """The SMTP server of one ingest domain."""

    def __init__(
        self,
        intake: Intake,
        *,
        domain: str,
        clock: Clock,
        hostname: str | None = None,
        limits: SmtpLimits | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        plain = domain.lower().rstrip(".")
        self._house = House(
            intake=intake,
            domain=plain,
            hostname=hostname or plain,
            limits=limits or SmtpLimits(),
            clock=clock,
            tls=tls,
        )
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen, and say on which port (0 takes a free one)."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Door(self._house), host, port, backlog=512)
        actual: int = self._server.sockets[0].getsockname()[1]
        _log.info("smtp_listening", port=actual)
        return actual

    async def stop(self) -> None:
        """Stop accepting, send idle senders away, let DATA in flight finish within the deadline; harmless twice."""
        if self._server is None:
            return
        self._house.leaving = True
        server, self._server = self._server, None
        server.close()
        for door in tuple(self._house.doors):
            if not door.busy:
                door.say_and_close(_GOING_DOWN)
        await self._wait_for_doors()
        for door in tuple(self._house.doors):
            door.say_and_close(_GOING_DOWN)
        if self._house.keeping:
            await asyncio.wait(set(self._house.keeping), timeout=self._house.limits.stop_seconds)

    async def _wait_for_doors(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._house.empty.wait(), self._house.limits.stop_seconds)
