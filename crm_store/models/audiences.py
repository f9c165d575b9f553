"""Audiences handed to other tools: who asked, and what became of it. The people themselves are not kept here."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import ShortText, TeamRow, key


class AudienceExport(TeamRow):
    __tablename__ = "audience_exports"
    __table_args__ = (Index("ix_audience_exports_team_id_state", "team_id", "state"),)
    export_id: Mapped[str] = key()
    tool: Mapped[str] = mapped_column(ShortText(20))
    source_kind: Mapped[str] = mapped_column(ShortText(20))
    source_id: Mapped[str] = mapped_column(ShortText(40))
    name: Mapped[str]
    by: Mapped[str] = mapped_column(ShortText(40))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(ShortText(20), default="waiting")
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    problem: Mapped[str | None]
