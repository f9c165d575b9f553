"""Alerts put on their way once a cause, and what becomes of each unasked message as it is about to leave."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update

from crm_store import audit, outbox
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.models.noise import Alert, Told
from crm_store.models.plumbing import OutboxRow
from crm_store.outbox import Outgoing
from crm_store.queries import noise
from crm_store.values.alerts import Crossing
from crm_store.values.noise import Act, Asked, Verdict

AT_ONCE: Final = 200
Rules = Callable[[Asked, datetime], Verdict]
_HOW: Final = {Act.NOW: noise.SENT, Act.DIGEST: noise.HELD, Act.NEVER: noise.MUTED}


def raise_some(work: Work, found: Sequence[Crossing]) -> int:
    """Tell owners of thresholds that were passed, and say how many are new: a cause is told once, whoever comes first.

    There is no undo: what is told may be muted.
    """
    # What is put down changes nothing of how long a place rests, so each reader's is asked for once.
    resumes = {one: noise.resumes(work, noise.place(one)) for one in {one.owner for one in found[:AT_ONCE]}}
    raised = [one for one in (_raise(work, crossing, resumes) for crossing in found[:AT_ONCE]) if one]
    if raised:
        audit.append(work, "alert", "", {"raised": len(raised), "alerts": raised})
    return len(raised)


def _raise(work: Work, one: Crossing, resumes: Mapping[str, datetime | None]) -> str:
    alert_id = work.new_id(Prefix.ALERT)
    row = {
        "alert_id": alert_id,
        "kind": one.kind.value,
        "cause": one.cause,
        "user_id": one.owner,
        "customer_id": one.customer_id,
        "deal_id": one.deal_id,
        "source_id": one.source_id,
        "crossed_at": one.at,
        "raised_at": work.now,
    }
    if not work.insert(Alert, [row], or_nothing=True):
        return ""
    payload = {"user_id": one.owner, "alert_id": alert_id, "customer_id": one.customer_id}
    place = noise.place(one.owner)
    outbox.enqueue(work, "alert", place, f"alert:{alert_id}", payload, resumes[one.owner])
    return alert_id


def admit(work: Work, row: Outgoing, rules: Rules) -> bool:
    """Whether an unasked message goes now; else it is put off, kept for a digest or let go, in the same transaction.

    What was decided for a row stands, so that a second try after a crash neither counts twice nor is held.
    Not audited: the row itself keeps what became of it.
    """
    known = work.session.get(Told, (work.team_id, row.outbox_id))
    if known is not None:
        if known.how != noise.SENT:
            outbox.sent(work, row.outbox_id, row.attempts, None)
        return known.how == noise.SENT
    # A lease that ran out lets two processes at one place; the day's measure must hold then too.
    work.lock_team()
    about = noise.asked(work, row)
    verdict = rules(about, work.now)
    if verdict.act is Act.LATER and verdict.at is not None:
        _put_off(work, row, verdict.at, verdict.reason)
        return False
    work.add(
        Told(
            outbox_id=row.outbox_id,
            place=row.order_key,
            kind=about.kind.value,
            how=_HOW[verdict.act],
            at=work.now,
            due_at=verdict.at if verdict.act is Act.DIGEST else None,
            row_kind=row.kind,
            payload=row.payload,
        )
    )
    if verdict.act is not Act.NOW:
        outbox.sent(work, row.outbox_id, row.attempts, None)
    return verdict.act is Act.NOW


def _put_off(work: Work, row: Outgoing, at: datetime, why: str) -> None:
    """A row waits until then, and with it whatever stands behind it in its place."""
    outbox.later(work, row.outbox_id, row.attempts, why, max(1.0, (at - work.now).total_seconds()), counted=False)
    behind = update(OutboxRow).where(
        OutboxRow.order_key == row.order_key, OutboxRow.state == "waiting", OutboxRow.not_before < at
    )
    work.session.execute(behind.values(not_before=at).execution_options(synchronize_session=False))


def take_held(work: Work, place: str) -> list[str]:
    """Take all that is held for a place into one digest or brief. Not audited: the rows say where they went."""
    rows = work.session.execute(
        update(Told)
        .where(Told.place == place, Told.how == noise.HELD)
        .values(how=noise.DIGESTED)
        .returning(Told.outbox_id)
        .execution_options(synchronize_session=False)
    ).scalars()
    return sorted(rows)


def send_digest(work: Work, place: str) -> int:
    """Put down the digest of a place and say how much is in it; what another run took is in that one's digest.

    Not audited: it carries what was decided before, and changes nothing of it.
    """
    items = take_held(work, place)
    if items:
        who = "" if place.startswith("channel:") else place.partition(":")[2]
        payload = {"user_id": who, "place": place, "items": items}
        outbox.enqueue(work, "digest", place, f"digest:{items[0]}", payload, noise.resumes(work, place))
    return len(items)


def forget(work: Work, before: datetime, most: int = 200) -> int:
    """Let go of what was told before then, some rows at a time. Not audited: it is a memory of what was sent."""
    keys = list(
        work.session.scalars(select(Told.outbox_id).where(Told.at < before, Told.how != noise.HELD).limit(most))
    )
    if keys:
        gone = delete(Told).where(Told.outbox_id.in_(keys))
        work.session.execute(gone.execution_options(synchronize_session=False))
    return len(keys)
