"""Scores of a run between being told and being shown: kept packed, unpacked by the database a batch at a time."""

from typing import Final

from sqlalchemy import bindparam, delete, func, select, text

from crm_store.engine.work import Work
from crm_store.models.scoring import Score, Segment, SegmentMember, StagedScores
from crm_store.values.score_batches import ScoreBatch

AT_ONCE: Final = 2000
"""Rows a unit where old answers are let go."""


def stage(work: Work, run_id: str, batch: ScoreBatch) -> None:
    """Keep a batch of a run; an empty one is none. Not audited: its publishing is."""
    if not batch.count:
        return
    newest = select(func.max(StagedScores.number)).where(StagedScores.run_id == run_id)
    number = (work.session.scalar(newest) or 0) + 1
    work.add(StagedScores(run_id=run_id, number=number, size=batch.count, rows=batch.rows))
    work.flush()


def show_some(work: Work, run_id: str) -> int:
    """Show the next batch of a run in place of what was said before, and say how many scores; 0 where none is left.

    Who was erased or merged away while the run went on gets none. Not audited: finishing the run is.
    """
    first = select(StagedScores.number, StagedScores.size).where(StagedScores.run_id == run_id)
    row = work.session.execute(first.order_by(StagedScores.number).limit(1)).first()
    if row is None:
        return 0
    told = {"team_id": work.team_id, "run_id": run_id, "number": row.number}
    work.session.execute(text(_SHOW.format(**_WORDS[work.dialect])), told)
    done = delete(StagedScores).where(StagedScores.run_id == run_id, StagedScores.number == row.number)
    work.session.execute(done.execution_options(synchronize_session=False))
    return int(row.size)


def drop_some(work: Work, run_id: str, kinds: list[str], after: str, most: int = AT_ONCE) -> str | None:
    """Let go of older scores of these kinds among the next ids after `after`, and say up to which; None at the end.

    Not audited: finishing the run is.
    """
    next_ids = select(Score.about).where(Score.about > after).distinct().order_by(Score.about).limit(most)
    ids = work.session.scalars(next_ids).all()
    if not ids:
        return None
    gone = delete(Score).where(
        Score.about > after, Score.about <= ids[-1], Score.kind.in_(kinds), Score.run_id.not_like(run_id + ".%")
    )
    work.session.execute(gone.execution_options(synchronize_session=False))
    return ids[-1]


def forget_some(work: Work, methods: tuple[str, ...], most: int = AT_ONCE) -> int:
    """Let go of members of learnt segments that are shown no more, then of the segments; says how many members.

    Must not be called while a run is under way, whose segments are not shown yet. Not audited: derived rows only.
    """
    gone = list(
        work.session.scalars(select(Segment.segment_id).where(Segment.method.in_(methods), Segment.current.is_(False)))
    )
    for segment_id in gone:
        some = work.session.scalars(
            select(SegmentMember.customer_id).where(SegmentMember.segment_id == segment_id).limit(most)
        ).all()
        if some:
            _forget(work, segment_id, list(some))
            return len(some)
        work.session.execute(delete(Segment).where(Segment.segment_id == segment_id))
    return 0


def sweep(work: Work) -> None:
    """Forget what no run will show any more. Not audited: nothing of it was shown."""
    work.session.execute(delete(StagedScores).execution_options(synchronize_session=False))


def _forget(work: Work, segment_id: str, customer_ids: list[str]) -> None:
    clause = text(
        "DELETE FROM segment_members WHERE team_id = :team_id AND segment_id = :segment_id AND customer_id IN :ids"
    ).bindparams(bindparam("ids", expanding=True))
    work.session.execute(clause, {"team_id": work.team_id, "segment_id": segment_id, "ids": customer_ids})


# Taking a batch apart is the one thing that the engines do not do by the same words.
_WORDS: Final = {
    "sqlite": {"each": "json_each(staged_scores.rows) AS each", "number": "REAL", "reasons": "each.value -> 6"},
    "postgresql": {
        "each": "LATERAL json_array_elements(CAST(staged_scores.rows AS json)) AS each(value)",
        "number": "double precision",
        "reasons": "each.value -> 6",
    },
}
_SHOW: Final = """
    INSERT INTO scores (team_id, about, kind, run_id, as_of, point, low, high, band, reasons, n)
    SELECT staged_scores.team_id, each.value ->> 0, each.value ->> 1,
        substr(staged_scores.run_id || '.' || (each.value ->> 1), 1, 40), model_runs.as_of,
        CAST(each.value ->> 2 AS {number}), CAST(each.value ->> 3 AS {number}), CAST(each.value ->> 4 AS {number}),
        each.value ->> 5, {reasons}, CAST(each.value ->> 7 AS integer)
    FROM staged_scores
    JOIN model_runs ON model_runs.team_id = :team_id AND model_runs.run_id = staged_scores.run_id
    CROSS JOIN {each}
    WHERE staged_scores.team_id = :team_id AND staged_scores.run_id = :run_id AND staged_scores.number = :number
        AND (EXISTS (SELECT 1 FROM customers WHERE customers.team_id = :team_id
                AND customers.customer_id = each.value ->> 0 AND customers.removed_at IS NULL
                AND customers.merged_into IS NULL)
            OR EXISTS (SELECT 1 FROM deals WHERE deals.team_id = :team_id AND deals.deal_id = each.value ->> 0
                AND deals.removed_at IS NULL))
    ON CONFLICT (team_id, about, kind) DO UPDATE SET run_id = excluded.run_id, as_of = excluded.as_of,
        point = excluded.point, low = excluded.low, high = excluded.high, band = excluded.band,
        reasons = excluded.reasons, n = excluded.n
    """
