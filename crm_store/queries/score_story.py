"""The scores of a customer as a story: reasons, movement, record; and what is missing where there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.lookup.briefs import briefs
from crm_store.models.people import Customer
from crm_store.models.scoring import ModelRun, Score, ScorePoint
from crm_store.models.trade import Deal, Order
from crm_store.queries import reports, scores_history
from crm_store.values.outcomes import Change, Decile
from crm_store.values.people import ScoreView
from crm_store.values.score_story import Moved, ScoreStory
from crm_store.values.scores import ScoreKind, Verdict

_SPANS: Final = (30, 7)
_DEALS: Final = 3
_RECORD: Final = timedelta(days=395)
_ERRORS: Final = ("brier", "rmse")
_CHANCES: Final = frozenset((ScoreKind.POTENTIAL.value, ScoreKind.LEAD.value, ScoreKind.DEAL.value))


def stories(work: Work, customer_id: str, kinds: Sequence[str], today: date) -> tuple[ScoreStory, ...]:
    """The scores of a customer in the order of `kinds`; where deals are among them, those of the open deals last."""
    newest = scores_history.shown_as_of(work)
    found = [_story(work, customer_id, row, run, today, newest) for row, run in _rows(work, customer_id)]
    mine = sorted((one for one in found if one.view.kind in kinds), key=lambda one: kinds.index(one.view.kind))
    if ScoreKind.DEAL.value in kinds:
        for deal_id, name in _open_deals(work, customer_id):
            told = [_story(work, deal_id, row, run, today, newest) for row, run in _rows(work, deal_id)]
            mine += [replace(one, subject=name) for one in told]
    return tuple(mine)


def missing(work: Work, customer_id: str, kinds: Sequence[str]) -> tuple[str, ...]:
    """Sentences on why a customer has no score of these kinds, most telling first."""
    newest = scores_history.shown_as_of(work)
    if newest is None:
        return ("Scores are made each night, and none has been made so far. A manager can say `/crm run nightly`.",)
    customer = work.session.get(Customer, (work.team_id, customer_id))
    if customer is not None and customer.created_at.date() > newest:
        return (f"Scores were last made for {_day(newest)}, before this customer was added. The next night makes one.",)
    said = [
        record.sentence
        for record in reports.latest(work)
        if record.kind in kinds and record.verdict is Verdict.ABSTAINED and record.sentence
    ]
    ordered = select(Order.order_id).where(Order.customer_id == customer_id, Order.removed_at.is_(None)).limit(1)
    if ScoreKind.VALUE.value in kinds and work.session.scalar(ordered) is None:
        said.append("A value is worked out from orders, and there is none of this customer yet.")
    return tuple(said) or (f"The night of {_day(newest)} had nothing to say of this customer.",)


def moved(work: Work, changes: Sequence[Change]) -> tuple[Moved, ...]:
    """Jumps with the names of whom they are about; what was removed since is left out."""
    about = [one.about for one in changes]
    deals: Mapping[str, tuple[str | None, str]] = {
        deal_id: (customer_id, name)
        for deal_id, customer_id, name in work.session.execute(
            select(Deal.deal_id, Deal.customer_id, Deal.name).where(Deal.deal_id.in_(about), Deal.removed_at.is_(None))
        )
    }
    people = {one.customer_id: one for one in briefs(work, [*about, *(one or "" for one, _ in deals.values())])}
    found = []
    for one in changes:
        customer_id, deal = deals.get(one.about, (one.about, ""))
        brief = people.get(customer_id or "")
        who = (f"{brief.name}, {brief.company}" if brief.company else brief.name) if brief else ""
        name = " · ".join(part for part in (deal, who) if part)
        if name:
            found.append(Moved(brief.customer_id if brief else "", name, one.kind, one.before, one.now))
    return tuple(found)


def _rows(work: Work, about: str) -> list[tuple[Score, ModelRun | None]]:
    rows = work.session.execute(
        select(Score, ModelRun)
        .outerjoin(ModelRun, (ModelRun.team_id == Score.team_id) & (ModelRun.run_id == Score.run_id))
        .where(Score.about == about, Score.kind.in_([kind.value for kind in ScoreKind]))
    )
    return [(row, run) for row, run in rows]


def _story(work: Work, about: str, row: Score, run: ModelRun | None, today: date, newest: date | None) -> ScoreStory:
    texts = [(str(reason["text"]), float(reason.get("effect", 0))) for reason in row.reasons]
    view = ScoreView(
        row.kind,
        row.point,
        row.low,
        row.high,
        row.band,
        tuple(text for text, _ in texts),
        row.n,
        row.as_of,
        run.sentence if run else "",
    )
    change, days = _movement(work, about, row.kind, today)
    return ScoreStory(
        view,
        tuple(text for text, effect in texts if effect >= 0)[:3],
        tuple(text for text, effect in texts if effect < 0)[:3],
        since=work.session.scalar(
            select(func.min(ScorePoint.day)).where(ScorePoint.about == about, ScorePoint.kind == row.kind)
        ),
        change=change,
        change_days=days,
        newest=newest,
        like=_like(work, row, today) if row.kind in _CHANCES and not row.band else None,
        gain=_gain(run),
        tested=int(run.metrics.get("tested") or 0) if run else 0,
    )


def _gain(run: ModelRun | None) -> float | None:
    """By how much a model's error on later cases was smaller than the plain guess's; None where that is not known."""
    if run is None:
        return None
    error = next((one for one in _ERRORS if run.metrics.get(one) is not None and run.baseline.get(one)), None)
    return 1 - float(run.metrics[error]) / float(run.baseline[error]) if error else None


def _movement(work: Work, about: str, kind: str, today: date) -> tuple[float | None, int]:
    """How a score moved within 30 days, else within 7; None where it is younger than that."""
    for days in _SPANS:
        change = scores_history.trend(work, about, kind, today, days)
        if change is not None:
            return change, days
    return None, 0


def _like(work: Work, row: Score, today: date) -> Decile | None:
    """The tenth of earlier predictions of this kind that said nearly the same, with what came of it."""
    outcomes = scores_history.outcomes(work, row.kind, today - _RECORD)
    if outcomes is None:
        return None
    return min(outcomes.deciles, key=lambda tenth: abs(tenth.said - row.point), default=None)


def _open_deals(work: Work, customer_id: str) -> list[tuple[str, str]]:
    rows = work.session.execute(
        select(Deal.deal_id, Deal.name)
        .where(Deal.customer_id == customer_id, Deal.state == "open", Deal.removed_at.is_(None))
        .order_by(Deal.close_on.is_(None), Deal.close_on, Deal.deal_id)
        .limit(_DEALS)
    )
    return [(row.deal_id, row.name) for row in rows]


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
