"""Pipelines, deals, orders and tasks."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import ANSWER_BELL, Personal, ShortText, TeamRow, key


class Pipeline(TeamRow):
    __tablename__ = "pipelines"
    pipeline_id: Mapped[str] = key()
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)


class Stage(TeamRow):
    __tablename__ = "stages"
    __table_args__ = (UniqueConstraint("team_id", "pipeline_id", "position"),)
    stage_id: Mapped[str] = key()
    pipeline_id: Mapped[str] = mapped_column(ShortText(40))
    name: Mapped[str]
    position: Mapped[int]
    outcome: Mapped[str] = mapped_column(ShortText(10), default="open")


class Deal(TeamRow):
    __tablename__ = "deals"
    __table_args__ = (
        Index("ix_deals_team_id_customer_id", "team_id", "customer_id"),
        Index("ix_deals_team_id_company_id", "team_id", "company_id"),
        Index("ix_deals_team_id_state", "team_id", "state"),
    )
    deal_id: Mapped[str] = key()
    name: Mapped[Personal]
    customer_id: Mapped[str | None] = mapped_column(ShortText(40))
    company_id: Mapped[str | None] = mapped_column(ShortText(40))
    owner: Mapped[str | None] = mapped_column(ShortText(40))
    stage_id: Mapped[str] = mapped_column(ShortText(40))
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(ShortText(3), default="EUR")
    close_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(ShortText(10), default="open")
    lost_reason: Mapped[Personal | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class DealPerson(TeamRow):
    __tablename__ = "deal_people"
    __table_args__ = (Index("ix_deal_people_team_id_customer_id", "team_id", "customer_id"),)
    deal_id: Mapped[str] = key()
    customer_id: Mapped[str] = key()
    role: Mapped[str] = mapped_column(ShortText(30), default="contact")


class DealEvent(TeamRow):
    bell = ANSWER_BELL
    __tablename__ = "deal_events"
    __table_args__ = (Index("ix_deal_events_team_id_deal_id_at", "team_id", "deal_id", "at"),)
    event_id: Mapped[str] = key()
    deal_id: Mapped[str] = mapped_column(ShortText(40))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(ShortText(40))
    field: Mapped[str] = mapped_column(ShortText(20))
    old: Mapped[str | None]
    new: Mapped[str | None]


def _day_of_order(context: Any) -> date:
    """The day of an order in UTC: what features count by."""
    ordered_at: datetime = context.get_current_parameters()["ordered_at"]
    return ordered_at.astimezone(UTC).date()


class Order(TeamRow):
    bell = ANSWER_BELL
    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("team_id", "external_key"),
        Index("ix_orders_team_id_customer_id_ordered_at", "team_id", "customer_id", "ordered_at"),
        # Covers what features are made of, in their order, so that the rows themselves are not read.
        Index("ix_orders_features", "team_id", "customer_id", "ordered_on", "currency", "total_minor", "removed_at"),
        Index("ix_orders_team_id_ordered_on", "team_id", "ordered_on"),
    )
    order_id: Mapped[str] = key()
    external_key: Mapped[str] = mapped_column(ShortText(200))
    customer_id: Mapped[str] = mapped_column(ShortText(40))
    ordered_at: Mapped[datetime]
    ordered_on: Mapped[date | None] = mapped_column(default=_day_of_order)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(ShortText(3))
    source: Mapped[str] = mapped_column(ShortText(40), default="chat")
    import_id: Mapped[str | None] = mapped_column(ShortText(40))
    removed_at: Mapped[datetime | None]


class OrderLine(TeamRow):
    __tablename__ = "order_lines"
    order_id: Mapped[str] = key()
    position: Mapped[int] = mapped_column(primary_key=True)
    product: Mapped[str]
    quantity: Mapped[int] = mapped_column(default=1)
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class Task(TeamRow):
    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_team_id_owner_state_due_at", "team_id", "owner", "state", "due_at"),
        Index("ix_tasks_team_id_customer_id", "team_id", "customer_id"),
        Index("ix_tasks_team_id_deal_id", "team_id", "deal_id"),
    )
    task_id: Mapped[str] = key()
    title: Mapped[Personal]
    owner: Mapped[str] = mapped_column(ShortText(40))
    due_at: Mapped[datetime | None]
    customer_id: Mapped[str | None] = mapped_column(ShortText(40))
    deal_id: Mapped[str | None] = mapped_column(ShortText(40))
    communication_id: Mapped[str | None] = mapped_column(ShortText(40))
    state: Mapped[str] = mapped_column(ShortText(10), default="open")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    # When we gave our word; a task that nobody promised has none.
    promised_at: Mapped[datetime | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
