"""How scores and segments went: points where a score moved, who changed segments, and what was predicted and came."""

# ruff: noqa: S608 -- every statement here is made of constants of this file; whatever a caller says is a parameter.

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Date, TextClause, bindparam, delete, select, text

from crm_store.engine.work import Work
from crm_store.models.scoring import ModelRun, Prediction, Score, ScorePoint, Segment, SegmentMember, SegmentMove
from crm_store.money import Money, from_major
from crm_store.queries.feature_sql import LARGEST_MAJOR
from crm_store.queries.features import currency
from crm_store.values.scores import ScoreKind

POINTS_KEPT: Final = timedelta(days=366)
PREDICTIONS_KEPT: Final = timedelta(days=396)
MOVES_KEPT: Final = timedelta(days=396)
AT_ONCE: Final = 2000
"""Scores or members a unit: some 20 ms in which nobody else writes."""
SAMPLED: Final = 2000
"""Predictions kept of a run and kind."""
EVERY: Final = timedelta(days=7)
"""How often predictions are kept."""
CHANCE_DAYS: Final = 90
"""How far ahead a chance of a customer looks."""
DEAL_DAYS: Final = 180
"""A deal still open so long after it was judged is compared with nothing."""
_TEAM: Final = "CAST(:team_id AS varchar(40))"
_MOVED_CHANCE: Final = 0.02
_MOVED_VALUE: Final = 0.05


def keep(work: Work, about: Sequence[str]) -> None:
    """Keep a point of each of these scores that moved since its last one: 2 points of a chance, 5 % of a value.

    Not audited: follows scores, whose publishing is.
    """
    for start in range(0, len(about), AT_ONCE):
        _keep(work, "scores.about IN :ids", {"ids": list(about[start : start + AT_ONCE])})


def keep_some(work: Work, after: str, most: int = AT_ONCE) -> str | None:
    """Keep points of the next scores by id and say up to which; None says that there are no more.

    Not audited: follows scores, whose publishing is.
    """
    ids = work.session.scalars(
        select(Score.about).where(Score.about > after).distinct().order_by(Score.about).limit(most)
    ).all()
    if not ids:
        return None
    _keep(work, "scores.about > :after AND scores.about <= :upto", {"after": after, "upto": ids[-1]})
    return ids[-1]


def note_moves(work: Work, run_id: str, after: str = "", most: int = AT_ONCE) -> str | None:
    """Note who of the next members by id stands in another segment than before, and say up to which; None at the end.

    The old segments still stand beside those of the run. Noted twice is noted once. Not audited: follows segments,
    whose publishing is.
    """
    before = select(Segment.segment_id).where(Segment.current.is_(True), Segment.run_id != run_id)
    night = work.session.get(ModelRun, (work.team_id, run_id))
    if night is None or work.session.scalar(before.limit(1)) is None:
        return None
    members = select(SegmentMember.customer_id).where(SegmentMember.customer_id > after)
    upto = work.session.scalars(members.order_by(SegmentMember.customer_id).limit(most)).all()[-1:]
    for statement in (_CAME, _LEFT) if upto else ():
        told = {"team_id": work.team_id, "run_id": run_id, "as_of": night.as_of, "after": after, "upto": upto[0]}
        work.session.execute(text(statement).bindparams(bindparam("as_of", type_=Date())), told)
    return upto[0] if upto else None


def predict(work: Work, run_id: str, horizon_days: int) -> int:
    """Keep what a run says of at most 2,000 of each kind, once a week, to be compared with what comes.

    The same customers are drawn each time. Not audited: follows scores, whose publishing is.
    """
    night = work.session.get(ModelRun, (work.team_id, run_id))
    if night is None:
        return 0
    known = select(Prediction.as_of).where(Prediction.as_of > night.as_of - EVERY, Prediction.as_of <= night.as_of)
    if work.session.scalar(known.limit(1)) is not None:
        return 0
    days = {
        ScoreKind.VALUE: horizon_days, ScoreKind.POTENTIAL: CHANCE_DAYS, ScoreKind.LEAD: CHANCE_DAYS,
        ScoreKind.DEAL: DEAL_DAYS,
    }  # fmt: skip
    count = 0
    for kind, ahead in days.items():
        if ahead > 0:
            told = {"kind": kind.value, "as_of": night.as_of, "due_on": night.as_of + timedelta(days=ahead)}
            run = {"team_id": work.team_id, "run_id": run_id, "most": SAMPLED}
            count += work.session.execute(_days(_PREDICT), {**told, **run}).rowcount  # type: ignore[attr-defined]
    return count


def settle(work: Work, as_of: date) -> int:
    """Fill in what came of predictions that are due, and say of how many; a deal is settled when it closes.

    Not audited: derived from rows that are.
    """
    money = currency(work)
    told: dict[str, Any] = {
        "team_id": work.team_id,
        "today": as_of,
        "currency": money,
        "largest": from_major(LARGEST_MAJOR, money).minor,
        "scale": 1 / Money(1, money).major,
    }
    count = 0
    for statement in (_SETTLE_VALUE, _SETTLE_CHANCE, _SETTLE_DEAL, _SETTLE_OPEN):
        clause = _days(statement.replace("{day}", _day(work.dialect)))
        named = {name: told[name] for name in told if name in clause._bindparams}
        count += work.session.execute(clause, named).rowcount  # type: ignore[attr-defined]
    return count


def prune(work: Work, today: date) -> int:
    """Let go of points, moves and predictions that are older than a year and a month.

    Not audited: only what was derived goes.
    """
    count = 0
    for statement in (
        delete(ScorePoint).where(ScorePoint.day < today - POINTS_KEPT),
        delete(SegmentMove).where(SegmentMove.as_of < today - MOVES_KEPT),
        delete(Prediction).where(Prediction.as_of < today - PREDICTIONS_KEPT),
    ):
        done = work.session.execute(statement.execution_options(synchronize_session=False))
        count += done.rowcount  # type: ignore[attr-defined]
    return count


def _keep(work: Work, which: str, told: dict[str, Any]) -> None:
    moved = f"CASE WHEN scores.kind = 'value' THEN {_MOVED_VALUE} * abs(scores.point) ELSE {_MOVED_CHANCE} END"
    last = (
        "SELECT point FROM score_history WHERE score_history.team_id = :team_id AND score_history.about = scores.about"
        " AND score_history.kind = scores.kind ORDER BY score_history.day DESC LIMIT 1"
    )
    kinds = ", ".join(f"'{kind.value}'" for kind in ScoreKind)
    clause = text(
        "INSERT INTO score_history (team_id, about, kind, day, point)"
        f" SELECT {_TEAM}, scores.about, scores.kind, scores.as_of, scores.point FROM scores"
        f" WHERE scores.team_id = :team_id AND {which} AND scores.kind IN ({kinds})"
        f" AND abs(scores.point - coalesce(({last}), scores.point - 1e15)) > {moved}"
        " ON CONFLICT (team_id, about, kind, day) DO UPDATE SET point = excluded.point"
    )
    if "ids" in told:
        clause = clause.bindparams(bindparam("ids", expanding=True))
    work.session.execute(clause, {"team_id": work.team_id, **told})


def _days(statement: str) -> TextClause:
    clause = text(statement)
    known = clause._bindparams
    days = [bindparam(each, type_=Date()) for each in ("as_of", "due_on", "today") if each in known]
    return clause.bindparams(*days)


def _day(dialect: str) -> str:
    return (
        "substr(deals.closed_at, 1, 10)" if dialect == "sqlite" else "CAST(deals.closed_at AT TIME ZONE 'UTC' AS date)"
    )


_OLD: Final = """
    SELECT old_members.customer_id, min(old.name) AS name FROM segment_members old_members
    JOIN segments old ON old.team_id = :team_id AND old.segment_id = old_members.segment_id
    WHERE old_members.team_id = :team_id AND old_members.customer_id > :after AND old_members.customer_id <= :upto
        AND old.current AND old.run_id <> :run_id
    GROUP BY old_members.customer_id
    """
_NEW: Final = """
    SELECT new_members.customer_id, min(new.name) AS name FROM segment_members new_members
    JOIN segments new ON new.team_id = :team_id AND new.segment_id = new_members.segment_id
    WHERE new_members.team_id = :team_id AND new_members.customer_id > :after AND new_members.customer_id <= :upto
        AND new.run_id = :run_id
    GROUP BY new_members.customer_id
    """
_MOVE: Final = f"""
    INSERT INTO segment_moves (team_id, run_id, customer_id, as_of, before, after)
    SELECT {_TEAM}, CAST(:run_id AS varchar(40)), stands.customer_id, :as_of,
    """
_CAME: Final = f"""{_MOVE} substr(coalesce(stood.name, ''), 1, 200), substr(stands.name, 1, 200)
    FROM ({_NEW}) stands LEFT JOIN ({_OLD}) stood ON stood.customer_id = stands.customer_id
    WHERE coalesce(stood.name, '') <> stands.name
    ON CONFLICT DO NOTHING
    """
_LEFT: Final = f"""{_MOVE} substr(stands.name, 1, 200), ''
    FROM ({_OLD}) stands LEFT JOIN ({_NEW}) goes ON goes.customer_id = stands.customer_id
    WHERE goes.customer_id IS NULL
    ON CONFLICT DO NOTHING
    """
# The end of an id is chance, so that its order is a draw that stays the same from run to run.
_PREDICT: Final = f"""
    INSERT INTO predictions (team_id, run_id, kind, about, as_of, due_on, point, low, high)
    SELECT {_TEAM}, CAST(:run_id AS varchar(40)), kind, about, :as_of, :due_on, point, low, high
    FROM scores WHERE team_id = :team_id AND kind = :kind
    ORDER BY substr(about, length(about) - 7), about LIMIT :most
    ON CONFLICT DO NOTHING
    """
_SALES: Final = """FROM orders WHERE orders.team_id = :team_id AND orders.customer_id = predictions.about
    AND orders.ordered_on > predictions.as_of AND orders.ordered_on <= predictions.due_on
    AND orders.removed_at IS NULL AND orders.currency = :currency AND orders.total_minor BETWEEN 0 AND :largest"""
_DUE: Final = "team_id = :team_id AND settled_on IS NULL AND due_on < :today"
_SETTLE_VALUE: Final = f"""
    UPDATE predictions SET settled_on = :today,
        actual = coalesce((SELECT sum(orders.total_minor) {_SALES}), 0) / CAST(:scale AS double precision)
    WHERE {_DUE} AND kind = 'value'
    """
_SETTLE_CHANCE: Final = f"""
    UPDATE predictions SET settled_on = :today, actual = CASE WHEN EXISTS (SELECT 1 {_SALES})
        OR EXISTS (SELECT 1 FROM deals WHERE deals.team_id = :team_id AND deals.customer_id = predictions.about
            AND deals.state = 'won' AND deals.removed_at IS NULL
            AND {{day}} > predictions.as_of AND {{day}} <= predictions.due_on)
        THEN 1.0 ELSE 0.0 END
    WHERE {_DUE} AND kind IN ('potential', 'lead')
    """
_CLOSED: Final = """FROM deals WHERE deals.team_id = :team_id AND deals.deal_id = predictions.about
    AND deals.state IN ('won', 'lost') AND deals.removed_at IS NULL AND {day} > predictions.as_of"""
_SETTLE_DEAL: Final = f"""
    UPDATE predictions SET settled_on = :today,
        actual = (SELECT CASE WHEN deals.state = 'won' THEN 1.0 ELSE 0.0 END {_CLOSED})
    WHERE team_id = :team_id AND settled_on IS NULL AND kind = 'deal' AND EXISTS (SELECT 1 {_CLOSED})
    """
_SETTLE_OPEN: Final = f"UPDATE predictions SET settled_on = :today WHERE {_DUE} AND kind = 'deal'"
