"""Pairs of customers that may be one person, with what spoke for it and what people decided."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import Json, ShortText, TeamRow, key


class DuplicatePair(TeamRow):
    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        Index("ix_duplicate_pairs_team_id_state_weight", "team_id", "state", "weight"),
        Index("ix_duplicate_pairs_team_id_b", "team_id", "b"),
    )
    a: Mapped[str] = key()
    b: Mapped[str] = key()
    probability: Mapped[float]
    weight: Mapped[float]
    why: Mapped[list[Any]] = mapped_column(Json, default=list, info={"personal": True})
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    moved: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(ShortText(10), default="open")
    found_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ShortText(40))
    decided_at: Mapped[datetime | None]
