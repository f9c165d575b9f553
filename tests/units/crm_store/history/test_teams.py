"""Teams, colleagues, and whose an ingest address is."""

import pytest

from crm_store.actions import teams
from crm_store.errors import BadInput
from crm_store.queries import deals
from crm_store.queries import teams as team_queries
from tests.cast import Cast


def test_a_new_team_has_a_pipeline_and_is_found_by_its_workspace(cast: Cast) -> None:
    house = cast.store.house()
    team_id = house.write_now(teams.create, "Halyard", "T_NEW", {"channel": "C1", "currency": "GBP"})
    view = house.read_now(team_queries.by_slack_team, "T_NEW")
    assert view is not None
    assert (view.team_id, view.channel, view.currency) == (team_id, "C1", "GBP")
    stages = cast.store.team(team_id).read_now(deals.stages)
    assert [stage.outcome for stage in stages][-2:] == ["won", "lost"]
    assert house.read_now(team_queries.by_slack_team, "T_NONE") is None


def test_a_colleague_who_comes_again_is_the_same_one(cast: Cast) -> None:
    first = cast.ada.write_now(teams.add_user, "U_DORA", "Dora", "dora@rapport.example", "admin", "UTC")
    again = cast.ada.write_now(teams.add_user, "U_DORA", "Dora Quist", "dora@rapport.example", "admin", "UTC")
    assert again == first
    found = cast.ada.read_now(team_queries.find_user_by_address, "Dora@Rapport.example")
    assert found is not None
    assert found.name == "Dora Quist"
    assert [one.name for one in cast.ada.read_now(team_queries.admins)] == ["Dora Quist"]


def test_an_address_belongs_to_one_colleague(cast: Cast) -> None:
    with pytest.raises(BadInput, match="another colleague"):
        cast.ada.write_now(teams.add_address, "usr_ben", "ada@rapport.example")


def test_the_secret_itself_is_nowhere_and_leaving_ends_the_address(cast: Cast) -> None:
    house = cast.store.house()
    cast.ada.write_now(teams.mint_address, "usr_ada", "ada-secretsecret", "h" * 64)
    assert house.read_now(team_queries.address_owner, "h" * 64) == ("tea_rapport", "usr_ada")
    cast.ben.write_now(teams.deactivate, "usr_ada")
    assert house.read_now(team_queries.address_owner, "h" * 64) is None


def test_settings_change_one_by_one(cast: Cast) -> None:
    cast.ben.write_now(lambda work: teams.change_settings(work, channel="C_NEW"))
    view = cast.ben.read_now(team_queries.team)
    assert view is not None
    assert (view.channel, view.currency) == ("C_NEW", "EUR")
