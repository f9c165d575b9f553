"""Look-up: who bears two words, by one number; and an index that holds all there is of each customer's words."""

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from crm_store.lookup.tokens import pairs_of, words_of
from crm_store.migrations import walls

revision = "0029"
down_revision = "0028"

_AT_ONCE: Final = 5_000
_NEXT: Final = sa.text(
    "SELECT c.team_id, c.customer_id, c.name, k.name, c.removed_at IS NOT NULL OR c.merged_into IS NOT NULL"
    " FROM customers AS c LEFT JOIN companies AS k ON k.team_id = c.team_id AND k.company_id = c.company_id"
    " WHERE (c.team_id, c.customer_id) > (:team_id, :customer_id) ORDER BY c.team_id, c.customer_id LIMIT :most"
)


def upgrade() -> None:
    """Create the table and fill it at once in the order of its key: row by row its tree would be written many times."""
    op.drop_index("ix_postings_team_id_customer_id", "postings")
    op.create_index("ix_postings_team_id_customer_id", "postings", ["team_id", "customer_id", "text", "fields"])
    op.create_table(
        "word_pairs",
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "key", "customer_id", name=op.f("pk_word_pairs")),
        sqlite_with_rowid=False,
    )
    walls.build("word_pairs")
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT set_config('crm.team', '*', true)"))
    number = "INTEGER" if connection.dialect.name == "sqlite" else "BIGINT"
    connection.execute(sa.text(f"CREATE TEMPORARY TABLE pairs_found (team_id TEXT, key {number}, customer_id TEXT)"))
    found = sa.text("INSERT INTO pairs_found (team_id, key, customer_id) VALUES (:team_id, :key, :customer_id)")
    for some in _customers(connection):
        rows = [
            {"team_id": team_id, "key": key, "customer_id": customer_id}
            for team_id, customer_id, name, company, gone in some
            if not gone
            for key in pairs_of(words_of(name, company or ""))
        ]
        if rows:
            connection.execute(found, rows)
    connection.execute(
        sa.text(
            "INSERT INTO word_pairs (team_id, key, customer_id)"
            " SELECT team_id, key, customer_id FROM pairs_found ORDER BY team_id, key, customer_id"
        )
    )
    connection.execute(sa.text("DROP TABLE pairs_found"))


def _customers(connection: sa.Connection) -> Iterator[list[Any]]:
    last = {"team_id": "", "customer_id": ""}
    while some := list(connection.execute(_NEXT, {**last, "most": _AT_ONCE})):
        yield some
        last = {"team_id": some[-1][0], "customer_id": some[-1][1]}
