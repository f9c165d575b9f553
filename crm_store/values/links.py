"""Addresses on the web that are made for one row: each names team and row, and proves that the team made it."""

import base64
import hashlib
import hmac
import re
from typing import Final

_MAC: Final = 18
_LONGEST: Final = 300


def token(key: str, purpose: str, team_id: str, row_id: str) -> str:
    """An opaque token, good for one purpose, which nobody can make without the team's key."""
    text = f"{team_id}.{row_id}"
    return base64.urlsafe_b64encode(f"{text}.{_mac(key, purpose, text)}".encode()).decode().rstrip("=")


def read(written: str) -> tuple[str, str, str] | None:
    """Team, row and proof of a token; None where it is none."""
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{20,{_LONGEST}}}", written):
        return None
    try:
        text = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode("ascii")
    except ValueError:
        return None
    parts = text.split(".")
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None


def is_proven(key: str, purpose: str, team_id: str, row_id: str, proof: str) -> bool:
    """Whether the proof was made with the team's key, for this purpose."""
    return hmac.compare_digest(_mac(key, purpose, f"{team_id}.{row_id}").encode(), proof.encode())


def _mac(key: str, purpose: str, text: str) -> str:
    digest = hmac.new(key.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_MAC]).decode()
