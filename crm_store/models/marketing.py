"""Suggestions, campaigns, what was sent and what came back, and what people consented to."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import ANSWER_BELL, Personal, ShortText, TeamRow, key


class Campaign(TeamRow):
    __tablename__ = "campaigns"
    campaign_id: Mapped[str] = key()
    suggestion_id: Mapped[str | None] = mapped_column(ShortText(40))
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(ShortText(30))
    audience: Mapped[dict[str, Any]] = mapped_column(default=dict)
    template: Mapped[dict[str, Any]] = mapped_column(default=dict)
    window_days: Mapped[int] = mapped_column(default=30)
    control_share: Mapped[float] = mapped_column(default=0.1)
    state: Mapped[str] = mapped_column(ShortText(20))
    approved_by: Mapped[str] = mapped_column(ShortText(40))
    created_at: Mapped[datetime]
    measured: Mapped[dict[str, Any] | None]


class CampaignMember(TeamRow):
    __tablename__ = "campaign_members"
    campaign_id: Mapped[str] = key()
    customer_id: Mapped[str] = key()
    arm: Mapped[str] = mapped_column(ShortText(10))
    excluded_because: Mapped[str | None] = mapped_column(ShortText(40))


class Suggestion(TeamRow):
    __tablename__ = "suggestions"
    __table_args__ = (
        Index(
            "uq_suggestions_open_target",
            "team_id",
            "kind",
            "target",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'edited')"),
            postgresql_where=text("state IN ('proposed', 'edited')"),
        ),
    )
    suggestion_id: Mapped[str] = key()
    kind: Mapped[str] = mapped_column(ShortText(30))
    target: Mapped[str] = mapped_column(ShortText(80))
    title: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    members: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(ShortText(20), default="proposed")
    version: Mapped[int] = mapped_column(default=1)
    chance_shown: Mapped[float] = mapped_column(default=1.0)
    run_id: Mapped[str | None] = mapped_column(ShortText(40))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ShortText(40))
    decided_at: Mapped[datetime | None]
    reason: Mapped[Personal | None]
    campaign_id: Mapped[str | None] = mapped_column(ShortText(40))


class Decision(TeamRow):
    __tablename__ = "decisions"
    suggestion_id: Mapped[str] = key()
    version: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ShortText(40))
    verdict: Mapped[str] = mapped_column(ShortText(20))
    reason: Mapped[str | None]
    at: Mapped[datetime]


class Send(TeamRow):
    __tablename__ = "sends"
    __table_args__ = (
        UniqueConstraint("team_id", "idempotency_key"),
        Index("ix_sends_state_due_at", "state", "due_at"),
        Index("ix_sends_team_id_campaign_id_state", "team_id", "campaign_id", "state"),
        Index("ix_sends_team_id_customer_id", "team_id", "customer_id"),
    )
    send_id: Mapped[str] = key()
    campaign_id: Mapped[str] = mapped_column(ShortText(40))
    customer_id: Mapped[str] = mapped_column(ShortText(40))
    idempotency_key: Mapped[str] = mapped_column(ShortText(120))
    step: Mapped[int] = mapped_column(default=0)
    variant: Mapped[str | None] = mapped_column(ShortText(10))
    state: Mapped[str] = mapped_column(ShortText(20))
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    holder: Mapped[str | None] = mapped_column(ShortText(40))
    reason: Mapped[str | None] = mapped_column(ShortText(60))
    communication_id: Mapped[str | None] = mapped_column(ShortText(40))
    # The task that a call became; letters have none.
    task_id: Mapped[str | None] = mapped_column(ShortText(40))
    at: Mapped[datetime | None]


class Response(TeamRow):
    __tablename__ = "responses"
    __table_args__ = (
        Index("uq_responses_team_id_kind_source_id", "team_id", "kind", "source_id", unique=True),
        Index("ix_responses_team_id_send_id", "team_id", "send_id"),
    )
    response_id: Mapped[str] = key()
    send_id: Mapped[str] = mapped_column(ShortText(40))
    kind: Mapped[str] = mapped_column(ShortText(20))
    source_id: Mapped[str | None] = mapped_column(ShortText(40))
    at: Mapped[datetime]
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    analytics_at: Mapped[datetime | None]


class Suppression(TeamRow):
    bell = ANSWER_BELL
    __tablename__ = "suppressions"
    value_key: Mapped[str] = key(320)
    scope: Mapped[str] = key(20)
    reason: Mapped[str] = mapped_column(ShortText(60))
    at: Mapped[datetime]


class Consent(TeamRow):
    __tablename__ = "consents"
    customer_id: Mapped[str] = key()
    purpose: Mapped[str] = key(30)
    basis: Mapped[str] = mapped_column(ShortText(30))
    wording: Mapped[Personal] = mapped_column(default="")
    given: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime]


class MailDomain(TeamRow):
    """A domain that letters go to: when the next may, and how long it was left alone when it last asked for that."""

    __tablename__ = "mail_domains"
    __table_args__ = (Index("ix_mail_domains_free_at", "free_at"),)
    domain: Mapped[str] = key(255)
    free_at: Mapped[datetime]
    pause_seconds: Mapped[int] = mapped_column(default=0)
