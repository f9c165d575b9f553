"""The sender's journal: what a relay was given, kept beside the letters, so that who comes after a kill can tell."""

import asyncio
import fcntl
import os
import secrets
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

_NAME: Final = "name"
_ROTATE: Final = 1 << 18
_BEGUN, _TAKEN, _REFUSED, _SETTLED = "begun", "taken", "refused", "settled"


class Before(StrEnum):
    """What became of an earlier try."""

    LEFT = "left"
    STAYED = "stayed"
    UNKNOWN = "unknown"


def name_of(folder: Path) -> str:
    """The folder's own name, made at its first use: whoever sees the same name sees the same letters and journals."""
    file = folder / _NAME
    folder.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        own = folder / f".{_NAME}-{secrets.token_hex(4)}"
        own.write_text(secrets.token_hex(8), encoding="ascii")
        try:
            os.link(own, file)
        except FileExistsError:
            pass  # Another process was quicker, and its name counts.
        finally:
            own.unlink()
    return file.read_text(encoding="ascii").strip()


class Journal:
    """One file of its own for each process, which it alone writes and all in the folder read.

    A line is a word, a letter's id and the number of the try. `begun` is on the disk before the last bytes go; the
    notes of letters that go at the same moment share one sync. The other words need none: lost with the power, they
    leave a doubt and never a second letter.
    """

    def __init__(self, folder: Path, rotate: int = _ROTATE) -> None:
        """A file of more than `rotate` bytes is begun anew."""
        self._folder, self._rotate = folder, rotate
        self._file = -1
        self._path = folder
        self._size = 0
        self._open: dict[str, dict[int, str]] = {}
        self._own: set[str] = set()
        self._read: dict[str, int] = {}
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []
        self._syncing: asyncio.Task[None] | None = None

    async def begun(self, send_id: str, attempt: int) -> None:
        """The last bytes are about to go; returns when that is on the disk."""
        self._own.add(send_id)
        self._note(_BEGUN, send_id, attempt)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((f"{_BEGUN} {send_id} {attempt}\n", done))
        if self._syncing is None or self._syncing.done():
            self._syncing = asyncio.create_task(self._sync(), name="journal")
        await done

    def taken(self, send_id: str, attempt: int) -> None:
        """The relay said that it has it."""
        self._note(_TAKEN, send_id, attempt)
        self._append(f"{_TAKEN} {send_id} {attempt}\n")

    def refused(self, send_id: str, attempt: int) -> None:
        """The relay said that it does not take it."""
        self._note(_REFUSED, send_id, attempt)
        self._append(f"{_REFUSED} {send_id} {attempt}\n")

    def settled(self, send_ids: Iterable[str]) -> None:
        """The store knows what became of all tries so far; a file that is full of such is begun anew."""
        lines = []
        for send_id in send_ids:
            tries = self._open.pop(send_id, None)
            self._own.discard(send_id)
            if tries:
                lines.append(f"{_SETTLED} {send_id} {max(tries)}\n")
        if lines:
            self._append("".join(lines))
        if self._size > self._rotate and not self._waiting:
            self._begin()

    def before(self, send_id: str) -> Before:
        """What became of the tries that are not settled, by the notes of all processes in this folder."""
        self._catch_up()
        words = set(self._open.get(send_id, {}).values())
        if _TAKEN in words:
            return Before.LEFT
        return Before.UNKNOWN if _BEGUN in words else Before.STAYED

    def close(self) -> None:
        """Let the file go; what is open in it is taken over by whoever comes next."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
            if not self._own:
                self._path.unlink(missing_ok=True)

    async def _sync(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting, []
            try:
                self._append("".join(line for line, _ in some))
                await asyncio.to_thread(os.fsync, self._file)
            except OSError as problem:
                for _, done in some:
                    if not done.done():
                        done.set_exception(problem)
                continue
            for _, done in some:
                if not done.done():
                    done.set_result(None)

    def _append(self, text: str) -> None:
        if self._file < 0:
            self._begin()
        self._size += os.write(self._file, text.encode("ascii"))

    def _note(self, word: str, send_id: str, attempt: int) -> None:
        self._open.setdefault(send_id, {})[attempt] = word

    def _begin(self) -> None:
        """A new file that holds what is still open, here and in files whose processes are gone."""
        self._folder.mkdir(parents=True, exist_ok=True)
        old, old_path = self._file, self._path
        name = f"{secrets.token_hex(8)}.log"
        # It has its name only once it is locked, so that nobody takes it for one that nobody holds.
        own = self._folder / f".{name}"
        self._file = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        gone = list(self._without_process(old_path))
        self._catch_up()
        for file, _ in gone:
            self._own |= {line.split(" ")[1] for line in file.read_text("ascii", "replace").splitlines() if " " in line}
        self._own &= self._open.keys()
        kept = _lines({send_id: self._open[send_id] for send_id in sorted(self._own)})
        self._size = os.write(self._file, kept.encode("ascii"))
        os.fsync(self._file)
        self._path = self._folder / name
        own.rename(self._path)
        if old >= 0:
            old_path.unlink(missing_ok=True)
            os.close(old)
        for file, held in gone:
            file.unlink(missing_ok=True)
            os.close(held)

    def _without_process(self, own: Path) -> Iterable[tuple[Path, int]]:
        """Files that nobody holds any more, each locked by us now."""
        for file in sorted(self._folder.glob("*.log")):
            if file == own:
                continue
            try:
                held = os.open(file, os.O_RDONLY)
            except FileNotFoundError:
                continue
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(held)
                continue
            yield file, held

    def _catch_up(self) -> None:
        """Read what the files of others have more than when they were last read."""
        for file in sorted(self._folder.glob("*.log")):
            if file == self._path:
                continue
            start = self._read.get(file.name, 0)
            try:
                with file.open("rb") as lines:
                    lines.seek(start)
                    new = lines.read()
            except FileNotFoundError:
                continue
            # A line that was cut off by the kill was never acted upon; it may also be just under way.
            whole = new.rfind(b"\n") + 1
            self._read[file.name] = start + whole
            self._take(new[:whole].decode("ascii", "replace").splitlines())

    def _take(self, lines: Sequence[str]) -> None:
        for line in lines:
            word, _, rest = line.partition(" ")
            send_id, _, number = rest.partition(" ")
            if not number.isdigit():
                continue
            if word == _SETTLED:
                left = {one: what for one, what in self._open.get(send_id, {}).items() if one > int(number)}
                if left:
                    self._open[send_id] = left
                else:
                    self._open.pop(send_id, None)
            else:
                self._note(word, send_id, int(number))


def _lines(tries: dict[str, dict[int, str]]) -> str:
    return "".join(f"{word} {send_id} {number}\n" for send_id, own in tries.items() for number, word in own.items())
