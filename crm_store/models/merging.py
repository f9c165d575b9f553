"""What a merge moved and covered, so that each record can be given back as it was."""

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import Json, ShortText, TeamRow, key


class MergeOrigin(TeamRow):
    """A row that hangs on the record in `seat` while merges stand, and belongs to `origin`."""

    __tablename__ = "merge_origins"
    __table_args__ = (Index("ix_merge_origins_team_id_seat", "team_id", "seat"),)
    table_name: Mapped[str] = key(40)
    row_key: Mapped[str] = key(400)
    origin: Mapped[str] = key()
    seat: Mapped[str] = mapped_column(ShortText(40))


class MergeOverlay(TeamRow):
    """Columns of a row that show another record's values: what the row itself says, and what it shows instead."""

    __tablename__ = "merge_overlays"
    seat: Mapped[str] = key()
    table_name: Mapped[str] = key(40)
    row_key: Mapped[str] = key(400)
    own: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info={"personal": True})
    shown: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info={"personal": True})
