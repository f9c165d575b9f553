"""One connection: its bytes, its clock, TLS, and the balancer in front of it; what is said is the conversation's."""

import asyncio
import ssl
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from typing import Any, Final, cast

from crm_store.log import get_logger
from ingest.smtp import proxy, replies
from ingest.smtp.conversation import Conversation
from ingest.smtp.house import House
from ingest.smtp.reader import DataReader
from ingest.smtp.replies import Reply, Then

_log = get_logger(__name__)
_LONGEST_LINE: Final = 16_384
_MOST_WAITING: Final = 65_536
_HANDSHAKE_SECONDS: Final = 30.0
_GOODBYE_SECONDS: Final = 5.0
_PROXY_SECONDS: Final = 10.0
_TICKS: Final = 4


class Door(asyncio.Protocol):
    """Feeds lines to the conversation and mails to the reader, in order, one thing at a time."""

    def __init__(self, house: House, *, lmtp: bool = False) -> None:
        self._house = house
        self._lmtp = lmtp
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._conversation: Conversation | None = None
        self._reader: DataReader | None = None
        self._buffer = bytearray()
        self._said: list[str] = []
        self._peer = "local"
        self._address: str | None = None
        self._inside = False
        self._waiting = False
        self._choked = False
        self._paused = False
        self._ended = False
        self._timer: asyncio.TimerHandle | None = None
        self._since = self._loop.time()
        self._counted = 0
        limits = house.limits
        self._tick_after = min(limits.command_seconds, limits.pace_window_seconds) / _TICKS

    @property
    def busy(self) -> bool:
        """Whether a mail is on its way in."""
        return self._reader is not None

    @property
    def _open(self) -> bool:
        return self._inside and self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection and greet it, or turn it away; a balancer first says for whom it speaks."""
        self._transport = cast(asyncio.Transport, transport)
        self._peer = str((transport.get_extra_info("peername") or (self._peer,))[0])
        behind = proxy.among(self._peer, self._house.balancers)
        if not self._enter(None if behind else self._peer):
            return
        self._house.opened(self)
        self._timer = self._loop.call_later(self._tick_after, self._tick)
        if not behind:
            self._greet(self._peer)

    def _enter(self, address: str | None) -> bool:
        if self._house.leaving or not self._house.connections.enter(address):
            told = replies.LEAVING if self._house.leaving else replies.CROWDED
            self._write(told)
            self._close()
            return False
        self._address, self._inside = address, True
        return True

    def _greet(self, address: str) -> None:
        self._conversation = Conversation(self._house, address, lmtp=self._lmtp)
        self._write(self._conversation.greeting().text)

    def connection_lost(self, error: Exception | None) -> None:
        """Give the place back; a commit under way goes on."""
        if self._timer is not None:
            self._timer.cancel()
        if self._reader is not None and not self._waiting:
            self._reader.close()
        if self._inside:
            self._inside = False
            self._house.connections.leave(self._address)
        self._house.closed(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes; they wait while an answer is being found."""
        if not self._open:
            return
        self._buffer += data
        if not self._waiting:
            self._advance()
        elif len(self._buffer) > _MOST_WAITING:
            self._regulate()

    def eof_received(self) -> bool:
        """The other side has said all; what it waits for is still answered (under TLS the socket closes at once)."""
        self._ended = True
        return self._waiting and not (self._conversation is not None and self._conversation.encrypted)

    def pause_writing(self) -> None:
        """Whoever does not read answers gets no more of them."""
        self._choked = True

    def resume_writing(self) -> None:
        """The answers were read."""
        self._choked = False
        if not self._waiting:
            self._advance()

    def _advance(self) -> None:
        """Go on with what has come, as far as it goes without waiting."""
        while self._open and not (self._waiting or self._choked):
            if self._conversation is None:
                went_on = self._read_balancer()
            elif self._reader is not None:
                went_on = self._read_mail(self._conversation, self._reader)
            else:
                went_on = self._read_line(self._conversation)
            if not went_on:
                break
        self._flush()
        self._regulate()
        if self._ended and not self._waiting:
            self._close()

    def _regulate(self) -> None:
        """Stop reading while much waits, and go on afterwards."""
        if self._transport is None or self._transport.is_closing():
            return
        full = self._choked or (self._waiting and len(self._buffer) > _MOST_WAITING)
        if full and not self._paused:
            self._transport.pause_reading()
        elif self._paused and not full:
            self._transport.resume_reading()
        self._paused = full

    def _read_balancer(self) -> bool:
        try:
            header = proxy.read(bytes(self._buffer))
        except proxy.BadProxyHeader:
            _log.warning("smtp_proxy_header_missing")
            self._write("421 4.7.0 A PROXY header is wanted")
            self._close()
            return False
        if header is None:
            return False
        del self._buffer[: header.length]
        self._house.connections.leave(None)
        self._inside = False
        address = header.address or self._peer
        if not self._enter(address):
            return False
        self._greet(address)
        self._since = self._loop.time()
        return True

    def _read_line(self, conversation: Conversation) -> bool:
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) > _LONGEST_LINE:
                self._reply(conversation, Reply(replies.LINE_TOO_LONG.text, Then.CLOSE))
            return False
        line = bytes(self._buffer[: end + 1])
        if proxy.begins_like_one(bytes(self._buffer[:12])):
            self._reply(conversation, replies.NO_BALANCER)
            return False
        del self._buffer[: end + 1]
        self._since = self._loop.time()
        try:
            answer = conversation.obey(line.rstrip(b"\r\n"))
        except Exception as error:  # noqa: BLE001 - our failure is temporary and none of the sender's business.
            _log.error("smtp_command_failed", error=type(error).__name__)
            answer = Reply(replies.FAILED)
        if isinstance(answer, Reply):
            self._reply(conversation, answer)
        else:
            self._wait_for(conversation, answer)
        return True

    def _read_mail(self, conversation: Conversation, reader: DataReader) -> bool:
        if not self._buffer:
            return False
        chunk = bytes(self._buffer)
        self._buffer.clear()
        rest = reader.feed(chunk)
        if rest is None:
            if reader.seen > 2 * self._house.limits.message_bytes + _MOST_WAITING:
                self.say_and_close(replies.TOO_LARGE)
            return False
        self._buffer += rest  # Pipelined commands behind the dot.
        self._house.handing_over.discard(self)
        self._since = self._loop.time()
        self._wait_for(conversation, conversation.finish(reader))
        return True

    def _wait_for(self, conversation: Conversation, answer: Awaitable[Reply]) -> None:
        """Whoever hangs up early does not cancel a commit half way: the task belongs to the house."""
        self._waiting = True
        task = self._loop.create_task(cast(Coroutine[Any, Any, Reply], answer))
        self._house.working.add(task)
        task.add_done_callback(lambda done: self._answered(conversation, done))

    def _answered(self, conversation: Conversation, task: "asyncio.Task[Reply]") -> None:
        self._house.working.discard(task)
        self._waiting, self._reader = False, None
        self._since = self._loop.time()
        if task.cancelled():
            self._close()
            return
        error = task.exception()
        if error is not None:
            _log.error("smtp_session_failed", error=type(error).__name__)
        if self._open:
            self._reply(conversation, Reply(replies.FAILED) if error else task.result())
            if self._house.leaving and self._open:
                self.say_and_close(replies.LEAVING)
        self._advance()

    def _reply(self, conversation: Conversation, reply: Reply) -> None:
        self._said.append(reply.text)
        rest = conversation.patience(reply)
        if reply.then is Then.READ_MAIL:
            self._reader = DataReader(self._house.limits.message_bytes, self._house.in_flight)
            self._house.handing_over.add(self)
            self._counted = 0
        elif reply.then is Then.ENCRYPT:
            self._encrypt(conversation)
        elif reply.then is Then.CLOSE:
            self._flush()
            self._close()
        elif rest is None:
            self.say_and_close(replies.TOO_MANY_ERRORS.text)
        elif rest:
            self._waiting = True
            self._loop.call_later(rest, self._rested)

    def _rested(self) -> None:
        self._waiting = False
        self._advance()

    def _encrypt(self, conversation: Conversation) -> None:
        """What was sent in the clear behind STARTTLS is forgotten: nobody knows who sent it (RFC 3207, 4.2)."""
        if self._transport is None or self._house.tls is None:
            return
        self._transport.pause_reading()
        self._buffer.clear()
        self._waiting = True
        self._flush()
        task = self._loop.create_task(self._shake_hands(conversation, self._transport, self._house.tls))
        self._house.working.add(task)
        task.add_done_callback(self._house.working.discard)

    async def _shake_hands(self, conversation: Conversation, plain: asyncio.Transport, context: ssl.SSLContext) -> None:
        try:
            encrypted = await self._loop.start_tls(
                plain,
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=_HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=_GOODBYE_SECONDS,
            )
        except (OSError, EOFError) as problem:
            _log.warning("smtp_tls_failed", error=type(problem).__name__)
            plain.abort()
            return
        if encrypted is None:
            return
        self._transport, self._paused = encrypted, False
        conversation.forget()
        conversation.encrypted = True
        self._since = self._loop.time()
        self._rested()

    def _tick(self) -> None:
        """Look a few times in every span whether the other side has been too slow in it."""
        limits, quiet = self._house.limits, self._loop.time() - self._since
        if self._reader is not None and not self._waiting:
            if quiet >= limits.pace_window_seconds:
                if self._reader.seen - self._counted < limits.least_bytes_per_second * quiet:
                    self.say_and_close(replies.SLOW)
                self._since, self._counted = self._loop.time(), self._reader.seen
        elif quiet >= (limits.command_seconds if self._conversation else min(_PROXY_SECONDS, limits.command_seconds)):
            self.say_and_close(replies.TIMED_OUT)
        if self._open:
            self._timer = self._loop.call_later(self._tick_after, self._tick)

    def say_and_close(self, status: str) -> None:
        """A last word outside the order of commands."""
        if self._open:
            self._flush()
            self._write(status)
            self._close()

    def _flush(self) -> None:
        if self._said:
            text, self._said = "\r\n".join(self._said), []
            self._write(text)

    def _write(self, text: str) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(text.encode("ascii", "replace") + b"\r\n")

    def _close(self) -> None:
        if self._transport is not None:
            with suppress(OSError):
                self._transport.close()
