"""Jumps of a score, told once to whoever owns the customer or the deal, as soon as the score is shown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import select

from crm_store import audit, outbox
from crm_store.engine.work import Work
from crm_store.models.people import Customer, User
from crm_store.models.scoring import Score
from crm_store.models.segments import ScoreAlert
from crm_store.models.trade import Deal
from crm_store.queries import noise, scores_history
from crm_store.values.outcomes import Change
from crm_store.values.scores import ScoreKind

KINDS: Final = (ScoreKind.POTENTIAL, ScoreKind.LEAD, ScoreKind.DEAL)
_AGAIN: Final = timedelta(days=7)


def tell(work: Work, today: date, among: Sequence[str] | None = None) -> int:
    """Tell owners of chances that moved by 15 points within 7 days, and say how many; each jump is told once.

    Only the customers and deals `among` these ids are looked at, or all of them. A chance shown as a band is not told:
    its points rest on too few outcomes. Who owns nothing hears nothing.
    """
    found = [one for kind in KINDS for one in scores_history.changes(work, kind.value, today, among=among)]
    mine: dict[str, list[Change]] = defaultdict(list)
    owners = _owners(work, [one.about for one in found])
    banded = _banded(work, [one.about for one in found])
    for one in sorted(found, key=lambda each: -abs(each.now - each.before)):
        owner = owners.get(one.about)
        if owner and (one.about, one.kind) not in banded and _is_news(work, one, today):
            mine[owner].append(one)
    for owner, changes in mine.items():
        _enqueue(work, owner, changes, today)
    told = sum(map(len, mine.values()))
    if told:
        audit.append(work, "tell score moves", "", {"moves": told, "people": len(mine)})
    return told


def _is_news(work: Work, change: Change, today: date) -> bool:
    """Whether this jump was not told yet; it is noted as told."""
    row = work.session.get(ScoreAlert, (work.team_id, change.about, change.kind))
    if row is None:
        work.add(ScoreAlert(about=change.about, kind=change.kind, told_on=today, point=change.now))
        return True
    if today - row.told_on < _AGAIN and abs(change.now - row.point) < scores_history.STEP:
        return False
    row.told_on, row.point = today, change.now
    return True


def _enqueue(work: Work, user_id: str, changes: Sequence[Change], today: date) -> None:
    told = [{"about": one.about, "kind": one.kind, "before": one.before, "now": one.now} for one in changes]
    # Several messages may leave on one day, one for each time that scores were shown anew.
    said = sha256(repr(sorted(map(repr, told))).encode()).hexdigest()[:16]
    key = f"score_moves:{user_id}:{today.isoformat()}:{said}"
    payload = {"user_id": user_id, "changes": told, "day": today.isoformat()}
    place = noise.place(user_id)
    outbox.enqueue(work, "score_moves", place, key, payload, noise.resumes(work, place))


def _owners(work: Work, about: Sequence[str]) -> Mapping[str, str]:
    """Whose the customers and open deals are; what was removed is nobody's, and so is whoever left the team."""
    active = select(User.user_id).where(User.active.is_(True))
    customers = select(Customer.customer_id, Customer.owner).where(
        Customer.customer_id.in_(about), Customer.removed_at.is_(None), Customer.merged_into.is_(None),
        Customer.owner.in_(active),
    )  # fmt: skip
    deals = select(Deal.deal_id, Deal.owner).where(
        Deal.deal_id.in_(about), Deal.removed_at.is_(None), Deal.state == "open", Deal.owner.in_(active)
    )
    rows = [*work.session.execute(customers).all(), *work.session.execute(deals).all()]
    return {row[0]: str(row[1]) for row in rows}


def _banded(work: Work, about: Sequence[str]) -> set[tuple[str, str]]:
    rows = work.session.execute(
        select(Score.about, Score.kind).where(Score.about.in_(about), Score.band.is_not(None))
    ).all()
    return {(row.about, row.kind) for row in rows}
