"""The state that goes with an installer to Slack and back; it needs no row, so looking at the page writes nothing."""

import secrets
from datetime import UTC, datetime
from typing import Final

from crm_store.errors import BadSetting
from crm_store.sealing import Seal

_OWNER: Final = "install"


def issue(seal: Seal, now: datetime) -> str:
    """A state that nobody else can make; it carries its own time."""
    return seal.close(f"{int(now.timestamp())}:{secrets.token_urlsafe(24)}", _OWNER).decode()


def issued_at(seal: Seal, state: str) -> datetime | None:
    """When a state was made here; None for what we did not make."""
    try:
        stamp = seal.open(state.encode("utf-8", "replace"), _OWNER, "").partition(":")[0]
    except BadSetting:
        return None
    return datetime.fromtimestamp(int(stamp), UTC)
