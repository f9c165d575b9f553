"""Automatic replies: the day of return, a leaver and a stand-in, only where the words are clear."""

from datetime import date

import pytest

from ingest import absence, mime
from ingest.parsed import AutoReply, Mailbox
from tests.units.ingest.letters import letter

INES = Mailbox("Ines Ferreira", "ines@lumen.example")
SENT = date(2026, 11, 2)
BACK = {
    "en": "I am out of the office until 9 November 2026.",
    "en, later": "I will be back in the office on Monday, November 9.",
    "en, a range": "I am on leave from 2 November through 9 November 2026.",
    "de": "Ich bin vom 2.11. bis 9.11.2026 nicht im Büro.",
    "de, again": "Ich bin ab dem 9. November wieder erreichbar.",
    "es": "Estaré fuera de la oficina hasta el 9 de noviembre.",
    "fr": "Je suis absente jusqu'au 9 novembre 2026 inclus.",
    "it": "Sarò assente fino al 9 novembre 2026.",
    "nl": "Ik ben afwezig tot en met 9 november.",
    "pl": "Jestem nieobecna do 9 listopada 2026.",
    "pt": "Estarei ausente até 9 de novembro de 2026.",
    "ru": "Меня не будет в офисе до 9 ноября 2026 г.",
    "sv": "Jag är på semester till och med 9 november.",
    "da": "Jeg er tilbage den 9. november 2026.",
    "no": "Jeg er tilbake 9. november.",
    "fi": "Olen poissa toimistolta 9.11.2026 asti.",
    "cs": "Jsem mimo kancelář do 9. listopadu 2026.",
    "hu": "2026. november 9-ig nem vagyok elérhető.",
    "tr": "9 Kasım 2026 tarihine kadar ofis dışındayım.",
    "ro": "Sunt în concediu până pe 9 noiembrie 2026.",
    "el": "Απουσιάζω έως 9 Νοεμβρίου 2026.",
    "uk": "Мене не буде в офісі до 9 листопада.",
    "ja": "2026年11月9日まで不在です。",
    "zh": "我将于11月2日至2026年11月9日外出。",
    "ko": "2026년 11월 9일까지 부재중입니다.",
    "ar": "أنا خارج المكتب حتى 9 نوفمبر 2026.",
    "he": "אני מחוץ למשרד עד 9 בנובמבר 2026.",
}


@pytest.mark.parametrize("tongue", BACK)
def test_the_day_of_return_is_read(tongue: str) -> None:
    assert absence.read(BACK[tongue], INES, SENT) == AutoReply(back_on=date(2026, 11, 9))


def test_a_day_without_a_year_is_the_next_one() -> None:
    assert absence.read("I am away until 4 January.", INES, SENT).back_on == date(2027, 1, 4)
    assert absence.read("I am away until 4 January.", INES, None).back_on is None


@pytest.mark.parametrize(
    "text",
    [
        "I am away and will reply as soon as I can.",
        "We moved to a new office on 3 March 2020 and are back soon.",
        "Our fair is on 20 November 2026.",
        "We do open our fair doors on 20 November 2026.",
        "I am back on 9 November 2031.",
        "Call me at 030 123456 or 11/9.",
    ],
)
def test_other_days_are_no_return(text: str) -> None:
    assert absence.read(text, INES, SENT) == AutoReply()


GONE = (
    "Ines Ferreira no longer works at Lumen.",
    "Ines has left the company.",
    "Frau Ferreira ist nicht mehr für Lumen tätig.",
    "Ines Ferreira ya no trabaja en Lumen.",
    "Ines Ferreira ne travaille plus chez Lumen.",
    "Ines Ferreira non lavora più in Lumen.",
    "Ines Ferreira is niet meer werkzaam bij Lumen.",
    "Ines Ferreira już nie pracuje w Lumen.",
    "Ines Ferreira já não trabalha na Lumen.",
    "Инес Феррейра больше не работает в компании.",
    "Ines Ferreira har slutat på Lumen.",
    "Ines Ferreira er ikke længere ansat hos Lumen.",
    "Ines Ferreira jobber ikke lenger her; hun er ikke lenger ansatt.",
    "Ines Ferreira ei enää työskentele meillä.",
    "Ines Ferreira již nepracuje v Lumen.",
    "Ines Ferreira már nem dolgozik a Lumennél.",
    "Ines Ferreira artık Lumen'de çalışmıyor.",
    "Ines Ferreira nu mai lucrează la Lumen.",
    "Η Ines Ferreira δεν εργάζεται πλέον στη Lumen.",
    "Ines Ferreira більше не працює в Lumen.",
    "イネスは退職いたしました。",
    "Ines已离职。",
)


@pytest.mark.parametrize("text", GONE)
def test_somebody_who_left_is_told(text: str) -> None:
    assert absence.read(text, INES, SENT).gone


def test_leaving_for_the_day_is_no_leaving() -> None:
    assert not absence.read("I have left for the day and no longer read mail today.", INES, SENT).gone


@pytest.mark.parametrize(
    ("text", "stand_in"),
    [
        ("In urgent cases please contact Otto Brandt (otto.brandt@lumen.example).", "Otto Brandt"),
        ("Bitte wenden Sie sich an meinen Kollegen Otto Brandt, otto.brandt@lumen.example", "Otto Brandt"),
        ("Merci de contacter Otto Brandt à otto.brandt@lumen.example", "Otto Brandt"),
        ("Please contact otto.brandt@lumen.example.", None),
        ("Contact: otto.brandt@lumen.example", None),
    ],
)
def test_the_stand_in_is_read_with_a_name_that_the_address_bears_out(text: str, stand_in: str | None) -> None:
    assert absence.read(text, INES, SENT).stand_in == Mailbox(stand_in, "otto.brandt@lumen.example")


@pytest.mark.parametrize("text", ["Please contact ines@lumen.example again.", "Regards, office@lumen.example",
                                  "Please contact no-reply@lumen.example."])  # fmt: skip
def test_nobody_stands_in_by_chance(text: str) -> None:
    assert absence.read(text, INES, SENT).stand_in is None


def test_only_automatic_replies_are_asked() -> None:
    away = {"From": "Ines <ines@lumen.example>", "Date": "Mon, 2 Nov 2026 09:30:00 +0100"}
    mail = mime.read(letter(BACK["en"], Auto_Submitted="auto-replied", **away))
    assert mail.auto_reply == AutoReply(back_on=date(2026, 11, 9))
    assert mime.read(letter(BACK["en"], **away)).auto_reply is None
