"""What a person wants to be left alone with, and their hours: all of it their own, and all of it undoable."""

from datetime import datetime
from typing import Final

from sqlalchemy import Select, or_, select

from crm_store import audit
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound
from crm_store.ids import Prefix
from crm_store.models.noise import MuteRow
from crm_store.models.people import User
from crm_store.values.acts import Receipt
from crm_store.values.noise import ALWAYS, NO_BRIEF, Muted

_DAY: Final = 24 * 60


def mute(work: Work, what: Muted, target: str, name: str, until: datetime | None, said_until: str = "") -> Receipt:
    """The actor hears no more of a kind or a customer, or nothing more today; `name` is how the receipt calls it."""
    if until is not None and until <= work.now:
        raise BadInput("A mute ends in the time to come.", field="until")
    known = work.session.scalars(_standing(work, work.actor, what, target)).first()
    if known is not None and known.until == until:
        return Receipt(known.mute_id, None, f"Muted already: {name}")
    with audit.record(work, "mute", sentence=f"Muted {name}{said_until}") as ledger:
        if known is not None:
            ledger.change(known)
            known.until = until
            ledger.row_id = known.mute_id
        else:
            row = MuteRow(
                mute_id=work.new_id(Prefix.MUTE), user_id=work.actor, what=what.value, target=target, at=work.now,
                until=until,
            )  # fmt: skip
            ledger.add(row)
            ledger.row_id = row.mute_id
    return Receipt(ledger.row_id, ledger.undo_id, ledger.sentence)


def unmute(work: Work, mute_ids: tuple[str, ...], name: str) -> Receipt:
    """End mutes of the actor; the rows stay, since mutes of the past lower a kind."""
    rows = work.session.scalars(
        select(MuteRow).where(MuteRow.mute_id.in_(mute_ids), MuteRow.user_id == work.actor, MuteRow.ended_at.is_(None))
    ).all()
    if not rows:
        raise NotFound("That is not muted. `/crm mute list` shows what is.")
    with audit.record(work, "mute", rows[0].mute_id, f"You hear of {name} again") as ledger:
        for row in rows:
            ledger.change(row)
            row.ended_at = work.now
    return Receipt(rows[0].mute_id, ledger.undo_id, ledger.sentence)


def set_quiet(work: Work, quiet_from: int, quiet_until: int) -> Receipt:
    """The actor's quiet hours, as full hours of their own day; two equal ones mean none, 24 to 24 no quiet weekends."""
    if not (0 <= quiet_from <= 24 and 0 <= quiet_until <= 24):
        raise BadInput("Hours go from 0 to 24: `/crm settings quiet 19-8`.", field="quiet")
    user = _user(work)
    always = quiet_from == quiet_until == ALWAYS
    begin, end = (ALWAYS, ALWAYS) if always else (quiet_from % 24, quiet_until % 24)
    said = "Quiet at weekends alone" if begin == end else f"Quiet from {begin}:00 to {end}:00, and at weekends"
    with audit.record(work, "quiet", user.user_id, "No quiet hours at all" if always else said) as ledger:
        ledger.change(user)
        user.quiet_from, user.quiet_until = begin, end
    return Receipt(user.user_id, ledger.undo_id, ledger.sentence)


def set_brief(work: Work, minute: int) -> Receipt:
    """When the actor's morning brief comes, in minutes after midnight; -1 means never."""
    if minute != NO_BRIEF and not 0 <= minute < _DAY:
        raise BadInput("Say a time of the day: `/crm settings brief 8:15`.", field="brief")
    user = _user(work)
    said = "No morning brief" if minute == NO_BRIEF else f"Morning brief at {minute // 60:02}:{minute % 60:02}"
    with audit.record(
        work, "quiet", user.user_id, f"{said}{'' if minute == NO_BRIEF else ' on working days'}"
    ) as ledger:
        ledger.change(user)
        user.brief_at = minute
    return Receipt(user.user_id, ledger.undo_id, ledger.sentence)


def _standing(work: Work, user_id: str, what: Muted, target: str) -> Select[MuteRow]:
    return (
        select(MuteRow)
        .where(
            MuteRow.user_id == user_id,
            MuteRow.what == what.value,
            MuteRow.target == target,
            MuteRow.ended_at.is_(None),
            or_(MuteRow.until.is_(None), MuteRow.until > work.now),
        )
        .order_by(MuteRow.mute_id)
    )


def _user(work: Work) -> User:
    user = work.session.get(User, (work.team_id, work.actor))
    if user is None:
        raise NotFound("There is no such colleague.")
    return user
