"""Custom audience files for Meta: normalised, hashed with SHA-256, nothing else of a person in them."""

import hashlib
import unicodedata
from typing import Final

from campaigns.tools.csv_list import table
from crm_store.values.audiences import Audience, AudiencePerson

FEWEST: Final = 100
"""Below so many people Meta shows an audience to nobody."""
COLUMNS: Final = ("email", "phone", "fn", "ln", "country", "extern_id")


def written(audience: Audience) -> bytes:
    """A file with the columns that Meta's customer list takes; an empty cell is a value not known."""
    return table(COLUMNS, [_row(one) for one in audience.people], safe=False)


def hashed(value: str) -> str:
    """SHA-256 in lower-case hexadecimal, without salt; nothing of nothing."""
    return hashlib.sha256(value.encode("utf-8")).hexdigest() if value else ""


def normal_email(address: str) -> str:
    """Without blanks and in lower case; what stands before the at sign, plus-tags too, is kept as written."""
    return address.strip().lower()


def normal_phone(number: str) -> str:
    """Digits only, with the country's code and without zeros in front."""
    return "".join(sign for sign in number if sign.isascii() and sign.isdigit()).lstrip("0")


def normal_name(name: str) -> str:
    """Lower case without punctuation and blanks; letters of other scripts stay as they are."""
    kept = unicodedata.normalize("NFC", name).lower()
    return "".join(sign for sign in kept if sign.isalnum() or unicodedata.category(sign).startswith("M"))


def _row(one: AudiencePerson) -> tuple[str, ...]:
    return (
        hashed(normal_email(one.email)),
        hashed(normal_phone(one.phone or "")),
        hashed(normal_name(one.first_name)),
        hashed(normal_name(one.last_name)),
        hashed((one.country or "").strip().lower()),
        hashed(one.customer_id),
    )
