"""The ready-made mails are what mail programs write, the same every time."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from bot.demo import mails

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ADA, DOOR = "ada@halyard.example", "ada-abc@in.halyard.example"
KINDS = tuple(mails.samples(ADA, DOOR, AT))


def read(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_there_are_eight_kinds() -> None:
    assert len(KINDS) == 8


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_call_gives_the_same_bytes_with_sound_headers(kind: str) -> None:
    raw = mails.samples(ADA, DOOR, AT)[kind]
    assert raw == mails.samples(ADA, DOOR, AT)[kind]
    assert b"\n" not in raw.replace(b"\r\n", b"")
    mail = read(raw)
    for header in ("From", "To", "Subject", "Date", "Message-ID"):
        assert len(mail.get_all(header, [])) == 1, header
    assert not mail.defects


def test_message_ids_differ() -> None:
    assert len({read(raw)["Message-ID"] for raw in mails.samples(ADA, DOOR, AT).values()}) == 8


@pytest.mark.parametrize("style", list(mails.Style))
def test_a_forward_names_its_original_sender_below_the_note(style: mails.Style) -> None:
    raw = mails.forwarded_by(ADA, DOOR, ("Zoë O'Neil", "zoe@acme.example"), at=AT, note="Please file.", style=style)
    mail = read(raw)
    assert mail["From"].addresses[0].addr_spec == ADA
    text = plain(mail)
    assert text.index("Please file.") < text.index("From: Zoë O'Neil <zoe@acme.example>") < text.index("25 meters")


def test_a_gmail_forward_escapes_what_it_quotes_in_its_html() -> None:
    raw = mails.forwarded_by(ADA, DOOR, ("<b>Eve</b>", "eve@acme.example"), at=AT)
    html = read(raw).get_body(("html",))
    assert html is not None
    assert "<b>Eve" not in html.get_content()
    assert "&lt;b&gt;Eve" in html.get_content()


def test_a_copied_reply_does_not_name_the_door() -> None:
    raw = mails.copied_reply(ADA, at=AT)
    assert DOOR.encode() not in raw
    assert "\n> yes, let us." in plain(read(raw))


def test_an_ambiguous_forward_has_a_name_without_an_address() -> None:
    text = plain(read(mails.ambiguous(ADA, DOOR, at=AT)))
    assert "From: A. Lee\n" in text.replace("\r\n", "\n")


def test_a_bounce_tells_programs_which_address_failed() -> None:
    mail = read(mails.bounce(DOOR, at=AT, failed="gone@acme.example"))
    assert mail.get_content_type() == "multipart/report"
    assert mail.get_param("report-type") == "delivery-status"
    status = [part for part in mail.walk() if part.get_content_type() == "message/delivery-status"]
    assert "rfc822; gone@acme.example" in status[0].as_string()
    assert "Status: 5.1.1" in status[0].as_string()


def test_an_automatic_reply_and_a_newsletter_say_what_they_are() -> None:
    assert read(mails.auto_reply(DOOR, at=AT))["Auto-Submitted"] == "auto-replied"
    letter = read(mails.newsletter(DOOR, at=AT))
    assert letter["List-Id"]
    assert letter["Precedence"] == "bulk"
