"""Forwards that differ: a sentence for a block, an end mark, history beneath, a redirect, no prefix."""

import pytest

from ingest import forwarded, mime, replies
from ingest.parsed import Kind, Mailbox
from tests.mail.answering import TEXTS
from tests.mail.forwarding import BODY, NOTE, SENDER, SHAPES, SUBJECT
from tests.mail.tongues import TONGUES
from tests.units.ingest.letters import letter

INES = f"{SENDER.name} <{SENDER.address}>"
SENTENCES = {
    "yandex": "-------- Пересылаемое сообщение --------\n"
    f'02.11.2026, 17:40, "{SENDER.name}" <{SENDER.address}>:\n\n{BODY}\n'
    "-------- Конец пересылаемого сообщения --------",
    "outlook for mac": f'On 02/11/2026, 17:40, "{SENDER.name}" <{SENDER.address}> wrote:\n\n    '
    + BODY.replace("\n", "\n    "),
    "a separator and a sentence": f"----- Forwarded message -----\nOn Mon, 2 Nov 2026, {INES} wrote:\n\n{BODY}",
}


@pytest.mark.parametrize("kind", SENTENCES)
def test_a_sentence_can_stand_for_a_block(kind: str) -> None:
    found = forwarded.unwrap(f"{NOTE}\n\n{SENTENCES[kind]}", f"Fwd: {SUBJECT}")
    assert found is not None
    assert found.from_ == SENDER
    assert (found.body, found.message, found.subject) == (BODY, NOTE, SUBJECT)


@pytest.mark.parametrize("code", ["en", "de", "ru", "zh"])
def test_the_history_below_a_forwarded_answer_stays_with_it(code: str) -> None:
    answer = TEXTS["a sentence and bars"](TONGUES[code])
    text = SHAPES["outlook"].write(TONGUES[code]).replace(BODY, answer)
    found = forwarded.unwrap(f"{NOTE}\n\n{text}", f"Fwd: {SUBJECT}")
    assert found is not None
    assert found.body == answer
    assert replies.split(found.body).new_text.startswith("Thursday suits us.")


def test_nothing_above_a_forward_is_an_empty_message() -> None:
    found = forwarded.unwrap(SHAPES["gmail"].write(TONGUES["en"]), f"Fwd: {SUBJECT}")
    assert found is not None
    assert (found.message, found.body) == ("", BODY)


def test_a_redirected_mail_is_the_original_itself() -> None:
    raw = letter(BODY, From=INES, To="ada@team.example", Resent_From="Ada <ada@team.example>",
                 Resent_To="crm@in.team.example")  # fmt: skip
    mail = mime.read(raw)
    assert (mail.forwarded, mail.from_, mail.kind) == (None, SENDER, Kind.MESSAGE)
    assert mail.signs.forwarded_to == "crm@in.team.example"


@pytest.mark.parametrize("client", ["gmail", "thunderbird", "proton", "zoho", "kmail"])
def test_a_separator_of_forwards_needs_no_prefix(client: str) -> None:
    text = f"{NOTE}\n\n{SHAPES[client].write(TONGUES['de'])}"
    found = forwarded.unwrap(text, "a new subject")
    assert found is not None
    assert found.from_ == SENDER


@pytest.mark.parametrize(
    ("shown", "box"),
    [
        ("Ines Ferreira <ines@lumen.example>", Mailbox("Ines Ferreira", "ines@lumen.example")),
        ("Ferreira, Ines <ines@lumen.example>", Mailbox("Ferreira, Ines", "ines@lumen.example")),
        ('"Ferreira, Ines" <ines@lumen.example>', Mailbox("Ferreira, Ines", "ines@lumen.example")),
        ("Ines Ferreira [mailto:ines@lumen.example]", Mailbox("Ines Ferreira", "ines@lumen.example")),
        ("Ines Ferreira [ines@lumen.example]", Mailbox("Ines Ferreira", "ines@lumen.example")),
        ("Ines Ferreira (ines@lumen.example)", Mailbox("Ines Ferreira", "ines@lumen.example")),
        ("ines@lumen.example<mailto:ines@lumen.example>", Mailbox(None, "ines@lumen.example")),
        ("ines@lumen.example <ines@lumen.example>", Mailbox(None, "ines@lumen.example")),
        ("„Ines Ferreira“ <ines@lumen.example>", Mailbox("Ines Ferreira", "ines@lumen.example")),
        (
            "Ines Ferreira via Crane List <ines@lumen.example>",
            Mailbox("Ines Ferreira via Crane List", "ines@lumen.example"),
        ),
        ("Ferreira, Ines (Lumen) <ines@lumen.example>", Mailbox("Ferreira, Ines", "ines@lumen.example")),
    ],
)
def test_senders_are_read_however_they_are_shown(shown: str, box: Mailbox) -> None:
    text = (
        f"From: {shown}\nSent: Monday, November 2, 2026 5:40 PM\nTo: Ada <ada@team.example>\nSubject: {SUBJECT}\n\nHi"
    )
    found = forwarded.unwrap(text, f"FW: {SUBJECT}")
    assert found is not None
    assert found.from_ == box
