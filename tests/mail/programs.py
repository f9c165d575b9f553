"""Forwards and answers of further mail programs, as tables: separators, labels in their order, days, sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

ANN, ANN_AT = "Ann Lee", "ann.lee@globex.example"
ADA_AT = "ada@rapport.example"
NOTE = "please look at this"
BODY = "Hello Ada,\n\nwe need twenty seats.\n\nAnn"
NEW = "Twenty, please."
OLD = "Hello Ann,\n\nhow many seats?\n\nAda"


@dataclass(frozen=True, slots=True)
class Written:
    """A text of one program, with the subject of the mail that carries it."""

    program: str
    subject: str
    text: str


# The program; the subject's beginning; the line above the block; labels, each with a letter that says what stands
# behind it (f: from, d: date, t: to, s: subject); the day; and what stands between the block and the text.
_BLOCKS: Final = """
mail.ru;Fwd:;-------- Пересылаемое сообщение --------;fОт:|tКому:|dДата:|sТема:;Понедельник, 2 ноября 2026, 17:40 +03:00;
qq;转发：;------------------ 原始邮件 ------------------;f发件人:|d发送时间:|t收件人:|s主题:;2026年11月2日(星期一) 下午5:40;
netease;转发:;-------- 转发邮件信息 --------;f发件人：|d发送日期：|t收件人：|s主题：;2026-11-02 17:40:08;
naver;FW:;-----Original Message-----;fFrom:|tTo:|dSent:|sSubject:;2026-11-02 (월) 17:40:08 (GMT+09:00);
naver in Korean;FW:;-----원본 메시지-----;f보낸 사람:|t받는 사람:|d날짜:|s제목:;2026-11-02 오후 5:40:08;
zimbra in German;Fwd:;----- Weitergeleitete Mail -----;fVon:|tAn:|dGesendet:|sBetreff:;Montag, 2. November 2026 17:40:08;
zimbra in French;Tr:;----- Mail transféré -----;fDe:|tÀ:|dEnvoyé:|sObjet:;Lundi 2 Novembre 2026 17:40:08;
notes in German;WG:;----- Weitergeleitet von Ada Rep/Rapport am 03.11.2026 09:12 -----;fVon:|tAn:|dDatum:|sBetreff:;02.11.2026 17:40;
roundcube;Fwd:;-------- Original Message --------;sSubject:|dDate:|f From:|tTo:;2026-11-02 17:40;
roundcube in Polish;Fwd:;-------- Wiadomość oryginalna --------;sTemat:|dData:|fNadawca:|tAdresat:;2026-11-02 17:40;
sogo;Fwd:;-------- Original Message --------;sSubject:|dDate:|fFrom:|tTo:;Monday, November 2, 2026 17:40 CET;
outlook for mac in Danish;VS:;;fFra:|dDato:|tTil:|sEmne:;mandag den 2. november 2026 kl. 17.40;
outlook in Finnish;VL:;;fLähettäjä:|dLähetetty:|tVastaanottaja:|sAihe:;maanantai 2. marraskuuta 2026 17.40;
outlook in Hungarian;Továbbítás:;;fFeladó:|dElküldve:|tCímzett:|sTárgy:;2026. november 2., hétfő 17:40;
outlook in Greek;ΠΡΘ:;;fΑπό:|dΣτάλθηκε:|tΠρος:|sΘέμα:;Δευτέρα, 2 Νοεμβρίου 2026 5:40 μμ;
outlook in Hebrew;הועבר:;;fמאת:|dנשלח:|tאל:|sנושא:;יום שני 02 נובמבר 2026 17:40;
outlook in Ukrainian;FW:;;fВід:|dНадіслано:|tКому:|sТема:;понеділок, 2 листопада 2026 р. 17:40;
outlook in Croatian;Fwd:;;fOd:|dPoslano:|tPrima:|sPredmet:;2. studenoga 2026. 17:40;
outlook starred;FW:;;f*From:*|d*Sent:*|t*To:*|s*Subject:*;Monday, November 2, 2026 5:40 PM;
t-online;Fwd:;-----Original-Nachricht-----;sBetreff:|dDatum:|fVon:|tAn:;2026-11-02T17:40:08+0100;
laposte;Tr:;;fDe :|tA :|dEnvoyé:|sObjet :;lundi 2 Novembre 2026 17:40;
libero;I:;----Messaggio originale----;fDa:|dData:|tA:|sOgg:;2-nov-2026 17.40;
seznam;Fwd:;---------- Původní e-mail ----------;fOd:|tKomu:|dDatum:|sPředmět:;2. 11. 2026 17:40:08;
uol;Enc:;;fDe:|dEnviada:|tPara:|sAssunto:;Segunda-feira, 2 de Novembro de 2026 17:40;
rediff;Fwd:;;fFrom:|dSent:|tTo:|sSubject:;Mon, 2 Nov 2026 17:40:08 GMT+0530;
pegasus;Fwd:;------- Forwarded message follows -------;fFrom:|dDate sent:|tTo:|sSubject:;Mon, 2 Nov 2026 17:40:08 +0100;
the bat;Fwd:;This is a forwarded message;fFrom:|tTo:|dDate:|sSubject:;Monday, November 2, 2026, 5:40:08 PM;===8<==============Original message text===============
mailspring;Fwd:;---------- Forwarded Message ---------;fFrom:|sSubject:|dDate:|tTo:;Nov 2 2026, at 5:40 pm;
gmail in Vietnamese;Fwd:;---------- Forwarded message ---------;fTừ:|dDate:|sSubject:|tTo:;Th 2, 2 thg 11, 2026 vào lúc 17:40;
a sensitive one;FW:;;fFrom:|dSent:|tTo:|sSubject:|xSensitivity:;Monday, November 2, 2026 5:40 PM;
"""  # noqa: E501 - a row of a table is one line.
_ENDS: Final = {
    "pegasus": "------- End of forwarded message -------",
    "the bat": "===8<===========End of original message text===========",
}
# The program, and what stands above its bars.
_SENTENCES: Final = f"""
yandex;02.11.2026, 17:40, "Ada Rep" <{ADA_AT}>:
mail.ru;Понедельник, 2 ноября 2026, 17:40 +03:00 от Ada Rep <{ADA_AT}>:
netease;在 2026-11-02 17:40:08，"Ada Rep" <{ADA_AT}> 写道：
gmail in Korean;2026년 11월 2일 (월) 오후 5:40, Ada Rep <{ADA_AT}>님이 작성:
gmail in Turkish;Ada Rep <{ADA_AT}>, 2 Kas 2026 Pzt, 17:40 tarihinde şunu yazdı:
gmail in Hungarian;Ada Rep <{ADA_AT}> ezt írta (időpont: 2026. nov. 2., H,|17:40):
gmail in Greek;Στις Δευ 2 Νοε 2026 στις 5:40 μ.μ., ο χρήστης Ada Rep <|{ADA_AT}> έγραψε:
gmail in Finnish;ma 2. marrask. 2026 klo 17.40 Ada Rep ({ADA_AT}) kirjoitti:
gmail in Thai;เมื่อ จ. 2 พ.ย. 2026 เวลา 17:40 Ada Rep <{ADA_AT}> เขียนว่า:
tuta in German;2. Nov. 2026, 17:40 von {ADA_AT}:
proton in German;Ada Rep <{ADA_AT}> schrieb am Montag, 2. November 2026 um 17:40:
thunderbird in Romanian;Pe 02.11.2026 17:40, Ada Rep a scris:
thunderbird in Croatian;Dana 2.11.2026. u 17:40, Ada Rep je napisao/la:
thunderbird in Slovak;Dňa 2. 11. 2026 o 17:40 Ada Rep napísal(a):
wp.pl;Dnia 2 listopada 2026 17:40 Ada Rep <{ADA_AT}> napisał(a):
polymail;On Mon, Nov 2, 2026 at 5:40 PM Ada Rep||<|mailto:Ada Rep <{ADA_AT}>|> wrote:
superhuman;Sent via Superhuman ( https://fast.example/a )||On Mon, Nov 02, 2026 at 5:40 PM, Ada Rep < {ADA_AT} > wrote:
"""


def forwards() -> Iterator[Written]:
    """A forward of each program in the first table."""
    for row in _BLOCKS.strip().split("\n"):
        program, prefix, separator, labels, day, below = row.split(";")
        values = {"f": f"{ANN} <{ANN_AT}>", "d": day, "t": f"Ada <{ADA_AT}>", "s": "Seats", "x": "Confidential"}
        block = "\n".join(f"{label[1:]} {values[label[0]]}" for label in labels.split("|"))
        above = f"{separator}\n{block}" if separator else block
        ending = f"\n\n{_ENDS[program]}" if program in _ENDS else ""
        text = f"{NOTE}\n\n{above}\n\n{below + chr(10) if below else ''}{BODY}{ending}\n"
        yield Written(program, f"{prefix} Seats", text)


def answers() -> Iterator[Written]:
    """An answer of each program in the second table, with bars, and some that need none."""
    barred = "\n".join(f"> {line}".rstrip() for line in OLD.split("\n"))
    for row in _SENTENCES.strip().split("\n"):
        program, _, sentence = row.partition(";")
        yield Written(program, "Re: Seats", f"{NEW}\n\n" + sentence.replace("|", "\n") + f"\n\n{barred}\n")
    sentence = f"On Mon, 2 Nov 2026 at 17:40, Ada Rep<{ADA_AT}> wrote:"
    yield Written(
        "yahoo on a phone", "Re: Seats", f"{NEW}\n\nSent from Yahoo Mail on Android \n \n  {sentence}   {OLD}"
    )
    head = f'"Ada Rep" <{ADA_AT}> \n11/02/2026 05:40 PM\n\nTo\n"Ann" <{ANN_AT}>\ncc\n\nSubject\nSeats'
    yield Written("notes without colons", "Re: Seats", f"{NEW}\n\n\n\n{head}\n\n\n{OLD}")
    yield Written("a help desk", "Re: Seats", f"{NEW}\n\n##- Please type your reply above this line -##\n\n{OLD}")
