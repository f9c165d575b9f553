"""`crm rotate-keys` makes keys, and seals anew what others sealed."""

import pytest

from bot.installations import sealed
from crm_store.actions import installations as actions
from crm_store.engine.store import Store
from crm_store.queries import installations as queries
from crm_store.queries import teams as team_queries
from crm_store.sealing import Seal, new_key
from crm_store.values.installations import Grant, Tokens
from tests.units.bot.cli.conftest import Run


def _install(store: Store, key: str) -> None:
    for team in store.house().read_now(team_queries.teams):
        tokens = Tokens(f"xoxb-{team.name}", f"xoxe-{team.name}", 43_200)
        grant = Grant(team.slack_team_id or "", team.name, "A01", "U_BOT", "U_ADA", ("chat:write",), tokens)
        kept = sealed.close(Seal([key]), team.team_id, tokens, store.clock.now())
        store.team(team.team_id).write_now(actions.install, grant, kept)


def test_every_token_lies_under_the_first_key_afterwards(
    crm: Run, two_teams: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = new_key(), crm("rotate-keys", "--new-key").out.strip()
    _install(two_teams, old)
    monkeypatch.setenv("CRM_TOKEN_KEYS", f"{new}, {old}")
    for _ in range(2):
        ended = crm("rotate-keys")
        assert (ended.code, "2 workspaces" in ended.out) == (0, True)
    seal = Seal([new])
    for one in two_teams.house().read_now(queries.installed):
        assert sealed.bot_token(seal, one) == f"xoxb-{one.team_name}"
        assert sealed.refresh_token(seal, one) == f"xoxe-{one.team_name}"
        assert one.tokens is not None
        assert one.tokens.expires_at is not None


def test_a_token_whose_key_is_missing_is_named_and_left_alone(
    crm: Run, two_teams: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = new_key()
    _install(two_teams, old)
    monkeypatch.setenv("CRM_TOKEN_KEYS", new_key())
    ended = crm("rotate-keys")
    assert (ended.code, ended.out.count("is not among CRM_TOKEN_KEYS")) == (1, 2)
    for one in two_teams.house().read_now(queries.installed):
        assert sealed.bot_token(Seal([old]), one) == f"xoxb-{one.team_name}"


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("CRM_TOKEN_KEYS", "", "CRM_TOKEN_KEYS is not set"),
        ("CRM_TOKEN_KEYS", "short", "number 1 is no key"),
        ("CRM_SLACK_CLIENT_ID", "1.01", "go together"),
    ],
)
def test_settings_that_do_not_fit_are_one_sentence(
    crm: Run, two_teams: Store, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, said: str
) -> None:
    monkeypatch.setenv(setting, value)
    ended = crm("rotate-keys")
    assert (ended.code, said in ended.err, len(ended.err.splitlines())) == (2, True, 1)
