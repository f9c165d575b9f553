"""Whom campaigns do not write to, counted by reason, and who consented."""

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.models.marketing import Suppression


def suppressed(work: Work) -> tuple[tuple[str, int], ...]:
    """How many addresses get no campaign mail for each reason, the largest first."""
    rows = work.session.execute(
        select(Suppression.reason, func.count(func.distinct(Suppression.value_key)))
        .group_by(Suppression.reason)
        .order_by(func.count(func.distinct(Suppression.value_key)).desc(), Suppression.reason)
    )
    return tuple((reason, count) for reason, count in rows)
