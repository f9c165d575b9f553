"""What every table shares: the declarative base, the team key, and times that are always aware UTC."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final

from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps it as text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must not reach the store")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """Text without NUL, which PostgreSQL refuses and SQLite would keep."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Strip NUL and lone surrogates at the border."""
        return None if value is None else _clean(value)


class ShortText(TypeDecorator[str]):
    """A key, an id or a state: as CleanText, of a limited length on PostgreSQL."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Strip NUL and lone surrogates at the border."""
        return None if value is None else _clean(value)


def _clean(text: str) -> str:
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


# Columns that tell something about a person: the audit keeps pseudonyms of them, export and erasure walk them.
Personal = Annotated[str, mapped_column(CleanText(), info={"personal": True})]

Json = JSON()


class Base(DeclarativeBase):
    """The ground of all tables."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: CleanText(),
        datetime: UtcTime(),
        bytes: LargeBinary(),
        dict[str, Any]: Json,
        list[Any]: Json,
    }


ANSWER_BELL: Final = "answers"
"""Rings when a row is filed that may answer a campaign's letter."""


class TeamRow(Base):
    """A row of one team: `team_id` comes first in its primary key, and every statement is bound to it."""

    __abstract__ = True

    # The bell that rings when such a row is added or changed, for whoever remembers what it said.
    bell: ClassVar[str | None] = None

    team_id: Mapped[str] = mapped_column(ShortText(40), primary_key=True, sort_order=-100)


def key(length: int = 40) -> Any:
    """A further column of the primary key."""
    return mapped_column(ShortText(length), primary_key=True, sort_order=-90)


def short(length: int = 40) -> Any:
    """A short text column, such as a foreign id or a state."""
    return mapped_column(ShortText(length))
