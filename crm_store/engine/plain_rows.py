"""Rows of one table written at the driver's own pace: for imports and arrivals, which a statement would outweigh."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, cast

from sqlalchemy import Column, Table
from sqlalchemy.engine import Dialect

from crm_store.engine.work import ALL_TEAMS, Work
from crm_store.models.columns import CleanText, ShortText, TeamRow, UtcTime

_AT_ONCE: Final = 500
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Into:
    """A statement with the table's columns in its order, what stands where a row says nothing, and how to bind."""

    statement: str
    names: tuple[str, ...]
    defaults: tuple[Any, ...]
    converts: tuple[Convert | None, ...]


def insert(work: Work, model: type[TeamRow], rows: Sequence[Mapping[str, Any]], *, or_nothing: bool = False) -> None:
    """Insert rows of the unit's team; `or_nothing` passes over known keys.

    Unlike `Work.insert` it neither counts them nor marks customers whose scores become due. In a unit of the house each
    row names its own team.
    """
    if not rows:
        return
    work.make_way()
    if work.dialect != "sqlite":
        for start in range(0, len(rows), _AT_ONCE):
            work.insert(model, rows[start : start + _AT_ONCE], or_nothing=or_nothing)
        return
    first = rows[0].keys()
    alike = all(row.keys() == first for row in rows)
    said = frozenset(first if alike else {name for row in rows for name in row})
    into = _into(work.connection.dialect, model, or_nothing, said)
    columns = [
        _bound(_column(rows, name, default, alike=alike), convert) if name in said else [default] * len(rows)
        for name, default, convert in zip(into.names, into.defaults, into.converts, strict=True)
    ]
    team = [row["team_id"] for row in rows] if work.team_id == ALL_TEAMS else [work.team_id] * len(rows)
    work.connection.exec_driver_sql(into.statement, list(zip(team, *columns, strict=True)))


def _column(rows: Sequence[Mapping[str, Any]], name: str, default: Any, *, alike: bool) -> list[Any]:
    """What the rows say of one column; rows that all say the same columns are read without a call for each."""
    return list(map(itemgetter(name), rows)) if alike else [row.get(name, default) for row in rows]


def _bound(values: list[Any], convert: Convert | None) -> list[Any]:
    """Each different value is converted once: a column holds few, or they are texts that need nothing."""
    if convert is None:
        return values
    if _plain(values):
        return values
    known: dict[Any, Any] = {}
    for at, value in enumerate(values):
        if value is None or (value.__class__ is str and value.isascii() and "\x00" not in value):
            continue
        if isinstance(value, dict | list):
            values[at] = convert(value)
            continue
        if value not in known:
            known[value] = convert(value)
        values[at] = known[value]
    return values


def _plain(values: list[Any]) -> bool:
    """Whether a column holds nothing but texts that need no conversion, as most do: found out for all at once."""
    try:
        joined = "".join(one for one in values if one is not None)
    except TypeError:
        return False
    return joined.isascii() and "\x00" not in joined


@lru_cache(maxsize=256)
def _into(dialect: Dialect, model: type[TeamRow], or_nothing: bool, said: frozenset[str]) -> _Into:
    """For rows that say these columns; of the others only those with a default are written."""
    table = cast(Table, model.__table__)
    columns = [
        column
        for column in table.columns
        if column.name != "team_id" and (column.name in said or _default(column) is not None)
    ]
    names = tuple(column.name for column in columns)
    places = ", ".join("?" * (len(names) + 1))
    quoted = ", ".join(f'"{name}"' for name in ("team_id", *names))
    ending = " ON CONFLICT DO NOTHING" if or_nothing else ""
    statement = f'INSERT INTO "{table.name}" ({quoted}) VALUES ({places}){ending}'  # noqa: S608 -- names of our own
    return _Into(
        statement, names, tuple(map(_default, columns)), tuple(_converter(column, dialect) for column in columns)
    )


def _default(column: Column[Any]) -> Any:
    return getattr(column.default, "arg", None) if column.default is not None and column.default.is_scalar else None


def _converter(column: Column[Any], dialect: Dialect) -> Convert | None:
    if isinstance(column.type, CleanText | ShortText | UtcTime):
        return column.type.bind_processor(dialect)
    return column.type.dialect_impl(dialect).bind_processor(dialect)
