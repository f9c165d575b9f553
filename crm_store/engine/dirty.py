"""Which customers' numbers a write makes untrue: noticed at every write of the rows that features are made of."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Delete, Update, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from crm_store.models.columns import TeamRow
from crm_store.models.history import Communication, Participant
from crm_store.models.people import Customer
from crm_store.models.scoring import DirtyCustomer
from crm_store.models.trade import Deal, Order

Mark = tuple[str, str]
"""A team and a customer of it."""
_OWN: Final[tuple[type[TeamRow], ...]] = (Customer, Order, Deal, Participant)
_PROFILE: Final = frozenset({"created_at", "company_id", "source", "merged_into", "removed_at"})
"""What of a customer's own row tells in a score; a new title does not."""
_SPOKEN: Final = frozenset({"happened_at", "direction", "kind", "level", "removed_at"})


def write(connection: Connection, marks: Iterable[Mark], now: datetime) -> None:
    """Note that these customers' numbers have to be worked out again; who is noted already is noted as of now."""
    # One order for all units, so that two of them never wait for each other's rows.
    rows = [{"team_id": team, "customer_id": one, "since": now} for team, one in sorted(set(marks))]
    if not rows:
        return
    table = DirtyCustomer.__table__
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table)  # type: ignore[arg-type]
    latest = statement.on_conflict_do_update(
        index_elements=[table.c.team_id, table.c.customer_id], set_={"since": statement.excluded.since}
    )
    connection.execute(latest, rows)


def of_rows(model: type[TeamRow], rows: Iterable[Mapping[str, Any]]) -> set[Mark]:
    """The customers of rows that are inserted many at once."""
    if model not in _OWN:
        return set()
    return {(row["team_id"], one) for row in rows if (one := row.get("customer_id"))}


def of_session(session: Session) -> set[Mark]:
    """The customers of what a session is about to write."""
    found: set[Mark] = set()
    spoken: list[Communication] = []
    for row in (*session.new, *session.deleted):
        if isinstance(row, _OWN):
            found |= _whose(row)
        elif isinstance(row, Communication) and row in session.deleted:
            spoken.append(row)
    for row in session.dirty:
        if isinstance(row, _OWN) and _tells(row):
            found |= _whose(row)
        elif isinstance(row, Communication) and _changed(row) & _SPOKEN:
            spoken.append(row)
    for communication in spoken:
        found |= _spoke(session.connection(), communication)
    return found


def of_statement(session: Session, statement: Update | Delete, model: type[TeamRow], team_id: str) -> set[Mark]:
    """The customers of rows that a statement changes without reading them: those before, and whom they go to."""
    named = getattr(statement, "_values", None) or {}
    changed = {getattr(column, "key", str(column)): value for column, value in named.items()}
    if model is Customer and changed and not changed.keys() & _PROFILE:
        return set()
    where = [] if statement.whereclause is None else [statement.whereclause]
    if model is Communication:
        query = select(Participant.customer_id).join(
            Communication,
            (Communication.team_id == Participant.team_id)
            & (Communication.communication_id == Participant.communication_id),
        )
    elif model in _OWN:
        query = select(model.customer_id)  # type: ignore[attr-defined]
    else:
        return set()
    found = set(session.scalars(query.where(*where).distinct()))
    given = getattr(changed.get("customer_id"), "value", None)
    return {(team_id, one) for one in found | {given} if one}


def _whose(row: TeamRow) -> set[Mark]:
    history = inspect(row).attrs.customer_id.history
    return {(row.team_id, one) for part in history if part for one in part if one}


def _tells(row: TeamRow) -> bool:
    changed = _changed(row)
    return bool(changed & _PROFILE) if isinstance(row, Customer) else bool(changed)


def _changed(row: TeamRow) -> set[str]:
    return {each.key for each in inspect(row).attrs if each.history.has_changes()}


def _spoke(connection: Connection, row: Communication) -> set[Mark]:
    table = Participant.__table__
    query = select(table.c.customer_id).where(
        table.c.team_id == row.team_id, table.c.communication_id == row.communication_id
    )
    return {(row.team_id, one) for one in connection.scalars(query) if one}
