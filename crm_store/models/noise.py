"""What people asked not to be told, which causes were told, and what became of each unasked message."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import ShortText, TeamRow, key


class MuteRow(TeamRow):
    """A person's mute; one that ended stays, since mutes of the past lower a kind."""

    __tablename__ = "mutes"
    __table_args__ = (Index("ix_mutes_team_id_user_id", "team_id", "user_id"),)
    mute_id: Mapped[str] = key()
    user_id: Mapped[str] = mapped_column(ShortText(40))
    what: Mapped[str] = mapped_column(ShortText(20))
    target: Mapped[str] = mapped_column(ShortText(40), default="")
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Alert(TeamRow):
    """A cause that was told to an owner; the key keeps it from being told again."""

    __tablename__ = "alerts"
    __table_args__ = (UniqueConstraint("team_id", "cause"),)
    alert_id: Mapped[str] = key()
    kind: Mapped[str] = mapped_column(ShortText(20))
    cause: Mapped[str] = mapped_column(ShortText(160))
    user_id: Mapped[str] = mapped_column(ShortText(40))
    customer_id: Mapped[str | None] = mapped_column(ShortText(40))
    deal_id: Mapped[str | None] = mapped_column(ShortText(40))
    source_id: Mapped[str | None] = mapped_column(ShortText(40))
    crossed_at: Mapped[datetime]
    raised_at: Mapped[datetime]


class Told(TeamRow):
    """What became of an unasked message, by its row of the outbox: sent, held for a digest, in a digest, or muted."""

    __tablename__ = "told"
    __table_args__ = (
        Index("ix_told_team_id_place_at", "team_id", "place", "at"),
        Index("ix_told_team_id_how_due_at", "team_id", "how", "due_at"),
    )
    outbox_id: Mapped[str] = key()
    place: Mapped[str] = mapped_column(ShortText(80))
    kind: Mapped[str] = mapped_column(ShortText(20))
    how: Mapped[str] = mapped_column(ShortText(10))
    at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    row_kind: Mapped[str] = mapped_column(ShortText(30))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
