"""The Message-ID that the inbox shows is the one that the reader of headers finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import headers
from ingest.intake import _message_id

PIECES = st.sampled_from(
    [
        b"Message-ID: ",
        b"message-id:",
        b"Subject: x",
        b"<a@b.example>",
        b"<>",
        b"a@b",
        b" ",
        b"\t",
        b"\r\n",
        b"\xff",
        b"<c@d",
    ]
)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"Subject: x\r\nMessage-ID: <1@acme.example>\r\n", "1@acme.example"),
        (b"MESSAGE-ID:<1@acme.example>\r\n", "1@acme.example"),
        (b"Message-ID:\r\n <1@acme.example>\r\n", "1@acme.example"),
        (b"Message-ID: 1@acme.example\r\n", "1@acme.example"),
        (b"X-Message-ID: <2@acme.example>\r\n", None),
        (b"Subject: x\r\n\r\nMessage-ID: <3@acme.example>\r\n", None),
        (b"", None),
    ],
)
def test_the_id_is_found_where_a_header_has_it(head: bytes, found: str | None) -> None:
    assert _message_id(head + b"\r\nbody\r\n") == found


@given(st.lists(PIECES, max_size=12).map(b"".join))
def test_the_short_way_finds_what_the_long_way_finds(head: bytes) -> None:
    raw = b"From: ann@acme.example\r\n" + head + b"\r\n\r\nbody"
    read, _, _ = headers.read_headers(raw)
    by_reader = headers.message_id(read.raw("message-id"))
    short = _message_id(raw)
    # Where a header is broken off by a line that is none, the short way may still see an id further down.
    assert short == by_reader or by_reader is None
