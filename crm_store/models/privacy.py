"""What was erased: how much and when, and by a digest alone whose it was."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import ShortText, TeamRow, key


class Erasure(TeamRow):
    __tablename__ = "erasures"
    erasure_id: Mapped[str] = key()
    marks: Mapped[list[Any]]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(ShortText(40))
    counts: Mapped[dict[str, Any]]
    certificate: Mapped[str] = mapped_column(ShortText(64))
    # When the freed pages of the data file were written over; nothing to wait for on PostgreSQL.
    scrubbed_at: Mapped[datetime | None]
