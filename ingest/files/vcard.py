"""Contacts of vCard files, versions 2.1 to 4.0, as far as a customer's fields go."""

import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from crm_store.matching.contact_points import email_key, phone_digits
from crm_store.matching.normalise import clean
from crm_store.values.imports import ImportedRow
from ingest.charsets import decode
from ingest.files.rows import NO_ADDRESS, NO_PHONE, Lost, Problem

_UNFOLD: Final = re.compile(r"\r?\n[ \t]")
_SOFT_BREAK: Final = re.compile(r"=\r?\n")
_LEAST_DIGITS: Final = 5
_NO_END: Final = "The card does not end."


@dataclass(slots=True)
class _Card:
    name: str = ""
    parts: str = ""
    company: str = ""
    title: str = ""
    domain: str = ""
    kind: str = ""
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)


def is_vcard(raw: bytes, name: str) -> bool:
    """True for a vCard file, told by its first line or its name."""
    raw = _narrow(raw)
    start = raw[:200].lstrip(b"\xef\xbb\xbf \r\n\t").upper()
    return start.startswith(b"BEGIN:VCARD") or (name.lower().endswith((".vcf", ".vcard")) and b"BEGIN:VCARD" in raw)


def _narrow(raw: bytes) -> bytes:
    """The bytes as UTF-8 where they say that they are UTF-16."""
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return raw.decode("utf-16", "replace").encode() if wide else raw


def cards(raw: bytes, lost: list[Lost] | None = None) -> Iterator[ImportedRow | Problem]:
    """Every card; its number, from 1, stands for the row.

    `lost` gets the addresses and numbers that are none, of cards that are taken in without them.
    """
    text = decode(_narrow(raw)).removeprefix("\ufeff")
    if "QUOTED-PRINTABLE" in text.upper():
        text = _SOFT_BREAK.sub("", text)
    card: _Card | None = None
    number = 0
    for line in _UNFOLD.sub("", text).splitlines():
        head, colon, value = line.partition(":")
        name, *parameters = head.upper().rpartition(".")[2].split(";")
        if name == "BEGIN":
            if card is not None:
                yield Problem(number, _NO_END)
            card, number = _Card(), number + 1
        elif name == "END" and card is not None:
            row = _row(card, number)
            if lost is not None and not isinstance(row, Problem):
                lost += [(number, said, why) for said, why in card.lost]
            yield row
            card = None
        elif colon and card is not None:
            _take(card, name, _decoded(value, parameters))
    if card is not None:
        yield Problem(number, _NO_END)


def _take(card: _Card, name: str, value: str) -> None:
    match name:
        case "FN":
            card.name = card.name or _plain(value)
        case "N":
            # A comma parts several names of one kind, and would be read as that of “Lee, Ann”.
            last, first, middle, *_ = [*(clean(part.replace(",", " ")) for part in _split(value)), "", "", ""]
            card.parts = " ".join(part for part in (first, middle, last) if part)
        case "ORG":
            card.company = card.company or _split(value)[0]
        case "TITLE" | "ROLE":
            card.title = card.title or _plain(value)
        case "KIND" | "X-ADDRESSBOOKSERVER-KIND":
            card.kind = _plain(value).casefold()
        case "X-ABSHOWAS":
            card.kind = "org" if _plain(value).casefold() == "company" else card.kind
        case "URL":
            card.domain = card.domain or _plain(value)
        case "EMAIL":
            _take_address(card, _plain(value))
        case "TEL":
            _take_number(card, _plain(value).removeprefix("tel:").replace(";ext=", " ext. "))
        case _:
            pass


def _take_address(card: _Card, said: str) -> None:
    key = email_key(said)
    if key and ".." not in key:
        card.emails.append(key)
    elif said:
        card.lost.append((said, NO_ADDRESS))


def _take_number(card: _Card, said: str) -> None:
    if len(phone_digits(said)) >= _LEAST_DIGITS:
        card.phones.append(said)
    elif said:
        card.lost.append((said, NO_PHONE))


def _row(card: _Card, number: int) -> ImportedRow | Problem:
    name = card.name or card.parts
    if card.kind == "group":
        return Problem(number, "The card is a list of other cards and no person.")
    if card.kind == "org":
        return _company(card, number, card.company or name)
    if not (name or card.emails or card.company):
        return Problem(number, "The card has no name, e-mail address or company.")
    return ImportedRow(
        row=number,
        name=name,
        emails=tuple(dict.fromkeys(card.emails)),
        phones=tuple(dict.fromkeys(card.phones)),
        company=card.company,
        domain=card.domain,
        title=card.title,
    )


def _company(card: _Card, number: int, name: str) -> ImportedRow | Problem:
    """The card of a company, of whose people it says nothing."""
    if not name:
        return Problem(number, "The card has no company.")
    return ImportedRow(row=number, company=name, emails=tuple(card.emails), domain=card.domain, company_only=True)


def _decoded(value: str, parameters: list[str]) -> str:
    if not any("QUOTED-PRINTABLE" in parameter for parameter in parameters):
        return value
    charset = next((one.partition("=")[2] for one in parameters if one.startswith("CHARSET=")), "utf-8")
    return decode(quopri.decodestring(value.encode("utf-8", "replace")), charset)


def _split(value: str) -> list[str]:
    return [_plain(part) for part in re.split(r"(?<!\\);", value)]


def _plain(value: str) -> str:
    return clean(re.sub(r"\\([,;:\\])", r"\1", re.sub(r"\\[nN]", " ", value)))
