"""Taking an act back: each step is inverted where nobody has built on it since, and what stays is told."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import Date, LargeBinary, String, cast, inspect, select, update

from crm_store import audit
from crm_store.actions import threads, unmerge
from crm_store.actions.touches import mark_dirty, recompute
from crm_store.engine.work import Work
from crm_store.errors import NotFound, NotUndoable
from crm_store.lookup import tokens
from crm_store.models.columns import TeamRow, UtcTime
from crm_store.models.history import Communication, FollowedThread, Participant, Witness
from crm_store.models.people import Company, ContactPoint, Customer, Need, User
from crm_store.models.plumbing import Undo
from crm_store.models.trade import Deal, Order, Task
from crm_store.values.undo import UndoOutcome

_DERIVED: Final = {"customers": {"last_touch_at", "last_touch_kind", "last_touch_by"}}
_COUNTERS: Final = frozenset({"version"})
_SHOWN: Final = {
    "customers": "customer", "companies": "company", "deals": "deal", "tasks": "task", "communications": "log",
    "needs": "need", "orders": "order",
}  # fmt: skip
# What others may have hung on a row that an act added: such a row stays.
_HANGING: Final[dict[str, tuple[tuple[type[TeamRow], str], ...]]] = {
    "customers": (
        (Participant, "customer_id"),
        (Deal, "customer_id"),
        (Order, "customer_id"),
        (Task, "customer_id"),
        (Need, "customer_id"),
        (Customer, "merged_into"),
    ),
    "companies": ((Customer, "company_id"), (Deal, "company_id"), (Company, "merged_into")),
    "communications": ((Witness, "communication_id"), (Task, "communication_id"), (Need, "communication_id")),
    "deals": ((Task, "deal_id"),),
}


def undo(work: Work, undo_id: str) -> UndoOutcome:
    """Take an act back, once; what somebody changed or used since stays, and is named."""
    row = work.session.get(Undo, (work.team_id, undo_id))
    if row is None:
        raise NotFound("There is nothing to take back.")
    if row.expires_at <= work.now:
        raise NotUndoable("That was more than 90 days ago and can no longer be taken back.")
    merge_id = unmerge.of_undo(work, undo_id)
    if merge_id is not None and row.undone_at is None:
        taken_apart = unmerge.unmerge(work, merge_id)
        return UndoOutcome(taken_apart.sentence, restored=True)
    _take(work, row)
    with audit.record(work, "undo", undo_id, f"Took back: {row.sentence}") as ledger:
        # An undo is itself taken back by doing the thing again, which people see as they do it.
        ledger.undoable = False
        taking = _Taking(work, ledger, row)
        taking.all_steps()
    taking.settle()
    if taking.conflicts and not taking.restored:
        return UndoOutcome(f"Not taken back: {row.sentence}", restored=False, conflicts=tuple(taking.conflicts))
    partly = "Partly taken back" if taking.conflicts else "Taken back"
    return UndoOutcome(f"{partly}: {row.sentence}", restored=True, conflicts=tuple(taking.conflicts))


def _take(work: Work, row: Undo) -> None:
    """Claim the undo in one conditional statement: of two clicks the first takes it back."""
    taken = work.session.execute(
        update(Undo)
        .where(Undo.undo_id == row.undo_id, Undo.undone_at.is_(None))
        .values(undone_at=work.now, undone_by=work.actor)
        .returning(Undo.undo_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if taken is None:
        work.session.refresh(row)
        when = f" at {row.undone_at:%H:%M} UTC" if row.undone_at else ""
        raise NotUndoable(f"{_name(work, row.undone_by)} took that back{when}.")


@dataclass(slots=True)
class _Taking:
    work: Work
    ledger: audit.Ledger
    row: Undo
    conflicts: list[str] = field(default_factory=list)
    customers: set[str] = field(default_factory=set)
    restored: int = 0
    _kept: set[str] = field(default_factory=set)
    _threads: list[FollowedThread] = field(default_factory=list)

    def all_steps(self) -> None:
        """Invert every step, the last one first; children go before the rows they hang on."""
        steps = self.row.inverse
        added = {_identity(step) for step in steps if step["op"] == "added"}
        for step in steps:
            if step["op"] == "added":
                self._look_for_users(step, added)
        for step in reversed(steps):
            if step["op"] == "changed":
                self._restore(step)
        for step in reversed(steps):
            if step["op"] == "added":
                self._remove(step)
        # What hung on a removed row must be gone before a row that was there before takes its key again.
        self.work.flush()
        for step in reversed(steps):
            if step["op"] == "removed":
                self._insert_again(step)

    def settle(self) -> None:
        """Bring what follows from the rows in step: last contacts, scores, look-up words."""
        self.work.flush()  # The queries below must see what was taken back.
        still = [one for one in sorted(self.customers) if self.work.session.get(Customer, (self.work.team_id, one))]
        recompute(self.work, still)
        mark_dirty(self.work, still)
        tokens.refresh_many(self.work, sorted(self.customers))
        for one in self._threads:
            threads.refresh(self.work, one.channel, one.root_ts)

    def _look_for_users(self, step: dict[str, Any], added: set[tuple[str, ...]]) -> None:
        """A row that somebody has used or changed since stays, and so does what belongs to it."""
        row = _get(self.work, step)
        if row is None:
            return
        mark = str(step["key"][-1])
        for model, column in _HANGING.get(step["table"], ()):
            users = self.work.session.scalars(select(model).where(getattr(model, column) == mark)).all()
            if any((model.__tablename__, *map(str, audit.key(one))) not in added for one in users):
                self._keep(step, row, f"it is used by a {_SHOWN.get(model.__tablename__, 'log')} since")
                return
        later = _changed_later(self.work, self.row, mark)
        if later is not None:
            self._keep(step, row, f"{_name(self.work, later.actor)} changed it since")

    def _keep(self, step: dict[str, Any], row: TeamRow, why: str) -> None:
        self._kept.add(str(step["key"][-1]))
        if step["table"] in _SHOWN:
            self.conflicts.append(f"The {_SHOWN[step['table']]}{_called(row)} stays: {why}.")

    def _remove(self, step: dict[str, Any]) -> None:
        row = _get(self.work, step)
        if row is None:
            return
        self._notice(row)
        if self._stays(step, row):
            return
        self.ledger.remove(row)
        if isinstance(row, Communication):
            threads.let_go(self.work, row.communication_id)
        self.restored += 1

    def _stays(self, step: dict[str, Any], row: TeamRow) -> bool:
        if str(step["key"][-1]) in self._kept and not isinstance(row, Witness):
            return True
        if isinstance(row, Witness):
            # The person's own witness goes even where the log stays for the others who saw it.
            return row.user_id != self.row.actor and row.communication_id in self._kept
        owners = ("communication_id", "customer_id", "owner_row", "deal_id", "order_id")
        return any(getattr(row, name, None) in self._kept for name in owners if hasattr(row, name))

    def _restore(self, step: dict[str, Any]) -> None:
        row = _get(self.work, step)
        if row is None:
            return
        self._notice(row)
        now = audit.values(row)
        self.ledger.change(row)
        for name, (old, new) in step["fields"].items():
            if name in _DERIVED.get(step["table"], ()):
                self.restored += 1
                continue
            if name in _COUNTERS:
                continue
            if now.get(name) != new:
                self._tell_change(step, row, name, old, now.get(name))
                continue
            setattr(row, name, _value(row, name, old))
            self.restored += 1
        if "version" in now:
            row.version = now["version"] + 1  # type: ignore[attr-defined]  # every editable table has it

    def _tell_change(self, step: dict[str, Any], row: TeamRow, name: str, old: Any, now: Any) -> None:
        later = _changed_later(self.work, self.row, str(step["key"][-1]))
        who = _name(self.work, later.actor) if later else "Somebody"
        what = _SHOWN.get(step["table"], "entry")
        self.conflicts.append(
            f"{who} changed the {name.replace('_', ' ')} of the {what}{_called(row)} since: "
            f"it stays {_said(now)}, before it was {_said(old)}."
        )

    def _insert_again(self, step: dict[str, Any]) -> None:
        model = _model(step["table"])
        names = [column.name for column in model.__table__.primary_key]
        if self.work.session.get(model, tuple(step["values"][name] for name in names)) is not None:
            self.conflicts.append("Something else stands in its place by now.")
            return
        row = model()
        for name, value in step["values"].items():
            setattr(row, name, _value(row, name, value))
        self.ledger.add(row)
        self._notice(row)
        self.restored += 1

    def _notice(self, row: TeamRow) -> None:
        if isinstance(row, FollowedThread):
            self._threads.append(row)
            return
        if isinstance(row, ContactPoint):
            self.customers.add(row.owner_row)
            return
        if isinstance(row, Company):
            self.customers |= set(
                self.work.session.scalars(select(Customer.customer_id).where(Customer.company_id == row.company_id))
            )
        customer_id = getattr(row, "customer_id", None)
        if customer_id:
            self.customers.add(customer_id)


def _changed_later(work: Work, row: Undo, mark: str) -> Undo | None:
    """The last act that changed the same row and still stands."""
    later = work.session.scalars(
        select(Undo)
        .where(
            Undo.at >= row.at,
            Undo.undo_id != row.undo_id,
            Undo.undone_at.is_(None),
            cast(Undo.inverse, String).contains(mark, autoescape=True),
        )
        .order_by(Undo.at.desc(), Undo.undo_id.desc())
    )
    for one in later:
        if any(step["op"] == "changed" and mark in map(str, step["key"]) and _telling(step) for step in one.inverse):
            return one
    return None


def _telling(step: dict[str, Any]) -> bool:
    return bool(set(step["fields"]) - _DERIVED.get(step["table"], set()) - _COUNTERS)


def _identity(step: dict[str, Any]) -> tuple[str, ...]:
    return (step["table"], *map(str, step["key"]))


def _get(work: Work, step: dict[str, Any]) -> TeamRow | None:
    return work.session.get(_model(step["table"]), tuple(step["key"]))


def _model(table: str) -> type[TeamRow]:
    for mapper in TeamRow.registry.mappers:
        if getattr(mapper.class_, "__tablename__", None) == table:
            return mapper.class_
    raise NotUndoable("That belongs to a version of Rapport whose data are gone.")


def _value(row: TeamRow, name: str, value: Any) -> Any:
    """A value as the column holds it, from what JSON could keep."""
    kind = inspect(type(row)).columns[name].type
    if isinstance(value, str) and isinstance(kind, UtcTime):
        return datetime.fromisoformat(value).astimezone(UTC)
    if isinstance(value, str) and isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(value, dict) and isinstance(kind, LargeBinary):
        return bytes.fromhex(value["bytes"])
    return value


def _called(row: TeamRow) -> str:
    name = getattr(row, "name", None) or getattr(row, "title", None) or getattr(row, "subject", None)
    return f" {name}" if name else ""


def _said(value: Any) -> str:
    return "empty" if value in (None, "") else f"“{value}”"


def _name(work: Work, user_id: str | None) -> str:
    user = work.session.get(User, (work.team_id, user_id)) if user_id else None
    return user.name if user else "Rapport"
