"""Forwards: the right sender in any language, and replies that only look like forwards."""

import pytest

from ingest import forwarded, replies
from ingest.parsed import Mailbox
from ingest.subjects import bare, turn_of

INES = Mailbox("Ines Ferreira", "ines@lumen.example")
BODY = "We would like twelve seats.\n\nInes"


def block(*lines: str, above: str = "", bars: str = "") -> str:
    text = "\n".join([*lines, "", *BODY.split("\n")])
    quoted = "\n".join(f"{bars}{line}".rstrip() for line in text.split("\n")) if bars else text
    return f"{above}\n\n{quoted}" if above else quoted


FORWARDS = {
    "gmail": block(
        "---------- Forwarded message ---------", "From: Ines Ferreira <ines@lumen.example>",
        "Date: Mon, 2 Nov 2026 at 17:40", "Subject: Seats", "To: Ada <ada@team.example>", above="Look at this.",
    ),
    "apple": block(
        "Anfang der weitergeleiteten Nachricht:", "", "Von: Ines Ferreira <ines@lumen.example>", "Betreff: Seats",
        "Datum: 2. November 2026 um 17:40:08 MEZ", "An: Ada <ada@team.example>", above="Look at this.", bars="> ",
    ),
    "outlook": block(
        "From: Ines Ferreira [mailto:ines@lumen.example]", "Sent: 02 November 2026 17:40", "To: Ada <ada@team.example>",
        "Subject: Seats", above="Look at this.",
    ),
    "outlook.com": block(
        "________________________________", "Van: Ines Ferreira <ines@lumen.example>",
        "Verzonden: maandag 2 november 2026 17:40", "Aan: Ada <ada@team.example>", "Onderwerp: Seats",
        above="Look at this.",
    ),
    "thunderbird": block(
        "-------- Message transféré --------", "Sujet :\tSeats", "Date :\tMon, 2 Nov 2026 17:40:30 +0100",
        "De :\tInes Ferreira <ines@lumen.example>", "Pour :\tAda <ada@team.example>", above="Look at this.",
    ),
    "yahoo": "Look at this.\n\n   ----- Forwarded Message ----- From: Ines Ferreira <ines@lumen.example>"
    'To: "Ada" <ada@team.example>'
    f"Sent: Monday, November 2, 2026, 05:40:50 PM GMT+1Subject: Seats\n {BODY}",
    "unknown language": block(
        "----- Blorp flarg -----", "Zog: Ines Ferreira <ines@lumen.example>", "Wib: 2026-11-02 17:40",
        "Nar: Ada <ada@team.example>", "Plu: Seats", above="Look at this.",
    ),
    "wrapped": block(
        "*From:* Ines Ferreira <ines@lumen.example>", "*Date:* Mon, 2 Nov 2026 17:40", "*To:* Bo Berg <bo@x.example>,",
        "Ada <ada@team.example>", "*Subject:* Seats", above="Look at this.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("client", FORWARDS)
def test_the_original_sender_is_found(client: str) -> None:
    found = forwarded.unwrap(FORWARDS[client], "FW: Seats")
    assert found is not None
    assert found.from_ == INES
    assert found.subject == "Seats"
    assert found.body == BODY
    assert found.message == "Look at this."
    assert found.date is not None
    assert Mailbox("Ada", "ada@team.example") in found.to
    assert found.sure >= 0.7


def test_a_sentence_above_an_indented_text_is_a_forward_when_the_subject_says_so() -> None:
    text = 'On 02/11/2026 17:40, "Ines Ferreira" <ines@lumen.example> wrote:\n\n    ' + BODY.replace("\n\n", "\n\n    ")
    found = forwarded.unwrap(text, "FW: Seats")
    assert found is not None
    assert (found.from_, found.body, found.subject) == (INES, BODY, "Seats")
    assert forwarded.unwrap(text, "Re: Seats") is None


def test_a_header_block_below_an_answer_is_no_forward() -> None:
    text = FORWARDS["outlook"]
    assert forwarded.unwrap(text, "RE: Seats") is None
    assert forwarded.unwrap(text, "Seats", replied=True) is None


def test_a_forward_inside_a_quote_is_no_forward() -> None:
    text = "Thanks!\n\nOn Mon, 2 Nov 2026 at 18:00, Ada <ada@team.example> wrote:\n> " + FORWARDS["gmail"].replace(
        "\n", "\n> "
    )
    assert forwarded.unwrap(text, None) is None


def test_of_a_forward_inside_a_forward_the_outer_one_counts() -> None:
    inner = block(
        "-------- Forwarded Message --------",
        "From: Otto <otto@x.example>",
        "Date: 1 Nov 2026 9:00",
        "To: Ines <ines@lumen.example>",
    )
    found = forwarded.unwrap(FORWARDS["gmail"] + "\n" + inner, "Fwd: Seats")
    assert found is not None
    assert found.from_ == INES
    assert "otto@x.example" in found.body


def test_a_name_without_an_address_is_kept_to_be_asked_about() -> None:
    text = block(
        "-----Original Message-----", "From: Ferreira, Ines", "Sent: 2 November 2026 17:40", "To: Ada", "Subject: Seats"
    )
    found = forwarded.unwrap(text, "FW: Seats")
    assert found is not None
    assert found.from_ == Mailbox("Ferreira, Ines", None)
    assert found.sure < 0.5


def test_a_filled_in_form_is_no_forward() -> None:
    form = "Name: Ann Lee\nE-mail: ann@acme.example\nPhone: 555 0100\nDate: 2026-11-02 17:40\nMessage: Please call me."
    assert forwarded.unwrap(form, "New request from the site") is None
    assert replies.split(form).new_text == form


def test_labels_inside_prose_are_no_header() -> None:
    assert forwarded.unwrap("Agenda:\nTime: 7:00\nPlace: here\nHost: Ann\n\nSee you.", "Meeting") is None


@pytest.mark.parametrize(
    ("subject", "turn"), [("Fwd: x", "forward"), ("WG: Re: x", "forward"), ("AW: WG: x", "reply"), ("x: y", None)]
)
def test_the_outermost_prefix_tells(subject: str, turn: str | None) -> None:
    assert turn_of(subject) == turn


def test_all_prefixes_come_off() -> None:
    assert bare("WG: Re[2]: Fwd: Seats: spring") == "Seats: spring"
