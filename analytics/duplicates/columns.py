"""Guesses what each column of a table holds, from its content first and from its name second."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from analytics.duplicates.shapes import Table
from crm_store.matching import companies, nicknames
from crm_store.matching.normalise import tokens


class Kind(StrEnum):
    """What a column holds, as far as comparing is concerned."""

    FIRST = "first name"
    LAST = "last name"
    NAME = "name"
    COMPANY = "company"
    EMAIL = "e-mail"
    DOMAIN = "mail domain"
    PHONE = "phone"
    ADDRESS = "address"
    HOUSE = "house number"
    CITY = "city"
    POSTCODE = "postcode"
    DATE = "date"
    NUMBER = "number"
    CODE = "group"
    TEXT = "text"


_SAMPLE: Final = 2_000
_CALLED: Final = (
    (Kind.EMAIL, r"e ?mail|mail|courriel|correo"),
    (Kind.PHONE, r"phone|tel|telephone|telefon|mobile|mobil|handy|cell|fax|telefono|telefone|rufnummer"),
    (Kind.DATE, r"birth|birthday|birthdate|dob|born|date|geburtsdatum|geburtstag|naissance|nacimiento|nascita"),
    (Kind.POSTCODE, r"zip|zipcode|postcode|postal|postalcode|plz|cap|cep|pin ?code"),
    (Kind.FIRST, r"first|firstname|given|givenname|forename|fname|vorname|prenom|nombre|imie|nome"),
    (Kind.LAST, r"last|lastname|surname|family|familyname|lname|nachname|familienname|apellidos?|cognome|nazwisko"),
    (Kind.COMPANY, r"company|organi[sz]ation|org|firm|firma|employer|business|account|unternehmen|societe|empresa"
     r"|azienda|vendor|supplier|site|school|hotel|restaurant|shop|store|agency|institution|facility|hospital"),
    (Kind.HOUSE, r"(street|house|hausnummer|strassennummer) ?(number|no|nr|num)?|hausnummer|hausnr"),
    (Kind.NUMBER, r"ssn|soc|social|nino|passport|tax|vat|siret|siren|iban|licen[cs]e|ein|npi|isbn|duns|lei|id|number"
     r"|no|nr|steuernummer|ustid"),
    (Kind.ADDRESS, r"address|addr|street|strasse|str|road|adresse|direccion|rue|via|line ?\d"),
    (Kind.CITY, r"city|town|suburb|ort|stadt|ville|ciudad|citta|place|locality|municipality|village"),
    (Kind.CODE, r"state|country|region|province|gender|sex|type|category|status|county|land|bundesland|segment|title"),
    (Kind.NAME, r"name|person|contact|customer|client|full ?name|people|kunde|kontakt|nom|naam|author|member|employee"),
)  # fmt: skip
_PATTERNS: Final = tuple((kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _CALLED)
_MAIL: Final = re.compile(r"^[^@\s]+@[^@\s]+$")
_DAY: Final = re.compile(
    r"^(?:(?:19|20)\d\d[-/. ]?\d\d?[-/. ]?\d\d?|\d\d?[-/. ]\d\d?[-/. ](?:\d\d|(?:19|20)\d\d))(?:[T ].*)?$"
)
_DIALLED: Final = re.compile(r"^\+?[\d\s()./–-]{6,}(?:\s*(?:x|ext)\.?\s*\d+)?$")
_FEW: Final = 0.02


def kinds(tables: Sequence[Table]) -> tuple[Kind | None, ...]:
    """The kind of each column of the first table, None for a column that holds nothing."""
    headers = tables[0].columns
    found = [_kind(header, _cells(tables, at)) for at, header in enumerate(headers)]
    called = [_called(header) for header in headers]
    if Kind.COMPANY in called:
        # Beside the companies a name is a person's, also where no word of it is in our tables of names.
        found = [
            Kind.NAME if kind is Kind.COMPANY and said is Kind.NAME else kind
            for kind, said in zip(found, called, strict=True)
        ]
    return tuple(found)


def _cells(tables: Sequence[Table], at: int) -> list[str]:
    """An even sample of the filled cells of one column."""
    cells = [row[at] for table in tables for row in table.rows if row[at].strip()]
    step = max(1, len(cells) // _SAMPLE)
    return cells[::step]


def _kind(header: str, cells: list[str]) -> Kind | None:
    if not cells:
        return None
    called = _called(header)
    seen = _seen(cells)
    if seen is Kind.EMAIL or called is None:
        return seen or _by_words(cells)
    if called in {Kind.EMAIL, Kind.DATE, Kind.PHONE} and seen is not called:
        return _contradicted(called, seen, cells)
    if called in {Kind.NAME, Kind.COMPANY} and _is_mostly_digits(cells):
        return Kind.NUMBER if _telling(cells) else Kind.CODE
    if called is Kind.NAME and "full" not in header.casefold():
        return _by_words(cells, Kind.COMPANY)
    return Kind.CODE if called is Kind.NUMBER and not _telling(cells) else called


def _called(header: str) -> Kind | None:
    """What the header says; the last word that says something decides in `company name` as in `street number`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", header)
    words = " ".join(tokens(spaced))
    for kind, pattern in _PATTERNS:
        if pattern.search(words):
            if kind is Kind.HOUSE and not re.search(r"n(umber|um|o|r)\b|hausn", words):
                continue
            return kind
    return None


def _contradicted(called: Kind, seen: Kind | None, cells: list[str]) -> Kind:
    """A header that promises a form which few cells have: most broken cells still count as what was promised."""
    if called is Kind.PHONE:
        digits = sum(sum(mark.isdigit() for mark in cell) >= 5 for cell in cells)
        return Kind.PHONE if digits >= 0.5 * len(cells) else Kind.TEXT
    if called is Kind.EMAIL:
        return Kind.EMAIL if sum("@" in cell for cell in cells) >= 0.2 * len(cells) else Kind.TEXT
    numeric = sum(sum(mark.isdigit() for mark in cell) >= 4 for cell in cells)
    return Kind.DATE if numeric >= 0.5 * len(cells) else seen or Kind.TEXT


def _seen(cells: list[str]) -> Kind | None:
    """The kind that the form of the cells alone shows."""
    share = {
        kind: sum(bool(pattern.match(cell.strip())) for cell in cells) / len(cells)
        for kind, pattern in ((Kind.EMAIL, _MAIL), (Kind.DATE, _DAY), (Kind.PHONE, _DIALLED))
    }
    return next((kind for kind, part in share.items() if part >= 0.7), None)


def _by_words(cells: list[str], otherwise: Kind | None = None) -> Kind:
    """People, companies, addresses, numbers or groups, by the words of the cells."""
    if otherwise is None:
        if not _telling(cells):
            return Kind.CODE
        if _is_mostly_digits(cells):
            return Kind.NUMBER
        if sum(bool(re.search(r"^\d+\w?\s+\D{3}|\D{3}\s\d+\w?$", cell)) for cell in cells) >= 0.6 * len(cells):
            return Kind.ADDRESS
    words = [tokens(cell) for cell in cells]
    legal = sum(any(companies.is_legal_form(word) for word in line[1:]) for line in words) / len(words)
    known = sum(any(word in nicknames.known() for word in line) for line in words) / len(words)
    lengths = sum(map(len, words)) / len(words)
    if legal > known:
        return Kind.COMPANY
    if known >= 0.15 and lengths <= 5:
        return Kind.NAME if lengths > 1.3 else Kind.FIRST
    return otherwise or (Kind.COMPANY if legal >= 0.05 else Kind.TEXT)


def _is_mostly_digits(cells: list[str]) -> bool:
    return sum(cell.strip().isdigit() for cell in cells) >= 0.8 * len(cells)


def _telling(cells: list[str]) -> bool:
    return len({cell.strip().casefold() for cell in cells}) > max(20, _FEW * len(cells)) or len(cells) <= 40
