"""Bot tokens: the lasting one of each team, and, for an app that rotates, tokens that run out and are renewed."""

import secrets
from dataclasses import dataclass
from typing import Any

from bot.local_slack.errors import SlackError
from bot.local_slack.people import Team
from bot.local_slack.state import Workspace

Json = dict[str, Any]
LASTS_SECONDS = 43_200
_AT_ONCE = 2  # Slack keeps the last two tokens of a team alive.


@dataclass(frozen=True, slots=True)
class Token:
    """One token that runs out."""

    text: str
    team: str
    ends: float


class Tokens:
    """Which token belongs to which team."""

    def __init__(self, space: Workspace) -> None:
        self._space = space
        self._given: list[Token] = []
        self._refreshing: dict[str, str] = {}

    def owner(self, token: str) -> Team | None:
        """The team of a bot token, None when it is none of ours; raises SlackError for one that has run out."""
        lasting = next((team for team in self._space.teams.values() if team.bot_token == token), None)
        if lasting is not None:
            return lasting
        given = next((one for one in self._given if one.text == token), None)
        if given is None:
            return None
        if self._now() >= given.ends:
            raise SlackError("token_expired")
        return self._space.teams[given.team]

    def grant(self, team: Team) -> Json:
        """What an installation is given: the lasting token, or one that runs out with what renews it."""
        if not self._space.manifest.rotates:
            return {"access_token": team.bot_token}
        token = Token(f"xoxe.xoxb-1-{secrets.token_hex(12)}", team.id, self._now() + LASTS_SECONDS)
        of_team = [one for one in self._given if one.team == team.id][-_AT_ONCE + 1 :]
        self._given = [one for one in self._given if one.team != team.id] + [*of_team, token]
        refresh = f"xoxe-1-{secrets.token_hex(12)}"
        self._refreshing[refresh] = team.id
        return {"access_token": token.text, "refresh_token": refresh, "expires_in": LASTS_SECONDS}

    def renew(self, refresh_token: str) -> Team:
        """Use a refresh token up, which is good once; raises SlackError."""
        team = self._refreshing.pop(refresh_token, "")
        if not team or team in self._space.uninstalled:
            raise SlackError("invalid_refresh_token")
        return self._space.teams[team]

    def forget(self, team: str) -> None:
        """The app was removed from a team: what it was given is good for nothing any more."""
        self._given = [one for one in self._given if one.team != team]
        self._refreshing = {name: of for name, of in self._refreshing.items() if of != team}

    def _now(self) -> float:
        return self._space.clock.now().timestamp()
