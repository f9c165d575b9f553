"""The look-up reads past the session's guard, so each of its statements names the team by itself."""

import re
from collections.abc import Iterator
from typing import TypeVar

import pytest
from sqlalchemy import Select, select

from crm_store.lookup import briefs, search, sql_candidates, tokens, vocabulary
from crm_store.lookup.reading import Plain, of_team, rows
from crm_store.models.people import User
from tests.cast import Cast

Statement = TypeVar("Statement", Select[*tuple[object, ...]], Plain)


def _constants(kind: type[Statement]) -> Iterator[tuple[str, Statement]]:
    for module in (briefs, search, sql_candidates, tokens, vocabulary):
        for name, value in vars(module).items():
            if isinstance(value, kind):
                yield f"{module.__name__}.{name}", value


@pytest.mark.parametrize(("name", "statement"), list(_constants(Select)))
def test_each_statement_is_bound_to_the_team(name: str, statement: Select[*tuple[object, ...]]) -> None:
    assert "team_id" in statement.compile().params, name


@pytest.mark.parametrize(("name", "statement"), list(_constants(Plain)))
def test_each_statement_for_the_driver_binds_every_table_to_the_team(name: str, statement: Plain) -> None:
    for written in (statement.sqlite, statement.postgresql):
        read = len(re.findall(r"\b(?:FROM|JOIN) (?!json_each|\(|unnest)\w+", written))
        bound = len(re.findall(r"team_id = (?:\?|%s|\w+\.team_id)", written))
        assert (read > 0, bound >= read) == (True, True), name


def test_statements_are_found_at_all() -> None:
    assert len(list(_constants(Select))) >= 1
    assert len(list(_constants(Plain))) >= 8


def test_a_bound_statement_finds_the_own_teams_rows_only(cast: Cast) -> None:
    everybody = of_team(select(User.user_id), User)
    assert {row[0] for row in cast.ada.read_now(rows, everybody)} == {"usr_ada", "usr_ben"}
    assert {row[0] for row in cast.cleo.read_now(rows, everybody)} == {"usr_cleo"}
