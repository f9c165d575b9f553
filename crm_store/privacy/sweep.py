"""Finds and blots out a person's names, addresses and numbers in whatever text of the store they may stand."""

import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import JSON, Column, LargeBinary, String, Table, Text, and_, cast, func, or_, select, update

from crm_store.engine.work import Work
from crm_store.lookup.tokens import in_groups
from crm_store.models.columns import TeamRow
from crm_store.privacy.personal import SWEPT

BLOT: Final = "[erased]"
_AT_ONCE: Final = 60


def pattern(signs: Sequence[str]) -> re.Pattern[str]:
    """Any of the signs, in whatever case, and not as a part of a longer word or number."""
    each = "|".join(re.escape(one) for one in signs)
    return re.compile(rf"(?<!\w)(?:{each})(?!\w)", re.IGNORECASE)


def sweep(work: Work, signs: Sequence[str]) -> dict[str, int]:
    """Blot the signs out of every text of the team, and say in how many rows of which table."""
    if not signs:
        return {}
    found: dict[str, int] = {}
    known = pattern(signs)
    for name in sorted(SWEPT):
        table = TeamRow.metadata.tables[name]
        count = sum(_blot(work, table, column, signs, known) for column in texts(table))
        if count:
            found[name] = count
    return found


def texts(table: Table) -> list[Column[Any]]:
    """Columns that may hold words; keys are no words, but for those that tell of a person."""
    return [
        column
        for column in table.columns
        if column.name != "team_id"
        and not isinstance(_kind(column), LargeBinary)
        and isinstance(_kind(column), String | Text | JSON)
        and (not column.primary_key or column.info.get("personal"))
    ]


def _kind(column: Column[Any]) -> Any:
    return getattr(column.type, "impl_instance", column.type)


def _bearing(work: Work, table: Table, column: Column[Any], signs: Sequence[str]) -> list[tuple[list[Any], Any]]:
    """Rows that may bear a sign: what is not ASCII is left to the pattern, since databases fold and JSON escapes it."""
    text = func.lower(cast(column, Text))
    keys = list(table.primary_key)
    found: dict[tuple[Any, ...], Any] = {}
    for some in in_groups(list(signs), _AT_ONCE):
        likes = [text.like(f"%{like(one)}%", escape="\\") for one in some]
        rows = work.connection.execute(select(*keys, column).where(table.c.team_id == work.team_id, or_(*likes)))
        found |= {tuple(row[: len(keys)]): row[len(keys)] for row in rows}
    return [(list(key), value) for key, value in found.items()]


def like(sign: str) -> str:
    """A sign as LIKE reads it, between two percent signs and with a backslash to escape."""
    lowered = "".join(one if one.isascii() else "\0" for one in sign.lower())
    return lowered.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("\0", "%")


def _blot(work: Work, table: Table, column: Column[Any], signs: Sequence[str], known: re.Pattern[str]) -> int:
    done = 0
    for key, value in _bearing(work, table, column, signs):
        after = _blotted(value, known)
        if after != value:
            here = and_(*(name == one for name, one in zip(table.primary_key, key, strict=True)))
            work.connection.execute(update(table).where(here).values({column.name: after}))
            done += 1
    return done


def _blotted(value: Any, known: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return known.sub(BLOT, value)
    if isinstance(value, list):
        return [_blotted(one, known) for one in value]
    if isinstance(value, dict):
        return {known.sub(BLOT, name): _blotted(one, known) for name, one in value.items()}
    return value
