"""Teams are kept apart: by the guard of every session, and on PostgreSQL by row-level security behind it."""

from collections.abc import Callable

import pytest
from sqlalchemy import Executable, create_engine, delete, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import aliased

from crm_store.clock import MovableClock
from crm_store.engine.postgres import PostgresStore
from crm_store.engine.work import UnboundStatement, Work
from crm_store.models.columns import Base, TeamRow
from crm_store.models.people import Company, Team, User
from crm_store.models.plumbing import NeverLog
from tests.cast import Cast, gather
from tests.engines.conftest import Server


@pytest.fixture
def houses(cast: Cast) -> Cast:
    """Each team has a company of the same id."""

    def add(work: Work, name: str) -> None:
        work.add(Company(company_id="com_1", name=name, name_key=name.lower(), created_at=work.now))

    cast.ada.write_now(add, "Acme")
    cast.cleo.write_now(add, "Globex")
    return cast


def names(work: Work) -> list[str]:
    return list(work.session.scalars(select(Company.name)))


def test_a_select_finds_only_the_own_teams_rows(houses: Cast) -> None:
    assert (houses.ada.read_now(names), houses.cleo.read_now(names)) == (["Acme"], ["Globex"])
    assert sorted(houses.store.house().read_now(names)) == ["Acme", "Globex"]


@pytest.mark.parametrize(
    "query",
    [
        select(func.count(Company.company_id)),
        select(func.count()).select_from(Company),
        select(func.count()).select_from(select(Company.name).subquery()),
        select(func.count()).select_from(aliased(Company)),
        select(func.count(Company.name)).where(Company.team_id != ""),
        select(func.count(User.user_id) - 1).where(select(Company.name).where(Company.name == "Acme").exists()),
    ],
)
def test_whatever_the_shape_of_the_query_only_the_own_row_counts(houses: Cast, query: Executable) -> None:
    assert houses.ada.read_now(lambda work: work.session.scalar(query)) == 1


def test_a_query_for_the_other_team_finds_nothing(houses: Cast) -> None:
    assert (
        houses.ada.read_now(lambda work: work.session.scalar(select(Company).where(Company.name == "Globex"))) is None
    )
    assert houses.ada.read_now(lambda work: work.session.get(Company, ("tea_other", "com_1"))) is None
    assert houses.ada.read_now(lambda work: work.session.get(Company, ("tea_rapport", "com_1")) is not None)


def test_every_key_begins_with_its_team_since_a_look_by_key_is_bound_by_that_alone() -> None:
    assert {one.primary_key[0].name for one in TeamRow.registry.mappers} == {"team_id"}


def _rename_all(work: Work) -> None:
    work.session.execute(update(Company).values(name="Mine"))


def _delete_all(work: Work) -> None:
    work.session.execute(delete(Company))


def test_an_update_and_a_delete_touch_only_the_own_teams_rows(houses: Cast) -> None:
    houses.ada.write_now(_rename_all)
    assert sorted(houses.store.house().read_now(names)) == ["Globex", "Mine"]
    houses.ada.write_now(_delete_all)
    assert houses.store.house().read_now(names) == ["Globex"]


def _add_for_the_other(work: Work) -> None:
    work.add(NeverLog(team_id="tea_other", value_key="x", added_by="usr_ada"))


def _insert_for_the_other(work: Work) -> None:
    work.insert(NeverLog, [{"team_id": "tea_other", "value_key": "x", "added_by": "usr_ada"}])


def _insert_by_statement(work: Work) -> None:
    work.session.execute(insert(NeverLog).values(team_id="tea_other", value_key="x", added_by="usr_ada"))


def _give_away(work: Work) -> None:
    work.session.scalars(select(Company)).one().team_id = "tea_other"


def _plain_without_team(work: Work) -> None:
    work.session.execute(text("SELECT name FROM companies"))


def _plain_for_the_other(work: Work) -> None:
    work.session.execute(text("SELECT name FROM companies WHERE team_id = :team_id"), {"team_id": "tea_other"})


def _plain_bound_to_the_other(work: Work) -> None:
    work.session.execute(text("SELECT name FROM companies WHERE team_id = :team_id").bindparams(team_id="tea_other"))


def _by_the_table(work: Work) -> None:
    work.session.execute(select(Base.metadata.tables["companies"]))


def _act_for_the_other(work: Work) -> None:
    work.act_as("tea_other", "usr_ada")


@pytest.mark.parametrize(
    "attempt",
    [
        _add_for_the_other,
        _insert_for_the_other,
        _insert_by_statement,
        _give_away,
        _plain_without_team,
        _plain_for_the_other,
        _plain_bound_to_the_other,
        _by_the_table,
        _act_for_the_other,
    ],
)
def test_a_way_around_the_wall_is_refused(houses: Cast, attempt: Callable[[Work], None]) -> None:
    with pytest.raises(UnboundStatement):
        houses.ada.write_now(attempt)
    assert sorted(houses.store.house().read_now(names)) == ["Acme", "Globex"]


def test_plain_sql_that_names_the_own_team_is_taken(houses: Cast) -> None:
    def plain(work: Work) -> str | None:
        query = text("SELECT name FROM companies WHERE team_id = :team_id")
        found: str | None = work.session.scalar(query, {"team_id": work.team_id})
        return found

    assert houses.ada.read_now(plain) == "Acme"


def test_a_session_without_a_team_can_do_nothing(houses: Cast) -> None:
    nobody = houses.store.team("")
    with pytest.raises(UnboundStatement):
        nobody.read_now(names)
    with pytest.raises(UnboundStatement):
        nobody.write_now(lambda work: work.add(NeverLog(value_key="x", added_by="y")))
    with pytest.raises(UnboundStatement):
        nobody.write_now(lambda work: work.insert(NeverLog, [{"value_key": "x", "added_by": "y"}]))


def test_the_house_writes_no_row_that_belongs_to_nobody(houses: Cast) -> None:
    house = houses.store.house()
    with pytest.raises(UnboundStatement):
        house.write_now(lambda work: work.add(NeverLog(value_key="x", added_by="y")))
    with pytest.raises(UnboundStatement):
        house.write_now(lambda work: work.insert(NeverLog, [{"value_key": "x", "added_by": "y"}]))


def test_the_house_acts_for_one_team_within_the_same_unit(houses: Cast) -> None:
    def act(work: Work) -> list[str]:
        inner = work.act_as("tea_other", "usr_cleo")
        inner.session.scalars(select(Company)).one().name = "Initech"
        return names(work.act_as("tea_other", "usr_cleo"))

    assert houses.store.house().write_now(act) == ["Initech"]
    assert houses.ada.read_now(names) == ["Acme"]


@pytest.mark.postgres
def test_behind_the_guard_stands_the_wall_of_the_database(server: Server, clock: MovableClock) -> None:
    """Seen with a plain role: the owner of an embedded server passes all policies."""
    database = server.emptied()
    owner = PostgresStore(server.url(database), clock)
    gather(owner)
    with owner.writing_connection() as connection:
        connection.execute(text("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO teller"))
    owner.close()
    plain = create_engine(server.url(database, "teller"))
    with plain.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM users")) == 0
        connection.execute(text("SELECT set_config('crm.team', 'tea_other', true)"))
        assert connection.scalars(text("SELECT name FROM users")).all() == ["Cleo Marsh"]
        assert connection.execute(text("DELETE FROM users WHERE user_id = 'usr_ada'")).rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            connection.execute(
                text("INSERT INTO never_log (team_id, value_key, added_by) VALUES ('tea_rapport', 'x', 'y')")
            )
    plain.dispose()
    store = PostgresStore(server.url(database, "teller"), clock)
    assert store.house().read_now(lambda work: work.session.scalar(select(func.count(User.user_id)))) == 3
    past_the_guard = store.team("tea_other").read_now(
        lambda work: work.connection.scalars(text("SELECT name FROM users")).all()
    )
    assert past_the_guard == ["Cleo Marsh"]
    store.team("tea_other").write_now(lambda work: work.insert(NeverLog, [{"value_key": "x", "added_by": "usr_cleo"}]))
    store.close()


@pytest.mark.postgres
def test_every_table_has_its_wall(server: Server, clock: MovableClock) -> None:
    store = PostgresStore(server.url(server.emptied()), clock)
    with store.writing_connection() as connection:
        query = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity")
        walled = set(connection.scalars(query))
    store.close()
    assert walled == set(Base.metadata.tables)
    assert Team.__tablename__ in walled
