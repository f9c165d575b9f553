"""Forwards with another header than most programs write: stacked, beside a sentence, in arrows, in rare words."""

from dataclasses import dataclass
from typing import Final

INES: Final = "Ines Ferreira"
INES_AT: Final = "ines@lumen.example"
ADA_AT: Final = "ada@team.example"
NOTE: Final = "please file this"
BODY: Final = "Hello Ada,\n\nwe need twenty seats.\n\nInes"
_S: Final = f"{INES} <{INES_AT}>"
_SENTENCE: Final = f'02.11.2026, 17:40, "{INES}" <{INES_AT}>:'
_RULE: Final = "-" * 66


@dataclass(frozen=True, slots=True)
class Odd:
    """The text below the note, and whether it tells to whom and about what."""

    text: str
    names_to: bool = True
    prefix: str = "Fwd:"


def _block(sender: str, sent: str, day: str, to: str, subject: str, prefix: str = "FW:") -> Odd:
    return Odd(f"{sender}: {_S}\n{sent}: {day}\n{to}: Ada <{ADA_AT}>\n{subject}: Seats\n\n{BODY}", prefix=prefix)


_LEFT: Final = " " * 20
ODD: Final[dict[str, Odd]] = {
    "labels above a sentence": Odd(
        f"-------- Пересылаемое сообщение --------\nКому: Ada ({ADA_AT});\nТема: Seats;\n{_SENTENCE}\n\n{BODY}\n\n"
        "-------- Конец пересылаемого сообщения --------"
    ),
    "labels above a sentence below a rule": Odd(
        f"----------------\nКому: Ada ({ADA_AT});\nТема: Seats;\n{_SENTENCE}\n\n{BODY}"
    ),
    "labels below a sentence": Odd(
        f"-------- Пересылаемое сообщение --------\n{_SENTENCE}\nКому: {ADA_AT}\nТема: Seats\n\n{BODY}"
    ),
    "a sentence without a time": Odd(f"On November 2, 2026, {_S} wrote:\n\n{BODY}", names_to=False),
    "notes, labels above their values": Odd(
        f"----- Forwarded by Ada Quist/Team on 11/03/2026 09:00 AM -----\n\n{_S} \n11/02/2026 05:40 PM\n\nTo\n"
        f'"Ada" <{ADA_AT}>\ncc\n\nSubject\nSeats\n\n\n\n\n\n{BODY}'
    ),
    "notes, the beginning in dashes": Odd(
        f"{INES} ---02.11.2026 17:40:08---Hello Ada, we need\n\nFrom: {_S}\nTo: {ADA_AT}\nDate: 02.11.2026 17:40\n"
        f"Subject: Seats\n\n{BODY}"
    ),
    "notes, in columns": Odd(
        "---------------------- Forwarded by Ada Quist/Team on 03.11.2026 09:00 ---------------------------\n\n\n"
        f"{_LEFT}{INES:<29}\n{_LEFT}{'<' + INES_AT[:14]:<29}To:     {ADA_AT}\n{_LEFT}{INES_AT[14:] + '>':<29}cc:     "
        f"noor@haddad.example\n{_LEFT}{'':<29}Subject:     Seats\n{_LEFT}02.11.2026\n{_LEFT}17:40\n\n\n{BODY}"
    ),
    "notes, in columns without a separator": Odd(
        f"{_LEFT}{INES} <{INES_AT}>\n\n{_LEFT}02.11.2026 17:40        An:      {ADA_AT}\n{_LEFT}{'':<24}Kopie:\n"
        f"{_LEFT}{'':<24}Thema:   Seats\n\n{BODY}"
    ),
    "groupwise": Odd(f">>> {_S} 02.11.2026 17:40 >>>\n{BODY}", names_to=False),
    "groupwise in English": Odd(f">>> {_S} 11/2/2026 5:40 PM >>>\n\n{BODY}", names_to=False),
    "dingtalk": Odd(
        f"{_RULE}\n发件人：{INES}<{INES_AT}>\n日　期：2026年11月02日 17:40:08\n"
        f"收件人：Ada<{ADA_AT}>\n主　题：Seats\n\n{BODY}",
        prefix="转发：",
    ),
    "aliyun": Odd(
        f"------------------转发的邮件------------------\n发件人：{INES}<{INES_AT}>\n"
        "发送时间：2026年11月2日(星期一) 17:40\n"
        f"收件人：Ada<{ADA_AT}>\n主　题：Seats\n\n{BODY}",
        prefix="转发：",
    ),
    "foxmail, the sender's card above": Odd(
        f" \n{INES}\n \nFrom: {_S}\nDate: 2026-11-02 17:40\nTo: {ADA_AT}\nSubject: Seats\n{BODY}"
    ),
    "becky, a short rule below": Odd(
        f"----------------------- Original Message -----------------------\n From:    {_S}\n To:      {ADA_AT}\n"
        f" Date:    Mon, 02 Nov 2026 17:40:08 +0900\n Subject: Seats\n----\n\n{BODY}\n\n"
        "--------------------- Original Message Ends --------------------"
    ),
    "a short rule above": Odd(f"---\n\nDate: 2 Nov 2026, 17:40\nFrom: {_S}\nTo: {ADA_AT}\nSubject: Seats\n\n{BODY}"),
    "a directory's path": Odd(
        f"From: {_S}\nSent: Monday, November 2, 2026 5:40 PM\nTo: Bo </O=LUMEN/OU=GROUP/CN=BO>; {ADA_AT}\n"
        f"Subject: Seats\n\n{BODY}"
    ),
    "a meeting": Odd(
        f"-----Ursprünglicher Termin-----\nVon: {_S}\nGesendet: Montag, 2. November 2026 17:40\nAn: {ADA_AT}\n"
        f"Betreff: Seats\nZeit: Dienstag, 3. November 2026 10:00-11:00\nOrt: Berlin\n\n{BODY}",
        prefix="WG:",
    ),
    "a Thai year": _block("จาก", "ส่ง", "วันจันทร์ที่ 2 พฤศจิกายน 2569 17:40", "ถึง", "เรื่อง"),
    "slovene": _block("Od", "Poslano", "ponedeljek, 02. november 2026 17:40", "Za", "Zadeva", "Posr:"),
    "serbian": _block("Пошиљалац", "Послато", "понедељак, 2. новембар 2026. 17:40", "Прималац", "Тема"),
    "a subject in a strange word": _block("Von", "Gesendet", "Montag, 2. November 2026 17:40", "An", "Wibbel"),
    "persian": Odd(
        f"---------- Forwarded message ---------\nاز: {_S}\nDate: دوشنبه ۲ نوامبر ۲۰۲۶،\u200f ۱۷:۴۰\nSubject: Seats\n"
        f"To: <{ADA_AT}>\n\n\n{BODY}"
    ),
}
