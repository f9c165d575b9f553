"""Headers: decoded, cleaned, bounded."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import charsets, headers, mailboxes
from ingest.parsed import Mailbox


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?iso-8859-1?Q?a_b?= =?iso-8859-1?Q?_c?=", "a b c"),
        ("=?utf-8?b?4oI=?= =?utf-8?b?rA==?=", "€"),
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        ("=?zip?q?abc?= and =?nope\0?q?x?=", "abc and x"),
        ("plain", "plain"),
    ],
)
def test_encoded_words_become_one_clean_line(raw: str, text: str) -> None:
    assert headers.decode_words(raw) == text


@pytest.mark.parametrize(
    ("value", "boxes"),
    [
        ("Ann Lee <ann@acme.example>", [("Ann Lee", "ann@acme.example")]),
        ('"Lee, Ann" <ann@acme.example>, bob@x.example', [("Lee, Ann", "ann@acme.example"), (None, "bob@x.example")]),
        ("Lee, Ann <ann@acme.example>", [("Lee, Ann", "ann@acme.example")]),
        ("ann@acme.example (Ann Lee)", [("Ann Lee", "ann@acme.example")]),
        ("Team: ann@acme.example, bob@x.example;", [(None, "ann@acme.example"), (None, "bob@x.example")]),
        ("=?utf-8?q?M=C3=BCller=2C_Eva?= <eva@x.example>", [("Müller, Eva", "eva@x.example")]),
        ("undisclosed-recipients:;", []),
        ("((((", []),
        ("", []),
    ],
)
def test_mailboxes_of_a_header(value: str, boxes: list[tuple[str | None, str]]) -> None:
    assert mailboxes.read_list(value) == tuple(Mailbox(name, address) for name, address in boxes)


@pytest.mark.parametrize(
    ("shown", "boxes"),
    [
        ("Ann Lee [mailto:ann@acme.example]", [("Ann Lee", "ann@acme.example")]),
        ("ann@acme.example <ann@acme.example>", [(None, "ann@acme.example")]),
        (
            '"ann@acme.example" <ann@acme.example>; Bob <bob@x.example>',
            [(None, "ann@acme.example"), ("Bob", "bob@x.example")],
        ),
        ("„Ann Lee“ <ann@acme.example>", [("Ann Lee", "ann@acme.example")]),
        ("Ann <ann@acme.example<mailto:ann@acme.example>>", [("Ann", "ann@acme.example")]),
        ("Lee, Ann; Brandt, Otto", [("Lee, Ann", None), ("Brandt, Otto", None)]),
    ],
)
def test_mailboxes_as_mail_programs_show_them(shown: str, boxes: list[tuple[str | None, str | None]]) -> None:
    assert mailboxes.read_shown(shown) == tuple(Mailbox(name, address) for name, address in boxes)


@given(st.text(max_size=200))
def test_no_header_value_raises(value: str) -> None:
    mailboxes.read_list(value)
    mailboxes.read_shown(value)
    headers.read_date(value)
    headers.parameters(value)
    assert "\n" not in headers.decode_words(value)


@given(
    st.binary(max_size=300), st.sampled_from(["utf-8", "zip", "idna", "undefined", "utf-16", "nope\0", "", "cp1252"])
)
def test_any_bytes_in_any_charset_become_text_a_store_takes(data: bytes, charset: str) -> None:
    text = charsets.decode(data, charset)
    text.encode("utf-8")
    assert "\0" not in text


def test_a_date_is_aware_and_an_absurd_one_is_none() -> None:
    assert headers.read_date("Mon, 2 Nov 2026 09:30:00 +0100") == datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    moment = headers.read_date("Mon, 2 Nov 2026 09:30:00 -0000")
    assert moment is not None
    assert moment.tzinfo is not None
    assert headers.read_date("Mon, 99 Foo 99999 99:99:99 +9999") is None


def test_a_file_name_in_pieces_is_put_together() -> None:
    _, given_ = headers.parameters("attachment; filename*0*=utf-8''Angebot%20; filename*1*=f%C3%BCr.pdf")
    assert given_["filename"] == "Angebot für.pdf"


def test_identifiers_are_found_with_and_without_brackets() -> None:
    assert headers.message_ids("<a@x> junk <b@y>\n <a@x>") == ("a@x", "b@y")
    assert headers.message_id("a@x") == "a@x"
    assert headers.message_id("  ") is None
