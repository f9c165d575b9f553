"""Scores as they are shown, without their reasons, for whoever needs those of many customers at once."""

from collections.abc import Collection

from sqlalchemy import select

from crm_store.engine.work import Work
from crm_store.models.scoring import Score as Row
from crm_store.queries.features import Page
from crm_store.values.scores import Band, DealScore, Score, ScoreKind


def of_customers(work: Work, kinds: Collection[ScoreKind], page: Page) -> tuple[Score, ...]:
    """The scores of these kinds of a page of customers; they carry no reasons."""
    rows = work.session.execute(
        select(Row.about, Row.kind, Row.point, Row.low, Row.high, Row.band, Row.n).where(
            Row.about > page.after, Row.about <= page.upto, Row.kind.in_([kind.value for kind in kinds])
        )
    )
    named = {kind.value: kind for kind in kinds}
    return tuple(
        Score(about, named[kind], point, low, high, Band(band) if band else None, n=n)
        for about, kind, point, low, high, band, n in rows
    )


def of_deals(work: Work) -> tuple[DealScore, ...]:
    """The scores of all open deals; they carry no reasons and no customer."""
    rows = work.session.execute(
        select(Row.about, Row.point, Row.low, Row.high, Row.band, Row.n).where(Row.kind == ScoreKind.DEAL.value)
    )
    return tuple(
        DealScore(about, None, point, low, high, Band(band) if band else None, n=n)
        for about, point, low, high, band, n in rows
    )
