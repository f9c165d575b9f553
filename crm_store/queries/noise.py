"""What is known when something unasked is about to leave: its reader, their day, their mutes, and what else came."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from crm_store.engine.work import Work
from crm_store.errors import NotFound
from crm_store.models.noise import Alert, MuteRow, Told
from crm_store.models.people import Customer, User
from crm_store.models.plumbing import OutboxRow
from crm_store.outbox import Outgoing
from crm_store.values.noise import (
    BRIEF_AT,
    NAMES,
    Asked,
    Kind,
    Mute,
    Muted,
    MuteView,
    Noise,
    Reader,
    Standing,
)

SENT: Final = "sent"
HELD: Final = "held"
DIGESTED: Final = "digested"
MUTED: Final = "muted"
LOWERED_FOR: Final = timedelta(days=90)
UNASKED: Final[Mapping[str, Kind | None]] = {
    "alert": None,
    "score_moves": Kind.SCORE,
    "suggestion": Kind.SUGGESTION,
    "news": Kind.NEWS,
    "brief": Kind.BRIEF,
    "meeting_brief": Kind.MEETING,
    "digest": Kind.DIGEST,
}
"""The kinds of outbox rows that are said unasked; an alert's row names its own kind."""
_HOUR: Final = timedelta(hours=1)
_EVENTS: Final = ("alert", "score_moves", "suggestion", "news")
_TIMED: Final = (Kind.BRIEF.value, Kind.MEETING.value)


def place(user_id: str) -> str:
    """The order key of what a person is told unasked: held rows never stand in the way of answers."""
    return f"unasked:{user_id}"


def reader(row: User) -> Reader:
    """A colleague as a reader."""
    at = BRIEF_AT if row.brief_at is None else row.brief_at
    return Reader(row.user_id, row.time_zone, row.quiet_from, row.quiet_until, at)


def readers(work: Work) -> tuple[Reader, ...]:
    """Every active colleague."""
    rows = work.session.scalars(select(User).where(User.active.is_(True)).order_by(User.user_id))
    return tuple(reader(row) for row in rows)


def reader_of(work: Work, user_id: str) -> Reader:
    """One colleague as a reader; raises NotFound for one who is not there."""
    row = work.session.get(User, (work.team_id, user_id))
    if row is None:
        raise NotFound("There is no such colleague.")
    return reader(row)


def asked(work: Work, row: Outgoing) -> Asked:
    """A row of an unasked kind with all that decides about it."""
    kind, customers = _about(work, row)
    user = work.session.get(User, (work.team_id, str(row.payload.get("user_id") or "")))
    to_channel = row.order_key.startswith("channel:")
    if user is None or to_channel:
        return Asked(kind, None, _in_place(work, row, 0, ()), customers)
    found = reader(user)
    standing = _in_place(work, row, _lowered(work, user.user_id)[kind], active(work, user.user_id), found)
    return Asked(kind, found, standing, customers)


def _about(work: Work, row: Outgoing) -> tuple[Kind, tuple[str, ...]]:
    kind = UNASKED[row.kind]
    if kind is not None:
        about = row.payload.get("changes") or ()
        return kind, tuple(str(one["about"]) for one in about if str(one["about"]).startswith("cus_"))
    alert = work.session.get(Alert, (work.team_id, str(row.payload.get("alert_id"))))
    if alert is None:
        return Kind.REPLY, ()
    return Kind(alert.kind), (alert.customer_id,) if alert.customer_id else ()


def _in_place(work: Work, row: Outgoing, lowered: int, mutes: tuple[Mute, ...], who: Reader | None = None) -> Standing:
    moments = sorted([row.created_at, *_events(work, row)])
    return Standing(_sent_today(work, row.order_key, who), len(moments), moments[0], mutes, lowered)


def _events(work: Work, row: Outgoing) -> list[datetime]:
    """The moments of the other events for this place: of the last hour, and of those that wait."""
    since = work.now - _HOUR
    told = select(Told.at).where(
        Told.place == row.order_key, Told.at > since, Told.row_kind.in_(_EVENTS), Told.how.in_((SENT, HELD, DIGESTED))
    )
    waiting = select(OutboxRow.created_at).where(
        OutboxRow.order_key == row.order_key,
        OutboxRow.kind.in_(_EVENTS),
        OutboxRow.state == "waiting",
        OutboxRow.outbox_id != row.outbox_id,
    )
    return [*work.session.scalars(told), *work.session.scalars(waiting)]


def _sent_today(work: Work, order_key: str, who: Reader | None) -> int:
    if who is None:
        return 0
    zone = ZoneInfo(who.time_zone)
    midnight = datetime.combine(work.now.astimezone(zone).date(), time(), zone)
    sent = select(func.count(Told.outbox_id)).where(
        Told.place == order_key, Told.at >= midnight, Told.how == SENT, Told.kind.not_in(_TIMED)
    )
    return work.session.scalar(sent) or 0


def active(work: Work, user_id: str) -> tuple[Mute, ...]:
    """What a person has muted at this moment."""
    return tuple(Mute(Muted(row.what), row.target, row.until) for row in _active(work, user_id))


def _active(work: Work, user_id: str) -> Sequence[MuteRow]:
    return work.session.scalars(
        select(MuteRow)
        .where(
            MuteRow.user_id == user_id,
            MuteRow.ended_at.is_(None),
            or_(MuteRow.until.is_(None), MuteRow.until > work.now),
        )
        .order_by(MuteRow.mute_id)
    ).all()


def is_muted(work: Work, user_id: str, kind: Kind) -> bool:
    """Whether a person has muted a kind."""
    return any(one.what is Muted.KIND and one.target == kind for one in active(work, user_id))


def _lowered(work: Work, user_id: str) -> Counter[str]:
    """How often each kind was muted by a person of late; a mute that was undone is gone and does not count."""
    rows = work.session.scalars(
        select(MuteRow.target).where(
            MuteRow.user_id == user_id, MuteRow.what == Muted.KIND.value, MuteRow.at > work.now - LOWERED_FOR
        )
    )
    return Counter(rows)


def of(work: Work, user_id: str) -> Noise:
    """How a person is left alone."""
    rows = _active(work, user_id)
    user = work.session.get_one(User, (work.team_id, user_id))
    lowered = _lowered(work, user_id)
    shown = tuple(
        MuteView(row.mute_id, Muted(row.what), row.target, _name(work, row), row.until)
        for row in rows
    )  # fmt: skip
    return Noise(reader(user), shown, tuple((kind, lowered[kind]) for kind in NAMES if lowered[kind]))


def _name(work: Work, row: MuteRow) -> str:
    if row.what == Muted.TODAY:
        return "today"
    if row.what == Muted.KIND:
        return NAMES.get(Kind(row.target), row.target)
    customer = work.session.get(Customer, (work.team_id, row.target))
    return customer.name if customer else "a customer who is gone"


def resumes(work: Work, order_key: str) -> datetime | None:
    """Until when a place is left alone: what is put down meanwhile waits as long, instead of standing behind."""
    return work.session.scalar(
        select(func.max(OutboxRow.not_before)).where(
            OutboxRow.order_key == order_key, OutboxRow.state == "waiting", OutboxRow.not_before > work.now
        )
    )


def digests_due(work: Work) -> tuple[str, ...]:
    """The places whose held messages are due."""
    due = select(Told.place).where(Told.how == HELD, Told.due_at <= work.now).distinct()
    return tuple(work.session.scalars(due.order_by(Told.place)))


def held(work: Work, ids: Sequence[Any]) -> tuple[Told, ...]:
    """Rows of held messages by their ids, in the order in which they were made."""
    rows = work.session.scalars(select(Told).where(Told.outbox_id.in_([str(one) for one in ids])))
    return tuple(sorted(rows, key=lambda row: row.outbox_id))
