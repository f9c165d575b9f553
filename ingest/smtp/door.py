"""The SMTP conversation: who may be written to, and a 250 only after the mail is safe."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP

from crm_store.clock import Clock
from crm_store.log import get_logger
from ingest.smtp.envelope import Path, read_path
from ingest.smtp.limits import BytesInFlight, Connections, SmtpLimits
from ingest.smtp.reader import DataReader, Trouble, hops
from ingest.smtp.received import Intake, ReceivedMail, key_of

_log = get_logger(__name__)
_ROLES = frozenset({"postmaster", "abuse"})
_CHUNK = 1 << 24  # More than the stream ever buffers, so that one read empties it and what is left over can go back.
_THREAD_ABOVE = 262_144
_STATUS = {
    "500": "5.5.2",
    "501": "5.5.4",
    "502": "5.5.1",
    "503": "5.5.1",
    "554": "5.5.1",
    "555": "5.5.4",
    "454": "4.7.0",
    "250": "2.0.0",
    "252": "2.1.5",
    "221": "2.0.0",
}
_BUSY = "452 4.3.1 Too much mail in flight, try again later"
_FAILED = "451 4.3.0 Temporary failure, try again later"
_SLOW = "421 4.4.2 Too slow, closing"
_TOO_LARGE = "552 5.3.4 Message is larger than this server takes"
_LEAVING = "421 4.3.2 Going down, try again later"


@dataclass(slots=True)
class _Envelope:
    mail_from: str | None = None
    rcpt_tos: list[str] = field(default_factory=list)


@dataclass
class House:
    """What all connections of one listener share."""

    intake: Intake
    domain: str
    hostname: str
    limits: SmtpLimits
    clock: Clock
    tls: ssl.SSLContext | None = None
    doors: set["Door"] = field(default_factory=set)
    keeping: set[asyncio.Task[None]] = field(default_factory=set)
    leaving: bool = False

    def __post_init__(self) -> None:
        self.connections = Connections(self.limits)
        self.in_flight = BytesInFlight(self.limits.bytes_in_flight)
        self.empty = asyncio.Event()
        self.empty.set()

    def opened(self, door: "Door") -> None:
        """A conversation begins."""
        self.doors.add(door)
        self.empty.clear()

    def closed(self, door: "Door") -> None:
        """A conversation has ended."""
        self.doors.discard(door)
        if not self.doors:
            self.empty.set()


class Door(SMTP):
    """One SMTP connection."""

    command_size_limit = 1_024
    line_length_limit = (
        65_536  # Only the stream's buffer: commands are measured by their own limit, DATA by its reader.
    )

    def __init__(self, house: House) -> None:
        super().__init__(
            None,
            data_size_limit=house.limits.message_bytes,
            enable_SMTPUTF8=True,
            hostname=house.hostname,
            ident="ESMTP",
            tls_context=house.tls,
            timeout=house.limits.command_seconds,
            loop=asyncio.get_running_loop(),
        )
        self.command_size_limits = defaultdict(lambda: self.command_size_limit)
        self.house = house
        self.busy = False
        self._entered: str | None = None
        self._errors = 0
        self._smtp_methods |= dict.fromkeys(("GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT"), self._not_http)
        self._helo = ""
        self._mail = _Envelope()

    def _set_post_data_state(self) -> None:
        """What aiosmtpd calls for RSET, after EHLO and when TLS begins."""
        super()._set_post_data_state()  # type: ignore[no-untyped-call]  # aiosmtpd leaves this one without types.
        self._mail = _Envelope()

    def connection_made(self, transport: Any) -> None:
        """Count the connection and greet it, or turn it away."""
        if self._original_transport is None:
            address = str((transport.get_extra_info("peername") or ("local",))[0])
            if self.house.leaving or not self.house.connections.enter(address):
                told = _LEAVING if self.house.leaving else "421 4.7.0 Too many connections, try again later"
                transport.write(told.encode() + b"\r\n")
                transport.close()
                return
            self._entered = address
            self.house.opened(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Give the place back."""
        if self._entered is None:
            return
        self.house.connections.leave(self._entered)
        self._entered = None
        self.house.closed(self)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """A connection that was turned away is not listened to."""
        if self._entered is not None:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """The other side has finished."""
        return super().eof_received() if self._entered is not None else False

    async def push(self, status: str | bytes) -> None:
        """Answer with an enhanced code (RFC 2034); slow down and then end a conversation that is only errors."""
        text = status.decode("ascii", "replace") if isinstance(status, bytes) else status
        await super().push(_enhanced(text).encode("ascii", "replace"))
        if text[:1] in "45":
            await self._count_error()

    async def _count_error(self) -> None:
        self._errors += 1
        if self._errors >= self.house.limits.hard_errors:
            self.say_and_close("421 4.7.0 Too many errors")
        elif self._errors > self.house.limits.soft_errors:
            await asyncio.sleep(self.house.limits.soft_error_delay_seconds)

    def say_and_close(self, status: str) -> None:
        """A last word outside the order of commands."""
        if isinstance(self.transport, asyncio.Transport) and not self.transport.is_closing():
            self.transport.write(status.encode("ascii") + b"\r\n")
            self.transport.close()

    def _timeout_cb(self) -> None:
        self.say_and_close("421 4.4.2 Timed out, closing")

    async def handle_exception(self, error: Exception) -> str:
        """Our failure is temporary and none of the sender's business."""
        _log.error("smtp_session_failed", error=type(error).__name__)
        return _FAILED

    async def smtp_HELO(self, hostname: str | None) -> None:  # noqa: N802 - aiosmtpd finds commands by this name.
        """HELO."""
        await self._hello(hostname, extended=False)

    async def smtp_EHLO(self, hostname: str | None) -> None:  # noqa: N802 - aiosmtpd finds commands by this name.
        """EHLO, with what this listener can do."""
        await self._hello(hostname, extended=True)

    async def _hello(self, hostname: str | None, *, extended: bool) -> None:
        if not hostname:
            await self.push("501 5.5.4 Your name is missing")
            return
        self._set_post_data_state()
        self._helo = hostname[:255]
        if self.session is not None:
            self.session.host_name, self.session.extended_smtp = self._helo, extended
        if not extended:
            await self.push(f"250 {self.hostname}")
            return
        offers = ["PIPELINING", f"SIZE {self.house.limits.message_bytes}", "8BITMIME", "SMTPUTF8"]
        if self.tls_context and not self._tls_protocol:
            offers.append("STARTTLS")
        lines = [self.hostname, *offers, "ENHANCEDSTATUSCODES"]
        text = "\r\n".join(f"250-{line}" for line in lines[:-1])
        await self.push(f"{text}\r\n250 {lines[-1]}")

    async def smtp_AUTH(self, _arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds commands by this name.
        """Nobody logs in here: the secret is in the address."""
        await self.push("502 5.5.1 Not offered")

    async def smtp_VRFY(self, _arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds commands by this name.
        """Addresses are secrets, so nothing is told."""
        await self.push("252 2.1.5 Send some mail and see")

    async def _not_http(self, _arg: str | None) -> None:
        """A web page may not make a browser speak SMTP: its first line ends the conversation."""
        self.say_and_close("421 4.7.0 This is a mail server")

    async def smtp_HELP(self, _arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds commands by this name.
        """HELP."""
        await self.push("214 2.0.0 This server takes mail for Rapport")

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds commands by this name.
        """MAIL FROM."""
        if await self.check_helo_needed():
            return
        if self._mail.mail_from is not None:
            await self.push("503 5.5.1 Nested MAIL command")
            return
        path = read_path(arg, "FROM:")
        refusal = "501 5.5.4 Syntax: MAIL FROM:<address>" if path is None else self._refuse_parameters(path)
        if path is None or refusal:
            await self.push(refusal or _FAILED)
            return
        self._mail.mail_from = path.address
        await self.push("250 2.1.0 OK")

    def _refuse_parameters(self, path: Path) -> str | None:
        parameters = dict(path.parameters)
        size = parameters.pop("SIZE", "0")
        body = parameters.pop("BODY", "7BIT")
        flagged = parameters.pop("SMTPUTF8", "")
        if parameters:
            return "555 5.5.4 Unknown parameter"
        if not (size.isascii() and size.isdigit()) or body.upper() not in {"7BIT", "8BITMIME"} or flagged:
            return "501 5.5.4 Bad parameter"
        if len(size) > 18 or int(size) > self.house.limits.message_bytes:
            return _TOO_LARGE
        return _BUSY if int(size) > self.house.in_flight.free else None

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds commands by this name.
        """RCPT TO: unknown addresses are refused here, never accepted and bounced later."""
        if await self.check_helo_needed():
            return
        if self._mail.mail_from is None:
            await self.push("503 5.5.1 MAIL first")
            return
        path = read_path(arg, "TO:")
        if path is None or not path.address:
            await self.push("501 5.1.3 Syntax: RCPT TO:<address>")
        elif path.parameters:
            await self.push("555 5.5.4 Unknown parameter")
        elif len(self._mail.rcpt_tos) >= self.house.limits.recipients:
            await self.push("452 4.5.3 Too many recipients, send the rest separately")
        else:
            await self._rcpt(path.address)

    async def _rcpt(self, address: str) -> None:
        local, _, host = address.rpartition("@")
        if local.lower() not in _ROLES and address.lower() not in _ROLES:
            if host.lower().rstrip(".") != self.house.domain:
                await self.push("550 5.7.1 Not a relay" if local else "550 5.1.1 No such address")
                return
            if not await self.house.intake.owner_of(address):
                await self.push("550 5.1.1 No such address")
                return
        elif local and host.lower().rstrip(".") != self.house.domain:
            await self.push("550 5.7.1 Not a relay")
            return
        self._mail.rcpt_tos.append(address)
        await self.push("250 2.1.5 OK")

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds commands by this name.
        """DATA: read it, judge it, keep it, and only then say so."""
        if await self.check_helo_needed():
            return
        if not self._mail.rcpt_tos:
            await self.push("503 5.5.1 RCPT first")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        reader = DataReader(self.house.limits.message_bytes, self.house.in_flight)
        self.busy = True
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            if await self._receive(reader):
                await self.push(await self._answer(reader))
        finally:
            reader.close()
            self.busy = False
            self._set_post_data_state()
        if self.house.leaving:
            self.say_and_close(_LEAVING)

    async def _receive(self, reader: DataReader) -> bool:
        """Feed the reader to its end; False where the sender was cut for being slow or endless."""
        limits = self.house.limits
        began, counted = self.loop.time(), 0
        self._reset_timeout(limits.pace_window_seconds * 2)
        while True:
            left = began + limits.pace_window_seconds - self.loop.time()
            if left <= 0:
                if reader.seen - counted < limits.least_bytes_per_second * limits.pace_window_seconds:
                    self.say_and_close(_SLOW)
                    return False
                began, counted = self.loop.time(), reader.seen
                self._reset_timeout(limits.pace_window_seconds * 2)
                continue
            try:
                chunk = await asyncio.wait_for(self._reader.read(_CHUNK), left)
            except TimeoutError:
                continue
            rest = reader.feed(chunk)
            if rest is not None:
                self._reader.feed_data(rest)  # Pipelined commands behind the dot; the buffer is empty at this moment.
                self._reset_timeout(limits.command_seconds)
                return True
            if not chunk or reader.seen > 2 * limits.message_bytes + _CHUNK:
                self.say_and_close(_TOO_LARGE)
                return False

    async def _answer(self, reader: DataReader) -> str:
        if reader.trouble:
            return _TOO_LARGE if reader.trouble is Trouble.TOO_LARGE else _BUSY
        rcpts = tuple(dict.fromkeys(self._mail.rcpt_tos))
        raw, key = await _off_the_loop(reader.seen, lambda: _finish(reader, rcpts))
        if len(raw) > self.house.limits.message_bytes:
            return _TOO_LARGE
        if hops(raw) > self.house.limits.hops:
            return "554 5.4.6 Too many hops, this mail is going round"
        mail = ReceivedMail(
            raw=raw,
            mail_from=self._mail.mail_from or "",
            rcpts=rcpts,
            peer=self._entered or "",
            helo=self._helo,
            received_at=self.house.clock.now(),
            key=key,
        )
        await self._keep(self.house.intake.keep(mail))
        return "250 2.0.0 Kept"

    async def _keep(self, keeping: Awaitable[None]) -> None:
        """A sender who hangs up early must not cancel a commit half way."""
        task = asyncio.ensure_future(keeping)
        self.house.keeping.add(task)
        task.add_done_callback(self._kept)
        self._reset_timeout(self.house.limits.command_seconds)
        await asyncio.shield(task)

    def _kept(self, task: asyncio.Task[None]) -> None:
        self.house.keeping.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("mail_not_kept", error=type(task.exception()).__name__)


def _finish(reader: DataReader, rcpts: tuple[str, ...]) -> tuple[bytes, str]:
    raw = reader.content()
    return raw, key_of(raw, rcpts)


async def _off_the_loop(size: int, work: Callable[[], tuple[bytes, str]]) -> tuple[bytes, str]:
    return await asyncio.to_thread(work) if size > _THREAD_ABOVE else work()


def _enhanced(text: str) -> str:
    code, _, rest = text.partition(" ")
    first = rest.partition(" ")[0]
    if code not in _STATUS or first.count(".") == 2 or "-" in code or (code == "250" and rest and "." in first):
        return text
    return f"{code} {_STATUS[code]} {rest}"
