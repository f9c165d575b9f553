"""A long list read by a process of its own, which is rows ahead of the one that writes them.

Reading, comparing forms and words take as long as writing, and would otherwise hold up whoever talks to this process.
The child (`python -m ingest.files.ahead`) gets the file, tells its head, is told what the columns are, and answers one
batch of rows a line; the pipe is short, so that it never runs far ahead.
"""

import contextlib
import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast

from crm_store import settings
from crm_store.errors import BadInput
from crm_store.values.imports import ImportedRow
from ingest.files import carriage
from ingest.files.contents import Contents, ListFile, opened

LONG: Final = 500_000
"""Bytes from which a list is read by a process of its own: starting one takes as long as reading these."""

_ROOT: Final = Path(__file__).parents[2]
_LOST: Final = "The file was not read to its end; import it again, and it goes on where it was."
_SIGN_OFF: Final = "end"


class _Gone(BadInput):
    """The other end of the pipe is closed."""


@contextlib.contextmanager
def reading(raw: bytes, name: str, long: int = LONG) -> Iterator[ListFile]:
    """The list, read here where it is short; raises BadInput with one sentence where it is none."""
    if len(raw) < long:
        yield opened(raw, name)
        return
    child = subprocess.Popen(
        [sys.executable, "-m", "ingest.files.ahead"],
        env=settings.child_environment({"PYTHONPATH": str(_ROOT)}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        apart = _Apart(child)
        _tell(apart.asks, {"name": name, "bytes": len(raw)}, raw)
        apart.fingerprint = str(_heard(apart.answers)["fingerprint"])
        yield apart
    finally:
        child.kill()
        child.communicate()


@dataclass(slots=True)
class _Apart:
    """A list in the child's memory."""

    child: "subprocess.Popen[bytes]"
    fingerprint: str = ""

    @property
    def asks(self) -> IO[bytes]:
        """Where the child hears."""
        return cast(IO[bytes], self.child.stdin)

    @property
    def answers(self) -> IO[bytes]:
        """Where the child speaks."""
        return cast(IO[bytes], self.child.stdout)

    def understood(self, overrides: dict[str, str], columns: dict[str, str], currency: str) -> Contents:
        """What the child says that it holds; its rows come as they are asked for."""
        _tell(self.asks, {"overrides": overrides, "columns": columns, "currency": currency})
        return carriage.unpacked_head(_heard(self.answers), self._batches())

    def _batches(self) -> Iterator[list[ImportedRow]]:
        while (batch := _heard(self.answers)["rows"]) != _SIGN_OFF:
            yield [carriage.unpacked(parts) for parts in batch]


def _tell(pipe: IO[bytes], said: dict[str, Any], raw: bytes = b"") -> None:
    try:
        pipe.write(json.dumps(said).encode() + b"\n")
        pipe.write(raw)
        pipe.flush()
    except OSError as problem:
        raise _Gone(_LOST, field="file") from problem


def _heard(pipe: IO[bytes]) -> dict[str, Any]:
    line = pipe.readline()
    if not line.endswith(b"\n"):
        raise BadInput(_LOST, field="file")
    said: dict[str, Any] = json.loads(line)
    if "refused" in said:
        raise BadInput(said["refused"], field=said["field"])
    return said


def main() -> int:
    """The child: one file, then it ends; without a word where nobody listens any more."""
    gc.disable()
    try:
        return _answer()
    except _Gone:
        # What is left in the pipe would be told of when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _answer() -> int:
    asks, answers = sys.stdin.buffer, sys.stdout.buffer
    order = json.loads(asks.readline())
    try:
        file = opened(asks.read(order["bytes"]), order["name"])
        _tell(answers, {"fingerprint": file.fingerprint})
        contents = file.understood(**json.loads(asks.readline()))
    except _Gone:
        raise
    except BadInput as problem:
        _tell(answers, {"refused": problem.sentence, "field": problem.field or "file"})
        return 0
    _tell(answers, carriage.packed_head(contents))
    for batch in contents.batches:
        _tell(answers, {"rows": [carriage.packed(row) for row in batch]})
    _tell(answers, {"rows": _SIGN_OFF})
    return 0


if __name__ == "__main__":
    sys.exit(main())
