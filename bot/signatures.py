"""Whether a request was signed by Slack: over the bytes as they came, with one of our secrets, within five minutes."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

_APART: Final = 300


def is_signed(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> bool:
    """Slack's signature v0 ("Verifying requests from Slack"); two secrets count while one replaces the other."""
    stamp, given = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not re.fullmatch(r"[0-9]{1,12}", stamp) or abs(now.timestamp() - int(stamp)) > _APART:
        return False
    message = f"v0:{stamp}:".encode() + body
    marks = [f"v0={hmac.new(one.encode(), message, hashlib.sha256).hexdigest()}" for one in secrets]
    return any(hmac.compare_digest(one.encode(), given.encode("utf-8", "replace")) for one in marks)
