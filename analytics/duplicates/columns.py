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
    MEASURE = "measure"
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
    (Kind.NAME, r"name|person|contact|customer|client|full ?name|people|kunde|kontakt|nom|naam|authors?|member"
     r"|employee"),
)  # fmt: skip
_PATTERNS: Final = tuple((kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _CALLED)
_MAIL: Final = re.compile(r"^[^@\s]+@[^@\s]+$")
_DAY: Final = re.compile(
    r"^(?:(?:19|20)\d\d[-/. ]?\d\d?[-/. ]?\d\d?|\d\d?[-/. ]\d\d?[-/. ](?:\d\d|(?:19|20)\d\d))(?:[T ].*)?$"
)
_DIALLED: Final = re.compile(r"^\+?[\d\s()./–-]{6,}(?:\s*(?:x|ext)\.?\s*\d+)?$")
_MEASURED: Final = re.compile(r"^[^\W\d_]{0,3}[$€£¥]?\s?[-+−]?\d[\d.,'\u2019 ]*\s?[$€£¥%°]?[^\W\d_]{0,3}$")
_MEASURES: Final = re.compile(
    r"\b(?:price|cost|amount|age|alter|edad|year|yr|jahr|ano|annee|lat|latitude|lon|lng|long|longitude|weight|height|length"
    r"|width|duration|preis|prix|precio|prezzo|breite|lange|gewicht|salary|revenue|rating|score|abv|ibu|area|population)\b"
)
_BESIDE: Final = re.compile(
    r"middle|maiden|second|2|other|previous|former|birth|alias|nick|zweit|geburt|segundo|soltera"
)
_INITIAL: Final = 1.5
_FEW: Final = 0.02
_FEWEST_MEASURES: Final = 8
_WRITTEN: Final = 0.3
"""From this share of different cells on a title or type is of its own, not one of a few."""
_SHORTEST_NAME: Final = 4
_LISTED: Final = 4.5
_MODEL: Final = re.compile(r"\b[A-Za-z]+-?\d\w+")
_NAMED_BY_MODEL: Final = 0.3
_TITLED: Final = 2.0
_SINGLE: Final = 0.8


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
    found = _family_named(found, called, tables)
    for kind in (Kind.FIRST, Kind.LAST):
        # Of several, such as middle and maiden names, the one that says so most plainly is compared with the other.
        doubt = [(called[at] is not kind, bool(_BESIDE.search(name.casefold()))) for at, name in enumerate(headers)]
        places = sorted((at for at, one in enumerate(found) if one is kind), key=doubt.__getitem__)
        found = [Kind.TEXT if at in places[1:] else one for at, one in enumerate(found)]
    return tuple(found)


def _family_named(found: list[Kind | None], called: list[Kind | None], tables: Sequence[Table]) -> list[Kind | None]:
    """Beside first names without a column of last names, single words under a heading that says nothing are these."""
    if Kind.FIRST not in found or {Kind.LAST, Kind.NAME} & set(found):
        return found
    first = found.index(Kind.FIRST)
    for at in sorted(range(len(found)), key=lambda place: abs(place - first)):
        if found[at] is Kind.TEXT and called[at] is None:
            words = [tokens(cell) for cell in _cells(tables, at)]
            if sum(len(line) == 1 and line[0].isalpha() for line in words) >= _SINGLE * len(words):
                return [*found[:at], Kind.LAST, *found[at + 1 :]]
    return found


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
    if called in {None, Kind.CODE} and seen is not Kind.DATE and _is_measure(header, cells):
        return Kind.MEASURE
    if seen is Kind.EMAIL or called is None:
        return seen or _by_words(cells)
    return _promised(called, seen, header, cells)


def _promised(called: Kind, seen: Kind | None, header: str, cells: list[str]) -> Kind:
    """What a header promises, as far as its cells keep to it."""
    kind = called
    if called is Kind.NUMBER:
        kind = (
            Kind.PHONE if seen is Kind.PHONE and _is_dialled(cells) else Kind.NUMBER if _telling(cells) else Kind.CODE
        )
    elif _is_written(called, cells):
        kind = Kind.TEXT
    elif called in {Kind.EMAIL, Kind.DATE, Kind.PHONE} and seen is not called:
        kind = _contradicted(called, seen, cells)
    elif called in {Kind.NAME, Kind.COMPANY} and _is_mostly_digits(cells):
        kind = Kind.NUMBER if _telling(cells) else Kind.CODE
    elif called is Kind.NAME and sum(map(len, cells)) <= _INITIAL * len(cells):
        kind = Kind.CODE
    elif called is Kind.NAME and "full" not in header.casefold():
        kind = _by_words(cells, Kind.COMPANY)
    return kind


def _is_measure(header: str, cells: list[str]) -> bool:
    """Sizes, prices, years and co-ordinates: numbers that are near or far, where others only name a thing."""
    stripped = [cell.strip() for cell in cells]
    if sum(bool(_MEASURED.match(cell)) for cell in stripped) < 0.9 * len(stripped):
        return False
    if len(set(stripped)) < _FEWEST_MEASURES:
        return False
    if _MEASURES.search(" ".join(tokens(header))):
        return True
    broken = sum(bool(re.search(r"\d[.,]\d", cell)) for cell in stripped)
    years = sum(bool(re.match(r"(?:1[5-9]|20)\d\d$", cell)) for cell in stripped)
    short = sum(cell.isdigit() and len(cell) < _SHORTEST_NAME for cell in stripped)
    return max(broken, years, short) >= 0.8 * len(stripped)


def _is_dialled(cells: list[str]) -> bool:
    """Numbers written as one dials them: with a plus, brackets or gaps, of ten digits or so."""
    marked = sum(bool(re.search(r"^\+|\(\d", cell.strip())) for cell in cells)
    return marked >= 0.2 * len(cells)


def _is_written(called: Kind, cells: list[str]) -> bool:
    """Whole titles and lists of people under a heading that promises one of a few words, or one name."""
    length = sum(len(tokens(cell)) for cell in cells) / len(cells)
    if called is Kind.CODE:
        return length >= _TITLED and len({cell.casefold() for cell in cells}) >= _WRITTEN * len(cells)
    return called is Kind.NAME and (
        length >= _LISTED or sum(bool(_MODEL.search(cell)) for cell in cells) >= _NAMED_BY_MODEL * len(cells)
    )


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
