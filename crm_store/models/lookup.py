"""Token tables of the look-up, written in the customer's own transaction."""

from typing import Final

from sqlalchemy import BigInteger, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.models.columns import ShortText, TeamRow, key

# The key is the row: on SQLite half the space, and one tree to write instead of two.
_COMPACT: Final = {"sqlite_with_rowid": False}


class Token(TeamRow):
    __tablename__ = "tokens"
    __table_args__ = (_COMPACT,)
    text: Mapped[str] = key(64)
    df: Mapped[int] = mapped_column(default=0)


class TokenDelete(TeamRow):
    __tablename__ = "token_deletes"
    __table_args__ = (_COMPACT,)
    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    text: Mapped[str] = mapped_column(ShortText(64), primary_key=True)


class Posting(TeamRow):
    __tablename__ = "postings"
    # The index holds all of the row: else SQLite, knowing no statistics, would rather walk all of a team's.
    __table_args__ = (
        Index("ix_postings_team_id_customer_id", "team_id", "customer_id", "text", "fields"),
        _COMPACT,
    )
    text: Mapped[str] = mapped_column(ShortText(64), primary_key=True)
    customer_id: Mapped[str] = mapped_column(ShortText(40), primary_key=True)
    fields: Mapped[int] = mapped_column(default=0)


class WordPair(TeamRow):
    __tablename__ = "word_pairs"
    __table_args__ = (_COMPACT,)
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ShortText(40), primary_key=True)


class PhoneSuffix(TeamRow):
    __tablename__ = "phone_suffixes"
    __table_args__ = (Index("ix_phone_suffixes_team_id_customer_id", "team_id", "customer_id"), _COMPACT)
    reversed_digits: Mapped[str] = mapped_column(ShortText(20), primary_key=True)
    customer_id: Mapped[str] = mapped_column(ShortText(40), primary_key=True)


class LookupChange(TeamRow):
    __tablename__ = "lookup_changes"
    __table_args__ = (_COMPACT,)
    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    customer_id: Mapped[str] = mapped_column(ShortText(40))
    op: Mapped[str] = mapped_column(ShortText(10))
    # By chance, so that two histories with the same numbers, as after a restore, are told apart.
    mark: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class Alias(TeamRow):
    __tablename__ = "aliases"
    text_key: Mapped[str] = key(200)
    customer_id: Mapped[str] = mapped_column(ShortText(40))
    chosen_by: Mapped[str] = mapped_column(ShortText(40))


class PairVerdict(TeamRow):
    __tablename__ = "pair_verdicts"
    __table_args__ = (UniqueConstraint("team_id", "b", "a"),)
    a: Mapped[str] = key()
    b: Mapped[str] = key()
    verdict: Mapped[str] = mapped_column(ShortText(10))
    decided_by: Mapped[str] = mapped_column(ShortText(40))
