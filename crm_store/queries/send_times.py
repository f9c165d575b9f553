"""When letters may leave where their readers live, and when readers use to answer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from crm_store.engine.work import Work
from crm_store.lookup.tokens import in_groups
from crm_store.matching import zones as places
from crm_store.models.history import Communication, Participant
from crm_store.models.marketing import Send
from crm_store.models.people import Company, ContactPoint, Customer, Team
from crm_store.queries.given import given
from crm_store.values import send_times
from crm_store.values.last_look import MaySend
from crm_store.values.sending import SendHours

_LOOK_BACK: Final = timedelta(days=365)
_MOST: Final = 50_000
_AT_ONCE: Final = 400


def opened(
    work: Work, sends: Sequence[Send], verdicts: Mapping[str, MaySend], hours: SendHours | None
) -> dict[str, MaySend]:
    """The verdicts with the hours laid over them: those for sending where the reader lives, then the reader's own."""
    if hours is None:
        return dict(verdicts)
    known = zones(work, [one.customer_id for one in sends])
    own = _own_hours(work, known) if _is_better(work) else {}
    found = dict(verdicts)
    for one in sends:
        verdict, zone = verdicts[one.send_id], known[one.customer_id]
        if verdict.skip is not None:
            continue
        at = hours.next_open(verdict.later or work.now, zone)
        hour = own.get(one.customer_id)
        if hour is not None and one.step == 0:
            at = at_own_hour(hours, zone, hour, at, one.due_at)
        found[one.send_id] = MaySend(later=at if at > work.now else None)
    return found


def at_own_hour(hours: SendHours, zone: ZoneInfo, hour: int, at: datetime, due: datetime) -> datetime:
    """The next time that the reader's own hour strikes while letters may leave, from `at` on.

    A letter that was put off to that hour leaves whenever its turn comes, so that a slow day costs it no further one;
    an hour at which letters never leave is left aside.
    """
    if due.astimezone(zone).hour == hour:
        return at
    local = at.astimezone(zone)
    if local.hour == hour:
        return at
    strikes = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    for days in range(8):
        wanted = strikes + timedelta(days=days)
        if wanted >= local and hours.next_open(wanted, zone) == wanted:
            return wanted.astimezone(at.tzinfo)
    return at


def zones(work: Work, ids: Sequence[str]) -> dict[str, ZoneInfo]:
    """Where each lives by the clock: by a number's country code, else by the company's country, else as the team."""
    team = work.session.get(Team, (work.team_id,))
    usual = ZoneInfo(str(team.settings.get("time_zone", "UTC")) if team else "UTC")
    found = dict.fromkeys(ids, usual)
    for group in in_groups(list(found), _AT_ONCE):
        found |= _by_country(work, list(group))
        found |= _by_phone(work, list(group))
    return found


def sentence(work: Work) -> str:
    """What the last night found about hours, as cards say it; empty before the first night."""
    return str(_judged(work).get("sentence", ""))


def replies(work: Work) -> dict[str, list[int]]:
    """The hours at which each person's mails of a year came, where they live, the oldest first; the latest of all."""
    rows = work.session.execute(_mails(work).order_by(Communication.happened_at.desc()).limit(_MOST)).all()
    return _by_person(work, [(str(one), at) for one, at in rows])


def _mails(work: Work) -> Select[str | None, datetime]:
    """Who wrote to the team in the last year, and when."""
    return (
        select(Participant.customer_id, Communication.happened_at)
        .join(
            Communication,
            (Communication.team_id == Participant.team_id)
            & (Communication.communication_id == Participant.communication_id),
        )
        .where(
            Participant.role == "from",
            given(Participant.customer_id),
            Communication.kind == "mail",
            Communication.direction.in_(("incoming", "in")),
            Communication.happened_at > work.now - _LOOK_BACK,
            Communication.happened_at <= work.now,
            Communication.removed_at.is_(None),
        )
    )


def _by_person(work: Work, rows: Sequence[tuple[str, datetime]]) -> dict[str, list[int]]:
    known = zones(work, list(dict.fromkeys(one for one, _ in rows)))
    found: dict[str, list[int]] = {}
    for one, at in reversed(rows):
        found.setdefault(one, []).append(at.astimezone(known[one]).hour)
    return found


def _own_hours(work: Work, known: Mapping[str, ZoneInfo]) -> dict[str, int]:
    """The hours of those of whom enough replies are known."""
    rows = work.session.execute(_mails(work).where(Participant.customer_id.in_(list(known))))
    counts: dict[str, Counter[int]] = {}
    for one, at in rows:
        counts.setdefault(str(one), Counter())[at.astimezone(known[str(one)]).hour] += 1
    return {one: send_times.best(each, {}) for one, each in counts.items() if each.total() >= send_times.FEWEST}


def _is_better(work: Work) -> bool:
    return bool(_judged(work).get("better"))


def _judged(work: Work) -> Mapping[str, object]:
    team = work.session.get(Team, (work.team_id,))
    found = team.settings.get(send_times.SETTING) if team else None
    return found if isinstance(found, Mapping) else {}


def _by_country(work: Work, ids: list[str]) -> dict[str, ZoneInfo]:
    rows = work.session.execute(
        select(Customer.customer_id, Company.country)
        .join(Company, (Company.team_id == Customer.team_id) & (Company.company_id == Customer.company_id))
        .where(Customer.customer_id.in_(ids), Company.country.is_not(None))
    )
    found = {one: places.of_country(country, work.now.year) for one, country in rows}
    return {one: zone for one, zone in found.items() if zone is not None}


def _by_phone(work: Work, ids: list[str]) -> dict[str, ZoneInfo]:
    rows = work.session.execute(
        select(ContactPoint.owner_row, ContactPoint.value)
        .where(
            ContactPoint.owner_row.in_(ids),
            ContactPoint.kind == "phone",
            ContactPoint.state == "live",
            ContactPoint.value.startswith("+"),
        )
        .order_by(ContactPoint.point_id.desc())
    )
    found = {one: places.of_phone(value, work.now.year) for one, value in rows}
    return {one: zone for one, zone in found.items() if zone is not None}
