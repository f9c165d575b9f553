"""Reads everything that one report is written from."""

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.scoring import Score
from crm_store.queries import periods, quality, report_cards, reports, scores_history, segments, teams
from crm_store.queries.features import currency
from crm_store.values.report_facts import Expected, ReportFacts

PERIODS: Final = ("week", "month")
_MOVES: Final = timedelta(days=31)
_LONGEST: Final = timedelta(days=366)


def facts(work: Work, which: str, zone: ZoneInfo, since: date | None = None, until: date | None = None) -> ReportFacts:
    """The facts of a report as they are now; `since` and `until` (both count) choose another week or month.

    Raises BadInput for a report we do not have and for a time that ends before it begins.
    """
    charts = reports.charts(work, which)
    today = work.now.astimezone(zone).date()
    team = teams.team(work)
    return ReportFacts(
        which=which,
        team=team.name if team else "",
        today=today,
        currency=currency(work),
        charts=charts,
        shown_as_of=scores_history.shown_as_of(work),
        period=periods.period(work, *days(which, since, until, today), zone) if which in PERIODS else None,
        segments=segments.list(work) if which == "segments" else (),
        moves=scores_history.moves(work, today - _MOVES) if which == "segments" else (),
        cards=report_cards.cards(work, today) if which == "health" else (),
        records=reports.latest(work) if which == "value" else (),
        expected=_expected(work) if which == "value" else None,
        quality=quality.quality(work, today) if which == "data" else None,
    )


def last_whole(which: str, day: date) -> tuple[date, date]:
    """The last week from Monday to Sunday, or the last calendar month, that was over before a day."""
    if which == "month":
        last = day.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    monday = day - timedelta(days=day.weekday() + 7)
    return monday, monday + timedelta(days=6)


def days(which: str, since: date | None, until: date | None, today: date) -> tuple[date, date]:
    """The days of a week or a month that was asked for, both counting; without any, those up to today.

    Raises BadInput for a time that ends before it begins and for one of more than a year.
    """
    until = min(until or today, today)
    since = since or until - timedelta(days=6 if which == "week" else 29)
    if since > until:
        raise BadInput("The time of a report ends before it begins. Give since: a day before until: and not to come.")
    if until - since > _LONGEST:
        raise BadInput("A report is about a year at most. Choose a later since: or an earlier until:.")
    return since, until


def _expected(work: Work) -> Expected | None:
    buyers, total = work.session.execute(
        select(func.count(Score.about), func.sum(Score.point)).where(Score.kind == "value")
    ).one()
    if not buyers:
        return None
    best = select(Score.point).where(Score.kind == "value").order_by(Score.point.desc()).limit(-(-buyers // 10))
    top = sum(work.session.scalars(best))
    return Expected(buyers, float(total), top / total if total else 0.0, reports.horizon_days(work))
