"""What a report says decides whether it is a bounce: success and passing on are none, a delay makes no address dead."""

import pytest

from ingest import mime
from ingest.parsed import ParsedMail
from tests.mail.wrapped import part, parts
from tests.units.ingest.letters import letter

DAEMON = "Mail Delivery System <mailer-daemon@mx.example>"
REPORT = 'multipart/report; report-type="delivery-status"'


def reported(action: str, status: str) -> ParsedMail:
    fields = f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; bo@acme.example\nAction: {action}\n"
    return mime.read(
        parts(REPORT, part("text/plain", "See below."), part("message/delivery-status", f"{fields}Status: {status}"))
    )


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "Delivered (to mailbox)"])
def test_a_report_of_success_is_no_bounce(action: str) -> None:
    assert reported(action, "2.0.0").bounce is None


@pytest.mark.parametrize(("action", "status", "hard"), [("failed", "5.1.1", True), ("delayed", "4.4.7", False)])
def test_a_failure_is_hard_and_a_delay_is_not(action: str, status: str, hard: bool) -> None:
    bounce = reported(action, status).bounce
    assert bounce is not None
    assert [(one.address, one.hard) for one in bounce.recipients] == [("bo@acme.example", hard)]


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        (
            "Bo <bo@acme.example>",
            "Please confirm your message",
            "Your mail to bo@acme.example waits. Click to release.",
        ),
        ("Bo <bo@acme.example>", "Automatic reply: offer", "I am away. Mail to bo@acme.example is not read."),
        ("Bo <bo@acme.example>", "Delivery problem", "The crates could not be delivered to the hall, gate 550."),
        ("Bo <bo@acme.example>", "Re: Undeliverable: offer", "It failed with 550 for cy@acme.example, see below."),
        ("Bo <bo@acme.example>", "Read: offer", "Your message was read on Monday."),
        (
            "Shop <no-reply@shop.example>",
            "Delivery notification",
            "Your parcel was not delivered. Ask bo@acme.example.",
        ),
    ],
)
def test_what_only_speaks_of_a_delivery_is_no_bounce(sender: str, subject: str, text: str) -> None:
    headers = {"In_Reply_To": "<1@x.example>"} if subject.startswith("Re:") else {}
    assert mime.read(letter(text, From=sender, Subject=subject, **headers)).bounce is None


def test_a_report_of_a_daemon_in_words_is_a_bounce() -> None:
    text = "I could not deliver your message.\n\n<bo@acme.example>: 550 5.1.1 user unknown"
    bounce = mime.read(letter(text, From=DAEMON, Subject="failure notice")).bounce
    assert bounce is not None
    assert [one.address for one in bounce.recipients] == ["bo@acme.example"]
