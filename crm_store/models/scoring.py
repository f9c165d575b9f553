"""Features, model runs, scores and segments, each with where it came from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import ShortText, TeamRow, key


class CustomerFeatures(TeamRow):
    __tablename__ = "customer_features"
    customer_id: Mapped[str] = key()
    as_of: Mapped[date]
    features: Mapped[dict[str, Any]] = mapped_column(default=dict)


class DirtyCustomer(TeamRow):
    __tablename__ = "dirty_customers"
    customer_id: Mapped[str] = key()
    since: Mapped[datetime]


class ModelRun(TeamRow):
    __tablename__ = "model_runs"
    __table_args__ = (Index("ix_model_runs_team_id_kind_as_of", "team_id", "kind", "as_of"),)
    run_id: Mapped[str] = key()
    kind: Mapped[str] = mapped_column(ShortText(40))
    as_of: Mapped[date]
    rows: Mapped[int] = mapped_column(default=0)
    data_hash: Mapped[str] = mapped_column(default="")
    features: Mapped[list[Any]] = mapped_column(default=list)
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    metrics: Mapped[dict[str, Any]] = mapped_column(default=dict)
    baseline: Mapped[dict[str, Any]] = mapped_column(default=dict)
    versions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    verdict: Mapped[str] = mapped_column(ShortText(20))
    sentence: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class Score(TeamRow):
    __tablename__ = "scores"
    __table_args__ = (Index("ix_scores_team_id_kind", "team_id", "kind"),)
    about: Mapped[str] = key()
    kind: Mapped[str] = key(20)
    run_id: Mapped[str] = mapped_column(ShortText(40))
    as_of: Mapped[date]
    point: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    band: Mapped[str | None] = mapped_column(ShortText(20))
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    n: Mapped[int] = mapped_column(default=0)


class Segment(TeamRow):
    __tablename__ = "segments"
    segment_id: Mapped[str] = key()
    method: Mapped[str] = mapped_column(ShortText(20))
    key: Mapped[str] = mapped_column(ShortText(60))
    name: Mapped[str]
    rule: Mapped[str]
    size: Mapped[int] = mapped_column(default=0)
    share: Mapped[float] = mapped_column(default=0.0)
    run_id: Mapped[str] = mapped_column(ShortText(40))
    as_of: Mapped[date]
    current: Mapped[bool] = mapped_column(default=True)


class SegmentMember(TeamRow):
    __tablename__ = "segment_members"
    __table_args__ = (Index("ix_segment_members_team_id_customer_id", "team_id", "customer_id"),)
    segment_id: Mapped[str] = key()
    customer_id: Mapped[str] = key()
    since: Mapped[date]


class Chart(TeamRow):
    __tablename__ = "charts"
    chart_key: Mapped[str] = key(60)
    run_id: Mapped[str] = mapped_column(ShortText(40))
    as_of: Mapped[date]
    title: Mapped[str]
    subtitle: Mapped[str] = mapped_column(default="")
    alt_text: Mapped[str]
    table: Mapped[dict[str, Any]] = mapped_column(default=dict)
    png: Mapped[bytes]
