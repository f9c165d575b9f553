"""What a model run says, staged in small units and shown at once when the run ends well."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import delete, func, select, update

from crm_store import audit
from crm_store.actions import score_history, staging
from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.ids import Prefix
from crm_store.models.scoring import Chart, DirtyCustomer, ModelRun, Segment, SegmentMember
from crm_store.queries.listed import listed
from crm_store.values import scores as said
from crm_store.values.marketing import DrawnChart
from crm_store.values.score_batches import ScoreBatch

MOST: Final = 1000
"""Rows a unit."""
NIGHT: Final = "night"
RUNNING: Final = "running"
SHOWING: Final = "showing"
"""The verdict of a run that has ended well and takes the place of the one before, a batch at a time."""
STAGED: Final = "~"
"""Records of a run under way carry this before their kind, so that no reader takes them for shown."""
LEARNT: Final = ("kmeans", "tree", "rule")


def begin_run(work: Work, as_of: date) -> str:
    """Begin a run; an earlier one that died is shown to its end if it had begun to be, else swept away.

    Not undoable: nothing is shown yet.
    """
    half = select(ModelRun.run_id).where(ModelRun.kind == NIGHT, ModelRun.verdict == SHOWING)
    for left in list(work.session.scalars(half)):
        finish_run(work, left)
    _sweep(work)
    run_id = work.new_id(Prefix.RUN)
    work.add(ModelRun(run_id=run_id, kind=NIGHT, as_of=as_of, verdict=RUNNING, at=work.now))
    audit.append(work, "begin run", run_id, {"as_of": as_of.isoformat()})
    return run_id


def publish_records(work: Work, run_id: str, records: Sequence[said.ModelRecord]) -> None:
    """Keep how each model was judged; not undoable, since a record of a run is provenance."""
    _running(work, run_id)
    for record in records:
        work.add(
            ModelRun(
                run_id=part(run_id, record.kind),
                kind=STAGED + record.kind,
                as_of=record.as_of,
                rows=record.rows,
                data_hash=record.data_hash,
                features=list(record.features),
                parameters=dict(record.parameters),
                metrics=dict(record.metrics),
                baseline={"name": record.baseline_name, **record.baseline_metrics},
                versions=dict(record.versions),
                verdict=record.verdict.value,
                sentence=record.sentence,
                at=work.now,
            )
        )
    audit.append(work, "publish records", run_id, {"kinds": [record.kind for record in records]})


def publish(work: Work, run_id: str, batch: ScoreBatch) -> int:
    """Stage a batch of scores and say how many; not undoable: the next run replaces them."""
    _running(work, run_id)
    _small(batch.count)
    staging.stage(work, run_id, batch)
    audit.append(work, "publish scores", run_id, {"rows": batch.count})
    return batch.count


def row_of(score: said.Score | said.DealScore, run_id: str, as_of: date) -> dict[str, Any]:
    """A score as a row. Not audited: makes a value only."""
    return {
        "about": score.customer_id if isinstance(score, said.Score) else score.deal_id,
        "kind": score.kind.value if isinstance(score, said.Score) else said.ScoreKind.DEAL.value,
        "run_id": run_id,
        "as_of": as_of,
        "point": score.point,
        "low": score.low,
        "high": score.high,
        "band": score.band.value if score.band else None,
        "reasons": [{"text": reason.text, "effect": reason.effect} for reason in score.reasons],
        "n": score.n,
    }


def publish_segments(work: Work, run_id: str, segment: said.SegmentResult) -> str:
    """Stage a segment without its members and give its id; who came and left since the last run is counted with these.

    Not undoable: the next run replaces it.
    """
    night = _running(work, run_id)
    segment_id = work.new_id(Prefix.SEGMENT)
    work.add(
        Segment(
            segment_id=segment_id,
            method=segment.method,
            key=segment.key[:60],
            name=segment.name,
            rule=segment.rule,
            size=segment.size,
            share=segment.share,
            run_id=run_id,
            as_of=night.as_of,
            current=False,
        )
    )
    if work.session.scalar(select(Segment.segment_id).where(Segment.current.is_(True)).limit(1)) is not None:
        night.metrics = {**night.metrics, segment_id: [0, _count_before(work, segment.method, segment.name)]}
    audit.append(work, "publish segment", segment_id, {"run_id": run_id, "size": segment.size})
    return segment_id


def publish_members(work: Work, run_id: str, segment_id: str, members: Sequence[str]) -> int:
    """Stage up to 1,000 members; who was in the segment of that name already keeps the day since when."""
    night = _running(work, run_id)
    _small(len(members))
    segment = work.session.get(Segment, (work.team_id, segment_id))
    if segment is None or segment.run_id != run_id:
        raise NotFound("There is no such segment in this run.", wanted=segment_id)
    before = _members_before(work, segment.method, segment.name, members)
    rows = [
        {"segment_id": segment_id, "customer_id": one, "since": before.get(one, night.as_of)}
        for one in dict.fromkeys(members)
    ]
    count = work.insert(SegmentMember, rows, or_nothing=True)
    if segment_id in night.metrics:
        came, left = night.metrics[segment_id]
        stayed = len(before)
        night.metrics = {**night.metrics, segment_id: [came + len(rows) - stayed, left - stayed]}
    audit.append(work, "publish members", segment_id, {"rows": count})
    return count


def publish_chart(work: Work, run_id: str, as_of: date, chart: DrawnChart) -> None:
    """Replace a chart by a newer one, in one step; not undoable: the next run replaces it."""
    work.session.execute(delete(Chart).where(Chart.chart_key == chart.key))
    work.add(
        Chart(
            chart_key=chart.key,
            run_id=run_id,
            as_of=as_of,
            title=chart.title,
            subtitle=chart.subtitle,
            alt_text=chart.alt_text,
            table={
                "headers": list(chart.headers),
                "rows": [list(row) for row in chart.rows],
                "shape": chart.shape,
                "cells": [list(row) for row in chart.cells],
            },
            png=chart.png,
        )
    )
    audit.append(work, "publish chart", chart.key, {"run_id": run_id})


def forget_charts(work: Work, run_id: str) -> int:
    """Let go of charts of earlier runs that this one found nothing for, and say how many: a picture is of its day.

    Not audited: they can be drawn again from rows that stay.
    """
    gone = delete(Chart).where(Chart.run_id != run_id).returning(Chart.chart_key)
    return len(work.session.execute(gone.execution_options(synchronize_session=False)).all())


def show_run(work: Work, run_id: str) -> list[str]:
    """Say that a run ended well and is shown from now on, and which kinds it judged; it can fail no more.

    Its scores are shown by `staging.show_some`, so that no unit is long: a reader sees the old answers about a
    customer or the new, never both. Not undoable: the next run replaces it.
    """
    night = _running(work, run_id)
    night.verdict = SHOWING
    judged = _judged(work, run_id)
    audit.append(work, "show run", run_id, {"kinds": judged})
    return judged


def finish_run(work: Work, run_id: str, left: str | None = "", moved: str | None = "") -> None:
    """Show all that is staged still, and let go of older scores from `left` on; None says that they are gone.

    So with who `moved` between segments. A kind the run judged loses its old scores even if it abstains now. Not
    undoable: the next run replaces it.
    """
    night = _running(work, run_id, SHOWING)
    while staging.show_some(work, run_id):
        pass
    judged = _judged(work, run_id)
    while left is not None:
        left = staging.drop_some(work, run_id, judged, left)
    records = update(ModelRun).where(ModelRun.run_id.like(run_id + ".%")).values(kind=func.substr(ModelRun.kind, 2))
    work.session.execute(records.execution_options(synchronize_session=False))
    if has_segments(judged):
        while moved is not None:
            moved = score_history.note_moves(work, run_id, moved)
        _show_segments(work, run_id)
    work.session.execute(delete(DirtyCustomer).where(DirtyCustomer.since < night.at))
    night.verdict = "finished"
    night.seconds = (work.now - night.at).total_seconds()
    audit.append(work, "finish run", run_id, {"kinds": judged})


def fail_run(work: Work, run_id: str, sentence: str) -> None:
    """Give a run up; what was shown before stays. Not undoable: nothing of it was shown."""
    night = _running(work, run_id)
    night.verdict, night.sentence = "failed", sentence
    night.seconds = (work.now - night.at).total_seconds()
    _sweep(work)
    audit.append(work, "fail run", run_id, {"why": sentence})


def has_segments(judged: Sequence[str]) -> bool:
    """Whether a run that judged these kinds looked for segments. Not audited: looks at words only."""
    return any(kind.startswith("segments") for kind in judged)


def part(run_id: str, kind: str) -> str:
    """The id of one model's record within a run."""
    return f"{run_id}.{kind}"[:40]


def _judged(work: Work, run_id: str) -> list[str]:
    """The kinds that the run has a record of."""
    kinds = select(ModelRun.kind).where(ModelRun.run_id.like(run_id + ".%")).order_by(ModelRun.kind)
    return [kind.removeprefix(STAGED) for kind in work.session.scalars(kinds)]


def _show_segments(work: Work, run_id: str) -> None:
    """The members of those before are let go of afterwards, some at a time."""
    old = update(Segment).where(Segment.method.in_(LEARNT), Segment.run_id != run_id).values(current=False)
    work.session.execute(old)
    work.session.execute(update(Segment).where(Segment.run_id == run_id).values(current=True))


def _sweep(work: Work) -> None:
    while staging.forget_some(work, LEARNT):
        pass
    staging.sweep(work)
    work.session.execute(delete(ModelRun).where(ModelRun.kind.like(STAGED + "%")))


def _members_before(work: Work, method: str, name: str, among: Sequence[str]) -> dict[str, date]:
    """Who of these stands in the segment of that name that is shown, and since when."""
    rows = select(SegmentMember.customer_id, SegmentMember.since).where(
        SegmentMember.segment_id.in_(_shown_before(work, method, name)),
        SegmentMember.customer_id.in_(listed(work, among)),
    )
    return dict(work.session.execute(rows).all())


def _count_before(work: Work, method: str, name: str) -> int:
    members = select(func.count()).select_from(SegmentMember)
    return work.session.scalar(members.where(SegmentMember.segment_id.in_(_shown_before(work, method, name)))) or 0


def _shown_before(work: Work, method: str, name: str) -> list[str]:
    same = select(Segment.segment_id).where(Segment.current.is_(True), Segment.method == method, Segment.name == name)
    return list(work.session.scalars(same))


def _running(work: Work, run_id: str, *more: str) -> ModelRun:
    night = work.session.get(ModelRun, (work.team_id, run_id))
    if night is None or night.verdict not in (RUNNING, *more):
        raise NotFound("This run has ended already.", wanted=run_id)
    return night


def _small(rows: int) -> None:
    if rows > MOST:
        raise ValueError(f"a unit takes {MOST} rows, not {rows}")
