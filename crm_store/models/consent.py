"""Forms on the team's own site, and the proof of each consent that came by one."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import Personal, ShortText, TeamRow, key


class WebForm(TeamRow):
    __tablename__ = "web_forms"
    form_id: Mapped[str] = key()
    name: Mapped[str]
    purpose: Mapped[str] = mapped_column(ShortText(30))
    wording: Mapped[str]
    made_by: Mapped[str] = mapped_column(ShortText(40))
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ConsentProof(TeamRow):
    __tablename__ = "consent_proofs"
    __table_args__ = (
        Index("ix_consent_proofs_team_id_customer_id", "team_id", "customer_id"),
        Index("ix_consent_proofs_state_not_before", "state", "not_before"),
    )
    proof_id: Mapped[str] = key()
    customer_id: Mapped[str] = mapped_column(ShortText(40))
    form_id: Mapped[str] = mapped_column(ShortText(40))
    purpose: Mapped[str] = mapped_column(ShortText(30))
    wording: Mapped[str]
    address: Mapped[Personal]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(ShortText(20), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
