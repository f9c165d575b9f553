"""Look-up: its tables without a second copy of each key on SQLite; what they hold is kept."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the tables."""
    _compact_look_up()


def _compact_look_up() -> None:
    """On SQLite the look-up's tables become their own keys, which halves them; an index that was the key again goes."""
    op.drop_index("ix_lookup_changes_team_id_seq", table_name="lookup_changes")
    if op.get_bind().dialect.name != "sqlite":
        return
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    _compact("tokens", [_text("text", 64)], [sa.Column("df", sa.Integer(), nullable=False)])
    _compact("token_deletes", [sa.Column("hash", sa.BigInteger(), nullable=False), _text("text", 64)], [])
    _compact(
        "postings",
        [_text("text", 64), _text("customer_id", 40)],
        [sa.Column("fields", sa.Integer(), nullable=False)],
        indexed="customer_id",
    )
    _compact("phone_suffixes", [_text("reversed_digits", 20), _text("customer_id", 40)], [], indexed="customer_id")
    _compact("lookup_changes", [sa.Column("seq", number, nullable=False)], [_text("customer_id", 40), _text("op", 10)])


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _compact(table: str, key: list[sa.Column[Any]], others: list[sa.Column[Any]], indexed: str = "") -> None:
    names = ["team_id", *(column.name for column in (*key, *others))]
    op.rename_table(table, f"{table}_before")
    op.create_table(
        table,
        _text("team_id", 40),
        *key,
        *others,
        sa.PrimaryKeyConstraint("team_id", *(column.name for column in key), name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
    before = sa.table(f"{table}_before", *map(sa.column, names))
    after = sa.table(table, *map(sa.column, names))
    op.execute(sa.insert(after).from_select(names, sa.select(before).order_by(*(before.c[name] for name in names))))
    op.drop_table(f"{table}_before")
    if indexed:
        op.create_index(f"ix_{table}_team_id_{indexed}", table, ["team_id", indexed], unique=False)
