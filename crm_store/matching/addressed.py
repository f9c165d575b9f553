"""How well a typed address, or half of one, fits a stored one: mailbox and domain apart, each with errors."""

from collections.abc import Callable
from typing import Final

from crm_store.matching.normalise import tokens
from crm_store.matching.typed import MOST_WORDS

SURE: Final = 0.85
BORROWED: Final = 0.92  # An address compared with name and company, where no stored address fits.
_UNDOTTED: Final = 0.97
_OF_MAILBOX: Final = 0.6

Near = Callable[[str, str], float]


def fit(address: str, key: str, near: Near) -> float:
    """How near the typed address is to a stored one's key; `near` tells it of two pieces of them, in 0..1."""
    if key == address:
        return 1.0
    local, _, domain = address.rpartition("@")
    stored_local, _, stored_domain = key.rpartition("@")
    if not domain:
        return _piece(local, stored_local, near)
    if not local:
        return _piece(domain, stored_domain, near)
    return _OF_MAILBOX * _piece(local, stored_local, near) + (1 - _OF_MAILBOX) * _piece(domain, stored_domain, near)


def pieces(key: str) -> tuple[str, ...]:
    """The pieces of a stored key that `fit` compares: mailbox and domain, with their dots and without."""
    local, _, domain = key.rpartition("@")
    return local, domain, local.replace(".", ""), domain.replace(".", "")


def words_of(address: str) -> tuple[str, ...]:
    """The words of a typed address, to be compared with a name and a company."""
    local, _, domain = address.rpartition("@")
    return (*tokens(local), *tokens(domain.partition(".")[0]))[:MOST_WORDS]


def _piece(typed: str, stored: str, near: Near) -> float:
    if not typed:
        return 0.0
    return max(near(typed, stored), near(typed.replace(".", ""), stored.replace(".", "")) * _UNDOTTED)
