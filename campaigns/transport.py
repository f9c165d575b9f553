"""Ways for letters to leave: a folder of files, or a relay by SMTP; both can say what became of a cut-off try."""

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from campaigns.letters import Letter
from crm_store.errors import BadSetting

_PERMANENT: Final = 500
_DEAD: Final = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b")
_DEAD_CODES: Final = frozenset({550, 551, 553})
_ENHANCED: Final = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_SECONDS: Final = 60.0
# A letter is handed over or broken off well before its lease ends.
_WHOLE: Final = 80.0


class Before(StrEnum):
    """What became of an earlier try."""

    LEFT = "left"
    STAYED = "stayed"
    UNKNOWN = "unknown"


class NotTaken(Exception):
    """The letter was refused; `passing` says whether it may be tried again, `dead` that the address takes no mail."""

    def __init__(self, sentence: str, *, passing: bool, dead: bool = False) -> None:
        super().__init__(sentence)
        self.sentence, self.passing, self.dead = sentence, passing, dead


class Transport(Protocol):
    """How letters leave."""

    async def before(self, send_id: str) -> Before:
        """What became of a try that was cut off."""
        ...

    async def hand(self, letter: Letter) -> bool:
        """Hand a letter over; False where nobody can know whether it was taken; raises NotTaken."""
        ...

    async def settled(self, send_ids: Sequence[str]) -> None:
        """The store knows what became of them, so nothing has to be remembered any more."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Folder:
    """Letters as files: the name is the letter's own id, so that no letter can be there twice."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def before(self, send_id: str) -> Before:
        """A file under its name is complete, since it came there by renaming."""
        there = await asyncio.to_thread((self._folder / f"{send_id}.eml").exists)
        return Before.LEFT if there else Before.STAYED

    async def hand(self, letter: Letter) -> bool:
        """Write the file, then give it its name."""
        try:
            await asyncio.to_thread(self._write, letter)
        except OSError as problem:
            raise NotTaken(f"the folder cannot be written ({problem.strerror})", passing=True) from problem
        return True

    def _write(self, letter: Letter) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        half = self._folder / f".{letter.send_id}.part"
        with half.open("wb") as file:
            file.write(letter.content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(self._folder / f"{letter.send_id}.eml")

    async def settled(self, send_ids: Sequence[str]) -> None:
        """The files themselves are the letters, and stay."""

    async def close(self) -> None:
        """Nothing is held open."""


class Journal:
    """What the relay was given, noted before and after: all that a new process knows of one that was killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begun(self, send_id: str) -> None:
        """The last bytes are about to go."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / send_id).open("wb") as file:
            file.flush()
            os.fsync(file.fileno())

    def taken(self, send_id: str) -> None:
        """The relay said that it has it."""
        (self._folder / send_id).write_bytes(b"250")

    def refused(self, send_id: str) -> None:
        """The relay said that it does not take it, or the store knows all."""
        (self._folder / send_id).unlink(missing_ok=True)

    def forget(self, send_ids: Sequence[str]) -> None:
        """The store knows all about these."""
        for send_id in send_ids:
            self.refused(send_id)

    def read(self, send_id: str) -> Before:
        """What became of it."""
        try:
            return Before.LEFT if (self._folder / send_id).read_bytes() == b"250" else Before.UNKNOWN
        except FileNotFoundError:
            return Before.STAYED


class Relay:
    """A mail server that carries letters on; a few connections, each used again."""

    def __init__(self, address: str, journal: Journal, connections: int) -> None:
        self._open = _opener(address)
        self._journal = journal
        self._idle: list[aiosmtplib.SMTP] = []
        self._room = asyncio.Semaphore(connections)

    async def before(self, send_id: str) -> Before:
        """What the journal says."""
        return await asyncio.to_thread(self._journal.read, send_id)

    async def hand(self, letter: Letter) -> bool:
        """MAIL, RCPT, a note in the journal, DATA, and a note of the answer; one that breaks is looked up."""
        async with self._room:
            client = await self._connection()
            try:
                async with asyncio.timeout(_WHOLE):
                    await self._deliver(client, letter)
            except NotTaken:
                if await _reset(client):
                    self._idle.append(client)
                raise
            except (aiosmtplib.SMTPException, OSError, TimeoutError) as problem:
                client.close()
                before = await self.before(letter.send_id)
                if before is Before.STAYED:
                    raise NotTaken("the relay broke off", passing=True) from problem
                return before is Before.LEFT
            except BaseException:
                client.close()
                raise
            self._idle.append(client)
            return True

    async def _deliver(self, client: aiosmtplib.SMTP, letter: Letter) -> None:
        await _said(client.mail(letter.sender), "the sender")
        await _said(client.rcpt(letter.recipient), "the address", recipient=True)
        await asyncio.to_thread(self._journal.begun, letter.send_id)
        try:
            await client.data(letter.content)
        except aiosmtplib.SMTPResponseException as problem:
            await asyncio.to_thread(self._journal.refused, letter.send_id)
            raise _refusal(problem, "the letter", recipient=False) from problem
        await asyncio.to_thread(self._journal.taken, letter.send_id)

    async def _connection(self) -> aiosmtplib.SMTP:
        while self._idle:
            client = self._idle.pop()
            if client.is_connected:
                return client
        client = self._open()
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as problem:
            client.close()
            raise NotTaken("the relay cannot be reached", passing=True) from problem
        return client

    async def settled(self, send_ids: Sequence[str]) -> None:
        """Forget what the store knows."""
        await asyncio.to_thread(self._journal.forget, send_ids)

    async def close(self) -> None:
        """End the connections."""
        while self._idle:
            client = self._idle.pop()
            try:
                await client.quit()
            except (aiosmtplib.SMTPException, OSError):
                client.close()


def _opener(address: str) -> Callable[[], aiosmtplib.SMTP]:
    """How a connection is made; raises BadSetting for an address that is none."""
    parts = urlsplit(address)
    try:
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
    except ValueError as problem:
        raise BadSetting("CRM_RELAY: the port must be a number.") from problem
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadSetting("CRM_RELAY must be written as smtp://user:password@host:587 or smtps://…")
    host, user, password = parts.hostname, unquote(parts.username or ""), unquote(parts.password or "")

    def open_one() -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=host, port=port, use_tls=parts.scheme == "smtps",
            start_tls=None if parts.scheme == "smtp" else False,
            username=user or None, password=password or None, timeout=_SECONDS,
        )  # fmt: skip

    return open_one


async def _said(asked: object, what: str, *, recipient: bool = False) -> None:
    try:
        await asked  # type: ignore[misc]
    except aiosmtplib.SMTPResponseException as problem:
        raise _refusal(problem, what, recipient=recipient) from problem


def _refusal(problem: aiosmtplib.SMTPResponseException, what: str, *, recipient: bool) -> NotTaken:
    permanent = problem.code >= _PERMANENT
    text = " ".join(str(problem.message).split())
    reason = _ENHANCED.search(text)
    # What a relay says may name the address, so only its codes are kept.
    told = f"{problem.code} {reason[0]}" if reason else str(problem.code)
    dead = recipient and permanent and (bool(_DEAD.search(text)) if reason else problem.code in _DEAD_CODES)
    return NotTaken(f"the relay refused {what}: {told}", passing=not permanent, dead=dead)


async def _reset(client: aiosmtplib.SMTP) -> bool:
    """Whether the connection can be used again."""
    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        client.close()
        return False
    return True
