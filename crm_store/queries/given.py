"""A column that is not empty, said so that no index on it is taken for a way to the row."""

from sqlalchemy import ColumnElement, SQLColumnExpression, func


def given(column: SQLColumnExpression[str | None]) -> ColumnElement[bool]:
    """Whether a key that may be empty is there.

    Without statistics SQLite takes `IS NOT NULL` for a range that leaves few rows, and an index on such a key for a
    better way than the key that a join asks for: it then reads the whole table once for each row of the other.
    """
    return func.coalesce(column, "") != ""
