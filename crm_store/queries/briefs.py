"""What a person should know as the day begins, and a quarter of an hour before a meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.history import Communication, Participant, Witness
from crm_store.models.mail import Meeting, MeetingAnswer
from crm_store.models.marketing import Suggestion
from crm_store.models.people import Customer, User, UserAddress
from crm_store.models.plumbing import OutboxRow
from crm_store.queries import alert_views, alerts, deals, noise, promises, tasks, teams
from crm_store.queries.card import card
from crm_store.values.alerts import MeetingBrief, MeetingLine, MorningBrief, Risk, Waits
from crm_store.values.marketing import OPEN_STATES
from crm_store.values.noise import NO_BRIEF, Kind, Reader
from crm_store.values.roles import Right

BEFORE: Final = timedelta(minutes=15)
CATCH_UP: Final = 180
"""So many minutes after its time a brief that was missed still comes."""
_WAITS: Final = timedelta(days=30)
_MOST: Final = 5
_GUESTS: Final = 3


@dataclass(frozen=True, slots=True)
class Due:
    """A brief that is due: whose, of which day or meeting, and the key that keeps it from coming twice."""

    user_id: str
    key: str
    meeting_key: str = ""


def mornings(work: Work) -> tuple[Due, ...]:
    """Morning briefs whose time has come where their readers live."""
    found = []
    for reader in noise.readers(work):
        local = work.now.astimezone(ZoneInfo(reader.time_zone))
        late = local.hour * 60 + local.minute - reader.brief_at
        if reader.brief_at != NO_BRIEF and local.weekday() < 5 and 0 <= late < CATCH_UP:
            found.append(Due(reader.user_id, f"brief:{reader.user_id}:{local.date().isoformat()}"))
    fresh = _not_sent(work, found)
    return tuple(one for one in fresh if not noise.is_muted(work, one.user_id, Kind.BRIEF))


def meetings(work: Work) -> tuple[Due, ...]:
    """Meetings that begin within a quarter of an hour, for each of us who takes part and did not decline."""
    rows = work.session.scalars(
        select(Meeting)
        .where(Meeting.state == "planned", Meeting.starts_at > work.now, Meeting.starts_at <= work.now + BEFORE)
        .order_by(Meeting.starts_at, Meeting.meeting_key)
    ).all()
    found = [
        Due(user_id, f"meeting:{row.meeting_key[:40]}:{user_id}:{row.starts_at:%Y%m%d%H%M}", row.meeting_key)
        for row in rows
        for user_id in _ours(work, row)
    ]
    return _not_sent(work, found)


def anything(work: Work) -> bool:
    """Whether a brief or a digest is due."""
    return bool(mornings(work) or meetings(work) or noise.digests_due(work))


def _not_sent(work: Work, found: Sequence[Due]) -> tuple[Due, ...]:
    keys = [one.key for one in found]
    known = set(work.session.scalars(select(OutboxRow.dedupe_key).where(OutboxRow.dedupe_key.in_(keys))))
    return tuple(one for one in found if one.key not in known)


def _ours(work: Work, meeting: Meeting) -> list[str]:
    """Colleagues who were invited or sent the invitation in, without those who declined."""
    invited = select(Participant.user_id).where(
        Participant.communication_id == meeting.communication_id, Participant.user_id.is_not(None)
    )
    sent_in = select(Witness.user_id).where(Witness.communication_id == meeting.communication_id)
    declined = (
        select(UserAddress.user_id)
        .join(
            MeetingAnswer,
            (MeetingAnswer.team_id == UserAddress.team_id) & (MeetingAnswer.address_key == UserAddress.address_key),
        )
        .where(MeetingAnswer.meeting_key == meeting.meeting_key, MeetingAnswer.answer == "declined")
    )
    users = select(User.user_id).where(
        User.active.is_(True), or_(User.user_id.in_(invited), User.user_id.in_(sent_in)), User.user_id.not_in(declined)
    )
    return list(work.session.scalars(users.order_by(User.user_id)))


def morning(work: Work, reader: Reader, items: Sequence[str]) -> MorningBrief:
    """A person's day; asked at their own desk."""
    zone = ZoneInfo(reader.time_zone)
    day = work.now.astimezone(zone).date()
    ends = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(work.now.tzinfo)
    return MorningBrief(
        day=day,
        tasks=tasks.due(work, reader.user_id, ends),
        waiting=_waiting(work, reader.user_id),
        meetings=_of_day(work, reader.user_id, ends),
        risks=_risks(work, reader.user_id),
        suggestions=_suggestions(work, reader),
        held=alert_views.digest(work, items),
    )


def _waiting(work: Work, owner: str) -> tuple[Waits, ...]:
    """Customers of this owner whose last word nobody has answered, the longest wait first."""
    rows = work.session.execute(
        select(
            Customer.customer_id, Customer.name, Communication.happened_at, Communication.direction, Communication.kind
        )
        .join(
            Participant,
            (Participant.team_id == Customer.team_id) & (Participant.customer_id == Customer.customer_id),
        )
        .join(
            Communication,
            (Communication.team_id == Participant.team_id)
            & (Communication.communication_id == Participant.communication_id),
        )
        .where(
            Customer.owner == owner,
            Customer.removed_at.is_(None),
            Customer.merged_into.is_(None),
            Communication.happened_at >= work.now - _WAITS,
            Communication.happened_at <= work.now,
            Communication.removed_at.is_(None),
            Communication.kind != "note",
            Communication.level == "team",
        )
        .order_by(Communication.happened_at)
    )
    last = {row.customer_id: row for row in rows}
    waits = [one for one in last.values() if one.direction == "incoming" and one.kind in alerts.LETTERS]
    waits.sort(key=lambda one: (one.happened_at, one.customer_id))
    return tuple(Waits(one.customer_id, one.name, one.happened_at) for one in waits)


def _of_day(work: Work, user_id: str, ends: datetime) -> tuple[MeetingLine, ...]:
    rows = work.session.scalars(
        select(Meeting)
        .where(Meeting.state == "planned", Meeting.starts_at > work.now, Meeting.starts_at < ends)
        .order_by(Meeting.starts_at, Meeting.meeting_key)
    ).all()
    lines = []
    for row in rows:
        said = _invitation(work, row, user_id)
        if said is not None and row.starts_at is not None and user_id in _ours(work, row):
            names = tuple(one.name or "" for one in _people(work, row) if one.user_id != user_id)
            lines.append(MeetingLine(said.subject or "", row.starts_at, names))
    return tuple(lines)


def _invitation(work: Work, meeting: Meeting, user_id: str) -> Communication | None:
    said = work.session.get(Communication, (work.team_id, meeting.communication_id))
    if said is None or said.removed_at is not None or (said.level == "private" and said.logged_by != user_id):
        return None
    return said


def _people(work: Work, meeting: Meeting) -> Sequence[Participant]:
    rows = work.session.scalars(
        select(Participant)
        .where(Participant.communication_id == meeting.communication_id, Participant.role != "about")
        .order_by(Participant.participant_id)
    ).all()
    # Whoever asks is often among those asked too.
    seen: dict[Any, Participant] = {}
    for row in rows:
        seen.setdefault(row.customer_id or row.user_id or row.address_key or row.name, row)
    return tuple(seen.values())


def _risks(work: Work, owner: str) -> tuple[Risk, ...]:
    """Each deal once, by the threshold that was passed last; first the largest of equal currency."""
    found: dict[str, Risk] = {}
    known = {deal.deal_id: deal for deal in deals.owned(work, owner)}
    for one in alerts.risks(work, work.now, owner=owner):
        deal = known.get(one.deal_id or "")
        if deal is not None:
            found.setdefault(deal.deal_id, Risk(one.kind, deal, one.at))
    return tuple(sorted(found.values(), key=lambda one: -(one.deal.amount.minor if one.deal.amount else 0)))


def _suggestions(work: Work, reader: Reader) -> tuple[tuple[str, int, str], ...]:
    """What was proposed since the last working day, for those who may decide."""
    if not teams.may(work, reader.user_id, Right.WRITE):
        return ()
    local = work.now.astimezone(ZoneInfo(reader.time_zone))
    since = work.now - timedelta(days=3 if local.weekday() == 0 else 1)
    rows = work.session.scalars(
        select(Suggestion)
        .where(Suggestion.state.in_(OPEN_STATES), Suggestion.created_at > since, Suggestion.expires_at > work.now)
        .order_by(Suggestion.suggestion_id)
        .limit(_MOST)
    )
    return tuple((row.suggestion_id, row.version, row.title) for row in rows)


def meeting(work: Work, meeting_key: str, user_id: str) -> MeetingBrief:
    """What to know before a meeting; raises NotFound where it was cancelled or moved in the meantime."""
    row = work.session.get(Meeting, (work.team_id, meeting_key))
    said = _invitation(work, row, user_id) if row is not None else None
    if row is None or said is None or row.state != "planned" or row.starts_at is None or row.starts_at <= work.now:
        raise NotFound("That meeting does not take place.")
    if row.starts_at > work.now + BEFORE:
        raise NotFound("That meeting was moved.")
    people = _people(work, row)
    answers = dict(
        work.session.execute(
            select(MeetingAnswer.address_key, MeetingAnswer.answer).where(MeetingAnswer.meeting_key == meeting_key)
        ).all()
    )
    guests = list(dict.fromkeys(one.customer_id for one in people if one.customer_id))
    cards = []
    for customer_id in guests[:_GUESTS]:
        try:
            cards.append(card(work, customer_id))
        except NotFound:
            continue
    ours = [one for guest in guests[:_GUESTS] for one in promises.open_for(work, customer_id=guest)]
    told = tuple(
        (one.name or one.address_key or "somebody", answers.get(one.address_key or "", ""))
        for one in people
        if one.user_id != user_id
    )
    return MeetingBrief(said.subject or "", row.starts_at, told, tuple(cards), tuple(ours))
