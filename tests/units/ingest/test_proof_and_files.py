"""Mails whose sender is proven, or not, and the files they bring: from the door's row to the store."""

import asyncio
import hashlib
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from crm_store import audit, inbox
from crm_store.actions import customers, files, mailroom, teams, undo
from crm_store.clock import MovableClock
from crm_store.engine.store import Store
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.inbox import Arrival
from crm_store.models.history import Communication, StoredFile
from crm_store.models.plumbing import OutboxRow
from crm_store.queries import files as file_queries
from crm_store.queries import mailroom as mailroom_queries
from crm_store.settings import read as read_settings
from crm_store.values.acts import NewCustomer
from ingest import attachments, clamd, imap
from ingest.mime_parts import read_tree
from ingest.sandbox import Sandbox
from ingest.worker import MailWorker
from tests.cast import Cast
from tests.units.ingest.letters import InThisProcess, letter
from tests.units.ingest.signed import Names, sign

AT = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
ADA = "ada@team.com"
PDF = b"%PDF-1.7\n" + b"offer " * 500


class Room:
    """The mail room with a name service, where senders must be proven."""

    def __init__(self, cast: Cast, store: Store, clock: MovableClock, sandbox: Sandbox) -> None:
        self.cast = cast
        self.names = Names("team.com")
        self.sandbox = sandbox
        settings = read_settings({}, ingest_domain="in.rapport.example", attempts=2)
        self.worker = MailWorker(store, sandbox, settings, clock, self.names)
        self._arrived = 0
        cast.ada.write_now(teams.add_address, "usr_ada", ADA)
        cast.ada.write_now(customers.add, NewCustomer("Ann Lee", emails=("ann@acme.com",)))

    async def arrive(self, raw: bytes, **envelope: Any) -> None:
        """A mail to Ada's address, as the door keeps it."""
        self._arrived += 1
        given = {"user_id": "usr_ada", "rcpts": [], "mail_from": ADA, **envelope}
        arrival = Arrival("tea_rapport", "mail", f"key-{self._arrived}", raw, given)
        await self.cast.ada.store.house().write(inbox.put, arrival)
        await self.worker.idle()

    def filed(self) -> list[Communication]:
        return self.cast.ada.read_now(lambda work: list(work.session.scalars(select(Communication))))

    def why(self) -> str:
        return self.cast.ada.read_now(mailroom_queries.why)[0].why

    def stored(self) -> list[StoredFile]:
        return self.cast.ada.read_now(lambda work: list(work.session.scalars(select(StoredFile))))


@pytest_asyncio.fixture
async def room(cast: Cast, store: Store, clock: MovableClock) -> AsyncIterator[Room]:
    yield Room(cast, store, clock, InThisProcess())


def to_ann(**headers: str) -> bytes:
    return letter("See you on Friday.", From=ADA, To="ann@acme.com", **headers)


def with_files(*found: tuple[str, bytes], subject: str = "the offer") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ADA, "ann@acme.com", subject
    mail.set_content(f"Here it is: {subject}.")
    for name, data in found:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


async def test_a_mail_that_its_own_domain_signed_is_filed(room: Room) -> None:
    await room.arrive(sign(to_ann(), "team.com"))
    assert [one.subject for one in room.filed()] == ["hello"]


async def test_an_unsigned_mail_waits_and_its_card_says_why(room: Room) -> None:
    await room.arrive(to_ann())
    assert room.filed() == []
    assert room.why().startswith("Unverified sender: it says it is from ada@team.com, but nothing proves that.")
    assert "It bears no signature of team.com." in room.why()
    assert room.names.asked == []
    rows = room.cast.ada.read_now(lambda work: [one.kind for one in work.session.scalars(select(OutboxRow))])
    assert rows == ["review"]


async def test_while_no_name_server_answers_a_mail_waits_and_is_not_lost(room: Room) -> None:
    room.names.down = True
    await room.arrive(sign(to_ann(), "team.com"))
    assert "no name server answered" in room.why()
    [held] = room.cast.ada.read_now(mailroom_queries.held)
    assert room.cast.ada.write_now(mailroom.approve, held.inbox_id)
    await room.worker.idle()
    assert len(room.filed()) == 1


async def test_for_strangers_no_name_is_asked(room: Room) -> None:
    raw = letter("Hello", From="mo@far.com", To="ann@acme.com")
    await room.arrive(sign(raw, "far.com"))
    assert (room.filed(), room.names.asked) == ([], [])
    assert "not the address of a colleague" in room.why()


async def test_who_logged_in_at_the_door_needs_no_signature(room: Room) -> None:
    await room.arrive(to_ann(), authenticated_user="usr_ada")
    assert len(room.filed()) == 1
    await room.arrive(to_ann(Subject="another"), authenticated_user="usr_cleo")
    assert len(room.filed()) == 1


async def test_files_are_stored_once_however_often_they_come(room: Room) -> None:
    await room.arrive(with_files(("offer.pdf", PDF), ("note.txt", b"hello")), authenticated_user="usr_ada")
    await room.arrive(with_files(("copy.doc", PDF), subject="again"), authenticated_user="usr_ada")
    kinds = {one.content_type: one.content for one in room.stored()}
    assert kinds == {"application/pdf": PDF, "text/plain": b"hello"}
    second = room.filed()[1]
    [view] = room.cast.ada.read_now(file_queries.of_communication, second.communication_id)
    assert (view.name, view.content_type, view.size, view.kept) == ("copy.doc", "application/pdf", len(PDF), True)


async def test_files_of_attached_mails_and_of_held_mails(room: Room) -> None:
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = ADA, "crm@in.rapport.example", "Fwd: two"
    outer.set_content("see below")
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "ann@acme.com", ADA, "plan"
    inner.set_content("the plan")
    inner.add_attachment(PDF, maintype="application", subtype="pdf", filename="plan.pdf")
    outer.add_attachment(inner)
    await room.arrive(outer.as_bytes())
    assert room.stored() == []
    await room.arrive(outer.as_bytes() + b"\r\n", authenticated_user="usr_ada")
    assert [one.content for one in room.stored()] == [PDF]


async def test_the_child_hands_out_what_was_asked_for_and_nothing_of_what_it_cannot_find(room: Room) -> None:
    raw, digest = with_files(("a.bin", b"\0" * 10), ("b.bin", b"\1")), hashlib.sha256(b"\0" * 10).hexdigest()
    sandbox = Sandbox()
    try:
        assert await sandbox.extract(raw, [digest]) == {digest: b"\0" * 10}
        assert await sandbox.extract(b"", ["0" * 64]) == {}
    finally:
        await sandbox.stop()


def test_files_beyond_the_limits_are_left_out() -> None:
    found = (b"\0" * 60, b"\1" * 60, b"\2" * 101)
    tree = read_tree(with_files(*((f"{number}.bin", data) for number, data in enumerate(found))))
    wanted = {hashlib.sha256(data).hexdigest() for data in found}
    taken = attachments.taken_out(tree, wanted, most_one=100, most_together=100)
    assert list(taken.values()) == [found[0]]


async def test_files_come_to_those_who_may_read_the_mail_and_to_nobody_else(room: Room) -> None:
    await room.arrive(with_files(("offer.pdf", PDF)), authenticated_user="usr_ada")
    [mail] = room.filed()
    desk = room.cast.ada
    assert desk.write_now(files.send, mail.communication_id, checked=False, once="1") == 1
    [row] = desk.read_now(lambda work: list(work.session.scalars(select(OutboxRow).where(OutboxRow.kind == "files"))))
    assert (row.order_key, row.payload["user_id"]) == ("dm:usr_ada", "usr_ada")
    with pytest.raises(NotFound):
        room.cast.cleo.write_now(files.send, mail.communication_id, checked=False, once="2")
    desk.write_now(_make_private, mail.communication_id)
    with pytest.raises(NotFound):
        room.cast.ben.write_now(files.send, mail.communication_id, checked=False, once="3")


def _make_private(work: Work, communication_id: str) -> None:
    row = work.session.get(Communication, (work.team_id, communication_id))
    assert row is not None
    row.level = "private"


async def test_with_a_scanner_nothing_unchecked_or_infected_leaves(room: Room) -> None:
    await room.arrive(with_files(("offer.pdf", PDF)), authenticated_user="usr_ada")
    [mail], desk = room.filed(), room.cast.ada
    with pytest.raises(BadInput):
        desk.write_now(files.send, mail.communication_id, checked=True, once="1")
    digest = hashlib.sha256(PDF).hexdigest()
    desk.write_now(files.note_check, digest, "Eicar-Signature")
    with pytest.raises(BadInput):
        desk.write_now(files.send, mail.communication_id, checked=False, once="2")
    desk.write_now(files.note_check, digest, clamd.CLEAN)
    assert desk.write_now(files.send, mail.communication_id, checked=True, once="3") == 1


async def test_a_file_goes_once_the_last_mail_that_brought_it_is_taken_back(room: Room) -> None:
    for subject in ("one", "two"):
        await room.arrive(with_files(("offer.pdf", PDF), subject=subject), authenticated_user="usr_ada")
    desk = room.cast.ada
    receipts = desk.read_now(
        lambda work: [one.payload for one in work.session.scalars(select(OutboxRow).where(OutboxRow.kind == "receipt"))]
    )
    desk.write_now(undo.undo, receipts[0]["undo_id"])
    assert desk.write_now(files.forget_unused) == 0
    desk.write_now(undo.undo, receipts[1]["undo_id"])
    assert desk.write_now(files.forget_unused) == 1
    assert room.stored() == []
    assert desk.read_now(audit.verify).ok


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\nxx", "image/png"),
        (b"PK\x03\x04....xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"PK\x03\x04....readme", "application/zip"),
        (b"RIFF....WEBPVP8", "image/webp"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"MZ\x90\0", "application/x-msdownload"),
        (b"  <!DOCTYPE html><p>", "text/html"),
        ("\ufeffname;größe\r\n".encode(), "text/plain"),
        (("é" * 3_000).encode(), "text/plain"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"\0\1\2\3", "application/octet-stream"),
        (b"", "application/octet-stream"),
        (b"\xff\xfe\xfd", "application/octet-stream"),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_content(content: bytes, kind: str) -> None:
    assert attachments.kind_of(content) == kind


def test_what_leaves_the_child_is_what_was_asked_for() -> None:
    wanted = {hashlib.sha256(data).hexdigest(): data for data in (b"", b"one", b"two" * 1_000)}
    assert attachments.by_digest([*wanted.values(), b"another"], wanted) == wanted


Answer = Callable[[bytes], bytes]


@asynccontextmanager
async def scanner(path: Path, answer: Answer) -> AsyncIterator[str]:
    """A ClamAV daemon of the tests, on a socket."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = bytearray()
        while length := struct.unpack(">I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(length)
        writer.write(answer(bytes(content)))
        await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(serve, path / "clamd")
    yield str(path / "clamd")
    server.close()
    await server.wait_closed()


def _says(content: bytes) -> bytes:
    return b"stream: Eicar-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0"


async def _down(check: Awaitable[str]) -> bool:
    try:
        await check
    except clamd.ScannerDown:
        return True
    return False


async def test_the_scanner_is_asked_in_its_own_protocol(tmp_path: Path) -> None:
    async with scanner(tmp_path, _says) as address:
        assert await clamd.check(address, b"x" * 200_000) == "clean"
        assert await clamd.check(address, b"EICAR") == "Eicar-Signature"


@pytest.mark.parametrize("answer", [b"", b"stream: size limit exceeded. ERROR\0", b"x" * 5_000])
async def test_a_scanner_that_says_nothing_of_use_is_down(tmp_path: Path, answer: bytes) -> None:
    async with scanner(tmp_path, lambda _: answer) as address:
        assert await _down(clamd.check(address, b"x", seconds=2))
    assert await _down(clamd.check(str(tmp_path / "nobody"), b"x"))
    assert await _down(clamd.check("127.0.0.1:no", b"x"))


async def test_a_mail_of_a_mailbox_is_filed_as_it_stands_and_gives_no_orders(room: Room) -> None:
    raw = letter("/private\n\nHello Ada", From="ann@acme.com", To=ADA, Subject="Fwd: old talk")
    await room.arrive(raw, way=imap.WAY, authenticated_user="usr_ada")
    [mail] = room.filed()
    assert (mail.direction, mail.level, mail.subject) == ("incoming", "team", "Fwd: old talk")
    strange = letter("Hello", From="mo@far.com", To=ADA, Subject="nobody")
    await room.arrive(strange, way=imap.WAY, authenticated_user="usr_ada")
    assert len(room.filed()) == 1
    assert "nobody in it is a customer" in room.why()
