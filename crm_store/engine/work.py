"""One unit of work: a session bound to one team, the clock, and who acts; and the guard that keeps teams apart."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Connection, Delete, Insert, Table, TextClause, Update, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption

from crm_store.clock import Clock
from crm_store.engine import dirty
from crm_store.ids import Prefix, new_id
from crm_store.models.columns import TeamRow

ALL_TEAMS: Final = "*"
_BY_KEY: Final = {"by_key": True}
Row = TypeVar("Row", bound=TeamRow)
Found = TypeVar("Found", bound=object)


class UnboundStatement(Exception):
    """A statement reached the store without a team: a defect, never a user's fault."""


@dataclass(slots=True)
class Work:
    """What a query or an action works with; it ends with its transaction and is never kept."""

    connection: Connection
    clock: Clock
    team_id: str
    actor: str
    rings: set[str] = field(default_factory=set)
    stop: Callable[[], None] | None = None
    _session: "TeamSession | None" = None
    _inner: "list[Work]" = field(default_factory=list)

    @property
    def session(self) -> "TeamSession":
        """The unit's session, bound to the team; made at its first use, since many units need none."""
        if self._session is None:
            self._session = TeamSession(
                bind=self.connection,
                # The engine ends the transaction: a session's commit only flushes, its close leaves all as it is.
                join_transaction_mode="rollback_only",
                expire_on_commit=False,
                info={"team_id": self.team_id, "clock": self.clock, "rings": self.rings},
            )
        return self._session

    def flush(self) -> None:
        """Write what is pending, here and in units opened by `act_as`."""
        for unit in (self, *self._inner):
            if unit._session is not None:
                unit._session.flush()

    def close(self) -> None:
        """Let the sessions go; called by the engine."""
        for unit in (self, *self._inner):
            if unit._session is not None:
                unit._session.close()

    @property
    def now(self) -> datetime:
        """The clock's time, aware UTC."""
        return self.clock.now()

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.connection.dialect.name

    def new_id(self, prefix: Prefix) -> str:
        """A new id of that kind."""
        return new_id(prefix, self.now)

    def add(self, row: Row) -> Row:
        """Take a new row into this team."""
        self.session.add(row)
        return row

    def ring(self, bell: str) -> None:
        """Wake whoever waits for that kind of row once this unit is committed."""
        self.rings.add(bell)

    def insert(self, model: type[TeamRow], rows: Iterable[Mapping[str, Any]], *, or_nothing: bool = False) -> int:
        """Insert many rows of this team at once and say how many are new; `or_nothing` passes over known keys."""
        values = [{"team_id": self.team_id, **row} for row in rows]
        if not values:
            return 0
        for row in values:
            if row["team_id"] in ("", ALL_TEAMS):
                raise UnboundStatement(f"a row of {model.__tablename__} without a team")
            if self.team_id not in (ALL_TEAMS, row["team_id"]):
                raise UnboundStatement(f"a row of another team for {model.__tablename__}")
        if self._session is not None:
            self._session.flush()
        dirty.write(self.connection, dirty.of_rows(model, values), self.now)
        if model.bell is not None:
            self.rings.add(model.bell)
        statement = _insert(self.dialect, model, or_nothing)
        result = self.connection.execute(statement, values, execution_options={"preserve_rowcount": True})
        return int(result.rowcount)

    def make_way(self) -> None:
        """Between two statements of what is patient: where somebody waits, it is broken off and done again later."""
        if self.stop is not None:
            self.stop()

    def mark_dirty(self, customer_ids: Iterable[str]) -> None:
        """Let the next scoring look at these customers again; writes of what scores are made of do so by themselves."""
        dirty.write(self.connection, ((self.team_id, one) for one in customer_ids), self.now)

    def lock_team(self) -> None:
        """Let one writer of this team go at a time; SQLite's writer lock does so already."""
        if self.dialect == "postgresql":
            self.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:team_id))"), {"team_id": self.team_id})

    def act_as(self, team_id: str, actor: str) -> "Work":
        """The same unit for one team of several: used where a row tells its team only after it is read."""
        if self.team_id not in (ALL_TEAMS, team_id):
            raise UnboundStatement("a unit of one team cannot act for another")
        self.flush()
        inner = Work(self.connection, self.clock, team_id, actor, self.rings, self.stop)
        self._inner.append(inner)
        return inner


@lru_cache(maxsize=256)
def _insert(dialect: str, model: type[TeamRow], or_nothing: bool) -> Insert:
    """Made once for each table: building and hashing it anew costs more than the row."""
    table = cast(Table, model.__table__)
    if dialect == "sqlite":
        into_sqlite = sqlite.insert(table)
        return into_sqlite.on_conflict_do_nothing() if or_nothing else into_sqlite
    into_postgres = postgresql.insert(table)
    return into_postgres.on_conflict_do_nothing() if or_nothing else into_postgres


class TeamSession(Session):
    """A session whose every statement is bound to the team in its `info`."""

    def get(self, entity: type[Found] | Mapper[Found], ident: Any, **how: Any) -> Found | None:
        """A row by its key; a key that names this team need not be bound to it once more."""
        if isinstance(ident, tuple) and ident and ident[0] == self.info.get("team_id") and not how:
            how = {"execution_options": _BY_KEY}
        return super().get(entity, ident, **how)


@event.listens_for(TeamSession, "do_orm_execute")
def _bind_to_team(state: ORMExecuteState) -> None:
    team_id = state.session.info.get("team_id")
    if team_id == ALL_TEAMS:
        return
    if not team_id:
        raise UnboundStatement("a session without a team")
    if state.execution_options.get("by_key"):
        return
    if isinstance(state.statement, TextClause):
        _check_plain(state.statement, state.parameters, team_id)
        return
    if state.is_insert:
        raise UnboundStatement("rows are inserted by Work.add or Work.insert")
    if not state.is_orm_statement:
        raise UnboundStatement("only statements about mapped rows are bound to the team; name the class, not its table")
    if isinstance(state.statement, Update | Delete) and state.bind_mapper is not None:
        marks = dirty.of_statement(state.session, state.statement, state.bind_mapper.class_, team_id)
        dirty.write(state.session.connection(), marks, state.session.info["clock"].now())
    state.statement = state.statement.options(_rows_of(team_id))


@lru_cache(maxsize=512)
def _rows_of(team_id: str) -> LoaderCriteriaOption:
    """One for each team, since making it anew costs more than most statements."""
    return with_loader_criteria(TeamRow, lambda row: row.team_id == team_id, include_aliases=True)


def _check_plain(statement: TextClause, parameters: Any, team_id: str) -> None:
    named = statement._bindparams.get("team_id")
    if named is None:
        raise UnboundStatement("plain SQL must name :team_id")
    rows = parameters if isinstance(parameters, list | tuple) else [parameters or {}]
    if any(row.get("team_id", named.value) != team_id for row in rows):
        raise UnboundStatement("plain SQL for another team")


@event.listens_for(TeamSession, "before_flush")
def _stamp_team(session: Session, _context: UOWTransaction, _instances: object) -> None:
    team_id = session.info.get("team_id")
    for row in session.new:
        if isinstance(row, TeamRow) and not row.team_id and team_id and team_id != ALL_TEAMS:
            row.team_id = team_id
    for row in (*session.new, *session.dirty):
        if not isinstance(row, TeamRow):
            raise UnboundStatement(f"a row of no team: {type(row).__name__}")
        if row.team_id in (None, "", ALL_TEAMS):
            raise UnboundStatement(f"a row of {row.__tablename__} without a team")
        if team_id not in (ALL_TEAMS, row.team_id):
            raise UnboundStatement(f"a row of another team for {row.__tablename__}")
        if row.bell is not None:
            session.info["rings"].add(row.bell)
    dirty.write(session.connection(), dirty.of_session(session), session.info["clock"].now())
