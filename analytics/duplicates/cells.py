"""Cells in the form in which they are compared, factorised: each distinct value once, and a code for each row."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.duplicates.columns import Kind
from crm_store.matching import companies, names
from crm_store.matching.contact_points import email_key, is_role_mailbox, phone_digits
from crm_store.matching.normalise import fold, tokens

_STREET: Final = {
    "street": "st", "str": "st", "strasse": "st", "road": "rd", "avenue": "ave", "av": "ave", "boulevard": "blvd",
    "drive": "dr", "lane": "ln", "place": "pl", "court": "ct", "square": "sq", "highway": "hwy", "parkway": "pkwy",
    "terrace": "ter", "circle": "cir", "crescent": "cres", "apartment": "apt", "suite": "ste", "north": "n",
    "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw", "southeast": "se",
    "southwest": "sw", "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th",
}  # fmt: skip
_BLANK: Final = frozenset({"", "n a", "na", "none", "null", "nan", "unknown", "nil", "undefined", "tbd"})
_NAME_NATIONAL: Final = 10
_THOUSAND: Final = 3
_MODEL: Final = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z]{0,3}\d)")
Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column ready to compare: `codes` (n,) places in `values`, -1 where missing; `counts` rows a value."""

    kind: Kind
    label: str
    values: tuple[str, ...]
    codes: Codes
    counts: NDArray[np.int32]


def column(kind: Kind, label: str, cells: Sequence[str]) -> Column:
    """Fold each distinct cell once and number the results."""
    read = READERS[kind]
    texts = dict.fromkeys(cells)
    folded = {text: "" if _words(text) in _BLANK else read(text) for text in texts}
    return numbered(kind, label, [folded[cell] for cell in cells])


def numbered(kind: Kind, label: str, cells: Sequence[str]) -> Column:
    """A column of values that are folded already."""
    places: dict[str, int] = {}
    codes = np.fromiter(
        (places.setdefault(cell, len(places)) if cell not in _BLANK else -1 for cell in cells), np.int32, len(cells)
    )
    counts = np.bincount(codes[codes >= 0], minlength=len(places)).astype(np.int32)
    return Column(kind, label, tuple(places), codes, counts)


def _words(text: str) -> str:
    return " ".join(tokens(text))


@lru_cache(maxsize=65_536)
def _address(text: str) -> str:
    return " ".join(_STREET.get(word, word) for word in tokens(text))


def _person(text: str) -> str:
    return " ".join(tokens(names.parse(text).full))


def _date(text: str) -> str:
    """Eight digits, year first where it can be told; dates with the day or month first give the year's place away."""
    parts = re.findall(r"\d+", text.partition("T")[0])
    if len(parts) >= 3 and len(parts[0]) == 4:
        return f"{parts[0]}{parts[1]:0>2}{parts[2]:0>2}"
    if len(parts) >= 3 and len(parts[2]) == 4:
        return f"{parts[2]}{parts[1]:0>2}{parts[0]:0>2}"
    return "".join(parts)


def _phone(text: str) -> str:
    """The national digits: what is left of the last ten does not tell two telephones apart."""
    digits = phone_digits(text)
    return digits[-_NAME_NATIONAL:].lstrip("0") if len(digits) >= 5 else ""


def _email(text: str) -> str:
    return email_key(text) or fold(text).replace(" ", "")


def _number(text: str) -> str:
    return "".join(tokens(text))


def _measure(text: str) -> str:
    """The number alone, with a point before its fraction; of two signs the later one is the point."""
    found = re.search(r"[-−]?\d[\d.,'’ ]*", text)
    if found is None:
        return ""
    digits = re.sub(r"['’ ]", "", found[0]).replace("−", "-").rstrip(".,")
    whole, point, part = digits.rpartition("," if digits.rfind(",") > digits.rfind(".") else ".")
    if point and (whole.count(point) or (point == "," and len(part) == _THOUSAND)):
        return re.sub(r"[.,]", "", digits)  # A sign that stands twice, or a comma before three digits, parts thousands.
    return f"{re.sub(r'[.,]', '', whole)}.{part}" if point else digits


def _text(text: str) -> str:
    """The words, the number of a model in one: `DSC-W55` is `dscw55`."""
    return _words(_MODEL.sub("", text))


def _company(text: str) -> str:
    return companies.company_key(text)


READERS: Final[dict[Kind, Callable[[str], str]]] = {
    Kind.FIRST: _words, Kind.LAST: _words, Kind.NAME: _person, Kind.COMPANY: _company, Kind.EMAIL: _email,
    Kind.PHONE: _phone, Kind.ADDRESS: _address, Kind.HOUSE: _number, Kind.CITY: _words, Kind.POSTCODE: _number,
    Kind.DATE: _date, Kind.NUMBER: _number, Kind.MEASURE: _measure,
    Kind.CODE: _words, Kind.TEXT: _text,
}  # fmt: skip


def mailboxes(emails: Column, people: Sequence[str]) -> tuple[Column, Column, NDArray[np.bool_]]:
    """Local parts and domains of addresses, and where the local part says no more than the row's name does.

    `people` holds each row's folded name. Shared mailboxes (info, sales) count as saying nothing by themselves.
    """
    locals_: list[str] = []
    domains: list[str] = []
    empty = np.zeros(len(people), dtype=bool)
    known = frozenset(word for person in dict.fromkeys(people) for word in person.split())
    for at, code in enumerate(emails.codes.tolist()):
        address = emails.values[code] if code >= 0 else ""
        local, _, domain = address.rpartition("@")
        locals_.append(local)
        domains.append(domain)
        if local:
            empty[at] = is_role_mailbox(address) or _follows(local, people[at], known)
    return numbered(Kind.EMAIL, "mailbox", locals_), numbered(Kind.DOMAIN, "mail domain", domains), empty


def _follows(local: str, person: str, known: frozenset[str]) -> bool:
    """True where a local part is made of the name's words or their beginnings, or of one and another known name."""
    words = person.split()
    local = fold(local).partition("+")[0]
    letters = re.sub(r"[^a-z]", "", local)
    if not words or not letters:
        return False
    starts = {word[:length] for word in words for length in (1, 2, 3, len(word))}
    if any(letters.startswith(start) and (letters[len(start) :] in starts | {""}) for start in starts):
        return True
    return any(len(word) > 2 and word in letters and letters.replace(word, "", 1) in known for word in words)
