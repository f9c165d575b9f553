"""Answers in the habits of further programs, old and new: lists, newsreaders, web mail, phones, help desks."""

import pytest

from ingest import mime, replies
from tests.mail.answering import ANSWER, OLD

BARS = "\n".join(f"> {line}".rstrip() for line in OLD.split("\n"))
INES = "Ines Ferreira <ines@lumen.example>"

BARRED_INTROS = {
    "a day first": f"2026-11-02 17:40 GMT+01:00 {INES}:",
    "no day": f"{INES} wrote:",
    "only a name": "Ines Ferreira wrote:",
    "a name and a day": "On 2 Nov 2026, at 17:40, Ines Ferreira wrote:",
    "no year": "On 2 Nov, 17:40, Ines wrote:",
    "a quoted name": 'On Nov 2, 2026 5:40 PM, "Ines Ferreira" <ines@lumen.example> wrote:',
    "quoting": f"Quoting {INES}:",
    "mutt": f"* {INES} [2026-11-02 17:40]:",
    "an editor": '>>>>> "Ines" == Ines Ferreira <ines@lumen.example> writes:',
    "a newsreader": "In article <9a8b7@lumen.example>, ines@lumen.example (Ines Ferreira) wrote:",
    "round brackets": "Ines Ferreira (ines@lumen.example) wrote:",
    "spanish web mail": "El lun, 2 nov 2026 a las 17:40, Ines Ferreira (<ines@lumen.example>) escribió:",
    "french, broken": "Le lun. 2 nov. 2026 à 17:40, Ines Ferreira <ines@lumen.example> a\nécrit :",
    "broken in the address": "On Mon, 2 Nov 2026 at 17:40, Ines Ferreira <\nines@lumen.example> wrote:",
    "broken thrice": "On Monday, November 2, 2026 at 5:40 PM,\nInes Ferreira from Lumen\n<ines@lumen.example>\nwrote:",
    "notes": "Ines Ferreira, 02.11.2026 17:40:",
    "a list": f"On 02/11/2026 17:40, {INES} via Crane-users wrote:",
    "stars": "*On Mon, 2 Nov 2026, Ines Ferreira wrote:*",
    "ruled": f"---- On Mon, 02 Nov 2026 17:40:08 +0100 {INES} wrote ----",
    "ruled above": f"-----\n{INES} wrote:",
    "a link": "On Mon, 2 Nov 2026, Ines Ferreira <ines@lumen.example<mailto:ines@lumen.example>> wrote:",
}


@pytest.mark.parametrize("kind", BARRED_INTROS)
def test_the_sentence_above_a_quote_goes_with_it(kind: str) -> None:
    found = replies.split(f"{ANSWER}\n\n{BARRED_INTROS[kind]}\n{BARS}\n")
    assert found.new_text == ANSWER


@pytest.mark.parametrize("kind", BARRED_INTROS)
def test_what_stands_below_the_quote_stays(kind: str) -> None:
    found = replies.split(f"{BARRED_INTROS[kind]}\n{BARS}\n\n{ANSWER}")
    assert found.new_text == ANSWER


CUTS = {
    "yahoo, classic": f"--- On Mon, 11/2/26, {INES} wrote:\n\nFrom: {INES}\nSubject: The site\nTo: ada@team.example\n"
    "Date: Monday, November 2, 2026, 5:40 PM\n\n",
    "samsung": "-------- Original message --------\nFrom: Ines Ferreira\nDate: 02/11/2026 17:40 (GMT)\nTo: Ada\n\n",
    "samsung, short": f"-------- Original message --------\nFrom: {INES}\nDate: 02/11/2026 17:40 (GMT+01:00)\n\n",
    "outlook on a phone": f"{'_' * 32}\nFrom: {INES}\nSent: Monday, November 2, 2026 5:40 PM\nTo: Ada\nSubject: x\n\n",
    "markdown": f"**From:** {INES}\n**Sent:** Monday, November 2, 2026 5:40 PM\n**To:** Ada\n**Subject:** The site\n\n",
    "original": "-----Original Message-----\nFrom: Ines Ferreira\nSent: Monday, November 2, 2026 5:40 PM\n\n",
    "a help desk": "##- Please type your reply above this line -##\n\n",
    "a help desk, plain": "--- Reply above this line ---\n\n",
    "unmarked": f"On Mon, Nov 2, 2026 at 5:40 PM {INES} wrote:\n\n",
    "unmarked, no address": "On Mon, Nov 2, 2026 at 5:40 PM Ines Ferreira wrote:\n\n",
    "a day and a name": "On 11/2/26, Ines Ferreira <ines@lumen.example> wrote:\n\n",
}


@pytest.mark.parametrize("kind", CUTS)
def test_below_a_block_or_separator_nothing_is_new(kind: str) -> None:
    found = replies.split(f"{ANSWER}\n\n{CUTS[kind]}{OLD}\n")
    assert found.new_text == ANSWER
    assert "crane" in found.quoted_text


FOOTERS = (
    "Sent from my iPhone",
    "Sent from Outlook for Android<https://mail.example/app>",
    "Get Outlook for iOS<https://mail.example/app>",
    "Sent from Mail for Windows",
    "Sent with Proton Mail secure email.",
    "Sent via Superhuman iOS",
    "Von meinem Samsung Galaxy Smartphone gesendet.",
    "Envoyé depuis mon téléphone Huawei",
    "Enviado desde mi dispositivo Samsung",
    "Diese Nachricht wurde von meinem Android-Mobiltelefon mit K-9 Mail gesendet.",
    "Sent from Yahoo Mail on Android",
    "Sent from my T-Mobile 5G Device",
    "Obter o Outlook para iOS",
    "Télécharger Outlook pour Android",
    "Hämta Outlook för iOS",
    "Verstuurd vanaf Outlook voor Android",
    "Sent from Mailspring",
    "Sendt fra min iPad",
    "Изпратено от моя iPhone",
    "Отправлено из мобильной Почты Mail.ru",
)


@pytest.mark.parametrize("footer", FOOTERS)
def test_the_line_of_a_device_is_no_text(footer: str) -> None:
    assert mime.read_text(f"{ANSWER}\n\n{footer}\n", "Re: site").new_text == ANSWER


def test_a_quote_with_nothing_new_above_it_but_text_below_keeps_that_text() -> None:
    block = f"From: {INES}\nSent: Monday, November 2, 2026 5:40 PM\nSubject: The site\n\n"
    assert replies.split(block + ANSWER).new_text == ANSWER
    assert "The site" in replies.split(block + ANSWER).quoted_text
