"""Charts, the records of models, and why a customer has a score."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.people import Team
from crm_store.models.scoring import Chart, ModelRun, Score
from crm_store.values.marketing import ChartView
from crm_store.values.people import ScoreView
from crm_store.values.scores import ModelRecord, ScoreKind, Verdict

DEFAULT: Final = "default"
REFUSED: Final = "refused_blocks"
"""The team's setting that remembers which newer blocks its Slack refused, and when."""
WORK_OBJECT: Final = "work_object"
"""Under which name it is remembered that a workspace takes no objects behind links."""
REFUSED_FOR: Final = timedelta(days=30)
REPORTS: Final[dict[str, tuple[str, ...]]] = {
    DEFAULT: ("segments", "recency_frequency", "pipeline"),
    "week": ("silence",),
    "month": ("win_rate", "activity_by_rep"),
    "segments": ("segments", "recency_frequency", "cohorts", "segment_moves"),
    "value": ("value_distribution",),
    "pipeline": ("pipeline", "win_rate", "silence"),
    "health": tuple(f"{what}_{kind}" for kind in ("potential", "lead", "deal") for what in ("reliability", "lift")),
    "data": (),
}
"""Report kinds and the charts each shows, in order."""


def charts(work: Work, which: str = DEFAULT) -> tuple[ChartView, ...]:
    """The charts of a report that the last runs drew; raises BadInput for a report we do not have."""
    if which not in REPORTS:
        raise BadInput(f"There is no report “{which}”; choose from {', '.join(REPORTS)}.", field="report")
    wanted = REPORTS[which]
    rows = {row.chart_key: row for row in work.session.scalars(select(Chart).where(Chart.chart_key.in_(wanted)))}
    return tuple(_chart(rows[key]) for key in wanted if key in rows)


def refused_blocks(work: Work) -> frozenset[str]:
    """Kinds of blocks that the workspace refused within the last 30 days; after that they are tried again."""
    oldest = (work.now - REFUSED_FOR).date().isoformat()
    return frozenset(kind for kind, day in _refused(work).items() if day >= oldest)


def with_refused(work: Work, kind: str) -> dict[str, str]:
    """What was refused and when, with one kind added today."""
    return {**_refused(work), kind: work.now.date().isoformat()}


def place(work: Work) -> str:
    """The channel that scheduled reports go to; empty where the team has none or switched them off."""
    team = work.session.get(Team, (work.team_id,))
    told = team.settings if team else {}
    if told.get("reports") == "off":
        return ""
    return str(told.get("report_channel") or told.get("channel") or "")


def switched_off(work: Work) -> bool:
    """Whether the team wants no reports by the clock."""
    team = work.session.get(Team, (work.team_id,))
    return bool(team and team.settings.get("reports") == "off")


def _refused(work: Work) -> dict[str, str]:
    team = work.session.get(Team, (work.team_id,))
    told = team.settings.get(REFUSED) if team else None
    return {str(kind): str(day) for kind, day in told.items()} if isinstance(told, dict) else {}


def horizon_days(work: Work) -> int:
    """How many days ahead the expected value looks; 0 where no run said one."""
    newest = select(ModelRun.parameters).where(ModelRun.kind == "value", ModelRun.run_id.like("%.%"))
    parameters = work.session.scalars(newest.order_by(ModelRun.run_id.desc()).limit(1)).first() or {}
    days = parameters.get("horizon_days", 0)
    return days if isinstance(days, int) else 0


def latest(work: Work) -> tuple[ModelRecord, ...]:
    """The newest record of each model, as shown; runs under way and failed ones are not among them."""
    newest = (
        select(func.max(ModelRun.run_id))
        .where(ModelRun.run_id.like("%.%"), ModelRun.kind.not_like("~%"))
        .group_by(ModelRun.kind)
    )
    rows = work.session.scalars(select(ModelRun).where(ModelRun.run_id.in_(newest)).order_by(ModelRun.kind))
    return tuple(
        ModelRecord(
            kind=row.kind,
            as_of=row.as_of,
            rows=row.rows,
            data_hash=row.data_hash,
            features=tuple(row.features),
            verdict=Verdict(row.verdict),
            sentence=row.sentence,
            baseline_name=row.baseline.get("name", ""),
            parameters=row.parameters,
            metrics=row.metrics,
            baseline_metrics={name: value for name, value in row.baseline.items() if name != "name"},
            versions=row.versions,
        )
        for row in rows
    )


def why(work: Work, customer_id: str) -> tuple[ScoreView, ...]:
    """The scores of a customer (or of a deal, by its id) with reasons and the sentence of the model behind each."""
    rows = work.session.execute(
        select(Score, ModelRun.sentence)
        .outerjoin(ModelRun, (ModelRun.team_id == Score.team_id) & (ModelRun.run_id == Score.run_id))
        .where(Score.about == customer_id, Score.kind.in_([kind.value for kind in ScoreKind]))
        .order_by(Score.kind)
    )
    return tuple(
        ScoreView(
            kind=row.kind,
            point=row.point,
            low=row.low,
            high=row.high,
            band=row.band,
            reasons=tuple(str(reason["text"]) for reason in row.reasons),
            n=row.n,
            as_of=row.as_of,
            sentence=sentence or "",
        )
        for row, sentence in rows
    )


def _chart(row: Chart) -> ChartView:
    return ChartView(
        key=row.chart_key,
        title=row.title,
        subtitle=row.subtitle,
        alt_text=row.alt_text,
        png=row.png,
        headers=tuple(row.table["headers"]),
        rows=tuple(tuple(one) for one in row.table["rows"]),
        as_of=row.as_of,
        shape=str(row.table.get("shape", "")),
        cells=tuple(tuple(float(cell) for cell in one) for one in row.table.get("cells", ())),
    )
