"""Mails in wraps: files in winmail.dat, signed and encrypted mail, flowed and enriched text, invitations, contacts."""

import hashlib

import pytest

from ingest import attachments, bodies, mime, sealed, tnef
from ingest.mime_parts import read_tree
from ingest.parsed import Complaint, Guest, Kind, Protection, VCard
from tests.mail import wrapped
from tests.mail.wrapped import HEAD, invitation, opaque, part, parts, smime, with_tnef
from tests.mail.wrapped import tnef as packed
from tests.units.ingest.letters import letter

INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nThe crane comes on Friday.\r\n"


def test_files_in_winmail_dat_are_listed_and_can_be_taken_out() -> None:
    raw = with_tnef(packed("", {"PLAN.PDF": b"%PDF-1", "A~1.DOC": b"doc"}, long_name="Angebot für Ada.docx"))
    mail = mime.read(raw)
    assert [(one.name, one.size) for one in mail.attachments] == [("PLAN.PDF", 6), ("Angebot für Ada.docx", 3)]
    digest = hashlib.sha256(b"doc").hexdigest()
    assert attachments.taken_out(read_tree(raw), {digest}) == {digest: b"doc"}
    assert mail.new_text == "See the file."


def test_the_text_in_winmail_dat_counts_where_the_mail_has_none() -> None:
    assert mime.read(with_tnef(packed("Hello from inside.", {}), text="")).new_text == "Hello from inside."
    assert mime.read(with_tnef(packed("Hello from inside.", {}), text="Outside.")).new_text == "Outside."


@pytest.mark.parametrize("damage", [b"", b"nothing of the kind", packed("", {"a": b"b"})[:20]])
def test_a_winmail_dat_that_cannot_be_opened_stays_a_file_with_a_warning(damage: bytes) -> None:
    mail = mime.read(with_tnef(damage))
    assert [one.name for one in mail.attachments] == ["winmail.dat"]
    assert any("winmail.dat" in warning for warning in mail.warnings)


@pytest.mark.parametrize("in_pieces", [False, True])
def test_a_mail_inside_an_opaque_signature_is_read(in_pieces: bool) -> None:
    mail = mime.read(smime(opaque(INNER, in_pieces=in_pieces), "signed-data"))
    assert (mail.new_text, mail.protection) == ("The crane comes on Friday.", Protection.SIGNED)
    assert not mail.warnings


def test_an_encrypted_mail_is_shown_as_such() -> None:
    for raw in (
        smime(b"0\x80rest", "enveloped-data"),
        parts(
            "multipart/encrypted",
            part("application/pgp-encrypted", "Version: 1"),
            part("application/octet-stream", "x"),
        ),
        letter("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"),
    ):
        mail = mime.read(raw)
        assert mail.protection is Protection.ENCRYPTED
        assert any("encrypted" in warning for warning in mail.warnings)


def test_a_signed_mail_is_read_inside() -> None:
    raw = parts("multipart/signed", part("text/plain", "Hello."), part("application/pgp-signature", "iQE", "X: y"))
    assert (mime.read(raw).new_text, mime.read(raw).protection) == ("Hello.", Protection.SIGNED)


def test_a_text_signed_in_place_loses_its_armour_only() -> None:
    text = (
        "Above.\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello.\n- -- dashes --\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQE=\n-----END PGP SIGNATURE-----\nBelow."
    )
    mail = mime.read(letter(text))
    assert (mail.new_text, mail.protection) == ("Above.\n\nHello.\n-- dashes --\nBelow.", Protection.SIGNED)
    assert sealed.without_armour("-----BEGIN PGP SIGNED MESSAGE-----\n\nno end") == (
        "-----BEGIN PGP SIGNED MESSAGE-----\n\nno end"
    )


@pytest.mark.parametrize(
    ("flowed", "joined", "plain"),
    [
        ("one \ntwo\nthree", False, "one two\nthree"),
        ("one \ntwo", True, "onetwo"),
        ("> a \n> b\nc", False, "> a b\nc"),
        (">> a \n> b", False, ">> a \n> b"),
        (" From here\n >no quote", False, "From here\n>no quote"),
        ("end \n-- \nAda", False, "end \n-- \nAda"),
    ],
)
def test_flowed_text_is_joined(flowed: str, joined: bool, plain: str) -> None:
    assert bodies.unflowed(flowed, joined_without_space=joined) == plain


def test_enriched_text_is_plain() -> None:
    text = "<bold>Hello</bold>\nAda, a <<b.\n\n\n<color><param>red</param>Bye</color>"
    assert bodies.plain_of_enriched(text) == "Hello Ada, a <b.\n\nBye"
    assert mime.read(letter("<bold>Hi</bold>", Content_Type="text/enriched")).new_text == "Hi"


def test_soft_line_ends_of_quoted_printable_are_joined() -> None:
    raw = letter("Gr=C3=BC=\n=C3=9Fe und =\nDank", Content_Type="text/plain; charset=utf-8",
                 Content_Transfer_Encoding="quoted-printable")  # fmt: skip
    assert mime.read(raw).new_text == "Grüße und Dank"


PICTURE = ("Content-ID: <logo@x>", "Content-Disposition: inline; filename=logo.png")


def test_a_picture_of_the_text_is_told_from_an_attached_one() -> None:
    raw = parts(
        "multipart/mixed",
        part("text/html", "<p>Hi</p><img src='cid:logo@x'>"),
        part("image/png", "x", *PICTURE),
        part("image/jpeg", "y", "Content-Disposition: inline; filename=site.jpg"),
        part("application/pdf", "z", "Content-Disposition: inline; filename=plan.pdf"),
    )
    found = {one.name: one.inline for one in mime.read(raw).attachments}
    assert found == {"logo.png": True, "site.jpg": False, "plan.pdf": False}


def test_many_mails_in_one_forward_are_handed_out_each() -> None:
    one = part("message/rfc822", "From: a@b.example\nSubject: one\n\nOne.")
    two = part("message/rfc822", "From: c@d.example\nSubject: two\n\nTwo.")
    mail = mime.read(parts("multipart/mixed", part("text/plain", "Please file."), one, two))
    assert [mime.read(raw).subject for raw in mail.attached_mails] == ["one", "two"]


def test_a_complaint_names_whose_mailbox_and_is_no_bounce() -> None:
    raw = parts(
        "multipart/report; report-type=feedback-report",
        part("text/plain", "This is a report about spam."),
        part("message/feedback-report", "Feedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: <Ann@Acme.example>\n"),
        part("message/rfc822", "From: ada@team.example\nTo: other@acme.example\nSubject: offer\n\nHello."),
    )
    mail = mime.read(raw)
    assert (mail.complaint, mail.bounce) == (Complaint("ann@acme.example", "abuse"), None)
    without = mime.read(raw.replace(b"Original-Rcpt-To", b"X-Other"))
    assert without.complaint == Complaint("other@acme.example", "abuse")
    assert mime.read(letter("I complain.")).complaint is None


def test_an_answer_to_an_invitation_says_who_and_what() -> None:
    event = mime.read(
        invitation(
            "REPLY", "UID:site-1@x", "SEQUENCE:3", "DTSTART:20261110T090000Z", "RECURRENCE-ID:20261110T090000Z",
            'ATTENDEE;CN="Lee, Ann";PARTSTAT=DECLINED:mailto:ann@acme.example', "ORGANIZER:mailto:ada@team.example",
            "LOCATION:Main Street 4",
        )
    ).calendar  # fmt: skip
    assert event is not None
    assert (event.method, event.uid, event.sequence) == ("REPLY", "site-1@x", 3)
    assert (event.recurrence_id, event.location) == ("2026-11-10T09:00:00+00:00", "Main Street 4")
    assert event.guests == (Guest("ann@acme.example", "Lee, Ann", "declined"),)
    assert event.attendees == ("ann@acme.example",)


def test_a_cancelled_event_that_the_library_refuses_still_names_its_guests() -> None:
    raw = invitation("CANCEL", "UID:site-1@x", "DTSTART:20261110T090000Z", "RRULE:FREQ=NEVER;;=", "BEGIN:",
                     "ATTENDEE;PARTSTAT=ACCEPTED;CN=Ann:mailto:ann@acme.example")  # fmt: skip
    mail = mime.read(raw)
    assert mail.kind is Kind.CALENDAR
    assert mail.calendar is not None
    assert (mail.calendar.method, mail.calendar.guests) == ("CANCEL", (Guest("ann@acme.example", "Ann", "accepted"),))


def test_contacts_on_vcards_are_read() -> None:
    card = "BEGIN:VCARD\nFN:Ann Lee\nORG:Acme\nTITLE:Buyer\nEMAIL:Ann@acme.example\nTEL:+49 30 1234567\nEND:VCARD\n"
    named = part("text/vcard", card * 60, "Content-Disposition: attachment; filename=ann.vcf")
    found = mime.read(parts("multipart/mixed", part("text/plain", "Here."), named)).vcards
    assert len(found) == 50
    assert found[0] == VCard("Ann Lee", ("ann@acme.example",), ("+49 30 1234567",), "Acme", "Buyer")


def test_an_alternative_with_an_invitation_is_read_as_both() -> None:
    event = invitation("REQUEST", "UID:v@x", "DTSTART:20261110T090000Z").partition(b"\r\n\r\n")[2].decode()
    raw = parts("multipart/alternative", part("text/plain", "Join us."), part("text/calendar; method=REQUEST", event))
    mail = mime.read(raw)
    assert mail.calendar is not None
    assert mail.new_text == "Join us."


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_cut_wraps_raise_nothing(cut: int) -> None:
    tnef.read(packed("text", {"a.pdf": b"x" * 30}, long_name="long")[:cut])
    sealed.signed_content(opaque(INNER, in_pieces=True)[:cut])
    assert mime.read(HEAD + smime(opaque(INNER), "signed-data")[len(HEAD) // 2 : cut * 9]).kind is not None
    assert wrapped.HEAD == HEAD
