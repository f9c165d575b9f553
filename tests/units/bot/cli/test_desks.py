"""Opening the store for a command."""

from datetime import date

import pytest

from bot.cli import desks
from crm_store.engine.store import Store
from crm_store.errors import BadInput
from tests.units.bot.cli.conftest import Run


def test_of_several_teams_the_first_is_taken_and_a_program_that_reads_is_not_disturbed(
    crm: Run, two_teams: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    with desks.opened() as office:
        assert office.team(None).name == "Halyard"
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize("wanted", ["northwind", " Northwind ", "T_NORTHWIND"])
def test_a_team_is_named_by_name_or_id_without_a_word(
    crm: Run, two_teams: Store, capsys: pytest.CaptureFixture[str], wanted: str
) -> None:
    with desks.opened() as office:
        team = office.team(wanted)
        assert team.name == "Northwind"
        assert office.desk(team.team_id).team_id == team.team_id
        assert capsys.readouterr().err == ""


def test_an_unknown_team_and_a_store_without_teams_are_sentences(crm: Run, two_teams: Store) -> None:
    with desks.opened() as office, pytest.raises(BadInput, match="There is no team Acme"):
        office.team("Acme")


def test_a_store_without_a_team_says_how_one_is_made(crm: Run) -> None:
    crm("migrate")
    with desks.opened() as office, pytest.raises(BadInput, match="no team yet"):
        office.desk(None)


def test_a_day_is_read_or_refused_in_one_sentence() -> None:
    assert desks.day("2026-11-25") == date(2026, 11, 25)
    assert desks.day(None) is None
    with pytest.raises(BadInput, match="is not a day"):
        desks.day("yesterday")
