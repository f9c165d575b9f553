"""Who here knows somebody: from the heads of what was said alone, never from its words, and nothing private counts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, or_, select, union
from sqlalchemy.orm import aliased

from crm_store.engine.work import Work
from crm_store.lookup.briefs import briefs
from crm_store.models.history import Communication, Participant, Witness
from crm_store.models.people import Customer, User
from crm_store.values.knows import Acquaintance, Strength, WhoKnows

_HALF_LIFE_DAYS: Final = 180.0
_MOST_PEOPLE: Final = 500
_MOST: Final = 5
_WELL, _SOME = 6.0, 2.0
_ONE_SIDED: Final = 0.3
"""Writing to somebody who never answered is hardly knowing them."""
_WEIGHTS: Final = {"meeting": 3.0, "call": 2.0, "mail": 1.0, "message": 1.0, "form": 0.2, "note": 0.5}
_OUTGOING: Final = frozenset({"outgoing", "out"})
_TALKED: Final = frozenset({"meeting", "call"})


@dataclass(slots=True)
class _Seen:
    """What is known of one colleague and one customer."""

    weight: float = 0.0
    from_us: int = 0
    from_them: int = 0
    last_at: datetime | None = None
    last_kind: str = ""
    talked: bool = field(default=False)


def of_customer(work: Work, customer_id: str) -> WhoKnows:
    """Who knows this customer."""
    brief = next(iter(briefs(work, [customer_id])), None)
    return _told(work, brief.name if brief else "", [customer_id])


def of_company(work: Work, company_id: str, name: str) -> WhoKnows:
    """Who knows somebody of this company, and whom best: the way in."""
    ids = work.session.scalars(
        select(Customer.customer_id)
        .where(
            Customer.company_id == company_id,
            Customer.removed_at.is_(None),
            Customer.merged_into.is_(None),
            or_(Customer.level == "team", Customer.owner == work.actor),
        )
        .order_by(Customer.last_touch_at.desc().nulls_last(), Customer.customer_id)
        .limit(_MOST_PEOPLE)
    ).all()
    return _told(work, name, ids)


def _told(work: Work, about: str, customer_ids: Sequence[str]) -> WhoKnows:
    seen: dict[tuple[str, str], _Seen] = defaultdict(_Seen)
    for user_id, customer_id, kind, direction, at in work.session.execute(_shared(work, customer_ids)):
        one = seen[user_id, customer_id]
        age = max(0.0, (work.now - at).total_seconds() / 86_400)
        one.weight += _WEIGHTS.get(kind, 0.5) * 0.5 ** (age / _HALF_LIFE_DAYS)
        one.talked |= kind in _TALKED
        one.from_us += direction in _OUTGOING
        one.from_them += direction not in _OUTGOING and kind not in _TALKED
        if one.last_at is None or at > one.last_at:
            one.last_at, one.last_kind = at, kind
    return WhoKnows(about, len(customer_ids), tuple(_ranked(work, seen)[:_MOST]))


def _shared(work: Work, customer_ids: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Each thing said once for each colleague who took part, saw a copy, or logged it."""
    own = aliased(Participant)
    with_them = (
        select(Participant.team_id, Participant.communication_id, Participant.customer_id)
        .where(Participant.customer_id.in_(customer_ids))
        .distinct()
        .subquery()
    )
    here = (Communication.team_id == with_them.c.team_id) & (
        Communication.communication_id == with_them.c.communication_id
    )
    known = (
        Communication.removed_at.is_(None),
        Communication.level == "team",
        Communication.happened_at <= work.now,
        Communication.kind.in_(tuple(_WEIGHTS)),
    )
    columns = (
        Communication.communication_id,
        with_them.c.customer_id,
        Communication.kind,
        Communication.direction,
        Communication.happened_at,
    )
    took_part = (
        select(own.user_id.label("user_id"), *columns)
        .join(with_them, here)
        .join(own, (own.team_id == Communication.team_id) & (own.communication_id == Communication.communication_id))
        .where(*known, own.user_id.is_not(None))
    )
    saw = (
        select(Witness.user_id.label("user_id"), *columns)
        .join(with_them, here)
        .join(
            Witness,
            (Witness.team_id == Communication.team_id) & (Witness.communication_id == Communication.communication_id),
        )
        .where(*known)
    )
    logged = select(Communication.logged_by.label("user_id"), *columns).join(with_them, here).where(*known)
    each = union(took_part, saw, logged).subquery()
    return (
        select(User.user_id, each.c.customer_id, each.c.kind, each.c.direction, each.c.happened_at)
        .join(User, User.user_id == each.c.user_id)
        .where(User.active.is_(True))
    )


def _ranked(work: Work, seen: dict[tuple[str, str], _Seen]) -> list[Acquaintance]:
    users = {row.user_id: row for row in work.session.scalars(select(User).where(User.active.is_(True)))}
    people = {one.customer_id: one for one in briefs(work, {customer_id for _, customer_id in seen})}
    of_user: dict[str, list[tuple[str, _Seen]]] = defaultdict(list)
    for (user_id, customer_id), one in seen.items():
        if user_id in users and customer_id in people:
            of_user[user_id].append((customer_id, one))
    found = []
    for user_id, known in of_user.items():
        best_id, _ = max(known, key=lambda each: (_value(each[1]), each[0]))
        last = max((one for _, one in known), key=lambda one: one.last_at or work.now)
        score = sum(_value(one) for _, one in known)
        found.append(
            Acquaintance(
                slack_user_id=users[user_id].slack_user_id,
                name=users[user_id].name,
                strength=_strength(score),
                score=round(score, 3),
                from_us=sum(one.from_us for _, one in known),
                from_them=sum(one.from_them for _, one in known),
                last_at=last.last_at or work.now,
                last_kind=last.last_kind,
                best=people[best_id],
            )
        )
    return sorted(found, key=lambda one: (-one.score, one.name))


def _value(one: _Seen) -> float:
    return one.weight if one.talked or one.from_them else one.weight * _ONE_SIDED


def _strength(score: float) -> Strength:
    if score >= _WELL:
        return "well"
    return "some" if score >= _SOME else "little"
