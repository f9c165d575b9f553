"""Mail from the page: handed over by SMTP as a person would send it, and refused with a sentence where it is none."""

import asyncio
import base64
import email.policy
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.local_slack.people import MailDoor
from tests.local_slack.conftest import Caller

Json = dict[str, Any]


class Listener:
    """Keeps what it takes; `said` is its answer to a mail."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.said = "250 2.0.0 Kept"

    async def handle_DATA(  # noqa: N802 -- the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        return self.said

    def message(self) -> EmailMessage:
        """The one mail that came."""
        [envelope] = self.envelopes
        assert isinstance(envelope.content, bytes)
        parsed = message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@pytest.fixture
async def listener(call: Caller) -> AsyncIterator[Listener]:
    """A listener that the workspace's mail goes to; Ada has an address of her own, the others one together."""
    listener = Listener()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(listener), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    call.running.offer_mail(MailDoor("127.0.0.1", port, {"U_ADA": "ada-1@in.example", "*": "team@in.example"}))
    yield listener
    server.close()
    await server.wait_closed()


async def test_a_mail_goes_from_the_person_to_the_address_of_that_person(call: Caller, listener: Listener) -> None:
    """With a date, an id, the name of the sender, and whatever letters it is written in."""
    status, answer = await call.door("mail", {"user": "U_ADA", "subject": "Grüße", "text": "für Ann — 40 €\n"})
    assert (status, answer["accepted"], answer["code"], answer["text"]) == (200, True, 250, "2.0.0 Kept")
    message = listener.message()
    assert (message["From"], message["To"]) == ("Ada Okonkwo <ada@halyard.example>", "ada-1@in.example")
    assert (message["Subject"], message.get_content().splitlines()) == ("Grüße", ["für Ann — 40 €"])
    assert message["Message-ID"] == answer["message_id"]
    assert message["Date"].datetime.tzinfo is not None
    assert (listener.envelopes[0].mail_from, listener.envelopes[0].rcpt_tos) == (
        "ada@halyard.example",
        ["ada-1@in.example"],
    )


async def test_a_stranger_can_write_and_attach(call: Caller, listener: Listener) -> None:
    """Another sender, another recipient, and a file that arrives as it was."""
    files = [{"name": "list.csv", "content_base64": base64.b64encode(b"a;b\n1;2\n").decode()}]
    letter = {"user": "U_BEN", "from": "nora@far.example", "to": "x@in.example", "subject": "s", "text": "t"}
    await call.door("mail", {**letter, "files": files})
    message = listener.message()
    [attached] = message.iter_attachments()
    assert (message["From"], attached.get_filename(), attached.get_content_type()) == (
        "nora@far.example",
        "list.csv",
        "text/csv",
    )
    assert attached.get_payload(decode=True) == b"a;b\n1;2\n"


async def test_a_refusal_of_the_listener_is_told_in_its_own_words(call: Caller, listener: Listener) -> None:
    """The log has the mail as one that was not accepted, by its subject alone."""
    listener.said = "554 5.7.1 Not today"
    answer = (await call.door("mail", {"user": "U_BEN", "subject": "secret offer", "text": "the body"}))[1]
    assert (answer["accepted"], answer["code"], answer["text"]) == (False, 554, "5.7.1 Not today")
    [entry] = [one for one in (await call.door("log"))[1]["entries"] if one["kind"] == "mail"]
    assert (entry["answer"]["ok"], entry["subject"]) == (False, "secret offer")
    assert "the body" not in str(entry)


async def test_a_listener_that_is_not_there_is_told(call: Caller) -> None:
    """No exception, a sentence with the address."""
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    call.running.offer_mail(MailDoor("127.0.0.1", port, {"*": "team@in.example"}))
    answer = (await call.door("mail", {"user": "U_ADA", "subject": "s", "text": "t"}))[1]
    assert (answer["accepted"], answer["code"]) == (False, None)
    assert f"127.0.0.1:{port} could not be reached" in answer["text"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"user": "U_RAPPORT"}, "needs the person"),
        ({"to": "nowhere"}, "each an address"),
        ({"subject": "a\r\nBcc: x@y.example"}, "That is no mail"),
        ({"from": "a@b.example\nBcc: x@y.example"}, "That is no mail"),
        ({"text": 7}, "The text of a mail is text"),
        ({"files": "a"}, "At most 10 files"),
        ({"files": [{"content_base64": ""}]}, "needs a name"),
        ({"files": [{"name": "a.txt", "content_base64": "§"}]}, "is not base64"),
    ],
)
async def test_what_is_no_mail_is_refused_with_a_sentence(
    call: Caller, listener: Listener, change: Json, sentence: str
) -> None:
    status, answer = await call.door("mail", {"user": "U_ADA", "subject": "s", "text": "t", **change})
    assert (status, listener.envelopes) == (400, [])
    assert sentence in answer["error"]


async def test_without_a_listener_nobody_is_offered_the_box(call: Caller) -> None:
    """The page learns that there is none, and the door says so."""
    assert (await call.door("workspace?user=U_ADA"))[1]["mail"] is None
    status, answer = await call.door("mail", {"user": "U_ADA", "subject": "s", "text": "t"})
    assert (status, "without a mail listener" in answer["error"]) == (400, True)


async def test_everybody_is_offered_the_address_he_writes_to(call: Caller, listener: Listener) -> None:
    """Ada's own, and for Ben the one for all."""
    offered = [(await call.door(f"workspace?user={user}"))[1]["mail"]["to"] for user in ("U_ADA", "U_BEN")]
    assert (offered, listener.envelopes) == (["ada-1@in.example", "team@in.example"], [])
