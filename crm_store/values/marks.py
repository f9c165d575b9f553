"""Keyed digests that stand for an address once nobody may keep it: it is known again, and cannot be read."""

import hashlib
import hmac
from typing import Final

_PREFIX: Final = "digest:"


def mark(key: str, address: str) -> str:
    """The digest of an address under the team's own key."""
    digest = hmac.new(key.encode(), f"erased:{address.strip().lower()}".encode(), hashlib.sha256)
    return f"{_PREFIX}{digest.hexdigest()}"


def is_mark(value: str) -> bool:
    """Whether this stands for an address that is not kept."""
    return value.startswith(_PREFIX)
