"""One mail as many mail programs forward it, in any tongue: the shapes are theirs, the people are invented."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ingest.parsed import Mailbox
from tests.mail.tongues import Tongue

SENDER: Final = Mailbox("Ines Ferreira", "ines.ferreira@lumen.example")
READER: Final = Mailbox("Ada Quist", "ada@team.example")
OTHER: Final = Mailbox("Otto Brandt", "otto@brandt-bau.example")
COPIED: Final = Mailbox("Noor Haddad", "noor@haddad.example")
SUBJECT: Final = "Seats for the spring term"
BODY: Final = "Hello Ada,\n\nwe would like twelve seats from March on.\nCan you send a quote?\n\nInes"
NOTE: Final = "Please look at this.\nShe sounds keen."


@dataclass(frozen=True, slots=True)
class Shape:
    """How a program forwards: its text; whether it names copies, names the addressees, and marks the subject."""

    write: Callable[[Tongue], str]
    names_to: bool = True
    names_cc: bool = True
    says_subject: bool = True
    bare_address: bool = False


def _shown(box: Mailbox) -> str:
    return f"{box.name} <{box.address}>"


def _quoted(box: Mailbox) -> str:
    return f'"{box.name}" <{box.address}>'


def _barred(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _many(write: Callable[[Mailbox], str], mark: str = ", ") -> str:
    return mark.join((write(READER), write(OTHER)))


def _gmail(tongue: Tongue) -> str:
    """The From label is translated, the others stay English."""
    return (
        f"---------- Forwarded message ---------\n{tongue.sender}: {_shown(SENDER)}\n"
        f"Date: {tongue.long_day}\nSubject: {SUBJECT}\nTo: <{READER.address}>, <{OTHER.address}>\n"
        f"Cc: {_shown(COPIED)}\n\n\n{BODY}"
    )


def _gmail_mobile(tongue: Tongue) -> str:
    return (
        f"---------- Forwarded message ---------\n{tongue.sender}: *{SENDER.name}* <{SENDER.address}>\n"
        f"Date: {tongue.long_day}\nSubject: {SUBJECT}\nTo: {_many(_shown)}\nCc: {_shown(COPIED)}\n\n\n{BODY}"
    )


def _apple(tongue: Tongue) -> str:
    block = (
        f"{tongue.begin}:\n\n{tongue.sender}: {_shown(SENDER)}\n{tongue.subject}: {SUBJECT}\n"
        f"{tongue.date}: {tongue.long_day}\n{tongue.to}: {_many(_shown)}\n{tongue.cc}: {_shown(COPIED)}\n\n{BODY}"
    )
    return _barred(block)


def _apple_ios(tongue: Tongue) -> str:
    """The sentence stands outside the bars, and a line of the device above it."""
    block = (
        f"{tongue.sender}: {_shown(SENDER)}\n{tongue.date}: {tongue.long_day}\n{tongue.to}: {_many(_shown)}\n"
        f"{tongue.cc}: {_shown(COPIED)}\n{tongue.subject}: {SUBJECT}\n\n{BODY}"
    )
    return f"{tongue.begin}:\n\n{_barred(block)}"


def _outlook_block(tongue: Tongue, sender: str, day: str) -> str:
    return (
        f"{tongue.sender}: {sender}\n{day}: {tongue.outlook_day}\n{tongue.to}: {_many(_shown, '; ')}\n"
        f"{tongue.cc}: {_shown(COPIED)}\n{tongue.subject}: {SUBJECT}\n\n{BODY}"
    )


def _outlook(tongue: Tongue) -> str:
    return _outlook_block(tongue, f"{SENDER.name} [mailto:{SENDER.address}]", tongue.sent)


def _outlook_original(tongue: Tongue) -> str:
    return f"-----{tongue.original}-----\n" + _outlook_block(tongue, _shown(SENDER), tongue.sent)


def _outlook_mac(tongue: Tongue) -> str:
    stars = _outlook_block(tongue, f"{SENDER.name} <{SENDER.address}<mailto:{SENDER.address}>>", tongue.date)
    lines = [f"*{line.replace(': ', ':* ', 1)}" for line in stars.split("\n")[:5]]
    return "\n".join([*lines, *stars.split("\n")[5:]])


def _outlook_web(tongue: Tongue) -> str:
    return f"{'_' * 32}\n" + _outlook_block(tongue, _shown(SENDER), tongue.sent)


def _outlook_wrapped(tongue: Tongue) -> str:
    """A long list of addressees goes on in further lines."""
    return (
        f"{tongue.sender}: {_shown(SENDER)}\n{tongue.sent}: {tongue.outlook_day}\n{tongue.to}: {_shown(READER)};\n"
        f"{_shown(OTHER)}\n{tongue.cc}: {_shown(COPIED)}\n{tongue.subject}: {SUBJECT}\n\n{BODY}"
    )


def _thunderbird(tongue: Tongue) -> str:
    return (
        f"-------- {tongue.forwarded} --------\n{tongue.subject}: \t{SUBJECT}\n"
        f"{tongue.date}: \tMon, 2 Nov 2026 17:40:08 +0100\n{tongue.sender}: \t{_shown(SENDER)}\n"
        f"{tongue.to}: \t{_many(_shown)}\n{tongue.cc.upper()}: \t{_shown(COPIED)}\n\n\n\n{BODY}"
    )


def _yahoo(tongue: Tongue) -> str:
    return (
        f"   ----- {tongue.forwarded} -----\n{tongue.sender}: {_quoted(SENDER)}\n{tongue.to}: {_many(_quoted, '; ')}\n"
        f"{tongue.cc}: {_quoted(COPIED)}\n{tongue.sent}: {tongue.long_day}\n{tongue.subject}: {SUBJECT}\n\n{BODY}"
    )


def _proton(tongue: Tongue) -> str:
    return (
        f"------- {tongue.forwarded} -------\n{tongue.sender}: {_shown(SENDER)}\n{tongue.date}: {tongue.long_day}\n"
        f"{tongue.subject}: {SUBJECT}\n{tongue.to}: {_many(_shown)}\n{tongue.cc}: {_shown(COPIED)}\n\n{_barred(BODY)}"
    )


def _zoho(tongue: Tongue) -> str:
    """The separator stands above and below the block."""
    rule = f"============ {tongue.forwarded} ============"
    return (
        f"{rule}\n{tongue.sender}: {_shown(SENDER)}\n{tongue.to}: {_many(_quoted)}\n{tongue.cc}: {_quoted(COPIED)}\n"
        f"{tongue.date}: Mon, 02 Nov 2026 17:40:08 +0100\n{tongue.subject}: {SUBJECT}\n{rule}\n\n{BODY}"
    )


def _fastmail(tongue: Tongue) -> str:
    return (
        f"----- {tongue.original} -----\n{tongue.sender}: {_shown(SENDER)}\n{tongue.to}: {_many(_quoted)}\n"
        f"{tongue.cc}: {_quoted(COPIED)}\n{tongue.subject}: {SUBJECT}\n{tongue.date}: {tongue.outlook_day}\n\n{BODY}"
    )


def _spark(tongue: Tongue) -> str:
    return (
        f"---------- {tongue.forwarded} ----------\n{tongue.sender}: {_shown(SENDER)}\n{tongue.date}: "
        f"{tongue.long_day}\n{tongue.to}: {_many(_shown)}\n{tongue.cc}: {_shown(COPIED)}\n"
        f"{tongue.subject}: {SUBJECT}\n\n{_barred(BODY)}"
    )


def _samsung(tongue: Tongue) -> str:
    return (
        f"-------- {tongue.original} --------\n{tongue.sender}: {_shown(SENDER)} \n"
        f"{tongue.date}: 02/11/2026  17:40  (GMT+01:00) \n{tongue.to}: {_many(_shown)} \n"
        f"{tongue.cc}: {_shown(COPIED)} \n{tongue.subject}: {SUBJECT} \n\n{BODY}"
    )


def _notes(tongue: Tongue) -> str:
    """Lotus Notes: an empty label, wide gaps, and a ruled line below."""
    gap = " " * 8
    return (
        f"----- Forwarded by Ada Quist/Team on 02.11.2026 18:00 -----\n\n{tongue.sender}:{gap}{_quoted(SENDER)}\n"
        f"{tongue.to}:{gap}{_many(_quoted)}\n{tongue.cc}:{gap}{_quoted(COPIED)}\n{tongue.date}:{gap}02.11.2026 17:40\n"
        f"{tongue.subject}:{gap}{SUBJECT}\n{'_' * 42}\n\n{BODY}"
    )


def _kmail(tongue: Tongue) -> str:
    return (
        f"----------  {tongue.forwarded}  ----------\n\n{tongue.subject}: {SUBJECT}\n{tongue.date}: "
        f"{tongue.long_day}\n{tongue.sender}: {_shown(SENDER)}\n{tongue.to}: {_many(_shown)}\n"
        f"{tongue.cc}: {_shown(COPIED)}\n\n{BODY}\n-----------------------------------------"
    )


def _gmx(tongue: Tongue) -> str:
    """The date comes first, and nothing stands above it."""
    return (
        f"{tongue.sent}: {tongue.long_day}\n{tongue.sender}: {_quoted(SENDER)}\n{tongue.to}: {_many(_quoted)}\n"
        f"{tongue.cc}: {_quoted(COPIED)}\n{tongue.subject}: {SUBJECT}\n\n{BODY}"
    )


def _netease(tongue: Tongue) -> str:
    """Colons of full width, a semicolon behind each value."""
    return (
        f"------------------ {tongue.original} ------------------\n{tongue.sender}： {_quoted(SENDER)};\n"
        f"{tongue.sent}： {tongue.outlook_day}\n{tongue.to}： {_many(_quoted, ';')};\n"
        f"{tongue.cc}： {_quoted(COPIED)};\n"
        f"{tongue.subject}： {SUBJECT}\n\n\n\n{BODY}"
    )


def _em_client(tongue: Tongue) -> str:
    """No colons at all."""
    return (
        f"------ {tongue.forwarded} ------\n{tongue.sender} {_quoted(SENDER)}\n{tongue.to} {_many(_quoted, '; ')}\n"
        f"{tongue.cc} {_quoted(COPIED)}\n{tongue.date} 02.11.2026 17:40:08\n{tongue.subject} {SUBJECT}\n\n{BODY}"
    )


def _mutt(tongue: Tongue) -> str:
    return (
        f"----- {tongue.forwarded}: {_shown(SENDER)} -----\n\nDate: Mon, 2 Nov 2026 17:40:08 +0100\n"
        f"From: {_shown(SENDER)}\nTo: {_many(_shown)}\nCc: {_shown(COPIED)}\nSubject: {SUBJECT}\n"
        f"User-Agent: Quill/2.1\n\n{BODY}\n\n----- End forwarded message -----"
    )


def _name_only(tongue: Tongue) -> str:
    """Inside one company Outlook shows no address."""
    return (
        f"{tongue.sender}: {SENDER.name}\n{tongue.sent}: {tongue.outlook_day}\n{tongue.to}: {READER.name}; "
        f"{OTHER.name}\n{tongue.cc}: {COPIED.name}\n{tongue.subject}: {SUBJECT}\n\n{BODY}"
    )


SHAPES: Final[dict[str, Shape]] = {
    "gmail": Shape(_gmail),
    "gmail on a phone": Shape(_gmail_mobile),
    "apple mail": Shape(_apple),
    "apple mail on a phone": Shape(_apple_ios),
    "outlook": Shape(_outlook),
    "outlook with a separator": Shape(_outlook_original),
    "outlook for mac": Shape(_outlook_mac),
    "outlook on the web": Shape(_outlook_web),
    "outlook, wrapped": Shape(_outlook_wrapped),
    "thunderbird": Shape(_thunderbird),
    "yahoo": Shape(_yahoo),
    "proton": Shape(_proton),
    "zoho": Shape(_zoho),
    "fastmail": Shape(_fastmail),
    "spark": Shape(_spark),
    "samsung": Shape(_samsung),
    "notes": Shape(_notes),
    "kmail": Shape(_kmail),
    "gmx": Shape(_gmx),
    "netease": Shape(_netease),
    "em client": Shape(_em_client),
    "mutt": Shape(_mutt),
}
NAME_ONLY: Final = Shape(_name_only)
