"""The report card of each model: its newest record beside what came of its earlier predictions."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.models.scoring import Prediction, Score
from crm_store.queries import reports
from crm_store.values.outcomes import Decile
from crm_store.values.report_cards import ModelCard, Settled
from crm_store.values.scores import ScoreKind

MONTH: Final = timedelta(days=31)
_TENTHS: Final = 10
_FIFTH: Final = 5
_ORDER: Final = tuple(kind.value for kind in ScoreKind)


def cards(work: Work, today: date) -> tuple[ModelCard, ...]:
    """One card a kind of score that a run judged, with what was settled within the last 31 days."""
    found = {one.kind: one for one in reports.latest(work) if one.kind in _ORDER}
    scored = dict(work.session.execute(select(Score.kind, func.count(Score.about)).group_by(Score.kind)).all())
    open_ones = {
        row.kind: (row.n, row.due_on)
        for row in work.session.execute(
            select(
                Prediction.kind, func.count(Prediction.about).label("n"), func.min(Prediction.due_on).label("due_on")
            )
            .where(Prediction.settled_on.is_(None))
            .group_by(Prediction.kind)
        )
    }
    return tuple(
        ModelCard(
            found[kind],
            scored.get(kind, 0),
            settled(work, kind, today - MONTH, today),
            *open_ones.get(kind, (0, None)),
        )
        for kind in _ORDER
        if kind in found
    )


def settled(work: Work, kind: str, since: date, until: date) -> Settled | None:
    """Predictions settled after `since` and up to `until`; None where there is none with an outcome."""
    rows = work.session.execute(
        select(Prediction.point, Prediction.low, Prediction.high, Prediction.actual, Prediction.as_of)
        .where(
            Prediction.kind == kind,
            Prediction.settled_on > since,
            Prediction.settled_on <= until,
            Prediction.actual.is_not(None),
        )
        .order_by(Prediction.point, Prediction.about, Prediction.as_of)
    ).all()
    if not rows:
        return None
    said, came = [row.point for row in rows], [float(row.actual or 0.0) for row in rows]
    mean = sum(came) / len(came)
    best = max(1, len(rows) // _FIFTH)
    return Settled(
        first=min(row.as_of for row in rows),
        last=max(row.as_of for row in rows),
        n=len(rows),
        came=sum(came),
        top=_group(said[-best:], came[-best:]),
        deciles=_groups(said, came),
        error=_squared(said, came),
        plain_error=_squared([mean] * len(came), came),
        inside=sum(row.low <= one <= row.high for row, one in zip(rows, came, strict=True)) / len(rows),
    )


def _groups(said: Sequence[float], came: Sequence[float]) -> tuple[Decile, ...]:
    """Ten groups of one size by what was said, the lowest first; fewer where there are fewer rows."""
    groups = min(_TENTHS, len(said))
    ends = [len(said) * group // groups for group in range(groups + 1)]
    return tuple(_group(said[first:last], came[first:last]) for first, last in pairwise(ends))


def _group(said: Sequence[float], came: Sequence[float]) -> Decile:
    return Decile(len(said), sum(said) / len(said), sum(came) / len(came))


def _squared(said: Sequence[float], came: Sequence[float]) -> float:
    return sum((one - other) ** 2 for one, other in zip(said, came, strict=True)) / len(came)
