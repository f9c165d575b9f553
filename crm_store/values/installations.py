"""What Slack grants to an installation, and an installation as other floors see it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """Whether a workspace still has the app."""

    INSTALLED = "installed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one installation in clear; `expires_in` is in seconds, None for tokens that last."""

    bot_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_in: int | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What an installer allowed: for which workspace, to which bot, with which scopes."""

    slack_team_id: str
    team_name: str
    app_id: str
    bot_user_id: str
    installer: str
    scopes: tuple[str, ...]
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class SealedTokens:
    """The same tokens as they lie in the store; `key_id` names the key that sealed them."""

    bot_token: bytes = field(repr=False)
    refresh_token: bytes | None = field(repr=False)
    key_id: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """One workspace that installed us; `tokens` is None once it has gone."""

    team_id: str
    slack_team_id: str
    team_name: str
    app_id: str
    bot_user_id: str
    installer: str
    scopes: tuple[str, ...]
    standing: Standing
    because: str | None
    tokens: SealedTokens | None
    version: int
    installed_at: datetime
    changed_at: datetime
