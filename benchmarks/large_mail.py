"""Memory at the peak while a mail of 49 MB is taken and filed; the peer is aiosmtpd, which keeps it nowhere.

Each kind of mail has a demo of its own; the figures are the largest resident sets of its main process, of which the
local workspace is a part, and of the parser child.
"""

import base64
import random
import smtplib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psutil

from benchmarks.figures import bare_listener, running_demo
from bot.demo import mails
from tests.journeys.house import Demo

_MEGABYTE: Final = 1_000_000
_ENCODED: Final = 49 * _MEGABYTE
_DECODED: Final = 35 * _MEGABYTE
_PATIENCE: Final = 120.0
_AT: Final = datetime(2026, 11, 20, 10, tzinfo=UTC)
_LINE: Final = b"A line of ordinary text that a customer may have written.\r\n"
_ADA: Final = "ada@halyard.example"
_JOHN: Final = "john.smith@acme.example"


def measure() -> dict[str, Any]:
    """MB of the main process at its start, when the mail is taken and when it is filed, and of the parser child."""
    figures: dict[str, Any] = {}
    for name, make in _SHAPES.items():
        with running_demo() as demo:
            figures[name] = _peaks(demo, make())
    with bare_listener() as (port, process):
        before = _highest(process)
        _send("127.0.0.1", port, "x@bare.example", _with_a_file())
        figures["peer"] = {"what": "aiosmtpd with an empty handler", "start": before, "taken": _highest(process)}
    return figures


def _peaks(demo: Demo, raw: bytes) -> dict[str, float]:
    main, smtp = demo.process.pid, demo.ready["smtp"]
    before = _highest(main)
    _send(smtp["host"], smtp["port"], demo.ready["ingest_addresses"]["U_ADA"], raw)
    taken = _highest(main)
    demo.settle(_PATIENCE)
    children = psutil.Process(main).children(recursive=True)
    readers = [_highest(one.pid) for one in children if "ingest.sandbox" in one.cmdline()]
    return {"start": before, "taken": taken, "filed": _highest(main), "reader": max(readers, default=0.0)}


def _send(host: str, port: int, to: str, raw: bytes) -> None:
    with smtplib.SMTP(host, port, timeout=_PATIENCE) as client:
        client.sendmail(_ADA, [to], raw)


def _highest(process: int) -> float:
    """The largest resident set of a process so far, in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    (kilobytes,) = (int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return round(kilobytes * 1_024 / _MEGABYTE, 1)


def _with_a_file() -> bytes:
    """One file, larger than the largest that is kept, so that only the mail itself is."""
    return _mail(_file("plan.bin", _DECODED))


def _with_files() -> bytes:
    """Files that are all kept."""
    return _mail(*(_file(f"plan-{number}.bin", _DECODED // 2) for number in range(2)))


def _with_text() -> bytes:
    return _mail(b"Content-Type: text/plain\r\n\r\n" + _LINE * (_ENCODED // len(_LINE)))


def _with_a_mail() -> bytes:
    """A mail as large as the whole, attached."""
    return _mail(b"Content-Type: message/rfc822\r\n\r\n" + _mail(_file("plan.bin", _DECODED), boundary="inner"))


_SHAPES: Final[Mapping[str, Callable[[], bytes]]] = {
    "a file": _with_a_file,
    "two files": _with_files,
    "text": _with_text,
    "an attached mail": _with_a_mail,
}


def _mail(*parts: bytes, boundary: str = "outer") -> bytes:
    """A colleague's mail to a customer, which Rapport gets as a blind copy."""
    forward = mails.forwarded_by(_ADA, _JOHN, ("John Smith", _JOHN), at=_AT, subject="A large one")
    head = b"".join(
        line + b"\r\n"
        for line in forward.replace(b"\r\n", b"\n").partition(b"\n\n")[0].split(b"\n")
        if line.partition(b":")[0] in {b"From", b"To", b"Subject", b"Date", b"Message-ID"}
    )
    mark = b"--" + boundary.encode()
    head += b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=" + boundary.encode() + b"\r\n\r\n"
    text = b"Content-Type: text/plain\r\n\r\nHello John,\r\n\r\nhere are the plans.\r\n\r\nAda\r\n"
    pieces = b"".join(mark + b"\r\n" + part + b"\r\n" for part in (text, *parts))
    return head + pieces + mark + b"--\r\n"


def _file(name: str, size: int) -> bytes:
    head = (
        f"Content-Type: application/octet-stream; name={name}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename={name}\r\n\r\n"
    )
    data = random.Random(name).randbytes(size)
    return head.encode() + base64.encodebytes(data).replace(b"\n", b"\r\n")
