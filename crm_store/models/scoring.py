"""Features, model runs, scores and segments, each with where it came from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import ShortText, TeamRow, key


def count() -> Mapped[int]:
    """A column that counts, 0 where nothing is known."""
    return mapped_column(default=0, server_default="0")


def total() -> Mapped[int]:
    """A column that sums, 0 where nothing is known."""
    return mapped_column(BigInteger, default=0, server_default="0")


class CustomerFeatures(TeamRow):
    """What is known of a customer by the day in `feature_states`, in whole numbers, so that increments are exact.

    Amounts are minor units of the team's currency; windows are days up to and including the day they stand on.
    """

    __tablename__ = "customer_features"
    # One tree instead of two: a build writes every row in the order of its key.
    __table_args__ = ({"sqlite_with_rowid": False},)
    customer_id: Mapped[str] = key()
    created_on: Mapped[date | None]
    first_order_on: Mapped[date | None]
    last_order_on: Mapped[date | None]
    order_days: Mapped[int] = count()
    spent: Mapped[int] = total()
    returns: Mapped[int] = count()
    returned: Mapped[int] = total()
    foreign_orders: Mapped[int] = count()
    order_days_30: Mapped[int] = count()
    order_days_90: Mapped[int] = count()
    order_days_180: Mapped[int] = count()
    order_days_365: Mapped[int] = count()
    spent_30: Mapped[int] = total()
    spent_90: Mapped[int] = total()
    spent_180: Mapped[int] = total()
    spent_365: Mapped[int] = total()
    first_touch_on: Mapped[date | None]
    last_touch_on: Mapped[date | None]
    last_in_on: Mapped[date | None]
    last_out_on: Mapped[date | None]
    touches_in: Mapped[int] = count()
    touches_out: Mapped[int] = count()
    touches_in_90: Mapped[int] = count()
    touches_out_90: Mapped[int] = count()
    their_replies: Mapped[int] = count()
    their_reply_seconds: Mapped[int] = total()
    our_replies: Mapped[int] = count()
    our_reply_seconds: Mapped[int] = total()
    open_deals: Mapped[int] = count()
    won_deals: Mapped[int] = count()
    lost_deals: Mapped[int] = count()
    deal_moved_on: Mapped[date | None]


class FeatureState(TeamRow):
    """As of which day a team's features stand; without a row, or without `built_at`, they are still to be built.

    What is counted within windows may stand for an earlier day, `windows_on`, and is brought along for whoever asks.
    """

    __tablename__ = "feature_states"
    as_of: Mapped[date]
    windows_on: Mapped[date | None]
    currency: Mapped[str] = mapped_column(ShortText(3))
    done_to: Mapped[str] = mapped_column(ShortText(40), default="")
    begun_at: Mapped[datetime]
    built_at: Mapped[datetime | None]


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
    seconds: Mapped[float | None]


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


class StagedScores(TeamRow):
    """Scores of a run that are not shown yet, some hundred a row, packed as JSON."""

    __tablename__ = "staged_scores"
    run_id: Mapped[str] = key()
    number: Mapped[int] = mapped_column(primary_key=True, sort_order=-80, autoincrement=False)
    size: Mapped[int]
    rows: Mapped[str]


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


class SegmentMove(TeamRow):
    """Who changed segments in a run; an empty name says that the customer was in none."""

    __tablename__ = "segment_moves"
    __table_args__ = (Index("ix_segment_moves_team_id_as_of", "team_id", "as_of"),)
    run_id: Mapped[str] = key()
    customer_id: Mapped[str] = key()
    as_of: Mapped[date]
    before: Mapped[str] = mapped_column(ShortText(200))
    after: Mapped[str] = mapped_column(ShortText(200))


class ScorePoint(TeamRow):
    """A score as it stood from `day` on; a day is kept only where the score had moved."""

    __tablename__ = "score_history"
    about: Mapped[str] = key()
    kind: Mapped[str] = key(20)
    day: Mapped[date] = mapped_column(primary_key=True, sort_order=-80)
    point: Mapped[float]


class Prediction(TeamRow):
    """A score of a run, kept to be compared with what came by `due_on`."""

    __tablename__ = "predictions"
    __table_args__ = (
        Index("ix_predictions_team_id_due_on", "team_id", "due_on"),
        Index("ix_predictions_team_id_kind_as_of", "team_id", "kind", "as_of"),
    )
    run_id: Mapped[str] = key()
    kind: Mapped[str] = key(20)
    about: Mapped[str] = key()
    as_of: Mapped[date]
    due_on: Mapped[date]
    point: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    actual: Mapped[float | None]
    settled_on: Mapped[date | None]


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
