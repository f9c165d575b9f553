"""How scores and segments went: the trend of a score, who rose, who moved, and predictions against what came."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.models.scoring import ModelRun, Prediction, Score, ScorePoint, SegmentMove
from crm_store.values.outcomes import Change, Decile, Move, Outcomes

WEEK: Final = 7
STEP: Final = 0.15
"""A chance that moved so far within a week is worth a word."""
_GROUPS: Final = 10


def shown_as_of(work: Work) -> date | None:
    """The day of the newest whole analysis that ended well; None before the first."""
    finished = select(func.max(ModelRun.as_of)).where(ModelRun.kind == "night", ModelRun.verdict == "finished")
    return work.session.scalar(finished)


def points(work: Work, about: str, kind: str, since: date) -> tuple[tuple[date, float], ...]:
    """The days on which a score moved, oldest first, with the point it stood at when the time began."""
    rows = work.session.execute(
        select(ScorePoint.day, ScorePoint.point)
        .where(ScorePoint.about == about, ScorePoint.kind == kind)
        .order_by(ScorePoint.day)
    ).all()
    before = [row for row in rows if row.day <= since][-1:]
    return tuple((row.day, row.point) for row in (*before, *(row for row in rows if row.day > since)))


def trend(work: Work, about: str, kind: str, today: date, days: int = WEEK) -> float | None:
    """By how much a score moved within some days; None where it was not known so long."""
    now = work.session.scalar(select(Score.point).where(Score.about == about, Score.kind == kind))
    old = points(work, about, kind, today - timedelta(days=days))
    if now is None or not old or old[0][0] > today - timedelta(days=days):
        return None
    return now - old[0][1]


def changes(
    work: Work,
    kind: str,
    today: date,
    *,
    days: int = WEEK,
    step: float = STEP,
    most: int = 200,
    among: Sequence[str] | None = None,
) -> tuple[Change, ...]:
    """Scores that moved by `step` or more within some days, the largest change first; `among` some ids, or of all."""
    since = today - timedelta(days=days)
    last = (
        select(ScorePoint.about, func.max(ScorePoint.day).label("day"))
        .where(ScorePoint.kind == kind, ScorePoint.day <= since)
        .group_by(ScorePoint.about)
        .subquery()
    )
    size = func.abs(Score.point - ScorePoint.point)
    query = (
        select(Score.about, ScorePoint.point.label("before"), Score.point.label("now"))
        .join(last, last.c.about == Score.about)
        .join(
            ScorePoint,
            (ScorePoint.team_id == Score.team_id)
            & (ScorePoint.about == Score.about)
            & (ScorePoint.kind == Score.kind)
            & (ScorePoint.day == last.c.day),
        )
        .where(Score.kind == kind, size >= step)
        .order_by(size.desc(), Score.about)
        .limit(most)
    )
    if among is not None:
        query = query.where(Score.about.in_(among))
    rows = work.session.execute(query)
    return tuple(Change(row.about, kind, row.before, row.now) for row in rows)


def moves(work: Work, since: date) -> tuple[Move, ...]:
    """How many customers went from which segment to which after a day, the most first; an empty name is no segment."""
    rows = work.session.execute(
        select(SegmentMove.before, SegmentMove.after, func.count().label("customers"))
        .where(SegmentMove.as_of > since)
        .group_by(SegmentMove.before, SegmentMove.after)
        .order_by(func.count().desc(), SegmentMove.before, SegmentMove.after)
    )
    return tuple(Move(row.before, row.after, row.customers) for row in rows)


def outcomes(work: Work, kind: str, since: date) -> Outcomes | None:
    """What runs after a day said and what came of it, by tenth; None where nothing of it is settled yet."""
    rows = work.session.execute(
        select(Prediction.point, Prediction.low, Prediction.high, Prediction.actual, Prediction.as_of)
        .where(Prediction.kind == kind, Prediction.as_of > since, Prediction.actual.is_not(None))
        .order_by(Prediction.point, Prediction.about, Prediction.as_of)
    ).all()
    if not rows:
        return None
    said, came = [row.point for row in rows], [float(row.actual or 0) for row in rows]
    rate = sum(came) / len(came)
    inside = sum(row.low <= one <= row.high for row, one in zip(rows, came, strict=True))
    return Outcomes(
        kind=kind,
        first=min(row.as_of for row in rows),
        last=max(row.as_of for row in rows),
        n=len(rows),
        deciles=_deciles(said, came),
        error=_mean_square(said, came),
        plain_error=_mean_square([rate] * len(came), came),
        inside=inside / len(rows),
    )


def _deciles(said: Sequence[float], came: Sequence[float]) -> tuple[Decile, ...]:
    """Ten groups of one size by what was said; fewer where there are fewer rows."""
    n = len(said)
    groups = min(_GROUPS, n)
    ends = [n * group // groups for group in range(groups + 1)]
    return tuple(
        Decile(last - first, sum(said[first:last]) / (last - first), sum(came[first:last]) / (last - first))
        for first, last in pairwise(ends)
    )


def _mean_square(said: Sequence[float], came: Sequence[float]) -> float:
    return sum((one - other) ** 2 for one, other in zip(said, came, strict=True)) / len(came)
