"""The look-up reads past the session's guard, so each of its statements names the team by itself."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Select, select

from crm_store.lookup import briefs, search, sql_candidates, vocabulary
from crm_store.lookup.reading import of_team, rows
from crm_store.models.people import User
from tests.cast import Cast


def _constants() -> Iterator[tuple[str, Select[*tuple[object, ...]]]]:
    for module in (briefs, search, sql_candidates, vocabulary):
        for name, value in vars(module).items():
            if isinstance(value, Select):
                yield f"{module.__name__}.{name}", value


@pytest.mark.parametrize(("name", "statement"), list(_constants()))
def test_each_statement_is_bound_to_the_team(name: str, statement: Select[*tuple[object, ...]]) -> None:
    assert "team_id" in statement.compile().params, name


def test_statements_are_found_at_all() -> None:
    assert len(list(_constants())) >= 8


def test_a_bound_statement_finds_the_own_teams_rows_only(cast: Cast) -> None:
    everybody = of_team(select(User.user_id), User)
    assert {row[0] for row in cast.ada.read_now(rows, everybody)} == {"usr_ada", "usr_ben"}
    assert {row[0] for row in cast.cleo.read_now(rows, everybody)} == {"usr_cleo"}
