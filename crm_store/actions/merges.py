"""Merges: two records become one that shows what both say, and no merge is final."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select, update

from crm_store import audit
from crm_store.actions import clusters
from crm_store.actions.touches import mark_dirty
from crm_store.audit import Ledger
from crm_store.engine.work import Work
from crm_store.errors import BadInput, NotFound, Stale
from crm_store.ids import Prefix
from crm_store.lookup import tokens
from crm_store.models.duplicates import DuplicatePair
from crm_store.models.lookup import PairVerdict
from crm_store.models.people import Company, Customer, User
from crm_store.models.plumbing import Merge
from crm_store.queries import merging
from crm_store.values.acts import Receipt
from crm_store.values.merging import MergeKind

VERDICTS: Final = frozenset({"same", "different", "later"})


def merge(
    work: Work,
    kept: str,
    absorbed: str,
    chosen: Mapping[str, str] | None = None,
    why: str = "",
    versions: tuple[int, int] | None = None,
) -> Receipt:
    """Join two customers, or two companies, under the first; undo takes them apart again.

    `chosen` names for some fields the record whose value is to win. `versions` are those of the two as the person saw
    them: whoever changed one since is told of, and nothing is merged. Raises NotFound, BadInput, Stale.
    """
    work.lock_team()
    work.session.expire_all()
    first, second = _present(work, kept), _present(work, absorbed)
    seat, other = merging.survivor(work, kept), merging.survivor(work, absorbed)
    _check(work, seat, other, (first, second), versions)
    picked = _picked(work, seat, other, chosen or {})
    for root in (seat, other):
        clusters.take_apart(work, root)
    one, two = _present(work, seat), _present(work, other)
    with audit.record(work, "merge", seat) as ledger:
        edge = Merge(
            merge_id=work.new_id(Prefix.MERGE), kept=seat, absorbed=other, moved=picked, at=work.now,
            kind=merging.kind_of(seat).value, by=work.actor, why=why[:200] or None, undo_id=ledger.undo_id,
        )  # fmt: skip
        ledger.add(edge)
        # Whoever takes back an earlier act on either is told that it was merged since.
        ledger.change(one)
        ledger.change(two)
        ledger.sentence = f"Merged {two.name} into {one.name}"
        _join(work, seat, other)
        decide(ledger, seat, other, "same")
        members = clusters.put_together(work, seat)
        ledger.note = {"merge": edge.merge_id, "records": len(members)}
    settle(work, members)
    return Receipt(
        seat, ledger.undo_id, f"{ledger.sentence}. Everything of both is on one card.", made=(edge.merge_id,)
    )


def decide_pair(work: Work, a: str, b: str, verdict: str) -> Receipt:
    """Remember whether two are the same, different, or to be asked of later; the same are merged into the older one."""
    if verdict not in VERDICTS:
        raise BadInput("A pair is the same, different, or for later.")
    first, second = _present(work, a), _present(work, b)
    if a == b:
        raise BadInput(f"{first.name} is one record.")
    if verdict == "same":
        older = (first.created_at, a) <= (second.created_at, b)
        return merge(work, a if older else b, b if older else a, why="decided")
    said = "stay two records" if verdict == "different" else "are left for later"
    with audit.record(work, "decide pair", min(a, b), f"{first.name} and {second.name} {said}") as ledger:
        decide(ledger, a, b, verdict)
    return Receipt(min(a, b), ledger.undo_id, ledger.sentence)


def decide(ledger: Ledger, a: str, b: str, verdict: str) -> None:
    """Note what is known of a pair, in either order, within the action that decides it."""
    work = ledger.work
    low, high = sorted((a, b))
    known = work.session.get(PairVerdict, (work.team_id, low, high))
    if known is None:
        ledger.add(PairVerdict(a=low, b=high, verdict=verdict, decided_by=work.actor))
    else:
        ledger.change(known)
        known.verdict, known.decided_by = verdict, work.actor
    proposed = work.session.get(DuplicatePair, (work.team_id, low, high))
    if proposed is not None:
        ledger.change(proposed)
        proposed.state, proposed.decided_by, proposed.decided_at = verdict, work.actor, work.now


def settle(work: Work, members: tuple[str, ...]) -> None:
    """Bring what follows in step: look-up words and scores. Not audited: derived from rows that are."""
    work.flush()
    customers = members
    if merging.kind_of(members[0]) is MergeKind.COMPANY:
        customers = tuple(work.session.scalars(select(Customer.customer_id).where(Customer.company_id.in_(members))))
    mark_dirty(work, customers)
    tokens.refresh_many(work, customers)


def _join(work: Work, seat: str, other: str) -> None:
    """Make the edge in one conditional statement: of two people who merge the same record one is told of the other."""
    if merging.kind_of(seat) is MergeKind.COMPANY:
        # A company that went into another is out of every list, as one that was removed.
        statement = (
            update(Company)
            .where(Company.company_id == other, Company.merged_into.is_(None), Company.removed_at.is_(None))
            .values(merged_into=seat, removed_at=work.now)
            .returning(Company.company_id)
        )
    else:
        statement = (
            update(Customer)
            .where(Customer.customer_id == other, Customer.merged_into.is_(None), Customer.removed_at.is_(None))
            .values(merged_into=seat)
            .returning(Customer.customer_id)
        )
    done = work.session.execute(statement.execution_options(synchronize_session=False)).scalar_one_or_none()
    if done is None:
        raise Stale("Somebody merged or removed one of the two meanwhile. Nothing was changed.")
    work.session.expire_all()


def _present(work: Work, row_id: str) -> Customer | Company:
    """The row of a record, or of the one it was merged into, if it may be seen."""
    row = merging.record(work, merging.survivor(work, row_id))
    if row is None or row.removed_at is not None:
        raise NotFound("That record is no longer there.", wanted=row_id)
    if isinstance(row, Customer) and row.level == "private" and row.owner != work.actor:
        raise NotFound("That record is no longer there.", wanted=row_id)
    return row


def _check(
    work: Work, seat: str, other: str, rows: tuple[Customer | Company, Customer | Company],
    versions: tuple[int, int] | None,
) -> None:  # fmt: skip
    one, two = rows
    if merging.kind_of(seat) is not merging.kind_of(other):
        raise BadInput("A person and a company cannot be merged.")
    if seat == other:
        last = next(iter(merging.standing(work, seat)), None)
        user = work.session.scalars(select(User).where(User.slack_user_id == last.by)).first() if last else None
        told = f": {user.name} merged them at {last.at:%H:%M} UTC" if last and user else ""
        raise BadInput(f"These are one already, {one.name}{told}.")
    if isinstance(one, Customer) and isinstance(two, Customer) and one.level != two.level:
        raise BadInput(
            f"{one.name} and {two.name} cannot be merged: one is private, the other the team's. "
            "A merge would show what is private or hide what is shared."
        )
    if versions is not None and versions != (one.version, two.version):
        raise Stale("Somebody changed one of the two since you looked. Nothing was merged; look at them again.")


def _picked(work: Work, seat: str, other: str, chosen: Mapping[str, str]) -> dict[str, dict[str, str | None]]:
    """The values picked by hand, as the two show them now."""
    if not chosen:
        return {}
    said = merging.statements(work, (seat, other))
    picked: dict[str, dict[str, str | None]] = {}
    for field, row_id in chosen.items():
        root = merging.survivor(work, row_id)
        if root not in said:
            raise BadInput("Choose the value of one of the two.", field=field)
        statement = said[root].get(field)
        if statement is not None and (statement.value or "").strip():
            picked[field] = {"from": root, "value": statement.value}
    return picked
