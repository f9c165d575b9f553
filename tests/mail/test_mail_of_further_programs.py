"""Mail of programs that are rarer than the great ones is read as well as theirs."""

import pytest

from ingest import mime
from ingest.parsed import Mailbox, ParsedMail
from tests.mail.programs import ADA_AT, ANN, ANN_AT, BODY, NEW, NOTE, Written, answers, forwards
from tests.units.ingest.letters import letter


def _read(written: Written) -> ParsedMail:
    return mime.read(letter(written.text, Subject=written.subject))


@pytest.mark.parametrize("written", list(forwards()), ids=lambda one: one.program)
def test_a_forward_is_taken_apart(written: Written) -> None:
    inner = _read(written).forwarded
    assert inner is not None
    assert inner.from_ == Mailbox(ANN, ANN_AT)
    assert [box.address for box in inner.to] == [ADA_AT]
    assert (inner.subject, inner.body, inner.message) == ("Seats", BODY, NOTE)
    assert inner.date_at is not None
    assert inner.date_at.date().isoformat() == "2026-11-02"


@pytest.mark.parametrize("written", list(answers()), ids=lambda one: one.program)
def test_an_answer_is_parted_from_what_it_answers(written: Written) -> None:
    mail = _read(written)
    assert mail.forwarded is None
    assert mail.new_text == NEW
    assert "how many seats?" in mail.quoted_text


def test_what_stands_below_the_end_of_a_forward_is_the_forwarders() -> None:
    head = f'-------- Пересылаемое сообщение --------\n02.11.2026, 17:40, "{ANN}" <{ANN_AT}>:'
    text = f"{NOTE}\n\n{head}\n\n{BODY}\n\n-------- Конец пересылаемого сообщения --------\n\nCall her.\n\n-- \nAda"
    inner = mime.read(letter(text, Subject="Fwd: Seats")).forwarded
    assert inner is not None
    assert (inner.from_, inner.body) == (Mailbox(ANN, ANN_AT), BODY)
    assert inner.message == f"{NOTE}\n\nCall her."


def test_a_sentence_about_forwarding_ends_no_forward() -> None:
    body = "End of forwarded message handling: we stop it.\n\nEnd forwarding please."
    block = f"From: {ANN} <{ANN_AT}>\nDate: Mon, Nov 2, 2026 at 5:40 PM\nSubject: Seats\nTo: <{ADA_AT}>"
    text = f"---------- Forwarded message ---------\n{block}\n\n\n{body}"
    inner = mime.read(letter(text, Subject="Fwd: Seats")).forwarded
    assert inner is not None
    assert inner.body == body


def test_a_list_of_recipients_may_break_within_the_last_of_them() -> None:
    head = f"Subject: \tSeats\nDate: \tMon, 2 Nov 2026 17:40:08 +0100\nFrom: \t{ANN} <{ANN_AT}>\n"
    to = f"To: \tAda <{ADA_AT}>, Bo Li <bo@x.example>, Carla Diaz\n<carla@x.example>"
    text = f"-------- Forwarded Message --------\n{head}{to}\n\n\n{BODY}"
    inner = mime.read(letter(text, Subject="Fwd: Seats")).forwarded
    assert inner is not None
    assert [box.address for box in inner.to] == [ADA_AT, "bo@x.example", "carla@x.example"]
    assert (inner.to[2].name, inner.body) == ("Carla Diaz", BODY)


def test_a_day_in_the_sentence_above_a_barred_block_is_its_day() -> None:
    block = f'Message du 02/11/26 17:40\nDe : "{ANN}" <{ANN_AT}>\nA : {ADA_AT}\nCopie à : \nObjet : Seats\n\n{BODY}'
    text = f"{NOTE}\n\n" + "\n".join(f"> {line}" for line in block.split("\n"))
    inner = mime.read(letter(text, Subject="TR: Seats")).forwarded
    assert inner is not None
    assert (inner.message, inner.body) == (NOTE, BODY)
    assert inner.date_at is not None
    assert inner.date_at.isoformat().startswith("2026-11-02T17:40")


def test_a_name_that_is_quoted_in_part_keeps_both_its_signs() -> None:
    block = f"From: '{ANN}' via Sales <{ANN_AT}>\nDate: Mon, Nov 2, 2026 at 5:40 PM\nSubject: Seats\nTo: <{ADA_AT}>"
    inner = mime.read(letter(f"---------- Forwarded message ---------\n{block}\n\n{BODY}")).forwarded
    assert inner is not None
    assert inner.from_ == Mailbox(f"'{ANN}' via Sales", ANN_AT)
