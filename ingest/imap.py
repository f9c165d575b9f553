"""Fetches a folder of somebody's mailbox by IMAP: each mail is kept first and marked after, so that none is lost."""

import asyncio
import contextlib
import hashlib
import imaplib
import re
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from crm_store import inbox
from crm_store.actions import mail_tray
from crm_store.clock import Clock
from crm_store.engine.store import Desk
from crm_store.engine.work import Work
from crm_store.errors import BadInput, CrmError
from crm_store.inbox import Arrival
from crm_store.log import get_logger
from ingest import headers, imap_idle
from ingest.intake import SOURCE

MARK: Final = "$Rapport"
WAY: Final = "mailbox"
MANY: Final = 50
_AT_ONCE: Final = 20
_NUMBERS_AT_ONCE: Final = 20_000
_SECONDS: Final = 60.0
_LONGEST_PAUSE: Final = 300.0
# Servers may hang up on who is silent for half an hour, and routers forget a connection sooner.
_LISTEN_SECONDS: Final = 540.0
_HEADER: Final = 65_536
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_NUMBER: Final = re.compile(rb"RFC822\.SIZE (\d+)")
_UID: Final = re.compile(rb"UID (\d+)")
_log = get_logger(__name__)


class MailboxRefused(CrmError):
    """The mail server does not let us in, or knows no such folder: trying again would not help."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of a mailbox on a server; `tls` from the first byte, else by STARTTLS."""

    host: str
    port: int
    user: str
    folder: str
    tls: bool


def read_url(url: str) -> Place:
    """`imaps://user@host/Folder`; a user's own @ is written %40."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadInput(f"{url} is no address such as imaps://user@host/Folder.") from None
    user, _, _ = parts.netloc.rpartition("@")
    if parts.scheme not in {"imaps", "imap"} or not user or not parts.hostname or ":" in user:
        raise BadInput("The mailbox is named like imaps://user@host/Folder; its password goes into CRM_IMAP_PASSWORD.")
    tls = parts.scheme == "imaps"
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    return Place(parts.hostname, port or (993 if tls else 143), unquote(user), folder, tls)


class Folder:
    """One connection with one folder open; every call blocks, so it lives in a thread."""

    def __init__(self, place: Place, password: str, move_to: str | None, context: ssl.SSLContext | None = None) -> None:
        self._place = place
        self._move_to = move_to
        context = context or ssl.create_default_context()
        if place.tls:
            self._server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                place.host, place.port, ssl_context=context, timeout=_SECONDS
            )
        else:
            self._server = imaplib.IMAP4(place.host, place.port, timeout=_SECONDS)
            if place.host not in _LOOPBACK:
                self._server.starttls(context)
        try:
            self._enter(password)
        except BaseException:
            self.close()
            raise

    def _enter(self, password: str) -> None:
        try:
            self._server.login(self._place.user, password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as problem:
            raise MailboxRefused(
                f"{self._place.host} does not let {self._place.user} in; check CRM_IMAP_PASSWORD."
            ) from problem
        # What a server can do is told in full only to who is inside.
        self._can = frozenset(b" ".join(one or b"" for one in self._server.capability()[1]).upper().split())
        self._open()

    def _open(self) -> None:
        """Select the folder, which also tells what has come since it was selected last."""
        said, _ = self._server.select(_quoted(self._place.folder))
        if said != "OK":
            raise MailboxRefused(f"There is no folder {self._place.folder} in that mailbox.")
        allowed = self._said("PERMANENTFLAGS")
        # A server that takes no words of ours as marks is asked by number, and by content where the numbers change.
        self._marks = b"\\*" in allowed or MARK.encode() in allowed
        self.validity = self._said("UIDVALIDITY")
        self._ahead = int(self._said("UIDNEXT") or 0)

    def _said(self, name: str) -> bytes:
        return b" ".join(one or b"" for one in self._server.response(name)[1])

    def new(self, after: int) -> tuple[list[int], int]:
        """The next numbers (UID) behind one that bear no mark, and up to which number that is known."""
        self._open()
        start = after + 1
        while start < self._ahead or not self._ahead:
            end = min(start + _NUMBERS_AT_ONCE, self._ahead) - 1 if self._ahead else 0
            unmarked = ("UNKEYWORD", MARK) if self._marks else ()
            found = self._answer("SEARCH", "UID", f"{start}:{end or '*'}", "UNDELETED", *unmarked)
            numbers = sorted(int(one) for part in found if isinstance(part, bytes) for one in part.split())
            numbers = [one for one in numbers if one > after]
            if numbers or not end:
                return numbers, max(numbers, default=after)
            start = end + 1
        return [], max(after, start - 1)

    def sizes(self, numbers: Sequence[int]) -> dict[int, int]:
        """How large the messages are; those that went meanwhile are not named."""
        found = {}
        for part in self._answer("FETCH", _set(numbers), "(UID RFC822.SIZE)"):
            line = part[0] if isinstance(part, tuple) else part
            uid, size = _UID.search(line or b""), _NUMBER.search(line or b"")
            if uid and size:
                found[int(uid[1])] = int(size[1])
        return found

    def fetch(self, number: int) -> bytes | None:
        """One message without marking it as seen; None where it is gone."""
        parts = self._answer("FETCH", str(number), "(UID BODY.PEEK[])")
        return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), None)

    def settle(self, numbers: Sequence[int]) -> None:
        """Mark what is kept, or move it away."""
        if not numbers:
            return
        if self._move_to:
            self._move(_set(numbers), _quoted(self._move_to))
        elif self._marks:
            self._answer("STORE", _set(numbers), "+FLAGS.SILENT", f"({MARK})")

    def _move(self, numbers: str, folder: str) -> None:
        if b"MOVE" in self._can:
            self._answer("MOVE", numbers, folder)
            return
        self._answer("COPY", numbers, folder)
        self._answer("STORE", numbers, "+FLAGS.SILENT", "(\\Deleted)")
        if b"UIDPLUS" in self._can:
            self._answer("EXPUNGE", numbers)

    def listen(self, clock: Clock, stopped: Callable[[], bool]) -> bool:
        """Wait until the server says that something has come, or for some minutes; False where it tells nothing."""
        if b"IDLE" not in self._can:
            return False
        try:
            imap_idle.wait_for_news(self._server, _LISTEN_SECONDS, clock, stopped)
        except imap_idle.NoIdle:
            self._can -= {b"IDLE"}
            return False
        return True

    def close(self) -> None:
        """Leave; harmless where the connection is gone."""
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self._server.logout()

    def _answer(self, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes] | None]:
        said, data = self._server.uid(command, *arguments)
        if said != "OK":
            raise MailboxRefused(f"The mail server refused to {command.lower()} in {self._place.folder}.")
        return list(data)


@dataclass(slots=True)
class Puller:
    """Keeps what is new in a folder, at the desk of the colleague whose mailbox it is."""

    desk: Desk
    place: Place
    password: str
    move_to: str | None = None
    every: float = 30.0
    most_bytes: int = 50_000_000
    first_pause: float = 1.0
    kept: int = 0
    too_large: int = 0
    _last: int = 0
    _validity: bytes = b""

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until told to stop; a server that is away is tried again, later each time."""
        pause = self.first_pause
        while not stop.is_set():
            try:
                await self._visit(stop, once=False)
                pause = self.first_pause
            except (OSError, imaplib.IMAP4.abort, EOFError) as problem:
                _log.warning("mailbox_away", error=type(problem).__name__, pause=pause)
                await _sleep(stop, pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def once(self) -> int:
        """Keep what is there now and say how many mails were new to the store."""
        try:
            await self._visit(asyncio.Event(), once=True)
        except (OSError, imaplib.IMAP4.abort, EOFError) as problem:
            raise CrmError(f"{self.place.host} cannot be reached ({type(problem).__name__}).") from problem
        return self.kept

    async def _visit(self, stop: asyncio.Event, *, once: bool) -> None:
        folder = await asyncio.to_thread(Folder, self.place, self.password, self.move_to)
        try:
            if folder.validity != self._validity:
                # The numbers of another time mean nothing now (RFC 3501, 2.3.1.1); what is kept is known by its bytes.
                self._validity, self._last = folder.validity, 0
            while not stop.is_set():
                await self._round(folder, stop)
                if once:
                    return
                if not await asyncio.to_thread(folder.listen, self.desk.store.clock, stop.is_set):
                    await _sleep(stop, self.every)
        finally:
            await asyncio.to_thread(folder.close)

    async def _round(self, folder: Folder, stop: asyncio.Event) -> None:
        """Everything that is new, some at a time."""
        while not stop.is_set():
            numbers, up_to = await asyncio.to_thread(folder.new, self._last)
            quiet = len(numbers) > MANY
            if quiet:
                await self.desk.write(mail_tray.announce, len(numbers))
            for some in _runs(numbers, _AT_ONCE):
                if stop.is_set():
                    return
                done = await self._keep(folder, some, quiet=quiet)
                # Only now, when the commit is certain: a mark that came first could outlive a mail that did not.
                await asyncio.to_thread(folder.settle, done)
                self._last = max(self._last, *some)
            self._last = max(self._last, up_to)
            if not numbers:
                return

    async def _keep(self, folder: Folder, numbers: Sequence[int], *, quiet: bool) -> list[int]:
        """Fetch and keep some, and say which are certain."""
        sizes = await asyncio.to_thread(folder.sizes, numbers)
        done = []
        for number in numbers:
            if sizes.get(number, 0) > self.most_bytes:
                _log.warning("mail_too_large_to_fetch", uid=number, size=sizes[number])
                self.too_large += 1
            elif (raw := await asyncio.to_thread(folder.fetch, number)) is not None:
                self.kept += await self.desk.write(keep, raw, self.place.host, quiet=quiet)
                done.append(number)
        return done


def keep(work: Work, raw: bytes, host: str, *, quiet: bool = False) -> bool:
    """Put a mail of the actor's own mailbox into the inbox; False says that it is there already.

    `quiet` says that it is one of very many, of which none is told by itself.
    Only the inbox is written, so there is no audit entry and no undo: filing it writes both.
    """
    envelope: dict[str, Any] = {
        "user_id": work.actor,
        "rcpts": [],
        "peer": host,
        "helo": "imap",
        "authenticated_user": work.actor,
        "way": WAY,
    }
    if quiet:
        envelope["quiet"] = True
    key = f"{WAY}:{work.actor}:{hashlib.sha256(raw).hexdigest()}"
    return inbox.put(work, Arrival(work.team_id, SOURCE, key, raw, envelope, _message_id(raw))) is not None


def _message_id(raw: bytes) -> str | None:
    header, _, _ = headers.read_headers(raw[:_HEADER])
    return headers.message_id(header.raw("message-id"))


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


def _runs(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]


def _set(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


def _quoted(folder: str) -> str:
    """A folder's name as IMAP wants it: modified UTF-7 in quotation marks (RFC 3501, 5.1.3)."""
    out: list[str] = []
    for run in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", folder):
        if run.isascii() and run.isprintable():
            out.append(run.replace("&", "&-"))
        else:
            coded = run.encode("utf-7").decode("ascii").strip("+-").replace("/", ",")
            out.append(f"&{coded}-")
    escaped = "".join(out).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
