"""The parser child: hostile mail is read in a process with little memory, little time, no store and no secrets."""

import asyncio
import io
import json
import resource
import struct
import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from crm_store.log import get_logger
from ingest import attachments, in_parts
from ingest.in_parts import Raw
from ingest.parsed import ParsedMail, unreadable

_log = get_logger(__name__)
_MEMORY = 512 * 1024 * 1024
_SECONDS_A_MAIL = 5.0
_PATIENCE = 4.0  # A busy machine gives a child less than the whole of a second.
_START_SECONDS = 60.0
_FRAME = struct.Struct(">I")
_MOST_ANSWER = 256 * 1024 * 1024
_NO_MORE = 0xFFFFFFFF
_PIECE = 1_048_576
_READY = b"ready"
_BROUGHT_DOWN = "The mail brought the parser down; it is kept as it came."
_ROOT = Path(__file__).resolve().parent.parent


class Sandbox:
    """One warm parser child; a mail that kills it comes back as unreadable, and the next mail finds a new child."""

    def __init__(self, seconds: float = _SECONDS_A_MAIL) -> None:
        self._seconds = seconds
        self._child: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def process_id(self) -> int | None:
        """The child that reads at the moment."""
        return self._child.pid if self._child is not None else None

    async def start(self) -> None:
        """Start the child and wait until it can read."""
        async with self._one_at_a_time:
            await self._ready_child()

    async def stop(self) -> None:
        """End the child; harmless twice."""
        async with self._one_at_a_time:
            await self._end()

    async def parse(
        self,
        raw: Raw,
        *,
        mail_from: str | None = None,
        region: str | None = None,
        text_subject: str | None = None,
    ) -> ParsedMail:
        """Read one mail, given its envelope's sender and the reader's country (ISO 3166) where they are known.

        With `text_subject` the bytes are a bare plain text under that subject. Mails attached to it are only counted:
        their bytes stay in the child.
        """
        order = {"task": "read", "mail_from": mail_from, "region": region, "text_subject": text_subject}
        (answer,) = _as_mails(*await self._answers(raw, order), 1)
        return answer

    async def parse_attached(self, raw: Raw, number: int) -> tuple[ParsedMail, ...]:
        """Read the mails that are attached to one; a mail that kills the child costs only itself."""
        found: list[ParsedMail] = []
        while len(found) < number:
            read, problem = await self._answers(raw, {"task": "read attached", "first": len(found)})
            found += _as_mails(read, problem, min(len(read) + 1, number - len(found)))
        return tuple(found)

    async def verify(self, raw: Raw, keys: Mapping[int, str]) -> tuple[int, ...]:
        """Which of the numbered DKIM signatures hold, with the key record of each; none where the child dies of it."""
        order = {"task": "verify", "keys": {str(one): key for one, key in keys.items()}}
        answers, _problem = await self._answers(raw, order)
        return tuple(int(one) for answer in answers for one in json.loads(answer))

    async def extract(self, raw: Raw, wanted: Collection[str]) -> dict[str, bytes]:
        """The bytes of files in a mail and in those attached to it, by their SHA-256.

        What passes a limit or cannot be read is left out.
        """
        answers, _problem = await self._answers(raw, {"task": "extract", "wanted": sorted(wanted)})
        return attachments.by_digest(answers, wanted)

    async def _answers(self, raw: Raw, order: Mapping[str, object]) -> tuple[list[bytes], str]:
        """What the child answers, and a sentence where it took too long or died; the next mail finds a new child."""
        answers: list[bytes] = []
        patience = self._seconds * _PATIENCE
        async with self._one_at_a_time:
            try:
                child = await self._ready_child()
                await asyncio.wait_for(_ask(child, raw, order), patience)
                while (answer := await asyncio.wait_for(_receive(child), patience)) is not None:
                    answers.append(answer)
            except TimeoutError:
                await self._end()
                return answers, "Reading took too long; the mail is kept as it came."
            except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                _log.warning("parser_child_lost", error=type(error).__name__)
                await self._end()
                return answers, _BROUGHT_DOWN
            except BaseException:
                await self._end()  # Its answer would be taken for that of the next mail.
                raise
        return answers, ""

    async def _ready_child(self) -> asyncio.subprocess.Process:
        if self._child is not None and self._child.returncode is None:
            return self._child
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "ingest.sandbox",
            str(self._seconds),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": str(_ROOT), "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "PATH": ""},
            cwd="/",
            start_new_session=True,
        )
        self._child = child
        greeting = await asyncio.wait_for(_receive(child), _START_SECONDS)
        if greeting != _READY:
            raise ValueError("the parser child did not greet")
        return child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        await child.wait()
        if child.stdin is not None:
            child.stdin.close()
            transport = getattr(child, "_transport", None)
            if transport is not None:
                transport.close()


def _as_mails(answers: list[bytes], problem: str, number: int) -> list[ParsedMail]:
    """So many mails: those that were read, and what is said of one that cost the child its life."""
    found = [_as_mail(answer) for answer in answers[:number]]
    return [*found, unreadable(problem or _BROUGHT_DOWN)] if len(found) < number else found


def _as_mail(answer: bytes) -> ParsedMail:
    try:
        return ParsedMail.from_json(json.loads(answer))
    except (ValueError, TypeError, KeyError) as error:
        _log.warning("parser_child_answered_oddly", error=type(error).__name__)
        return unreadable(_BROUGHT_DOWN)


async def _ask(child: asyncio.subprocess.Process, raw: Raw, order: Mapping[str, object]) -> None:
    if child.stdin is None:
        raise BrokenPipeError
    head = json.dumps(dict(order)).encode("utf-8")
    child.stdin.write(_FRAME.pack(len(head)) + head + _FRAME.pack(len(raw)))
    async for piece in in_parts.pieces(raw):
        child.stdin.write(piece)
        await child.stdin.drain()


async def _receive(child: asyncio.subprocess.Process) -> bytes | None:
    """The next frame, None behind the last; taken in piece by piece, so that it is held once."""
    if child.stdout is None:
        raise BrokenPipeError
    (length,) = _FRAME.unpack(await child.stdout.readexactly(_FRAME.size))
    if length == _NO_MORE:
        return None
    if length > _MOST_ANSWER:
        raise ValueError("the parser child's answer is too long")
    held = io.BytesIO()
    while (missing := length - held.tell()) > 0:
        piece = await child.stdout.read(min(missing, _PIECE))
        if not piece:
            raise asyncio.IncompleteReadError(b"", missing)
        held.write(piece)
    return held.getvalue()


def main(seconds: float) -> None:
    """The child: read frames, answer frames, until the pipe closes or a limit of the system ends it."""
    from ingest import child_tasks  # noqa: PLC0415 - loads the HTML, date, phone and calendar libraries, which only the child may.

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(_FRAME.pack(len(_READY)) + _READY)
    sink.flush()
    while True:
        head = _frame(source.read)
        raw = _frame(source.read) if head is not None else None
        if head is None or raw is None:
            return
        _allow(seconds)
        answers = child_tasks.answers(raw, json.loads(head))
        del raw  # From here on a large mail is the task's, which lets it go as soon as it can.
        for answer in answers:
            sink.write(_FRAME.pack(len(answer)))
            sink.write(answer)
            sink.flush()
            _allow(seconds)
        sink.write(_FRAME.pack(_NO_MORE))
        sink.flush()


def _frame(read: Callable[[int], bytes]) -> bytes | None:
    """The next frame; None where the pipe is closed."""
    size = read(_FRAME.size)
    return read(_FRAME.unpack(size)[0]) if len(size) == _FRAME.size else None


def _allow(seconds: float) -> None:
    """The processor limit counts a process's whole life, so it moves ahead with every mail."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, most))


if __name__ == "__main__":
    main(float(sys.argv[1]))
