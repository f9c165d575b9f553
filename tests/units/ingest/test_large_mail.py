"""Large mails on their way from the door to the timeline, in parts; and mails that were in hand when a process died."""

import base64
import random

import pytest

from crm_store import inbox
from crm_store.clock import MovableClock
from crm_store.engine.work import Work
from crm_store.models.history import StoredFile
from ingest.in_parts import InParts
from ingest.sandbox import Sandbox
from ingest.smtp.received import ReceivedMail, key_of
from tests.units.ingest.letters import letter
from tests.units.ingest.post import ADA, AT, Post, entries, john, payloads

PLAN = random.Random(5).randbytes(900_000)


def part(kind: str, body: bytes) -> bytes:
    return f"--{kind}\r\n".encode() + body + b"\r\n"


def with_plan(subject: str = "The plan", boundary: str = "outer", inner: bytes = b"") -> bytes:
    """A mail of Ada to John with a file larger than a row holds, or with an attached mail in its place."""
    head = letter(
        "", From=f"Ada <{ADA}>", To="john.smith@acme.example", Subject=subject, Message_ID=f"<{boundary}@x.y>"
    )
    head = head.rstrip(b"\r\n") + f"\r\nContent-Type: multipart/mixed; boundary={boundary}\r\n\r\n".encode()
    encoded = base64.encodebytes(PLAN).replace(b"\n", b"\r\n")
    file = (
        b"Content-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream; name=plan.bin\r\n\r\n" + encoded
    )
    attached = b"Content-Type: message/rfc822\r\n\r\n" + inner if inner else file
    text = b"Content-Type: text/plain\r\n\r\nHere is the plan."
    return head + part(boundary, text) + part(boundary, attached) + f"--{boundary}--\r\n".encode()


async def deliver(post: Post, raw: bytes) -> None:
    """As the door does it: in parts."""
    first, *more = (raw[at : at + 400_000] for at in range(0, len(raw), 400_000))
    key = key_of(first, (post.to_ada,), more)
    assert key == key_of(raw, (post.to_ada,))
    await post.intake.keep(ReceivedMail(first, ADA, (post.to_ada,), "192.0.2.1", "mx", AT, key, None, tuple(more)))
    await post.worker.idle()


def stored(work: Work) -> list[bytes]:
    return [row.content for row in work.session.query(StoredFile)]


async def test_a_large_mail_is_filed_with_its_file(post: Post) -> None:
    customer_id = john(post)
    await deliver(post, with_plan())
    assert [one.subject for one in entries(post, customer_id)] == ["The plan"]
    assert post.cast.ada.read_now(stored) == [PLAN]
    (line,) = post.cast.ada.read_now(inbox.lines)
    assert post.cast.ada.read_now(inbox.read_raw, line.inbox_id) == with_plan()


async def test_a_file_of_an_attached_mail_is_kept_too(post: Post) -> None:
    customer_id = john(post)
    await deliver(post, with_plan("Fwd", inner=with_plan("From within", boundary="inner")))
    assert "From within" in [one.subject for one in entries(post, customer_id)]
    assert post.cast.ada.read_now(stored) == [PLAN]


async def test_the_child_reads_in_parts_what_it_reads_whole() -> None:
    raw = with_plan("Fwd", inner=with_plan("From within", boundary="inner"))
    cuts = [raw[at : at + 500_000] for at in range(300_000, len(raw), 500_000)]

    async def fetch(place: int) -> bytes:
        return cuts[place]

    sandbox = Sandbox()
    try:
        in_parts = InParts(raw[:300_000], tuple(map(len, cuts)), fetch)
        assert await sandbox.parse(in_parts) == await sandbox.parse(raw)
        (inner,) = await sandbox.parse_attached(in_parts, 1)
        assert inner.subject == "From within"
        cuts[0] = b"changed"
        with pytest.raises(EOFError):
            await sandbox.parse(in_parts)
        assert (await sandbox.parse(raw)).subject == "Fwd"
    finally:
        await sandbox.stop()


async def killed_with_it_in_hand(post: Post, times: int) -> None:
    """So often a process that had the waiting mails in hand was killed from outside."""
    house = post.cast.store.house()
    for _ in range(times):
        assert await house.write(inbox.claim, ["mail"])
        await house.write(inbox.free)


async def receive(post: Post, number: int) -> None:
    """One of several mails that Ada sends to John and to her address."""
    raw = letter(
        f"Hello John, this is about order {number}.",
        From=f"Ada <{ADA}>",
        To="john.smith@acme.example",
        Subject=f"number {number}",
    )
    await post.intake.keep(ReceivedMail(raw, ADA, (post.to_ada,), "192.0.2.1", "mx", AT, f"k{number}"))


async def test_mails_in_hand_at_many_kills_from_outside_are_filed_all_the_same(post: Post) -> None:
    customer_id = john(post)
    for number in range(3):
        await receive(post, number)
    await killed_with_it_in_hand(post, 3)
    await post.worker.idle()
    assert len(entries(post, customer_id)) == 3
    assert post.cast.ada.read_now(payloads, "notice") == []


async def test_a_mail_at_which_the_process_dies_even_when_it_is_alone_is_set_aside(
    post: Post, clock: MovableClock
) -> None:
    customer_id = john(post)
    for number in range(2):
        await receive(post, number)
        clock.advance(1)
    # Twice in company, and then as often alone as an error may come (twice here).
    await killed_with_it_in_hand(post, inbox.SUSPECT + 2)
    await post.worker.idle()
    states = {one.key: one.state for one in post.cast.ada.read_now(inbox.lines)}
    assert states == {"k0": "set_aside", "k1": "done"}
    assert [one.subject for one in entries(post, customer_id)] == ["number 1"]
    [notice] = post.cast.ada.read_now(payloads, "notice")
    assert "The process ended each time" in notice["text"]
