"""Duplicates: what the search for them reads, what waits for a decision, and how people decided so far."""

from collections import defaultdict
from typing import Final

from sqlalchemy import ColumnElement, case, false, func, select
from sqlalchemy.orm import aliased

from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.lookup.briefs import briefs, people
from crm_store.models.duplicates import DuplicatePair
from crm_store.models.lookup import PairVerdict
from crm_store.models.people import Company, ContactPoint, Customer, User
from crm_store.values.duplicates import OPEN, ContactRecord, PairView, Record, Side

SAME, DIFFERENT, LATER = "same", "different", "later"
_NEAR_BITS: Final = 3.0
_SEE_ALL: Final = frozenset({"admin", "manager"})


def records(work: Work, most: int | None = None) -> tuple[ContactRecord, ...]:
    """Every customer who is neither removed nor merged, in four columns of plain SQL however many there are."""
    rows = work.session.execute(
        select(Customer.customer_id, Customer.name, Customer.title, Company.name)
        .outerjoin(Company, (Company.team_id == Customer.team_id) & (Company.company_id == Customer.company_id))
        .where(Customer.removed_at.is_(None), Customer.merged_into.is_(None), Customer.level == "team")
        .order_by(Customer.customer_id)
        .limit(most)
    ).all()
    points: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    found = work.session.execute(
        select(ContactPoint.owner_row, ContactPoint.kind, ContactPoint.value).order_by(ContactPoint.point_id)
    )
    for owner, kind, value in found:
        points[owner, kind].append(value)
    return tuple(
        ContactRecord(one, name, title or "", company or "", tuple(points[one, "email"]), tuple(points[one, "phone"]))
        for one, name, title, company in rows
    )


def verdicts(work: Work) -> dict[tuple[str, str], bool]:
    """What people decided of pairs: True for the same. Pairs put off are not in it."""
    rows = work.session.execute(select(PairVerdict.a, PairVerdict.b, PairVerdict.verdict))
    said = {SAME: True, DIFFERENT: False, "merge": True, "keep": False}
    return {(a, b): said[verdict] for a, b, verdict in rows if verdict in said}


def next_pair(work: Work, about: str | None = None) -> PairView | None:
    """The likeliest pair that waits: of the asker's own customers first; those who are no managers see only theirs.

    `about` is a customer whose pairs alone are asked for.
    """
    one, other = aliased(Customer), aliased(Customer)
    query = (
        select(DuplicatePair)
        .join(one, (one.team_id == DuplicatePair.team_id) & (one.customer_id == DuplicatePair.a))
        .join(other, (other.team_id == DuplicatePair.team_id) & (other.customer_id == DuplicatePair.b))
        .where(*_waiting(one, other))
    )
    own = (one.owner == work.actor) | (other.owner == work.actor)
    if about is not None:
        query = query.where((DuplicatePair.a == about) | (DuplicatePair.b == about))
    elif not _sees_all(work):
        query = query.where(own | (one.owner.is_(None) & other.owner.is_(None)))
    count = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    row = work.session.scalars(
        query.order_by(own.desc(), DuplicatePair.weight.desc(), DuplicatePair.a).limit(1)
    ).first()
    return _view(work, row, count - 1) if row else None


def pair(work: Work, a: str, b: str) -> DuplicatePair | None:
    """The row of a pair in either order."""
    return work.session.get(DuplicatePair, (work.team_id, *sorted((a, b))))


def newly_found(work: Work, since: object) -> dict[str | None, tuple[int, str, str]]:
    """For each owner how many pairs were found since, and the names of the likeliest; None stands for nobody."""
    one, other = aliased(Customer), aliased(Customer)
    rows = work.session.execute(
        select(one.owner, one.name, other.name)
        .select_from(DuplicatePair)
        .join(one, (one.team_id == DuplicatePair.team_id) & (one.customer_id == DuplicatePair.a))
        .join(other, (other.team_id == DuplicatePair.team_id) & (other.customer_id == DuplicatePair.b))
        .where(*_waiting(one, other), DuplicatePair.found_at >= since)
        .order_by(DuplicatePair.weight.desc(), DuplicatePair.a)
    ).all()
    found: dict[str | None, tuple[int, str, str]] = {}
    for owner, name, like in rows:
        count, first, second = found.get(owner, (0, name, like))
        found[owner] = (count + 1, first, second)
    return found


def next_with_record(work: Work, about: str | None = None) -> tuple[PairView | None, Record]:
    """The pair that is asked of next, and how people decided so far of such as it."""
    shown = next_pair(work, about)
    return shown, record(work, weight=shown.weight if shown else None)


def record(work: Work, kind: Prefix = Prefix.CUSTOMER, weight: float | None = None) -> Record:
    """How people decided on what was proposed to them of that kind, and of that about as heavy as `weight`."""
    near = DuplicatePair.weight.between(weight - _NEAR_BITS, weight + _NEAR_BITS) if weight is not None else false()
    rows = work.session.execute(
        select(DuplicatePair.state, func.count(), func.sum(case((near, 1), else_=0)))
        .where(
            DuplicatePair.state.in_((SAME, DIFFERENT)),
            DuplicatePair.decided_by.is_not(None),
            DuplicatePair.a.startswith(f"{kind}_", autoescape=True),
        )
        .group_by(DuplicatePair.state)
    ).all()
    counts = {state: (int(count), int(alike or 0)) for state, count, alike in rows}
    (same, alike_same), (different, alike_different) = (counts.get(state, (0, 0)) for state in (SAME, DIFFERENT))
    return Record(same + different, same, alike_same + alike_different, alike_same)


def _waiting(one: type[Customer], other: type[Customer]) -> tuple[ColumnElement[bool], ...]:
    answered = select(PairVerdict.a).where(
        PairVerdict.team_id == DuplicatePair.team_id,
        PairVerdict.a == DuplicatePair.a,
        PairVerdict.b == DuplicatePair.b,
        PairVerdict.verdict != LATER,
    )
    return (
        DuplicatePair.state == OPEN,
        one.removed_at.is_(None), one.merged_into.is_(None), other.removed_at.is_(None), other.merged_into.is_(None),
        ~answered.exists(),
    )  # fmt: skip


def _sees_all(work: Work) -> bool:
    user = work.session.get(User, (work.team_id, work.actor))
    return user is None or user.role in _SEE_ALL


def _view(work: Work, row: DuplicatePair, others: int) -> PairView:
    sides = _sides(work, (row.a, row.b))
    return PairView(sides[0], sides[1], row.probability, row.weight, tuple(row.why), row.moved, others)


def _sides(work: Work, ids: tuple[str, str]) -> tuple[Side, Side]:
    known = people(work, ids)
    shown = {one.customer_id: one for one in briefs(work, ids)}
    rows = {one: work.session.get_one(Customer, (work.team_id, one)) for one in ids}
    first, second = (
        Side(shown[one], rows[one].title, known[one].emails, known[one].phones, rows[one].created_at) for one in ids
    )
    return first, second


def older_first(work: Work, a: str, b: str) -> tuple[str, str]:
    """The pair with the customer first who is known longer."""
    rows = [work.session.get_one(Customer, (work.team_id, one)) for one in (a, b)]
    rows.sort(key=lambda row: (row.created_at, row.customer_id))
    return rows[0].customer_id, rows[1].customer_id


def owner(work: Work, customer_id: str) -> str | None:
    """The user who owns a customer."""
    row = work.session.get(Customer, (work.team_id, customer_id))
    return row.owner if row else None
