"""Whatever a mail says: nothing raises, and every word is in the new text, the quoted text or the signature."""

import re
from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import (
    absence,
    bodies,
    calendar,
    charsets,
    day_words,
    first_lines,
    forward_dates,
    headers,
    html,
    mailboxes,
    mime,
    sealed,
    subjects,
    tnef,
)
from ingest.parsed import Kind, Mailbox, ParsedMail
from tests.mail.answering import TEXTS, below, between
from tests.mail.forwarding import NOTE, SHAPES
from tests.mail.tongues import TONGUES

_WORD = re.compile(r"\w+")
_LETTERS = st.characters(categories=("Lu", "Ll", "Lo", "Nd", "Po", "Zs"), exclude_characters="/")
_LINES = (
    "> quoted", ">> deeper", "", "-- ", "--", "_" * 32, "-----Original Message-----",
    "---------- Forwarded message ---------",
    "From: Ines Ferreira <ines@lumen.example>", "Date: Mon, 2 Nov 2026 17:40", "To: ada@team.example", "Subject: Seats",
    "Von: Ines Ferreira", "Gesendet: 2. November 2026", "wrote:",
    "On Mon, 2 Nov 2026, Ines <ines@lumen.example> wrote:",
    "Kind regards", "Ines Ferreira", "Buyer, Lumen GmbH", "+49 30 1234567", "Sent from my iPhone", "- an item",
    "This message is confidential and intended only for the recipient, whoever that may turn out to be in the end.",
    "Reply above this line", "Zog: 2026-11-02 17:40 a@b.example", "We would like twelve seats.", "a > b < c",
)  # fmt: skip
TEXT = st.lists(st.one_of(st.sampled_from(_LINES), st.text(_LETTERS, max_size=30)), max_size=30).map("\n".join)
WHOLE = [
    *(
        f"{NOTE}\n\n{shape.write(TONGUES[code])}"
        for shape in SHAPES.values()
        for code in ("en", "de", "ja", "invented")
    ),
    *(write(TONGUES[code]) for write in (*TEXTS.values(), below, between) for code in ("en", "fr", "ru", "invented")),
]
SUBJECTS = st.sampled_from(["", "Seats", "Re: Seats", "Fwd: Seats", "BLO: Seats"])
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def kept(mail: ParsedMail) -> set[str]:
    signature = mail.signature.text if mail.signature else ""
    said = " ".join(f"{line.verb} {line.value}" for line in mail.first_lines)
    return set(_WORD.findall(f"{mail.new_text}\n{mail.quoted_text}\n{signature}\n{said}"))


def missing(text: str, subject: str) -> set[str]:
    mail = mime.read_text(text, subject)
    assert mail.kind is not Kind.UNREADABLE
    return set(_WORD.findall(text)) - kept(mail)


@CALM
@given(TEXT, SUBJECTS)
def test_every_word_of_a_text_is_kept_somewhere(text: str, subject: str) -> None:
    assert not missing(text, subject)


@CALM
@given(st.sampled_from(WHOLE), st.randoms(use_true_random=False), SUBJECTS)
def test_every_word_of_a_damaged_mail_is_kept_somewhere(whole: str, chance: Random, subject: str) -> None:
    assert not missing(damaged(whole, chance), subject)


def damaged(text: str, chance: Random) -> str:
    """Lines taken out, doubled, swapped, cut, or with a bar put before them."""
    pick = chance.randrange
    lines = text.split("\n")
    for _ in range(pick(1, 5)):
        at, how = pick(len(lines)), pick(5)
        if how == 0 and len(lines) > 1:
            del lines[at]
        elif how == 1:
            lines.insert(at, lines[pick(len(lines))])
        elif how == 2:
            lines[at] = lines[at][: pick(len(lines[at]) + 1)]
        elif how == 3:
            lines[at] = f"> {lines[at]}"
        else:
            lines[at] = f"{lines[at]} {lines[pick(len(lines))]}"
    return "\n".join(lines)


OF_TEXT: dict[str, Callable[[str], object]] = {
    "a shown date": lambda text: forward_dates.moment(text, ("von",)),
    "a day": lambda text: day_words.find_day(day_words.folded(text)),
    "an absence": lambda text: absence.read(text, Mailbox("Ines", "ines@lumen.example"), date(2026, 11, 2)),
    "mailboxes of a header": mailboxes.read_list,
    "mailboxes shown": mailboxes.read_shown,
    "encoded words": headers.decode_words,
    "parameters": headers.parameters,
    "a page": html.to_text,
    "a subject": subjects.bare,
    "first lines": first_lines.read,
    "flowed text": bodies.unflowed,
    "enriched text": bodies.plain_of_enriched,
    "armour": sealed.without_armour,
}
OF_BYTES: dict[str, Callable[[bytes], object]] = {
    "a mail": mime.read,
    "a calendar": lambda data: calendar.read(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + data),
    "a charset": charsets.decode,
    "a packed file": lambda data: tnef.read(tnef.SIGNATURE + data),
    "a signature's content": lambda data: sealed.signed_content(bytes.fromhex("3080") + data),
    "headers": headers.read_headers,
}


@pytest.mark.parametrize("what", OF_TEXT)
@settings(CALM, max_examples=40)
@given(text=st.one_of(st.text(max_size=200), TEXT))
def test_no_text_makes_a_reader_raise(what: str, text: str) -> None:
    OF_TEXT[what](text)


@pytest.mark.parametrize("what", OF_BYTES)
@settings(CALM, max_examples=40)
@given(data=st.binary(max_size=300))
def test_no_bytes_make_a_reader_raise(what: str, data: bytes) -> None:
    OF_BYTES[what](data)
