"""Workspaces that installed us, their tokens sealed, and which answers of installers were used up."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import ShortText, TeamRow, key

INSTALLATION_BELL: Final = "installations"
NOBODY_YET: Final = "-"
"""The team of an installer's answer: which one it will be is known only after it was used up."""


class Installation(TeamRow):
    __tablename__ = "installations"
    bell = INSTALLATION_BELL
    standing: Mapped[str] = mapped_column(ShortText(20))
    because: Mapped[str | None] = mapped_column(ShortText(60))
    app_id: Mapped[str] = mapped_column(ShortText(40))
    bot_user_id: Mapped[str] = mapped_column(ShortText(40))
    installer: Mapped[str] = mapped_column(ShortText(40))
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    bot_token: Mapped[bytes | None]
    refresh_token: Mapped[bytes | None]
    key_id: Mapped[str | None] = mapped_column(ShortText(16))
    expires_at: Mapped[datetime | None]
    renewing_until: Mapped[datetime | None]
    version: Mapped[int]
    installed_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class InstallState(TeamRow):
    __tablename__ = "install_states"
    state_hash: Mapped[str] = key(64)
    expires_at: Mapped[datetime]
