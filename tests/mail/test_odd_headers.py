"""Headers of forwards that are stacked, beside a sentence, in arrows or in rare words are read like all others."""

from textwrap import wrap

import pytest

from ingest import mime
from ingest.parsed import Forwarded, Kind, Mailbox
from tests.mail.odd_headers import ADA_AT, BODY, INES, INES_AT, NOTE, ODD
from tests.units.ingest.letters import letter

SHORT_HEAD = f"From: {INES} <{INES_AT}>\nSent: Monday, November 2, 2026 5:40 PM\n"


def forwarded(text: str, subject: str = "Fwd: Seats") -> Forwarded:
    mail = mime.read(letter(f"{NOTE}\n\n{text}", Subject=subject, Content_Type="text/plain; charset=utf-8"))
    assert mail.forwarded is not None
    assert mail.new_text == NOTE
    return mail.forwarded


@pytest.mark.parametrize("name", ODD)
def test_an_odd_header_is_read_whole(name: str) -> None:
    odd = ODD[name]
    found = forwarded(odd.text, f"{odd.prefix} Seats")
    assert (found.from_, found.subject, found.body) == (Mailbox(INES, INES_AT), "Seats", BODY)
    assert ADA_AT in [box.address for box in found.to] or not odd.names_to
    assert found.date_at is not None
    assert found.date_at.date().isoformat() == "2026-11-02"


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        ("Subject: the *blue* seats", "the *blue* seats"),
        ("Subject: for *now*", "for *now*"),
        ("*Subject:* Seats", "Seats"),
        ("**Subject:** *blue* seats", "*blue* seats"),
        ("*Subject: Seats*", "Seats"),
        ("Subject: *Seats*", "*Seats*"),
    ],
)
def test_stars_of_a_label_go_and_those_of_a_subject_stay(line: str, subject: str) -> None:
    assert forwarded(f"{SHORT_HEAD}To: {ADA_AT}\n{line}\n\n{BODY}").subject == subject


def crowd(count: int) -> str:
    return ", ".join(f"Person Number{number} <p{number}@lumen.example>" for number in range(count))


def test_everybody_on_a_very_long_line_is_read() -> None:
    found = forwarded(f"{SHORT_HEAD}To: {crowd(90)}\nCc: bo@x.example\nSubject: Seats\n\n{BODY}", "FW: Seats")
    assert [box.address for box in found.to] == [f"p{number}@lumen.example" for number in range(90)]
    assert [box.address for box in found.cc] == ["bo@x.example"]


@pytest.mark.parametrize("width", [40, 60, 76, 100])
@pytest.mark.parametrize("below", ["", "\nCc: Bo <bo@x.example>"])
def test_a_list_that_was_wrapped_anywhere_is_read_whole(width: int, below: str) -> None:
    head = f"From: {INES} <{INES_AT}>\nDate: Mon, Nov 2, 2026 at 5:40 PM\nSubject: Seats\n"
    listed = "\n".join(wrap(f"To: {crowd(30)}", width, break_on_hyphens=False))
    found = forwarded(f"---------- Forwarded message ---------\n{head}{listed}{below}\n\n\n{BODY}")
    assert [box.address for box in found.to] == [f"p{number}@lumen.example" for number in range(30)]
    assert (len(found.cc), found.body) == (int(bool(below)), BODY)


def test_names_alone_may_be_wrapped_over_many_lines() -> None:
    names = "\n".join(wrap("To: " + "; ".join(f"Number{number}, Person" for number in range(40)), 72))
    found = forwarded(f"{SHORT_HEAD}{names}\nSubject: Seats\n\n{BODY}", "FW: Seats")
    assert len(found.to) == 40
    assert (found.subject, found.body) == ("Seats", BODY)


@pytest.mark.parametrize("indent", ["", " "])
def test_a_long_subject_goes_on_in_the_next_line(indent: str) -> None:
    subject = "Seats for the spring term and for the autumn term and for the summer term"
    first, rest = subject[:53], subject[54:]
    found = forwarded(
        f"{SHORT_HEAD}To: {ADA_AT}\nSubject: {first}\n{indent}{rest}\n\n{BODY}",
        f"FW: {subject if not indent else first}",
    )
    assert (found.subject, found.body) == (subject, BODY)


def test_a_note_that_ends_with_a_name_keeps_it() -> None:
    text = f"{NOTE}\n\nAda\n\n{SHORT_HEAD}To: {ADA_AT}\nSubject: Seats\n\n{BODY}"
    found = mime.read(letter(text, Subject="FW: Seats")).forwarded
    assert found is not None
    assert found.message == f"{NOTE}\n\nAda"


def test_a_journey_is_no_mail() -> None:
    text = "Here is the plan:\nFrom: Berlin\nTo: Munich\nDate: 2 November 2026\n\nSee you there."
    mail = mime.read(letter(text, Subject="the fair"))
    assert (mail.kind, mail.forwarded, mail.new_text) == (Kind.MESSAGE, None, text)


@pytest.mark.parametrize(
    "quote",
    [
        f">>> Ada Quist <{ADA_AT}> 02.11.2026 17:40 >>>\n",
        ">>> Ada Quist 11/2/2026 5:40 PM >>>\n",
        f'----------------\nКому: Ines ({INES_AT});\nТема: Seats;\n02.11.2026, 17:40, "Ada" <{ADA_AT}>:\n\n',
        f"{'-' * 66}\n发件人：Ada<{ADA_AT}>\n日　期：2026年11月02日 17:40:08\n"
        f"收件人：Ines<{INES_AT}>\n主　题：Seats\n\n",
        f"Ada Quist ---02.11.2026 17:40:08---Hello Ines, how\n\nFrom: Ada <{ADA_AT}>\nTo: {INES_AT}\n"
        "Date: 02.11.2026 17:40\nSubject: Seats\n\n",
    ],
)
def test_an_answer_above_an_odd_header_stands_alone(quote: str) -> None:
    mail = mime.read(letter(f"Twenty, please.\n\n{quote}Hello Ines,\n\nhow many seats?", Subject="Re: Seats"))
    assert (mail.kind, mail.new_text) == (Kind.REPLY, "Twenty, please.")
    assert "how many seats?" in mail.quoted_text


@pytest.mark.parametrize("torn", ["(http://x.example/act\n_nonce=3dd5)", "this mail\n>\n (http://x.example/c/YzO) >"])
def test_the_rest_of_a_torn_link_stays_with_its_quote(torn: str) -> None:
    text = f"Twenty.\n\nOn Mon, 2 Nov 2026 at 17:40, Ada <{ADA_AT}> wrote:\n\n> See {torn}\n>\n> Ada"
    assert mime.read(letter(text, Subject="Re: Seats")).new_text == "Twenty."


def test_an_answer_between_torn_bars_is_kept() -> None:
    text = f"On Mon, 2 Nov 2026, Ada <{ADA_AT}> wrote:\n> See (http://x.example/a)\nYes (seen).\n> And the rest?\nNo :>"
    assert mime.read(letter(text, Subject="Re: Seats")).new_text.split() == ["Yes", "(seen).", "No", ":>"]


def test_what_a_help_desk_writes_below_its_line_is_its_text() -> None:
    text = "##- Please type your reply above this line -##\n\nYour case is closed."
    assert "Your case is closed." in mime.read(letter(text, Subject="Re: case 4")).new_text
