"""Whole mails through the reader: parts, texts, files, limits, and what no mail may do to it."""

import hashlib
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import mime
from ingest.parsed import FirstLine, Kind, Mailbox, ParsedMail
from tests.units.ingest.letters import MAILS, letter, rich, with_attachment


def test_a_plain_mail_is_read() -> None:
    mail = mime.read(letter("Hello.", Message_ID="<1@x.example>", Date="Mon, 2 Nov 2026 09:30:00 +0100"))
    assert mail.kind is Kind.MESSAGE
    assert (mail.message_id, mail.subject, mail.new_text) == ("1@x.example", "hello", "Hello.")
    assert mail.from_ == Mailbox("Ada Quist", "ada@team.example")
    assert mail.date is not None
    assert mail.date.isoformat() == "2026-11-02T09:30:00+01:00"


def test_a_file_is_named_measured_and_hashed() -> None:
    mail = mime.read(with_attachment("See the file.", "../../etc/Angebot\u202e.pdf", b"%PDF-data"))
    (found,) = mail.attachments
    assert (found.name, found.size, found.inline) == ("Angebot_.pdf", 9, False)
    assert found.sha256 == hashlib.sha256(b"%PDF-data").hexdigest()
    assert mail.new_text == "See the file."


def test_attached_mails_are_handed_out_one_by_one() -> None:
    mail = mime.read((MAILS / "forward_attached.eml").read_bytes())
    inner = [mime.read(raw) for raw in mail.attached_mails]
    assert [one.message_id for one in inner] == ["first@lumen-schule.example", "second@brandt-bau.example"]
    assert mail.new_text == "Please file both."


def test_html_is_read_without_what_nobody_sees() -> None:
    html = "<style>p{}</style><p>Hello <b>Ada</b></p><p style='display:none'>trap</p><ul><li>one<li>two</ul>"
    assert mime.read(rich(html)).new_text == "Hello Ada\n\n- one\n- two"


def test_a_stub_of_a_plain_part_gives_way_to_the_html() -> None:
    html = "<p>" + "The whole story is long and told in full in this part only. " * 5 + "</p>"
    assert "whole story" in mime.read(rich(html, "This is HTML.")).new_text


def test_a_quote_marked_by_the_mail_program_is_cut_in_any_language() -> None:
    html = "<p>Fine.</p><div class='gmail_quote'>Xyzzy plugh 12:30 fnord:<blockquote>old text</blockquote></div>"
    mail = mime.read(rich(html))
    assert mail.new_text == "Fine."
    assert "old text" in mail.quoted_text


def test_flowed_lines_are_joined() -> None:
    raw = letter("one \ntwo\n-- \nAda", Content_Type="text/plain; format=flowed")
    assert mime.read(raw).new_text == "one two"


@pytest.mark.parametrize(
    ("raw", "warning"),
    [
        (b"X: y\r\n" * 1_100 + b"\r\nhi", "header"),
        (b"To: " + b"a" * 70_000 + b"\r\n\r\nhi", "header"),
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 1_100, "parts"),
        (
            b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(200)),
            "nested",
        ),
        (b"", "empty"),
    ],
)
def test_a_mail_over_a_limit_is_set_aside_with_a_warning(raw: bytes, warning: str) -> None:
    mail = mime.read(raw)
    assert mail.kind is Kind.UNREADABLE
    assert any(warning in one for one in mail.warnings)


def test_what_the_header_says_is_kept_of_an_unreadable_mail() -> None:
    mail = mime.read(letter("hi", X_Long="a" * 70_000, Message_ID="<1@x.example>"))
    assert (mail.kind, mail.message_id, mail.from_.address) == (Kind.UNREADABLE, "1@x.example", "ada@team.example")


POISON = [
    b"From: " + b"(" * 4_000 + b"\r\n\r\nhi",
    b"Content-Type: text/plain; charset=zip\r\n\r\n\xff\xfe",
    b"Content-Type: text/html\r\n\r\n" + b"<div>" * 20_000,
    b"Content-Type: message/rfc822\r\n\r\n" * 3_000,
    b"Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\nDTSTART:x\r\n",
    b"Subject: " + b"=?utf-8?q?a?= " * 4_000 + b"\r\n\r\nhi",
    b"\r\n" + b" " * 100_000,
    b"Subject: Fwd: x\r\n\r\n" + b"From:\r\n" * 8_000,
    b"\xff\xfe\x00" * 1_000,
]


@pytest.mark.parametrize("raw", POISON, ids=range(len(POISON)))
def test_poison_gets_its_line(raw: bytes) -> None:
    mail = mime.read(raw)
    assert ParsedMail.from_json(json.loads(json.dumps(mail.to_json()))) == mail
    assert not any("could not be read" in warning for warning in mail.warnings)


SEEDS = [path.read_bytes() for path in sorted(MAILS.glob("*.eml"))]


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 1_500), st.integers(0, 80), st.binary(max_size=20))
def test_a_damaged_mail_is_read_and_survives_the_pipe(raw: bytes, at: int, length: int, inserted: bytes) -> None:
    mail = mime.read(raw[:at] + inserted + raw[at + length :])
    assert not any("could not be read" in warning for warning in mail.warnings)
    assert ParsedMail.from_json(json.loads(json.dumps(mail.to_json()))) == mail


def test_instructions_on_the_first_lines_are_read_and_removed() -> None:
    mail = mime.read((MAILS / "forward_gmail.eml").read_bytes())
    assert mail.first_lines == (FirstLine("task", "fri send the quote"), FirstLine("private", ""))
    assert mail.forwarded is not None
    assert mail.forwarded.message == "She sounds keen, let us be quick."
    assert mail.new_text == "She sounds keen, let us be quick."


def test_the_sender_can_be_named_on_the_first_line_but_not_further_down() -> None:
    assert mime.read(letter("From: ann@acme.example\n\nHello")).first_lines == (FirstLine("from", "ann@acme.example"),)
    assert mime.read(letter("Hello\n/task fri call")).first_lines == ()


def test_an_instruction_that_nobody_knows_stays_in_the_text_and_hides_none_below() -> None:
    mail = mime.read(letter("/dael Acme\n/task fri send quote\n\nHello there."))
    assert mail.first_lines == (FirstLine("dael", "Acme"), FirstLine("task", "fri send quote"))
    assert mail.new_text == "/dael Acme\nHello there."
    assert mime.read(letter("/usr/bin is full")).first_lines == ()


def test_the_same_text_has_the_same_hash_however_it_was_encoded() -> None:
    plain = mime.read(letter("Grüße  aus\nBonn", Content_Type="text/plain; charset=utf-8"))
    coded = mime.read(
        letter("R3LDvMOfZSBhdXMgQm9ubg==", Content_Type="text/plain; charset=utf-8", Content_Transfer_Encoding="base64")
    )
    assert plain.text_hash == coded.text_hash
    assert plain.text_hash != mime.read(letter("other")).text_hash
