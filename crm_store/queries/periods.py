"""What a team did within a time and how it stands at its end, for the reports of a week and of a month."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from crm_store.engine.work import Work
from crm_store.errors import BadInput
from crm_store.models.history import Communication
from crm_store.models.marketing import Decision, Suggestion
from crm_store.models.people import Company, Customer, User
from crm_store.models.trade import Deal, DealEvent, Stage
from crm_store.money import Money, read
from crm_store.queries import quiet, suggestions
from crm_store.queries.features import currency
from crm_store.values.periods import CHANNELS, DealStep, Period, Proposals, Standing, Sums, Worked

_AS: Final = {"form": "mail", "calendar": "meeting"}
_SHOWN: Final = 50


def period(work: Work, since: date, until: date, zone: ZoneInfo) -> Period:
    """Everything of the days `since` to `until` (both count, in the team's zone), and of as many days before.

    Later facts change nothing but what was corrected since. Private notes are counted for who wrote them, not shown;
    customers whom the team may not see are named nowhere.
    """
    start, end = (_midnight(day, zone) for day in (since, until + timedelta(days=1)))
    earlier = _midnight(since - timedelta(days=(until - since).days + 1), zone)
    money = currency(work)
    names = {row.user_id: row.name for row in work.session.scalars(select(User))}
    won, lost = (_closed(work, state, start, end, names) for state in ("won", "lost"))
    return Period(
        since=since,
        until=until,
        currency=money,
        worked=_worked(work, start, end, names),
        sums=_sums(work, start, end, money),
        before=_sums(work, earlier, start, money),
        won=won,
        lost=lost,
        moved=_moved(work, start, end, names),
        pipeline_then=_standing(work, start, money),
        pipeline_now=_standing(work, end, money),
        waiting=quiet.waiting(work, end),
        overdue=quiet.overdue(work, end),
        silent=quiet.gone_silent(work, start, end, money),
        proposals=_proposals(work, start, end),
    )


def worked(work: Work, since: date, until: date, zone: ZoneInfo) -> tuple[Worked, ...]:
    """What each colleague logged on the days `since` to `until`, who logged most first."""
    names = {row.user_id: row.name for row in work.session.scalars(select(User))}
    return _worked(work, _midnight(since, zone), _midnight(until + timedelta(days=1), zone), names)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _worked(work: Work, start: datetime, end: datetime, names: dict[str, str]) -> tuple[Worked, ...]:
    rows = work.session.execute(
        select(Communication.logged_by, Communication.kind, func.count(Communication.communication_id).label("n"))
        .where(Communication.happened_at >= start, Communication.happened_at < end, Communication.removed_at.is_(None))
        .group_by(Communication.logged_by, Communication.kind)
    )
    counts: dict[str, list[int]] = {}
    for row in rows:
        kind = _AS.get(row.kind, row.kind)
        if row.logged_by in names and kind in CHANNELS:
            counts.setdefault(row.logged_by, [0] * len(CHANNELS))[CHANNELS.index(kind)] += row.n
    found = [Worked(names[user_id], tuple(each)) for user_id, each in counts.items()]
    return tuple(sorted(found, key=lambda one: (-one.total, one.name)))


def _sums(work: Work, start: datetime, end: datetime, money: str) -> Sums:
    logged = work.session.scalar(
        select(func.count(Communication.communication_id)).where(
            Communication.happened_at >= start, Communication.happened_at < end, Communication.removed_at.is_(None)
        )
    )
    figures: list[tuple[int, Money]] = []
    for state, moment in (("won", Deal.closed_at), ("lost", Deal.closed_at), ("", Deal.opened_at)):
        wanted = [moment >= start, moment < end, Deal.removed_at.is_(None), *([Deal.state == state] if state else [])]
        rows = work.session.execute(select(Deal.amount_minor, Deal.currency).where(*wanted)).all()
        figures.append((len(rows), Money(sum(row.amount_minor or 0 for row in rows if row.currency == money), money)))
    (won, won_amount), (lost, lost_amount), (opened, opened_amount) = figures
    return Sums(logged or 0, won, won_amount, lost, lost_amount, opened, opened_amount)


def _closed(work: Work, state: str, start: datetime, end: datetime, names: dict[str, str]) -> tuple[DealStep, ...]:
    closed = (Deal.state == state, Deal.closed_at >= start, Deal.closed_at < end)
    found = work.session.scalars(select(Deal).where(*closed, Deal.removed_at.is_(None))).all()
    ranked = sorted(found, key=lambda deal: (-(deal.amount_minor or 0), deal.deal_id))[:_SHOWN]
    return _steps(work, ranked, names, {})


def _moved(work: Work, start: datetime, end: datetime, names: dict[str, str]) -> tuple[DealStep, ...]:
    """Deals that changed their stage and are not closed, each once: from where it stood first to where it came."""
    rows = work.session.execute(
        select(DealEvent.deal_id, DealEvent.old, DealEvent.new)
        .where(DealEvent.field == "stage", DealEvent.at >= start, DealEvent.at < end, DealEvent.old.is_not(None))
        .order_by(DealEvent.at, DealEvent.event_id)
    )
    went: dict[str, tuple[str, str]] = {}
    for row in rows:
        went[row.deal_id] = (went.get(row.deal_id, (row.old or "", ""))[0], row.new or "")
    went = {deal_id: pair for deal_id, pair in went.items() if pair[0] != pair[1]}
    wanted = select(Deal).where(Deal.deal_id.in_(list(went)[:1000]), Deal.removed_at.is_(None))
    closing = set(work.session.scalars(select(Stage.name).where(Stage.outcome != "open")))
    found = [one for one in work.session.scalars(wanted) if went[one.deal_id][1] not in closing]
    ranked = sorted(found, key=lambda deal: (-(deal.amount_minor or 0), deal.deal_id))[:_SHOWN]
    return _steps(work, ranked, names, went)


def _steps(
    work: Work, deals: Sequence[Deal], names: dict[str, str], went: dict[str, tuple[str, str]]
) -> tuple[DealStep, ...]:
    companies = dict(
        work.session.execute(
            select(Company.company_id, Company.name).where(
                Company.company_id.in_({one.company_id for one in deals if one.company_id})
            )
        ).all()
    )
    people = dict(
        work.session.execute(
            select(Customer.customer_id, Customer.name).where(
                Customer.customer_id.in_({one.customer_id for one in deals if one.customer_id}),
                Customer.level == "team",
            )
        ).all()
    )
    return tuple(
        DealStep(
            one.name,
            companies.get(one.company_id or "") or people.get(one.customer_id or "", ""),
            names.get(one.owner or "", ""),
            Money(one.amount_minor, one.currency) if one.amount_minor is not None else None,
            *went.get(one.deal_id, ("", "")),
            one.lost_reason or "" if one.state == "lost" else "",
        )
        for one in deals
    )


def _standing(work: Work, at: datetime, money: str) -> Standing:
    """Deals open at a moment, with the amounts they had then: a later change says what it replaced."""
    rows = work.session.execute(
        select(Deal.deal_id, Deal.amount_minor, Deal.currency).where(
            Deal.opened_at < at, or_(Deal.closed_at.is_(None), Deal.closed_at >= at), Deal.removed_at.is_(None)
        )
    ).all()
    later = work.session.execute(
        select(DealEvent.deal_id, DealEvent.old)
        .where(DealEvent.field == "amount", DealEvent.at >= at)
        .order_by(DealEvent.at.desc(), DealEvent.event_id.desc())
    )
    then = {row.deal_id: _minor(row.old, money) for row in later}
    total = 0
    for row in rows:
        if row.deal_id in then:
            total += then[row.deal_id] or 0
        elif row.currency == money:
            total += row.amount_minor or 0
    return Standing(len(rows), Money(total, money))


def _minor(text: str | None, money: str) -> int | None:
    """An amount as a deal's history keeps it: in words for people, or in minor units where it was imported."""
    if not text or text.lstrip("-").isdigit():
        return int(text) if text else None
    try:
        found = read(text, money)
    except BadInput:
        return None
    return found.minor if found.currency == money else None


def _proposals(work: Work, start: datetime, end: datetime) -> Proposals:
    made = work.session.scalar(
        select(func.count(Suggestion.suggestion_id)).where(Suggestion.created_at >= start, Suggestion.created_at < end)
    )
    verdicts = dict(
        work.session.execute(
            select(Decision.verdict, func.count(Decision.suggestion_id.distinct()))
            .where(Decision.at >= start, Decision.at < end)
            .group_by(Decision.verdict)
        ).all()
    )
    expired = work.session.scalar(
        select(func.count(Suggestion.suggestion_id)).where(
            Suggestion.state == "expired", Suggestion.expires_at >= start, Suggestion.expires_at < end
        )
    )
    lifts = suggestions.lifts(work)
    measured = tuple(lifts[kind] for kind in sorted(lifts))
    return Proposals(made or 0, verdicts.get("approved", 0), verdicts.get("dismissed", 0), expired or 0, measured)
