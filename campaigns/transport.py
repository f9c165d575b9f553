"""Ways for letters to leave: a folder of files, or a relay by SMTP; both can say what became of a cut-off try."""

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from campaigns.journal import Before, Journal
from campaigns.letters import Letter
from campaigns.smtp_line import Line, Reply, safe
from crm_store.errors import BadSetting

_GO_ON, _REFUSED, _CLOSING, _PERMANENT = 354, 400, 421, 500
_COMMANDS: Final = 3
_MAILBOX: Final = re.compile(r"4\.2\.")
_DEAD: Final = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b")
_DEAD_CODES: Final = frozenset({550, 551, 553})
_ENHANCED: Final = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
# Together well below a claim's lease: a letter is handed over or broken off before another worker may take it.
_GREETING, _ENVELOPE, _ANSWER = 20.0, 30.0, 50.0


class NotTaken(Exception):
    """The letter was refused; `passing` says whether it may be tried again, `dead` that the address takes no mail.

    `slow` says that the address's whole domain wants mail more slowly.
    """

    def __init__(self, sentence: str, *, passing: bool, dead: bool = False, slow: bool = False) -> None:
        super().__init__(sentence)
        self.sentence, self.passing, self.dead, self.slow = sentence, passing, dead, slow


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


class Relay:
    """A mail server that carries letters on; a few connections, each used again."""

    def __init__(self, address: str, journal: Journal, connections: int, *, unique: bool = False) -> None:
        """`unique` says that the relay lets a second letter with the same Message-ID go no further."""
        self._open = _opener(address)
        self._journal = journal
        self._unique = unique
        self._idle: list[Line] = []
        self._room = asyncio.Semaphore(connections)

    async def before(self, send_id: str) -> Before:
        """What the journal says; where the relay itself sees to it that nothing goes twice, doubt is none."""
        found = self._journal.before(send_id)
        return Before.STAYED if found is Before.UNKNOWN and self._unique else found

    async def hand(self, letter: Letter) -> bool:
        """Envelope and text, a note in the journal, the last dot, and a note of the answer."""
        if not (safe(letter.sender) and safe(letter.recipient)):
            raise NotTaken("no address that mail can go to", passing=False)
        async with self._room:
            line = await self._connection()
            try:
                async with asyncio.timeout(_ENVELOPE):
                    await self._envelope(line, letter)
                    line.body(letter.content)
            except NotTaken:
                await self._again(line)
                raise
            except (OSError, TimeoutError) as problem:
                line.close()
                raise NotTaken("the relay broke off", passing=True) from problem
            except BaseException:
                line.close()
                raise
            return await self._last_dot(line, letter)

    async def _last_dot(self, line: Line, letter: Letter) -> bool:
        """From here on the letter may have left, whatever happens."""
        try:
            await self._journal.begun(letter.send_id, letter.attempt)
        except OSError as problem:
            line.close()
            raise NotTaken(f"the journal cannot be written ({problem.strerror})", passing=True) from problem
        try:
            async with asyncio.timeout(_ANSWER):
                answer = await line.end()
        except (OSError, TimeoutError) as problem:
            line.close()
            if self._unique:
                raise NotTaken("the relay broke off", passing=True) from problem
            return False
        except BaseException:
            line.close()
            raise
        if answer.code >= _REFUSED:
            self._journal.refused(letter.send_id, letter.attempt)
            self._keep(line, answer)
            raise _refusal(answer, "the letter")
        self._journal.taken(letter.send_id, letter.attempt)
        self._idle.append(line)
        return True

    async def _envelope(self, line: Line, letter: Letter) -> None:
        said = await line.say(f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.recipient}>", "DATA")
        for answer, what in zip(said, ("the sender", "the address", "the letter"), strict=False):
            if answer.code >= _REFUSED:
                if len(said) == _COMMANDS and said[-1].code == _GO_ON:
                    # It waits for a letter that has nobody to go to (RFC 2920, 3.1).
                    await line.end()
                raise _refusal(answer, what, recipient=what == "the address")

    async def _again(self, line: Line) -> None:
        """Keep the connection if it can be used again."""
        try:
            async with asyncio.timeout(_ENVELOPE):
                (answer,) = await line.say("RSET")
        except (OSError, TimeoutError):
            line.close()
            return
        self._keep(line, answer)

    def _keep(self, line: Line, answer: Reply) -> None:
        if line.usable and answer.code != _CLOSING:
            self._idle.append(line)
        else:
            line.close()

    async def _connection(self) -> Line:
        while self._idle:
            line = self._idle.pop()
            if line.usable:
                return line
            line.close()
        client = self._open()
        try:
            await client.connect()
            return Line(client)
        except (aiosmtplib.SMTPException, OSError) as problem:
            client.close()
            raise NotTaken("the relay cannot be reached", passing=True) from problem

    async def settled(self, send_ids: Sequence[str]) -> None:
        """Forget what the store knows."""
        self._journal.settled(send_ids)

    async def close(self) -> None:
        """End the connections."""
        while self._idle:
            await self._idle.pop().quit()
        self._journal.close()


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
            username=user or None, password=password or None, timeout=_GREETING,
        )  # fmt: skip

    return open_one


def _refusal(answer: Reply, what: str, *, recipient: bool = False) -> NotTaken:
    permanent = answer.code >= _PERMANENT
    text = " ".join(answer.text.split())
    reason = _ENHANCED.search(text)
    # What a relay says may name the address, so only its codes are kept.
    told = f"{answer.code} {reason[0]}" if reason else str(answer.code)
    dead = recipient and permanent and (bool(_DEAD.search(text)) if reason else answer.code in _DEAD_CODES)
    slow = recipient and not permanent and not (reason and _MAILBOX.match(reason[0]))
    return NotTaken(f"the relay refused {what}: {told}", passing=not permanent, dead=dead, slow=slow)
