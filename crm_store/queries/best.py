"""The customers a team should know first: highest by one kind of score."""

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.lookup.briefs import briefs
from crm_store.models.people import Customer
from crm_store.models.scoring import Score
from crm_store.queries import reports
from crm_store.values.people import CustomerBrief, ScoreView


def best(work: Work, kind: str, most: int = 10) -> tuple[tuple[CustomerBrief, ScoreView], ...]:
    """The highest scores of a kind with their customers, best first; empty where there is no score."""
    ids = work.session.scalars(
        select(Score.about)
        .join(Customer, (Customer.team_id == Score.team_id) & (Customer.customer_id == Score.about))
        .where(Score.kind == kind, Customer.removed_at.is_(None), Customer.merged_into.is_(None))
        .order_by(Score.point.desc(), Score.about)
        .limit(most)
    ).all()
    shown = []
    for brief in briefs(work, ids):
        view = next((one for one in reports.why(work, brief.customer_id) if one.kind == kind), None)
        if view is not None:
            shown.append((brief, view))
    return tuple(shown)
