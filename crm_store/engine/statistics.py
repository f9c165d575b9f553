"""What SQLite is told of the sizes of tables, since what it supposes or learns by itself misleads it here.

PostgreSQL learns well, but only some time after much was written: who writes much asks it to do so at once (`learn`).

Every index begins with the team. Without statistics SQLite takes that for a filter that leaves ten rows; with those of
a table that was small when they were learnt, or of a few hundred rows at the beginning of an index where a small team
stands, for little more. Either way it may read one table once for each row of another, which nobody notices until there
are many. So each table is told to be of one large team. A plan that is right for many rows costs nothing where there
are few, and it is the same in every store: what was tested is what runs.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, text

from crm_store.engine.work import Work

ROWS: Final = 10_000
"""Rows of every table."""
_TEAM: Final = "team_id"
_EACH: Final = 10
"""Rows that a column leaves, as SQLite itself supposes."""
_LEAVES: Final = {
    **dict.fromkeys(("state", "kind", "merged_into", "level", "role", "owner"), ROWS // 4),
    "communication_id": 2,
}
"""Rows that is known of some columns: those of few values or mostly empty, and what there are one or two of each."""
_KNOWN: Final = "sqlite_stat1"
Row = tuple[str, str | None, str]
MANY: Final = 1_000
"""Rows after which who wrote them lets PostgreSQL learn."""
_GROWN: Final = (
    "customers", "companies", "company_domains", "affiliations", "contact_points", "tokens", "token_deletes",
    "postings", "word_pairs", "phone_suffixes", "lookup_changes", "communications", "participants", "orders", "deals",
    "import_rows", "dirty_customers",
)  # fmt: skip


def learn(work: Work) -> bool:
    """Let PostgreSQL look how large the tables are that a long list fills; says whether there was anything to do.

    Look-ups cost its server twice as much until it has. Nobody who reads or writes waits meanwhile.
    """
    if work.dialect != "postgresql":
        return False
    work.connection.execute(text(f"ANALYZE {', '.join(_GROWN)}"))
    return True


def suppose(connection: Connection) -> bool:
    """Tell SQLite, in every connection to the file; says whether it knew anything else before."""
    ask = connection.exec_driver_sql
    if ask("SELECT 1 FROM sqlite_schema WHERE name = ?", (_KNOWN,)).first() is None:
        # This makes the table alone: no other name of the schema can be looked at so quickly.
        ask("ANALYZE sqlite_schema")
    known = {(row[0], row[1], row[2]) for row in ask(f"SELECT tbl, idx, stat FROM {_KNOWN}")}  # noqa: S608 -- a constant
    supposed = {row for table in _tables(connection) for row in _of_table(connection, table)}
    if known == supposed:
        return False
    ask(f"DELETE FROM {_KNOWN}")  # noqa: S608 -- the same
    for row in sorted(supposed, key=str):
        ask(f"INSERT INTO {_KNOWN} (tbl, idx, stat) VALUES (?, ?, ?)", row)  # noqa: S608 -- the same
    # Statistics are read with the schema, and the schema again only where its number changed.
    version = ask("PRAGMA schema_version").scalar_one()
    ask(f"PRAGMA schema_version={version + 1}")
    return True


def _tables(connection: Connection) -> list[str]:
    rows = connection.exec_driver_sql(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return [str(row[0]) for row in rows]


def _of_table(connection: Connection, table: str) -> list[Row]:
    """A row for each index, as SQLite keeps them; one for a table that has none."""
    ask = connection.exec_driver_sql
    found: list[Row] = []
    for _, index, is_unique, *_more in ask(f'PRAGMA index_list("{table}")').fetchall():
        names = [str(row[2]) for row in ask(f'PRAGMA index_info("{index}")')]
        found.append((table, str(index), _figures(names, is_unique=bool(is_unique))))
    return found or [(table, None, str(ROWS))]


def _figures(names: Sequence[str], *, is_unique: bool) -> str:
    """All rows, and how many are left by the first column of an index, by the first two, and so on."""
    left = [ROWS]
    for name in names:
        left.append(left[-1] if name == _TEAM else min(left[-1], _LEAVES.get(name, _EACH)))
    return " ".join(map(str, [*left[:-1], 1] if is_unique else left))
