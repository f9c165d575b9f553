"""How the look-up reads: constant statements past the session, since building one costs more than its answer."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVarTuple

from sqlalchemy import BindParameter, CompoundSelect, Select, bindparam
from sqlalchemy.engine import Row

from crm_store.engine.work import Work
from crm_store.models.columns import TeamRow

Columns = TypeVarTuple("Columns")


def of_team(statement: Select[*Columns], *models: type[TeamRow]) -> Select[*Columns]:
    """The statement bound to the team that `rows` names; the session's guard does not see it."""
    return statement.where(*(model.team_id == bindparam("team_id") for model in models))


def many(name: str) -> BindParameter[Any]:
    """A parameter for `IN`, of any number of values."""
    return bindparam(name, expanding=True)


def rows(
    work: Work, statement: Select[*Columns] | CompoundSelect[*Columns], **values: object
) -> Sequence[Row[*Columns]]:
    """What a statement made by `of_team` finds in this unit's team; what waits for a flush must be written before."""
    return work.connection.execute(statement, {"team_id": work.team_id, **values}).all()


_MANY: Final = "{many}"
_MANY_NUMBERS: Final = "{many_numbers}"


@dataclass(frozen=True, slots=True)
class Plain:
    """A statement for the driver itself, made once: `?` is a value, `{many}` and `{many_numbers}` a list of them.

    A list is one parameter, so that the statement stays the same whatever its length. Every table named must be bound
    by a `team_id = ?`, which `read_plain` fills in where the value is `TEAM`.
    """

    sqlite: str
    postgresql: str


TEAM: Final = object()
_STREAMED: Final = 5_000


def plain(statement: str) -> Plain:
    """The statement for both databases."""
    sqlite = statement.replace(_MANY_NUMBERS, "(SELECT value FROM json_each(?))")
    # Of a query of very many numbers PostgreSQL, knowing no statistics, would make a join with the whole table.
    postgresql = statement.replace(f"IN {_MANY_NUMBERS}", "= ANY (%s::bigint[])")
    return Plain(
        sqlite.replace(_MANY, "(SELECT value FROM json_each(?))"),
        postgresql.replace(_MANY, "(SELECT unnest(%s::text[]))").replace("?", "%s"),
    )


def moment(stored: datetime | str | None) -> datetime | None:
    """A time as the driver gives it, which for SQLite is text without a zone, as aware UTC."""
    if isinstance(stored, str):
        return datetime.fromisoformat(stored).replace(tzinfo=UTC)
    return stored.astimezone(UTC) if stored else None


def read_plain(work: Work, statement: Plain, *values: object) -> Sequence[tuple[Any, ...]]:
    """What a plain statement finds; what waits for a flush must be written before."""
    text, bound = _bound(work, statement, values)
    if work.dialect == "sqlite":
        # Nothing goes over a wire, so that what SQLAlchemy does around a statement would cost more than its answer.
        found: Sequence[tuple[Any, ...]] = driver_cursor(work).execute(text, bound).fetchall()
        return found
    return work.connection.exec_driver_sql(text, bound).cursor.fetchall()


def stream_plain(work: Work, statement: Plain, *values: object) -> Iterator[tuple[Any, ...]]:
    """The same for a whole table, some rows at a time, so that it need not lie in memory twice."""
    text, bound = _bound(work, statement, values)
    if work.dialect == "sqlite":
        cursor = work.connection.exec_driver_sql(text, bound).cursor
        while some := cursor.fetchmany(_STREAMED):
            yield from some
        return
    for part in work.connection.exec_driver_sql(text, bound, {"stream_results": True}).partitions(_STREAMED):
        yield from part


def driver_cursor(work: Work) -> Any:
    """A cursor of the driver in this unit's transaction, for statements that each look-up needs."""
    return work.connection.connection.cursor()


def _bound(work: Work, statement: Plain, values: Sequence[object]) -> tuple[str, tuple[object, ...]]:
    filled = (work.team_id if value is TEAM else value for value in values)
    if work.dialect == "sqlite":
        return statement.sqlite, tuple(json.dumps(value) if isinstance(value, list) else value for value in filled)
    return statement.postgresql, tuple(filled)
