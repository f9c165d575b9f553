"""The arithmetic of DKIM, in the parser child alone: signatures against key records that were fetched outside."""

import logging
from collections.abc import Mapping
from typing import Final

import dkim

_LEAST_KEY_BITS: Final = 1_024
_SILENT: Final = logging.getLogger("dkim.silent")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


def verified(raw: bytes, keys: Mapping[int, str]) -> tuple[int, ...]:
    """The numbers of those signatures that hold; a key record stands beside each number, and no name is asked for."""
    return tuple(number for number, key in sorted(keys.items()) if _holds(raw, number, key.encode("ascii", "replace")))


def _holds(raw: bytes, number: int, key: bytes) -> bool:
    def given(_name: bytes, timeout: int = 0) -> bytes:
        del timeout
        return key

    try:
        check = dkim.DKIM(raw, logger=_SILENT, minkey=_LEAST_KEY_BITS)
        return bool(check.verify(number, dnsfunc=given))
    except Exception:  # noqa: BLE001 - the bytes and the key are both hostile; whatever breaks the check has not passed it.
        return False
