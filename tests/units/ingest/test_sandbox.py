"""The parser child: it reads, it dies alone, and the next mail finds a new one."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ingest.explain import explain
from ingest.parsed import Kind
from ingest.sandbox import Sandbox
from tests.units.ingest.letters import MAILS, letter


@asynccontextmanager
async def started(seconds: float = 5.0) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(seconds)
    await sandbox.start()
    try:
        yield sandbox
    finally:
        await sandbox.stop()


async def test_mails_are_read_in_the_child_one_after_the_other() -> None:
    async with started() as sandbox:
        found = await asyncio.gather(*(sandbox.parse(letter(f"number {n}")) for n in range(5)))
    assert [mail.new_text for mail in found] == [f"number {n}" for n in range(5)]


async def test_a_dead_child_costs_one_mail() -> None:
    async with started() as sandbox:
        before = sandbox.process_id
        assert before is not None
        reading = asyncio.create_task(sandbox.parse(letter("x" * 4_000_000)))
        await asyncio.sleep(0)
        signal.pidfd_send_signal(_descriptor(before), signal.SIGKILL)
        lost = await reading
        assert lost.kind is Kind.UNREADABLE
        assert lost.warnings
        assert (await sandbox.parse(letter("next"))).new_text == "next"
        assert sandbox.process_id != before


def _descriptor(process: int) -> int:
    import os  # noqa: PLC0415 - only this test speaks to processes.

    return os.pidfd_open(process)


async def test_a_mail_that_takes_too_long_is_given_up() -> None:
    async with started(seconds=0.0001) as sandbox:
        lost = await sandbox.parse(letter("x"))
        assert lost.kind is Kind.UNREADABLE


def test_the_parent_loads_none_of_the_parsers() -> None:
    heavy = ("lxml", "dateparser", "icalendar", "phonenumbers", "flufl")
    code = f"import sys, ingest.sandbox, ingest.explain; print([m for m in {heavy!r} if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_explaining_gives_one_line_a_message_in_order() -> None:
    names = sorted(path.name for path in MAILS.glob("*.eml"))
    lines = list(
        explain([(name, (MAILS / name).read_bytes) for name in names], plan=lambda mail, _attached: [mail.kind.value])
    )
    assert [line["file"] for line in lines] == names
    kinds = {line["file"]: line["kind"] for line in lines}
    assert kinds["bounce_report.eml"] == "bounce"
    assert kinds["forward_gmail.eml"] == "forward"
    assert all(line["plan"] == [line["kind"]] for line in lines)


def test_a_bare_text_is_explained_under_its_subject() -> None:
    body = b"--- Forwarded message ---\nFrom: Ann <ann@x.example>\nDate: 2 Nov 2026 9:00\nTo: a@b.example\n\nhi"
    (line,) = explain([("-", lambda: body)], text=True, subject="Fwd: x")
    assert line["forwarded"]["from"] == {"name": "Ann", "address": "ann@x.example"}
    assert line["subject"] == "Fwd: x"
