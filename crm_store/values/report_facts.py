"""Everything that one report is written from, as it stood when it was asked for."""

from dataclasses import dataclass
from datetime import date

from crm_store.values.marketing import ChartView, SegmentView
from crm_store.values.outcomes import Move
from crm_store.values.periods import Period
from crm_store.values.quality import Quality
from crm_store.values.report_cards import ModelCard
from crm_store.values.scores import ModelRecord


@dataclass(frozen=True, slots=True)
class Expected:
    """The value scores in sum: how many buyers, the sum of the points, and the share of the best tenth."""

    buyers: int
    total: float
    top_share: float
    horizon_days: int


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """The facts of one kind of report; what the kind does not need is empty."""

    which: str
    team: str
    today: date
    currency: str
    charts: tuple[ChartView, ...] = ()
    shown_as_of: date | None = None
    period: Period | None = None
    segments: tuple[SegmentView, ...] = ()
    moves: tuple[Move, ...] = ()
    cards: tuple[ModelCard, ...] = ()
    records: tuple[ModelRecord, ...] = ()
    expected: Expected | None = None
    quality: Quality | None = None
