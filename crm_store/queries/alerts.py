"""Thresholds that were passed: who wrote, which promise is due, and which deals are at risk since when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select

from crm_store.engine.work import Work
from crm_store.lookup.tokens import in_groups
from crm_store.models.history import Communication, Participant, Witness
from crm_store.models.mail import Meeting
from crm_store.models.noise import Alert
from crm_store.models.people import Customer, User
from crm_store.models.plumbing import JobRun
from crm_store.models.trade import Deal, DealPerson, Task
from crm_store.values.alerts import Crossing
from crm_store.values.noise import Kind
from crm_store.values.roles import Role

JOB: Final = "alerts"
LOOKED: Final = "looked_at"
"""What a run of the job says of itself: when it last looked at the deals."""
LETTERS: Final = ("mail", "message", "form")
"""What waits for an answer."""
_ALERTED: Final = ("mail", "message")  # Of a form its owner is told as it comes in.
PROMISE_AHEAD: Final = timedelta(hours=1)
_WRITTEN: Final = timedelta(days=3)
_LOGGED: Final = timedelta(days=1)
_LATE: Final = timedelta(days=1)
_FRESH: Final = timedelta(days=7)
"""What was passed longer ago is a level and no crossing: a store that was just filled raises no alarm."""
_SILENT: Final = timedelta(days=30)
_LIVE: Final = timedelta(days=60)
_YOUNG: Final = timedelta(days=14)
_STEPLESS: Final = timedelta(days=7)
_EVERY: Final = timedelta(hours=1)
_AT_ONCE: Final = 400
PAGE: Final = 200
"""So many deals are looked at in one go."""


@dataclass(frozen=True, slots=True)
class _Open:
    """An open deal of somebody who is there."""

    deal_id: str
    owner: str
    customer_id: str | None
    company_id: str | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class _Contact:
    customer_id: str
    touched: datetime | None
    is_champion: bool


def anything(work: Work) -> bool:
    """Whether a run would find something, or should look at the deals again."""
    return bool(_looked_long_ago(work, work.now) or replies(work, work.now) or promises(work, work.now))


def looked(work: Work) -> datetime | None:
    """When the job last looked at all deals."""
    details = work.session.scalars(
        select(JobRun.detail).where(JobRun.job == JOB, JobRun.state == "done").order_by(JobRun.ended_at.desc()).limit(1)
    ).first()
    told = (details or {}).get(LOOKED)
    return datetime.fromisoformat(str(told)) if told else None


def _looked_long_ago(work: Work, at: datetime) -> bool:
    last = looked(work)
    return last is None or at - last >= _EVERY


def should_look(work: Work, at: datetime) -> bool:
    """Whether it is time to look at all deals again."""
    return _looked_long_ago(work, at)


def spoken(work: Work, at: datetime) -> tuple[Crossing, ...]:
    """What customers wrote and what we promised, as far as it was not told yet."""
    return (*replies(work, at), *promises(work, at))


def new_risks(work: Work, at: datetime, after: str = "") -> tuple[tuple[Crossing, ...], str]:
    """Thresholds that some deals passed of late and that were not told yet, and the deal after which to go on.

    Deals are looked at in pages, so that nobody waits for a team that has thousands; an empty id is the end.
    """
    deals = _deals(work, None, None, after, PAGE)
    found = [one for one in _risks(work, deals, at) if one.at > at - _FRESH]
    return _untold(work, found), deals[-1].deal_id if len(deals) == PAGE else ""


def _known(work: Work, causes: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in in_groups(causes, _AT_ONCE):
        found.update(work.session.scalars(select(Alert.cause).where(Alert.cause.in_(some))))
    return found


def _active() -> Any:
    """Who may act on what they are told; a viewer may not."""
    return select(User.user_id).where(User.active.is_(True), User.role != Role.VIEWER.value)


def replies(work: Work, at: datetime) -> tuple[Crossing, ...]:
    """What customers wrote of late and their owner has not seen: neither sent in nor witnessed by the owner.

    An automatic reply is dropped before it is logged, and whoever forwards a mail has its receipt.
    """
    seen = select(Witness.user_id).where(
        Witness.team_id == Communication.team_id,
        Witness.communication_id == Communication.communication_id,
        Witness.user_id == Customer.owner,
    )
    rows = work.session.execute(
        select(
            Communication.communication_id, Communication.happened_at, Customer.customer_id, Customer.owner,
            Communication.deal_id,
        )
        .join(
            Participant,
            (Participant.team_id == Communication.team_id)
            & (Participant.communication_id == Communication.communication_id),
        )
        .join(
            Customer, (Customer.team_id == Participant.team_id) & (Customer.customer_id == Participant.customer_id)
        )
        .where(
            Communication.happened_at >= at - _WRITTEN,
            Communication.happened_at <= at,
            Communication.logged_at >= at - _LOGGED,
            Communication.direction == "incoming",
            Communication.kind.in_(_ALERTED),
            Communication.level == "team",
            Communication.removed_at.is_(None),
            Communication.logged_by != Customer.owner,
            Customer.owner.in_(_active()),
            *_there(Customer.owner),
            ~seen.exists(),
        )
        .order_by(Communication.communication_id, Participant.role != "from", Participant.participant_id)
    ).all()  # fmt: skip
    found: dict[str, Crossing] = {}
    for row in rows:
        cause = f"reply:{row.communication_id}:{row.owner}"
        found.setdefault(
            cause,
            Crossing(Kind.REPLY, cause, row.owner, row.happened_at, row.customer_id, row.deal_id, row.communication_id),
        )
    return _untold(work, found.values())


def promises(work: Work, at: datetime) -> tuple[Crossing, ...]:
    """Promises of ours that are due within the hour, or since yesterday; one that was put off is due anew."""
    rows = work.session.scalars(
        select(Task)
        .where(
            Task.promised_at.is_not(None),
            Task.state == "open",
            Task.due_at > at - _LATE,
            Task.due_at <= at + PROMISE_AHEAD,
            Task.owner.in_(_active()),
        )
        .order_by(Task.due_at, Task.task_id)
    ).all()
    return _untold(
        work,
        [
            Crossing(
                Kind.PROMISE, f"promise:{row.task_id}:{row.due_at:%Y%m%d%H%M}", row.owner, row.due_at, row.customer_id,
                row.deal_id, row.task_id,
            )
            for row in rows
            if row.due_at is not None
        ],
    )  # fmt: skip


def _untold(work: Work, found: Iterable[Crossing]) -> tuple[Crossing, ...]:
    listed = list(found)
    known = _known(work, [one.cause for one in listed])
    return tuple(one for one in listed if one.cause not in known)


def _there(owner: Any) -> tuple[ColumnElement[bool], ...]:
    """A customer who is there and whom their reader may see."""
    return (
        Customer.removed_at.is_(None),
        Customer.merged_into.is_(None),
        or_(Customer.level == "team", Customer.owner == owner),
    )


def risks(work: Work, at: datetime, *, owner: str | None = None, deal_id: str | None = None) -> tuple[Crossing, ...]:
    """Open deals at risk with the moment since when: a champion silent for 30 days, one live contact, no next step."""
    return _risks(work, _deals(work, owner, deal_id), at)


def _risks(work: Work, deals: Sequence[_Open], at: datetime) -> tuple[Crossing, ...]:
    contacts = _contacts(work, deals)
    steps = _steps(work, deals, at)
    found: list[Crossing] = []
    for deal in deals:
        people = contacts.get(deal.deal_id, [])
        found += _silent(deal, people, at)
        found += _single(deal, people, at)
        found += _without_step(deal, steps.get(deal.deal_id, (False, None)), at)
    return tuple(sorted(found, key=lambda one: (one.at, one.cause), reverse=True))


def _deals(work: Work, owner: str | None, deal_id: str | None, after: str = "", most: int | None = None) -> list[_Open]:
    query = select(Deal.deal_id, Deal.owner, Deal.customer_id, Deal.company_id, Deal.opened_at).where(
        Deal.state == "open", Deal.removed_at.is_(None), Deal.owner.in_(_active())
    )
    if owner:
        query = query.where(Deal.owner == owner)
    if deal_id:
        query = query.where(Deal.deal_id == deal_id)
    if after:
        query = query.where(Deal.deal_id > after)
    rows = work.session.execute(query.order_by(Deal.deal_id).limit(most)).all()
    return [_Open(row.deal_id, str(row.owner), row.customer_id, row.company_id, row.opened_at) for row in rows]


def _contacts(work: Work, deals: Sequence[_Open]) -> Mapping[str, list[_Contact]]:
    """Whom we talk to about each deal: its people, its customer, and their colleagues with whom somebody talked."""
    roles: dict[str, dict[str, bool]] = {deal.deal_id: {} for deal in deals}
    for some in in_groups([deal.deal_id for deal in deals], _AT_ONCE):
        rows = select(DealPerson.deal_id, DealPerson.customer_id, DealPerson.role).where(DealPerson.deal_id.in_(some))
        for row in work.session.execute(rows):
            roles[row.deal_id][row.customer_id] = row.role == "champion"
    for deal in deals:
        if deal.customer_id:
            roles[deal.deal_id].setdefault(deal.customer_id, not any(roles[deal.deal_id].values()))
    wanted = {one for people in roles.values() for one in people}
    known = _customers(work, Customer.customer_id, wanted)
    by_company: dict[str, list[Any]] = {}
    companies = {deal.company_id for deal in deals if deal.company_id}
    companies |= {row.company_id for row in known.values() if row.company_id}
    for row in _customers(work, Customer.company_id, companies).values():
        by_company.setdefault(str(row.company_id), []).append(row)
    return {deal.deal_id: _of_deal(deal, roles[deal.deal_id], known, by_company) for deal in deals}


def _of_deal(
    deal: _Open, roles: Mapping[str, bool], known: Mapping[str, Any], by_company: Mapping[str, Sequence[Any]]
) -> list[_Contact]:
    own = [known[one] for one in roles if one in known]
    companies = {row.company_id for row in own if row.company_id} | ({deal.company_id} if deal.company_id else set())
    beside = [row for one in sorted(companies) for row in by_company.get(one, ()) if row.last_touch_at is not None]
    rows = {row.customer_id: row for row in (*own, *beside) if row.level == "team" or row.owner == deal.owner}
    return [_Contact(key, row.last_touch_at, roles.get(key, False)) for key, row in rows.items()]


def _customers(work: Work, column: Any, keys: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for some in in_groups(sorted(keys), _AT_ONCE):
        rows = select(
            Customer.customer_id, Customer.company_id, Customer.last_touch_at, Customer.level, Customer.owner
        ).where(column.in_(some), Customer.removed_at.is_(None), Customer.merged_into.is_(None))
        found.update((row.customer_id, row) for row in work.session.execute(rows))
    return found


def _steps(work: Work, deals: Sequence[_Open], at: datetime) -> dict[str, tuple[bool, datetime | None]]:
    """For each deal whether something is to be done or a meeting is planned, and when the last such thing ended."""
    ahead: set[str] = set()
    ended: dict[str, datetime] = {}

    def note(key: str | None, when: datetime | None) -> None:
        if key and when:
            ended[key] = max(ended.get(key, when), when)

    wanted = sorted({deal.customer_id for deal in deals if deal.customer_id})
    found: list[Any] = []
    for some in in_groups([deal.deal_id for deal in deals], _AT_ONCE):
        found += work.session.execute(_tasks().where(Task.deal_id.in_(some)))
    for some in in_groups(wanted, _AT_ONCE):
        found += work.session.execute(_tasks().where(Task.customer_id.in_(some)))
        for customer_id, starts_at in work.session.execute(_meetings(some)):
            if starts_at > at:
                ahead.add(customer_id)
            else:
                note(customer_id, starts_at)
    for row in found:
        if row.state == "open":
            ahead.update(one for one in (row.deal_id, row.customer_id) if one)
        note(row.deal_id, row.done)
        note(row.customer_id, row.done)
    stands = {}
    for deal in deals:
        names = [key for key in (deal.deal_id, deal.customer_id) if key]
        moments = [ended[key] for key in names if key in ended]
        stands[deal.deal_id] = (any(key in ahead for key in names), max(moments, default=None))
    return stands


def _tasks() -> Any:
    ended = func.max(Task.done_at).label("done")
    return select(Task.deal_id, Task.customer_id, Task.state, ended).group_by(
        Task.deal_id, Task.customer_id, Task.state
    )


def _meetings(customer_ids: Sequence[str]) -> Any:
    return (
        select(Participant.customer_id, func.max(Meeting.starts_at))
        .join(
            Meeting,
            (Meeting.team_id == Participant.team_id) & (Meeting.communication_id == Participant.communication_id),
        )
        .where(Participant.customer_id.in_(customer_ids), Meeting.state == "planned", Meeting.starts_at.is_not(None))
        .group_by(Participant.customer_id)
    )


def _silent(deal: _Open, people: Sequence[_Contact], at: datetime) -> list[Crossing]:
    found = []
    for one in people:
        passed = max(one.touched or deal.opened_at, deal.opened_at) + _SILENT
        if one.is_champion and passed <= at:
            cause = f"champion:{deal.deal_id}:{one.customer_id}:{passed:%Y%m%d}"
            found.append(Crossing(Kind.CHAMPION, cause, deal.owner, passed, one.customer_id, deal.deal_id))
    return found


def _single(deal: _Open, people: Sequence[_Contact], at: datetime) -> list[Crossing]:
    """One live contact alone, once the deal is two weeks old or the second one fell silent."""
    touched = sorted((one for one in people if one.touched), key=lambda one: one.touched or at, reverse=True)
    live = [one for one in touched if one.touched and one.touched > at - _LIVE]
    if len(live) != 1:
        return []
    second = touched[1].touched if len(touched) > 1 else None
    passed = max(deal.opened_at + _YOUNG, second + _LIVE) if second else deal.opened_at + _YOUNG
    if passed > at:
        return []
    cause = f"contact:{deal.deal_id}:{passed:%Y%m%d}"
    return [Crossing(Kind.CONTACT, cause, deal.owner, passed, live[0].customer_id, deal.deal_id)]


def _without_step(deal: _Open, stands: tuple[bool, datetime | None], at: datetime) -> list[Crossing]:
    ahead, ended = stands
    passed = max(deal.opened_at, ended or deal.opened_at) + _STEPLESS
    if ahead or passed > at:
        return []
    cause = f"step:{deal.deal_id}:{passed:%Y%m%d}"
    return [Crossing(Kind.STEP, cause, deal.owner, passed, deal.customer_id, deal.deal_id)]
