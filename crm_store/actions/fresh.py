"""New scores and segments of a few customers, shown at once between two nights."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import delete, func, select, update

from crm_store import audit
from crm_store.actions import score_alerts, score_history
from crm_store.actions.scores import NIGHT, RUNNING, SHOWING, row_of
from crm_store.engine.work import Work
from crm_store.models.people import Customer
from crm_store.models.scoring import ModelRun, Score, Segment, SegmentMember, SegmentMove
from crm_store.models.trade import Deal
from crm_store.values.fresh import Fresh
from crm_store.values.scores import ScoreKind

MOST: Final = 200
"""Customers a unit."""


def publish_fresh(work: Work, found: Fresh, as_of: date) -> int:
    """Replace the scores of up to 200 customers and say how many changed; not undoable: the night replaces them.

    Jumps are told to their owners in the same unit, so that none waits for the night. A customer who was removed
    meanwhile gets no score, and a kind that no model answers keeps what it said.
    """
    if len(found.customers) > MOST:
        raise ValueError(f"a unit takes {MOST} customers, not {len(found.customers)}")
    live = set(
        work.session.scalars(
            select(Customer.customer_id).where(
                Customer.customer_id.in_(found.customers),
                Customer.removed_at.is_(None),
                Customer.merged_into.is_(None),
            )
        )
    )
    count, about = _scores(work, found, live, as_of)
    for method, keys in found.placed.items():
        _place(work, method, {one: keys.get(one) for one in live}, as_of)
    audit.append(work, "publish fresh scores", "", {"rows": count, "customers": len(live)})
    if count:
        work.session.flush()
        score_alerts.tell(work, as_of, about)
    return count


def is_night(work: Work) -> bool:
    """Whether a whole analysis is under way, whose older answers will replace what is shown now.

    Not audited: reads only.
    """
    running = select(ModelRun.run_id).where(ModelRun.kind == NIGHT, ModelRun.verdict.in_((RUNNING, SHOWING)))
    return work.session.scalar(running.limit(1)) is not None


def _scores(work: Work, found: Fresh, live: set[str], as_of: date) -> tuple[int, list[str]]:
    """How many scores changed, and the ids of the customers and deals they may be about."""
    runs = _newest_runs(work)
    deals = {
        row.deal_id: row.removed_at is None
        for row in work.session.execute(
            select(Deal.deal_id, Deal.removed_at).where(Deal.customer_id.in_(found.customers))
        )
    }
    about = [*found.customers, *deals]
    old = {
        (row.about, row.kind): row.point
        for row in work.session.scalars(select(Score).where(Score.about.in_(about), Score.kind.in_(found.kinds)))
    }
    work.session.execute(
        delete(Score)
        .where(Score.about.in_(about), Score.kind.in_(found.kinds))
        .execution_options(synchronize_session=False)
    )
    rows = [row_of(each, runs.get(each.kind.value, ""), as_of) for each in found.scores if each.customer_id in live] + [
        row_of(each, runs.get(ScoreKind.DEAL.value, ""), as_of) for each in found.deals if deals.get(each.deal_id)
    ]
    work.insert(Score, rows, or_nothing=True)
    score_history.keep(work, about)
    return sum(old.get((row["about"], row["kind"])) != row["point"] for row in rows), about


def _newest_runs(work: Work) -> dict[str, str]:
    """The run of each model that is shown."""
    rows = work.session.execute(
        select(ModelRun.kind, func.max(ModelRun.run_id))
        .where(ModelRun.run_id.like("%.%"), ModelRun.kind.not_like("~%"))
        .group_by(ModelRun.kind)
    )
    return dict(rows.all())


def _place(work: Work, method: str, keys: Mapping[str, str | None], as_of: date) -> None:
    """Move customers between the segments shown of a method, if any are."""
    shown = {
        row.key: row
        for row in work.session.scalars(select(Segment).where(Segment.method == method, Segment.current.is_(True)))
    }
    if not shown:
        return
    by_id = {row.segment_id: row for row in shown.values()}
    standing = dict(
        work.session.execute(
            select(SegmentMember.customer_id, SegmentMember.segment_id).where(
                SegmentMember.segment_id.in_(by_id), SegmentMember.customer_id.in_(keys)
            )
        ).all()
    )
    joined: list[dict[str, Any]] = []
    moved = set()
    for customer_id, key in sorted(keys.items()):
        new = shown.get(key or "")
        before, after = standing.get(customer_id), new.segment_id if new else None
        if before == after:
            continue
        moved.add(customer_id)
        if new:
            joined.append({"segment_id": new.segment_id, "customer_id": customer_id, "since": as_of})
        _note_move(work, customer_id, (by_id.get(before or ""), new), as_of)
    work.session.execute(
        delete(SegmentMember)
        .where(SegmentMember.segment_id.in_(by_id), SegmentMember.customer_id.in_(moved))
        .execution_options(synchronize_session=False)
    )
    work.insert(SegmentMember, joined, or_nothing=True)
    if moved:
        _count(work, list(by_id))


def _note_move(work: Work, customer_id: str, step: tuple[Segment | None, Segment | None], as_of: date) -> None:
    """Within one run a customer has one move, from where it stood at first to where it stands."""
    before, after = step
    run_id = next(each.run_id for each in step if each)
    known = work.session.get(SegmentMove, (work.team_id, run_id, customer_id))
    name = after.name[:200] if after else ""
    if known is None:
        old = before.name[:200] if before else ""
        work.add(SegmentMove(run_id=run_id, customer_id=customer_id, as_of=as_of, before=old, after=name))
    elif known.before == name:
        work.session.delete(known)
    else:
        known.after, known.as_of = name, as_of


def _count(work: Work, segment_ids: list[str]) -> None:
    counted = dict(
        work.session.execute(
            select(SegmentMember.segment_id, func.count())
            .where(SegmentMember.segment_id.in_(segment_ids))
            .group_by(SegmentMember.segment_id)
        ).all()
    )
    everybody = max(sum(counted.values()), 1)
    for segment_id in segment_ids:
        size = counted.get(segment_id, 0)
        work.session.execute(
            update(Segment)
            .where(Segment.segment_id == segment_id)
            .values(size=size, share=size / everybody)
            .execution_options(synchronize_session=False)
        )
