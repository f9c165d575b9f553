"""The answer to a question for a number: one statement over the team's rows, in one currency, others said apart."""

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, func, literal, select

from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.lookup.briefs import Person, people
from crm_store.matching.companies import company_key
from crm_store.models.people import Company, Customer, Team, User
from crm_store.models.scoring import SegmentMember
from crm_store.models.trade import Stage
from crm_store.queries import own_segments, rule_segments, segments
from crm_store.queries.number_grounds import Ground, ground
from crm_store.values import time_spans
from crm_store.values.numbers import (
    STANDING,
    TIMES,
    UNITS,
    Answer,
    Apart,
    Before,
    Figure,
    Part,
    Question,
    Split,
    Statement,
    Unit,
)
from crm_store.values.segment_rules import Named, Trait

SHOWN: Final = 20
_OF_CUSTOMERS: Final = (Split.SOURCE, Split.COMPANY, Split.CUSTOMER, Split.SEGMENT)
_BY_CUSTOMER: Final = frozenset((Figure.REVENUE, Figure.ORDERS, Figure.AVERAGE_ORDER, Figure.BUYERS))
_NOBODY: Final = {
    Split.OWNER: "nobody", Split.COMPANY: "no company", Split.CUSTOMER: "no customer", Split.SEGMENT: "no segment",
    Split.SOURCE: "no source", Split.REASON: "no reason given",
}  # fmt: skip
_METHODS: Final = ("tree", "kmeans", "rule")
_CLAUSES: Final = re.compile(
    r"\s+(?=(?:FROM|LEFT OUTER JOIN|JOIN|WHERE|GROUP BY|ORDER BY|LIMIT)\b)|(?<=\s)(?=AND\b)", re.IGNORECASE
)


def answer(work: Work, question: Question, zone: ZoneInfo) -> Answer:
    """The answer; days are those of `zone`. Raises BadInput where a name is nobody's."""
    # A communication is logged by a colleague, whoever's the customer is; an order is its customer's owner's.
    of_owners = question.figure in _BY_CUSTOMER and (question.by is Split.OWNER or bool(question.owner))
    of_customers = question.by in _OF_CUSTOMERS or bool(question.company or question.segment) or of_owners
    on = ground(work, question.figure, of_customers=of_customers)
    chosen = _chosen(work, on, question, zone)
    team = work.session.get(Team, (work.team_id,))
    currency = str(team.settings.get("currency", "EUR")) if team else "EUR"
    today = work.now.astimezone(zone).date()
    within = _within(on, question.since, question.until, zone)
    ours = [on.currency == currency] if on.currency is not None else []
    whole = on.rows.where(*chosen, *ours, *within)
    n, value = _figure(work, question.figure, on, whole)
    statement = whole.add_columns(*_columns(on))
    parts: tuple[Part, ...] = ()
    rest = 0
    if question.by in TIMES:
        statement, parts = _by_time(work, question, on, whole, zone, today)
    elif question.by is not None:
        statement, parts, rest = _by_kind(work, question, on, whole)
    before = _before(work, question, on, on.rows.where(*chosen, *ours), zone, today)
    apart = _apart(work, on, on.rows.where(*chosen, *within), currency)
    return Answer(question, value, n, currency, parts, rest, before, apart, _told(work, statement))


def _columns(on: Ground) -> list[ColumnElement[Any]]:
    amount = func.coalesce(func.sum(on.amount), 0) if on.amount is not None else literal(0)
    return [on.n.label("n"), amount.label("amount")]


def _value(figure: Figure, n: int, amount: float) -> float | None:
    """The figure from a count and a sum; None where a mean has nothing to rest on."""
    unit = UNITS.get(figure, Unit.COUNT)
    if unit is Unit.COUNT:
        return float(n)
    if unit is Unit.MONEY:
        return float(amount)
    return float(amount) / n if n else None


def _figure(work: Work, figure: Figure, on: Ground, rows: Select[Any]) -> tuple[int, float | None]:
    n, amount = work.session.execute(rows.add_columns(*_columns(on))).one()
    return int(n), _value(figure, int(n), float(amount))


def _within(on: Ground, since: date | None, until: date | None, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """From the start of one local day to the end of another; what happened at no known time is in no stretch."""
    if on.at is None:
        return []
    around = timedelta(days=1)
    found: list[ColumnElement[bool]] = []
    if since:
        found.append(on.at >= _start(since, zone))
        # A day of UTC begins and ends within a day of the local one; its index narrows what is looked at.
        found += [on.day >= since - around] if on.day is not None else []
    if until:
        found.append(on.at < _start(until + around, zone))
        found += [on.day <= until + around] if on.day is not None else []
    return found


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _by_time(
    work: Work, question: Question, on: Ground, whole: Select[Any], zone: ZoneInfo, today: date
) -> tuple[Select[Any], tuple[Part, ...]]:
    """One part for each stretch, those with nothing included."""
    by, at = question.by, on.at
    if by is None or at is None:
        raise ValueError("a figure that knows no time cannot be divided by it")
    until = question.until or today
    stretches = list(time_spans.parts(question.since or until, until, by.value))
    ends = [(at < _start(last + timedelta(days=1), zone), place) for place, (_, _, last) in enumerate(stretches)]
    part = case(*ends, else_=len(stretches)).label("part")
    statement = whole.add_columns(part, *_columns(on)).group_by("part")
    found = {row.part: row for row in work.session.execute(statement)}
    parts = []
    for place, (label, _, _) in enumerate(stretches):
        n, amount = (int(found[place].n), float(found[place].amount)) if place in found else (0, 0.0)
        parts.append(Part(label, _value(question.figure, n, amount), n))
    return statement, tuple(parts)


def _by_kind(
    work: Work, question: Question, on: Ground, whole: Select[Any]
) -> tuple[Select[Any], tuple[Part, ...], int]:
    """The largest parts, and how many there are besides."""
    by = question.by or Split.OWNER
    named: Mapping[str, str] = {}
    column: SQLColumnExpression[Any] = SegmentMember.segment_id
    if by is Split.SEGMENT:
        named = _segments(work)
        member = and_(
            SegmentMember.team_id == work.team_id,
            SegmentMember.customer_id == on.customer,
            SegmentMember.segment_id.in_(list(named)),
        )
        whole = whole.outerjoin(SegmentMember, member)
    else:
        column = on.by[by]
    if question.top:
        whole = whole.where(column.is_not(None))
    most = question.top or SHOWN
    grouped = whole.add_columns(column.label("part"), *_columns(on)).group_by("part")
    statement = grouped.order_by(_size(question.figure, on).desc(), "part").limit(most)
    rows = work.session.execute(statement).all()
    labels = named if by is Split.SEGMENT else _labels(work, by, [row.part for row in rows if row.part])
    parts = tuple(
        Part(
            labels.get(row.part, row.part) if row.part else _NOBODY.get(by, "none"),
            _value(question.figure, int(row.n), float(row.amount)),
            int(row.n),
        )
        for row in rows
    )
    rest = 0
    if len(rows) == most and not question.top:
        counted = select(func.count()).select_from(grouped.subquery())
        rest = (work.session.scalar(counted) or 0) - most
    return statement, parts, rest


def _size(figure: Figure, on: Ground) -> ColumnElement[Any]:
    unit = UNITS.get(figure, Unit.COUNT)
    if unit is Unit.COUNT or on.amount is None:
        return on.n
    total = func.coalesce(func.sum(on.amount), 0)
    return total if unit is Unit.MONEY else total * 1.0 / on.n


def _before(
    work: Work, question: Question, on: Ground, rows: Select[Any], zone: ZoneInfo, today: date
) -> Before | None:
    """The same for the stretch before, of a figure that is not itself divided by time."""
    if question.since is None or question.figure in STANDING or question.by in TIMES or question.since > today:
        return None
    since, until = time_spans.before(question.since, question.until or today, today)
    n, value = _figure(work, question.figure, on, rows.where(*_within(on, since, until, zone)))
    return Before(value, n, since, until, _begun(work, on, since, until, zone))


def _begun(work: Work, on: Ground, since: date, until: date, zone: ZoneInfo) -> date | None:
    """The day of the team's first record of a kind, where more than a tenth of a stretch lies before it."""
    if on.at is None:
        return None
    first = work.session.scalar(on.rows.with_only_columns(func.min(on.at)))
    if first is None:
        return None
    day: date = first.astimezone(zone).date()
    return day if day > since + (until - since) / 10 else None


def _apart(work: Work, on: Ground, rows: Select[Any], currency: str) -> tuple[Apart, ...]:
    """What is in other currencies."""
    if on.currency is None:
        return ()
    statement = (
        rows.where(on.currency != currency)
        .add_columns(on.currency.label("part"), on.n.label("n"), func.coalesce(func.sum(on.amount), 0).label("amount"))
        .group_by("part")
        .order_by("part")
    )
    return tuple(Apart(row.part, int(row.n), int(row.amount)) for row in work.session.execute(statement))


def _chosen(work: Work, on: Ground, question: Question, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """The conditions of the names in a question."""
    found: list[ColumnElement[bool]] = []
    if question.owner:
        found.append(on.by[Split.OWNER] == _owner(work, question.owner))
    if question.company:
        found.append(on.by[Split.COMPANY].in_(_companies(work, question.company)))
    if question.stage:
        found.append(on.by[Split.STAGE].in_(_stages(work, question.stage)))
    if question.segment:
        rule = Named(Trait.SEGMENT, question.segment)
        if own_segments.unknown_names(work, rule):
            known = [one.name for one in own_segments.every(work)] + [one.name for one in segments.list(work)]
            raise _nobody("segment", question.segment, known)
        inside = select(Customer.customer_id).where(rule_segments.holding(work, rule, zone))
        found.append(on.customer.in_(inside))
    return found


def _owner(work: Work, name: str) -> str:
    if name.casefold() in ("me", "mine", "my"):
        return work.actor
    wanted = name.casefold()
    users = work.session.scalars(select(User).where(User.active.is_(True))).all()
    for user in users:
        if wanted in (user.slack_user_id.casefold(), user.name.casefold(), user.user_id):
            return user.user_id
    first = [user for user in users if user.name.casefold().split()[:1] == [wanted]]
    if len(first) == 1:
        return first[0].user_id
    near = difflib.get_close_matches(wanted, [user.name.casefold().split()[0] for user in users if user.name.split()])
    close = [user.name for user in users if user.name.casefold().split()[:1] in [[one] for one in near]]
    raise _nobody("colleague", name, [user.name for user in first or users], close)


def _companies(work: Work, name: str) -> Sequence[str]:
    key = company_key(name)[:200]
    ids = work.session.scalars(
        select(Company.company_id).where(Company.name_key == key, Company.removed_at.is_(None))
    ).all()
    if ids:
        return ids
    like = select(Company.name).where(Company.name_key.startswith(key[:3], autoescape=True)).limit(200)
    raise _nobody("company", name, work.session.scalars(like).all())


def _stages(work: Work, name: str) -> Sequence[str]:
    rows = work.session.execute(select(Stage.stage_id, Stage.name)).all()
    ids = [row.stage_id for row in rows if row.name.casefold() == name.casefold()]
    if not ids:
        raise _nobody("stage", name, [row.name for row in rows])
    return ids


def _nobody(what: str, name: str, known: Sequence[str], close: Sequence[str] = ()) -> BadInput:
    by_key = {one.casefold(): one for one in known}
    near = [*close, *(by_key[key] for key in difflib.get_close_matches(name.casefold(), by_key, 3, 0.5))]
    near = list(dict.fromkeys(near))[:3]
    hint = f" Near are {', '.join(near)}." if near else ""
    return BadInput(f"There is no {what} called “{name}”.{hint}", field=what)


def _segments(work: Work) -> dict[str, str]:
    """The current learned segments of one method, since a customer is in one of each method."""
    current = segments.list(work)
    method = next((one for one in _METHODS if any(view.method == one for view in current)), "")
    return {view.segment_id: view.name for view in current if view.method == method}


def _labels(work: Work, by: Split, ids: Sequence[str]) -> dict[str, str]:
    if by is Split.OWNER:
        rows = work.session.execute(select(User.user_id, User.name).where(User.user_id.in_(ids)))
    elif by is Split.STAGE:
        rows = work.session.execute(select(Stage.stage_id, Stage.name).where(Stage.stage_id.in_(ids)))
    elif by is Split.COMPANY:
        rows = work.session.execute(select(Company.company_id, Company.name).where(Company.company_id.in_(ids)))
    elif by is Split.CUSTOMER:
        known = people(work, ids)
        return {one: _called(work, known[one]) if one in known else "somebody removed" for one in ids}
    else:
        return {}
    return {str(key): str(name) for key, name in rows}


def _called(work: Work, person: Person) -> str:
    """A customer by name; one that a colleague keeps private is not named."""
    if person.level != "team" and person.owner_id != work.actor:
        return "a private customer"
    company = f", {person.brief.company}" if person.brief.company else ""
    return f"{person.brief.name}{company}"


def _told(work: Work, statement: Select[Any]) -> Statement:
    """The statement as the database is asked it, with its parameters."""
    compiled = statement.compile(dialect=work.connection.dialect, compile_kwargs={"render_postcompile": True})
    text = _CLAUSES.sub("\n", " ".join(str(compiled).split()))
    parameters = tuple((str(name), str(value)) for name, value in (compiled.params or {}).items())
    return Statement(text, parameters)
