"""The segments of the latest run that ended well."""

from collections.abc import Sequence

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.lookup.briefs import briefs
from crm_store.models.scoring import ModelRun, Segment, SegmentMember
from crm_store.queries.own_segments import given_names
from crm_store.values.marketing import SegmentView
from crm_store.values.people import CustomerBrief


def list(work: Work) -> tuple[SegmentView, ...]:
    """The current segments under the names the team gave them, largest first, with who came and went."""
    rows = work.session.scalars(
        select(Segment).where(Segment.current.is_(True)).order_by(Segment.size.desc(), Segment.name)
    ).all()
    runs = _moved(work, [row.run_id for row in rows])
    given = given_names(work)
    return tuple(_view(row, runs, given) for row in rows)


def members(work: Work, segment_id: str, most: int = 10) -> tuple[CustomerBrief, ...]:
    """Some members, those who came last first."""
    ids = work.session.scalars(
        select(SegmentMember.customer_id)
        .where(SegmentMember.segment_id == segment_id)
        .order_by(SegmentMember.since.desc(), SegmentMember.customer_id)
        .limit(most)
    )
    return briefs(work, ids)


def _moved(work: Work, run_ids: Sequence[str]) -> dict[str, Sequence[int]]:
    rows = work.session.scalars(select(ModelRun.metrics).where(ModelRun.run_id.in_(set(run_ids))))
    return {segment_id: pair for metrics in rows for segment_id, pair in metrics.items()}


def _view(row: Segment, moved: dict[str, Sequence[int]], given: dict[tuple[str, str], str]) -> SegmentView:
    came, went = moved.get(row.segment_id, (0, 0))
    name = given.get((row.method, row.key), row.name)
    return SegmentView(row.segment_id, row.method, row.key, name, row.rule, row.size, row.share, row.as_of, came, went)
