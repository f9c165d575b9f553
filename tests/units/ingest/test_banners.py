"""Warnings that gateways put above a mail leave the text; what people write about such things does not."""

import pytest

from ingest import banners, mime
from tests.units.ingest.letters import letter, rich

WARNINGS = [
    "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless "
    "you recognize the sender and know the content is safe.",
    "[EXTERNAL]",
    "[EXT]",
    "EXTERNAL EMAIL",
    "*** External sender ***",
    f"{'-' * 40}\nACHTUNG: Diese E-Mail stammt von außerhalb der Organisation. Klicken Sie nicht auf Links.\n{'_' * 9}",
    "Ce message provient d'un expéditeur externe. Ne cliquez pas sur les liens et n'ouvrez pas les pièces jointes.",
    "Externer Absender! Bitte keine Anhänge öffnen.",
    "ATENCIÓN: este correo procede de fuera de la organización. No haga clic en enlaces.",
    "Questa e-mail proviene dall'esterno dell'organizzazione. Attenzione ai link e agli allegati.",
    "このメールは外部から送信されました。添付ファイルに注意してください。",
    "[EXTERNAL]\nThis message was sent from outside the company.\nPlease do not click links if in doubt.",
]
WORDS_OF_PEOPLE = [
    "The external auditor can't open the link in your email.",
    "The external auditor's email link is broken, do not click it.",
    "External audit on Monday.",
    "Outside of the office it rains. Don't open attachments.",
    "This is about the outside lamps: please attach the plan, do not send a link.",
    "Attention, our company has moved. The link to the map is attached.",
    "(external)\tcosts are 400, the rest as before, do not forget the attachment of last week.",
]


@pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["a gap", "no gap"])
@pytest.mark.parametrize("warning", WARNINGS)
def test_a_warning_leaves_the_text_and_is_kept_beside_it(warning: str, gap: str) -> None:
    mail = mime.read(letter(f"{warning}{gap}Hello Ada,\n\nplease call me.", Content_Type="text/plain; charset=utf-8"))
    assert mail.new_text == "Hello Ada,\n\nplease call me."
    assert warning in mail.quoted_text


@pytest.mark.parametrize("words", WORDS_OF_PEOPLE)
def test_what_a_person_writes_of_such_things_stays(words: str) -> None:
    assert banners.parted(f"{words}\n\nBest\nJohn") == ("", f"{words}\n\nBest\nJohn")


@pytest.mark.parametrize("warning", WARNINGS)
def test_a_mail_that_is_nothing_but_a_warning_keeps_it(warning: str) -> None:
    assert banners.parted(f"{warning}\n\n") == ("", f"{warning}\n\n")


def test_a_warning_in_a_table_above_a_page_leaves_the_text() -> None:
    page = (
        f"<table><tr><td style='background:#fc0'>{WARNINGS[0]}</td></tr></table>"
        "<div>Hello Ada,</div><div>please call me.</div><div class='gmail_quote'>On Monday Ada wrote: ...</div>"
    )
    assert mime.read(rich(page)).new_text == "Hello Ada,\nplease call me."


def test_of_a_forward_the_inner_text_is_free_of_it_too() -> None:
    block = "---------- Forwarded message ---------\nFrom: John Smith <john@acme.example>\nDate: Mon, 2 Nov 2026 17:40"
    text = f"See below.\n\n{block}\nSubject: Seats\nTo: ada@team.example\n\n{WARNINGS[0]}\n\nTwelve seats, please."
    mail = mime.read(letter(text, Subject="Fwd: Seats"))
    assert mail.forwarded is not None
    assert mail.forwarded.body == "Twelve seats, please."
    assert mail.new_text == "See below."
    assert WARNINGS[0] in mail.quoted_text
