"""Commands that start warm: a process that has loaded the product forks itself for each; most of a start is loading.

`started` forks while `loaded` is open, as it is in the journeys; elsewhere, as in benchmarks, it starts Python anew.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NoReturn, Protocol

ROOT = Path(__file__).resolve().parents[2]
_LOADED = ("bot.cli.demo", "bot.cli.records", "bot.cli.upkeep", "bot.cli.look_up", "bot.cli.privacy", "bot.cli.export")
_NUMBER = struct.Struct("i")
_doors: list[socket.socket] = []


class Running(Protocol):
    """A process, begun either way."""

    pid: int
    stdout: IO[str] | None
    stderr: IO[str] | None

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status; raises subprocess.TimeoutExpired."""

    def send_signal(self, sig: int) -> None:
        """As `kill` does, unless it was waited for."""


class Forked:
    """A child of the loaded process, as far as tests ask of it what they ask of `subprocess.Popen`."""

    def __init__(self, line: socket.socket, stdout: IO[str] | None, stderr: IO[str] | None) -> None:
        self._line = line
        self._status: int | None = None
        self.stdout, self.stderr = stdout, stderr
        self.pid = self._told()

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, which its keeper tells."""
        if self._status is None:
            self._line.settimeout(timeout)
            try:
                self._status = self._told()
            except TimeoutError:
                raise subprocess.TimeoutExpired("crm", timeout or 0) from None
            self._line.close()
        return self._status

    def send_signal(self, sig: int) -> None:
        """Nothing where it has ended: its number may be another's."""
        if self._status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sig)

    def _told(self) -> int:
        told = self._line.recv(_NUMBER.size)
        assert told, "the loaded process or its keeper has ended"
        (number,) = _NUMBER.unpack(told)
        return int(number)


@contextmanager
def loaded() -> Iterator[None]:
    """Keep a loaded process; what it started goes on when this ends."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.warm", str(theirs.fileno())],
            cwd=ROOT,
            env=environment({}),
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        _doors.append(ours)
        try:
            yield
        finally:
            _doors.remove(ours)
    assert process.wait(timeout=60) == 0


def started(
    module: str,
    arguments: Sequence[str],
    surroundings: Mapping[str, str],
    *,
    stdout: int | None = None,
    stderr: int | None = None,
) -> Running:
    """`python -m MODULE` in a session of its own; its streams go to files, to subprocess.PIPE, or where ours go."""
    if not _doors:
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=surroundings, stdout=stdout, stderr=stderr, text=True, start_new_session=True
        )
    line, theirs = socket.socketpair()
    with tempfile.TemporaryFile() as order, theirs:
        order.write(json.dumps([module, list(arguments), dict(surroundings)]).encode())
        order.flush()
        (out, told), (err, warned) = _pipe(stdout, 1), _pipe(stderr, 2)
        socket.send_fds(_doors[-1], [b"x"], [order.fileno(), theirs.fileno(), out, err])
    for end, given in ((out, stdout), (err, stderr)):
        if given == subprocess.PIPE:
            os.close(end)
    return Forked(line, told, warned)


def _pipe(wanted: int | None, usual: int) -> tuple[int, IO[str] | None]:
    """Where a child writes, and where its words can be read."""
    if wanted == subprocess.PIPE:
        reads, writes = os.pipe()
        return writes, open(reads, encoding="utf-8")
    return (usual if wanted is None else wanted), None


def environment(more: dict[str, str]) -> dict[str, str]:
    """What a child gets of our own surroundings, and more."""
    kept: dict[str, str] = {
        name: value
        for name, value in os.environ.items()  # noqa: TID251 -- children inherit
        if not name.startswith(("CRM_", "SLACK_"))
    }
    kept.pop("DATABASE_URL", None)
    # Hundreds of children start here, in half the time where modules stay compiled.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | more


def _serve(door: socket.socket) -> None:
    """The loaded process: a keeper for each order, until nobody can order any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for module in _LOADED:
        importlib.import_module(module)
    # What is there now stays; looking through it for garbage would make each child copy all of it.
    gc.freeze()
    while True:
        word, given, _, _ = socket.recv_fds(door, 1, 4)
        if not word:
            return
        if os.fork() == 0:
            door.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _keep(*given)
        for one in given:
            os.close(one)


def _keep(order: int, line: int, out: int, err: int) -> None:
    """Fork once more: the keeper tells the child's number and how it ended; the child alone returns, by an exit."""
    child = os.fork()
    if child == 0:
        os.close(line)
        _become(order, out, err)
    for one in (order, out, err):
        os.close(one)
    with suppress(BrokenPipeError):
        os.write(line, _NUMBER.pack(child))
        _, status = os.waitpid(child, 0)
        os.write(line, _NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _become(order: int, out: int, err: int) -> NoReturn:
    """Run the module as Python would that was started for it, and end as it ends."""
    os.setsid()
    for given, usual in ((out, 1), (err, 2)):
        os.dup2(given, usual)
        os.close(given)
    with open(order, "rb") as told:
        told.seek(0)
        module, arguments, surroundings = json.load(told)
    os.environ.clear()  # noqa: TID251 -- a process that begins has the environment it was given
    os.environ.update(surroundings)  # noqa: TID251 -- as above
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit(0)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as listening:
        _serve(listening)
