"""Mail that machines write: bounces, automatic replies, invitations."""

import pytest

from ingest import mime
from ingest.parsed import Kind
from tests.units.ingest.letters import MAILS, letter


def test_a_report_names_who_was_not_reached_and_whether_for_good() -> None:
    mail = mime.read((MAILS / "bounce_report.eml").read_bytes())
    assert mail.kind is Kind.BOUNCE
    assert mail.bounce is not None
    assert [(row.address, row.status, row.hard) for row in mail.bounce.recipients] == [
        ("gone@brandt-bau.example", "5.1.1", True),
        ("busy@brandt-bau.example", "4.4.1", False),
    ]


def test_a_text_only_report_is_understood() -> None:
    body = "The following address could not be delivered to:\n\n  gone@brandt-bau.example\n  550 5.1.1 no such user\n"
    mail = mime.read(letter(body, From="MAILER-DAEMON@mx.example", To="ada@team.example", Subject="failure notice"))
    assert mail.bounce is not None
    assert [(row.address, row.hard) for row in mail.bounce.recipients] == [("gone@brandt-bau.example", True)]


def test_a_person_who_writes_about_bounces_is_no_bounce() -> None:
    mail = mime.read(letter("My mail to bob@x.example could not be delivered, user unknown. What now?"))
    assert mail.bounce is None


def test_a_report_that_a_person_forwards_is_a_forward() -> None:
    report = (
        "---------- Forwarded message ---------\nFrom: Mail System <mailer-daemon@mx.example>\nDate: 2 Nov 2026 9:00\n"
    )
    report += "To: ada@team.example\n\nCould not be delivered: gone@brandt-bau.example"
    assert mime.read(letter(report, Subject="Fwd: Undelivered Mail")).kind is Kind.FORWARD


def test_a_person_who_answers_a_report_is_no_bounce() -> None:
    body = "Odd: gone@brandt-bau.example could not be delivered, user unknown."
    mail = mime.read(letter(body, Subject="Re: Undelivered Mail", In_Reply_To="<1@x.example>"))
    assert mail.kind is Kind.REPLY


def test_the_sender_of_the_envelope_tells_a_report_from_a_letter() -> None:
    raw = letter(
        "gone@brandt-bau.example: 550 user unknown, could not be delivered", From="it@mx.example", To="a@team.example"
    )
    assert mime.read(raw, mail_from="").kind is Kind.BOUNCE
    assert mime.read(raw, mail_from="it@mx.example").kind is Kind.MESSAGE


@pytest.mark.parametrize(
    ("fields", "automatic"),
    [
        ({"Auto_Submitted": "auto-replied (vacation); x=y"}, True),
        ({"Auto_Submitted": "AUTO-REPLIED"}, True),
        ({"Auto_Submitted": "no"}, False),
        ({"X_Autoreply": "yes"}, True),
        ({"Precedence": "auto_reply"}, True),
        ({"X_Auto_Response_Suppress": "All"}, False),
        ({"Subject": "Out of office: back on Monday"}, False),
        ({"Subject": "Automatische Antwort: Angebot", "X_Auto_Response_Suppress": "All"}, True),
        ({"Subject": "Absence du bureau", "Return_Path": "<>"}, True),
    ],
)
def test_an_automatic_reply_is_told_by_its_headers(fields: dict[str, str], automatic: bool) -> None:
    assert (mime.read(letter("I am away.", **fields)).kind is Kind.AUTO_REPLY) is automatic


def test_list_mail_is_bulk_but_no_automatic_reply() -> None:
    mail = mime.read(letter("News", List_Id="<news.x.example>", Precedence="list"))
    assert (mail.kind, mail.signs.bulk) == (Kind.MESSAGE, True)


def test_an_invitation_is_read() -> None:
    mail = mime.read((MAILS / "invitation.eml").read_bytes())
    assert mail.kind is Kind.CALENDAR
    found = mail.calendar
    assert found is not None
    assert (found.method, found.uid, found.sequence, found.summary) == (
        "REQUEST",
        "visit-1@brandt-bau.example",
        2,
        "Site visit",
    )
    assert (found.start, found.end) == ("2026-11-10T09:00:00+00:00", "2026-11-10T10:00:00+00:00")
    assert (found.organizer, found.attendees) == ("otto@brandt-bau.example", ("ada.quist@team.example",))


def test_a_calendar_that_the_library_refuses_is_read_line_by_line() -> None:
    raw = (MAILS / "invitation.eml").read_bytes().replace(b"SUMMARY:Site", b"RRULE:FREQ=NEVER;;=\nBEGIN:\nSUMMARY:Site")
    found = mime.read(raw).calendar
    assert found is not None
    assert (found.uid, found.start) == ("visit-1@brandt-bau.example", "2026-11-10T09:00:00+00:00")


def test_times_come_with_their_zone_and_whole_days_as_days() -> None:
    raw = (MAILS / "invitation.eml").read_bytes()
    raw = raw.replace(b"DTSTART:20261110T090000Z", b"DTSTART;TZID=W. Europe Standard Time:20261110T100000")
    raw = raw.replace(b"DTEND:20261110T100000Z", b"DURATION:PT90M")
    found = mime.read(raw).calendar
    assert found is not None
    assert (found.start, found.end) == ("2026-11-10T10:00:00+01:00", "2026-11-10T11:30:00+01:00")
    raw = (MAILS / "invitation.eml").read_bytes().replace(b"DTSTART:20261110T090000Z", b"DTSTART;VALUE=DATE:20261110")
    day = mime.read(raw).calendar
    assert day is not None
    assert day.start == "2026-11-10"


def test_an_attached_invitation_takes_its_method_from_the_part_where_it_has_none() -> None:
    raw = (MAILS / "invitation.eml").read_bytes().replace(b"METHOD:REQUEST\n", b"")
    found = mime.read(raw).calendar
    assert found is not None
    assert found.method == "REQUEST"


@pytest.mark.parametrize(
    ("body", "hard"),
    [
        ("Your mail to <gone@x.example> was delayed. Delivery to the following recipient will be retried.", False),
        ("<gone@x.example>: 550 5.1.1 user unknown\nDelivery failed.", True),
        ("Delivery failed.\n<gone@x.example>: 452 4.2.2 mailbox full", False),
    ],
)
def test_whether_a_text_only_report_is_final(body: str, hard: bool) -> None:
    raw = letter(
        body, From="Mail Delivery System <mailer-daemon@mx.example>", To="ada@team.example", Subject="Delivery problem"
    )
    found = mime.read(raw).bounce
    assert found is not None
    assert [(row.address, row.hard) for row in found.recipients] == [("gone@x.example", hard)]


def test_a_server_that_names_failures_in_its_header_is_believed() -> None:
    raw = letter(
        "See the log.",
        From="Mail Delivery System <mailer-daemon@mx.example>",
        X_Failed_Recipients="gone@x.example, out@x.example",
    )
    found = mime.read(raw).bounce
    assert found is not None
    assert [row.address for row in found.recipients] == ["gone@x.example", "out@x.example"]


def test_a_read_receipt_is_no_bounce() -> None:
    raw = letter(
        "--b\nContent-Type: text/plain\n\nYour mail to gone@x.example was read, not undeliverable.\n--b\n"
        "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; gone@x.example\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n--b--",
        Content_Type="multipart/report; report-type=disposition-notification; boundary=b",
    )
    assert mime.read(raw).bounce is None


def test_a_customer_who_writes_about_a_delivery_is_no_bounce() -> None:
    body = "Our pallet could not be delivered, it is not here. Ask otto@brandt-bau.example.\n\nAnn\nann@b.example"
    for subject in ("Delivery problem", "Delivery failed again", "Zustellung unserer Palette"):
        assert mime.read(letter(body, From="Ann Lee <ann@brandt-bau.example>", Subject=subject)).bounce is None


def test_a_gateway_that_names_who_was_not_reached_is_a_bounce() -> None:
    body = "Your message could not be delivered to the following recipients:\n\ngone@brandt-bau.example"
    found = mime.read(letter(body, From="gateway@mx.example", Subject="Delivery failure notification")).bounce
    assert found is not None
    assert [row.address for row in found.recipients] == ["gone@brandt-bau.example"]
