"""Segments by a team's own rule: which there are, how they stand now, who moved, and who is in one."""

from collections.abc import Iterable
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.lookup.briefs import briefs
from crm_store.matching.companies import company_key
from crm_store.models.people import Company, Customer, Team, User
from crm_store.models.scoring import Score, Segment, SegmentMember
from crm_store.models.segments import OwnSegment as Row
from crm_store.models.segments import OwnSegmentMove, SegmentName
from crm_store.models.trade import Stage
from crm_store.queries import rule_segments
from crm_store.values.own_segments import Group, OwnSegment, People, Worth
from crm_store.values.people import CustomerBrief
from crm_store.values.rule_codec import from_json
from crm_store.values.scores import ScoreKind
from crm_store.values.segment_rules import All, Any, Named, Not, Rule, Trait

PAGE: Final = 20
_MOVED: Final = 5
_CHANCES: Final = (ScoreKind.POTENTIAL.value, ScoreKind.LEAD.value)


def every(work: Work) -> tuple[OwnSegment, ...]:
    """The team's own segments by name."""
    rows = work.session.scalars(select(Row).order_by(Row.name_key)).all()
    moved = _moved(work, rows)
    return tuple(_view(work, row, moved) for row in rows)


def one(work: Work, segment_id: str) -> OwnSegment:
    """A segment by its id; raises NotFound."""
    row = work.session.get(Row, (work.team_id, segment_id))
    if row is None:
        raise NotFound("That segment is no longer there. `/crm segment` lists those that are.")
    return _view(work, row, _moved(work, [row]))


def named(work: Work, name: str) -> OwnSegment | None:
    """A segment by its name in any case of letters; None where there is none."""
    row = work.session.scalars(select(Row).where(Row.name_key == name_key(name))).one_or_none()
    return _view(work, row, _moved(work, [row])) if row else None


def name_key(name: str) -> str:
    """By what two names of segments are the same."""
    return " ".join(name.split()).casefold()[:200]


def zone(work: Work) -> ZoneInfo:
    """The team's time zone, in which a day of a rule begins."""
    team = work.session.get(Team, (work.team_id,))
    return ZoneInfo(str(team.settings.get("time_zone", "UTC")) if team else "UTC")


def count(work: Work, rule: Rule) -> int:
    """How many customers a rule holds for at this moment."""
    found = select(func.count()).select_from(Customer).where(rule_segments.holding(work, rule, zone(work)))
    return work.session.scalar(found) or 0


def group(work: Work, rule: Rule, segment: OwnSegment | None = None) -> Group:
    """Whom a rule holds for at this moment, what they are worth, and who moved by the last night."""
    found = rule_segments.counted(work, rule, zone(work))
    came, went = _who_moved(work, segment) if segment else ((), ())
    worth = _worth(work, rule_segments.holding(work, rule, zone(work)))
    return Group(found.count, _everybody(work), found.examples, worth, came, went)


def group_of_learned(work: Work, segment_id: str) -> Group:
    """The people of a learned segment and what they are worth."""
    inside = select(SegmentMember.customer_id).where(SegmentMember.segment_id == segment_id)
    holds = Customer.customer_id.in_(inside) & Customer.removed_at.is_(None) & Customer.merged_into.is_(None)
    number = work.session.scalar(select(func.count()).select_from(Customer).where(holds)) or 0
    first = work.session.scalars(
        select(Customer.customer_id)
        .where(holds)
        .order_by(Customer.last_touch_at.is_(None), Customer.last_touch_at.desc(), Customer.customer_id)
        .limit(rule_segments.EXAMPLES)
    ).all()
    return Group(number, _everybody(work), briefs(work, first), _worth(work, holds))


def people(work: Work, rule: Rule, after: str = "") -> People:
    """A page of those a rule holds for."""
    ids = rule_segments.members(work, rule, zone(work), PAGE + 1, after)
    return _page(work, ids)


def people_of_learned(work: Work, segment_id: str, after: str = "") -> People:
    """A page of the people of a learned segment."""
    ids = work.session.scalars(
        select(SegmentMember.customer_id)
        .where(SegmentMember.segment_id == segment_id, SegmentMember.customer_id > after)
        .order_by(SegmentMember.customer_id)
        .limit(PAGE + 1)
    ).all()
    return _page(work, ids)


def members(work: Work, segment_id: str, most: int | None = None, after: str = "") -> list[str]:
    """The ids of all customers that a segment's rule holds for now: an audience; page by page with `most`, `after`."""
    return rule_segments.members(work, one(work, segment_id).rule, zone(work), most, after)


def given_names(work: Work) -> dict[tuple[str, str], str]:
    """The names that the team gave to learned segments, by method and key."""
    rows = work.session.execute(select(SegmentName.method, SegmentName.segment_key, SegmentName.name))
    return {(method, key): name for method, key, name in rows}


def unknown_names(work: Work, rule: Rule) -> tuple[str, ...]:
    """Sentences on stages, companies, segments and sources that a rule names and the team does not have."""
    missing = [one for one in _all_named(rule) if not _is_known(work, one)]
    return tuple(f"There is no {one.trait.value} called “{one.name}” at present." for one in dict.fromkeys(missing))


def _page(work: Work, ids: Iterable[str]) -> People:
    listed = list(ids)
    shown = listed[:PAGE]
    return People(briefs(work, shown), shown[-1] if len(listed) > PAGE else "")


def _everybody(work: Work) -> int:
    alive = (Customer.removed_at.is_(None), Customer.merged_into.is_(None))
    return work.session.scalar(select(func.count()).select_from(Customer).where(*alive)) or 0


def _worth(work: Work, holds: ColumnElement[bool]) -> Worth:
    """One statement over the scores of those for whom a condition holds."""
    inside = select(Customer.customer_id).where(holds)
    valued, chance = Score.kind == ScoreKind.VALUE.value, Score.kind.in_(_CHANCES)
    row = work.session.execute(
        select(
            func.sum(case((valued, 1), else_=0)),
            func.sum(case((valued, Score.point), else_=0.0)),
            func.sum(case((chance & Score.band.is_(None), 1), else_=0)),
            func.sum(case((chance & Score.band.is_(None), Score.point), else_=0.0)),
            func.sum(case((chance & Score.band.is_not(None), 1), else_=0)),
        ).where(Score.kind.in_((ScoreKind.VALUE.value, *_CHANCES)), Score.about.in_(inside))
    ).one()
    valued_n, value, judged, chances, banded = (one or 0 for one in row)
    mean = float(chances) / judged if judged else 0.0
    return Worth(int(valued_n), float(value), int(judged), mean, int(banded))


def _view(work: Work, row: Row, moved: dict[tuple[str, date, bool], int]) -> OwnSegment:
    maker = work.session.get(User, (work.team_id, row.made_by))
    came, went = (moved.get((row.segment_id, row.counted_on, way), 0) if row.counted_on else 0 for way in (True, False))
    slack_id = maker.slack_user_id if maker else None
    rule = from_json(row.rule)
    return OwnSegment(row.segment_id, row.name, rule, slack_id, row.version, row.counted_on, came, went)


def _moved(work: Work, rows: Iterable[Row]) -> dict[tuple[str, date, bool], int]:
    """How many came and went by the last night that counted a segment."""
    ids = {row.segment_id for row in rows}
    days = {row.counted_on for row in rows if row.counted_on}
    if not ids or not days:
        return {}
    counted = work.session.execute(
        select(OwnSegmentMove.segment_id, OwnSegmentMove.day, OwnSegmentMove.came, func.count())
        .where(OwnSegmentMove.segment_id.in_(ids), OwnSegmentMove.day.in_(days))
        .group_by(OwnSegmentMove.segment_id, OwnSegmentMove.day, OwnSegmentMove.came)
    )
    return {(segment_id, day, came): number for segment_id, day, came, number in counted}


def _who_moved(work: Work, segment: OwnSegment) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = []
    for came in (True, False):
        ids = work.session.scalars(
            select(OwnSegmentMove.customer_id)
            .where(
                OwnSegmentMove.segment_id == segment.segment_id,
                OwnSegmentMove.day == segment.counted_on,
                OwnSegmentMove.came.is_(came),
            )
            .order_by(OwnSegmentMove.customer_id)
            .limit(_MOVED)
        ).all()
        names.append(tuple(_called(brief) for brief in briefs(work, ids)))
    return names[0], names[1]


def _called(brief: CustomerBrief) -> str:
    return f"{brief.name}, {brief.company}" if brief.company else brief.name


def _all_named(rule: Rule) -> list[Named]:
    if isinstance(rule, Not):
        return _all_named(rule.part)
    if isinstance(rule, All | Any):
        return [found for part in rule.parts for found in _all_named(part)]
    return [rule] if isinstance(rule, Named) else []


def _is_known(work: Work, rule: Named) -> bool:
    name = rule.name.casefold()
    if rule.trait is Trait.COMPANY:
        key = company_key(rule.name)[:200]
        found = select(Company.company_id).where(Company.name_key == key, Company.removed_at.is_(None))
    elif rule.trait is Trait.STAGE:
        found = select(Stage.stage_id).where((func.lower(Stage.name) == name) | (Stage.name == rule.name))
    elif rule.trait is Trait.SOURCE:
        found = select(Customer.customer_id).where(func.lower(Customer.source) == name)
    else:
        return _is_segment(work, rule.name)
    return work.session.scalar(found.limit(1)) is not None


def _is_segment(work: Work, name: str) -> bool:
    if named(work, name) is not None:
        return True
    given = given_names(work)
    rows = work.session.execute(select(Segment.method, Segment.key, Segment.name).where(Segment.current.is_(True)))
    return any(
        name.casefold() in (row.name.casefold(), row.key, given.get((row.method, row.key), "").casefold())
        for row in rows
    )
