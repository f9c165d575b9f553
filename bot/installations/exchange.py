"""The three things said to Slack about tokens: where to ask for consent, code for token, old token for new."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from crm_store.errors import DeliveryError
from crm_store.settings import Settings
from crm_store.values.installations import Grant, Tokens

# Slack gives this token up for good; everything else may be better a minute later.
_FOR_GOOD: Final = frozenset(
    {
        "invalid_refresh_token",
        "token_revoked",
        "token_expired",
        "invalid_auth",
        "account_inactive",
        "invalid_code",
        "code_already_used",
        "bad_redirect_uri",
        "org_login_required",
        "team_access_not_granted",
        "access_denied",
    }
)


class Exchange:
    """Our app's own credentials, and what they are traded with."""

    def __init__(self, settings: Settings, http: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._client = AsyncWebClient(base_url=settings.slack_api_url, session=http, timeout=20)

    def consent_url(self, state: str, redirect_uri: str, scopes: Mapping[str, str]) -> str:
        """Slack's page where an installer chooses the workspace and allows the scopes."""
        asked = {
            "client_id": self._settings.slack_client_id,
            "scope": ",".join(scopes),
            "state": state,
            "redirect_uri": redirect_uri,
        }
        return f"{self._settings.slack_api_url.removesuffix('api/')}oauth/v2/authorize?{urlencode(asked)}"

    async def trade(self, code: str, redirect_uri: str) -> Grant:
        """What an installer allowed, for the code that their browser brought; raises DeliveryError."""
        answer = await self._access(code=code, redirect_uri=redirect_uri)
        team = answer.get("team") or {}
        if answer.get("is_enterprise_install") or not team.get("id"):
            raise DeliveryError("Rapport is installed in single workspaces.", permanent=True, code="org_install")
        return Grant(
            slack_team_id=str(team["id"]),
            team_name=str(team.get("name") or team["id"]),
            app_id=str(answer.get("app_id", "")),
            bot_user_id=str(answer.get("bot_user_id", "")),
            installer=str((answer.get("authed_user") or {}).get("id", "")),
            scopes=tuple(filter(None, str(answer.get("scope", "")).split(","))),
            tokens=_tokens(answer),
        )

    async def renew(self, refresh_token: str) -> Tokens:
        """New tokens for a refresh token, which is used up by it; raises DeliveryError."""
        return _tokens(await self._access(grant_type="refresh_token", refresh_token=refresh_token))

    async def _access(self, **arguments: str) -> Any:
        secret = self._settings.slack_client_secret.get_secret_value()
        ours = {"Authorization": aiohttp.encode_basic_auth(self._settings.slack_client_id, secret)}
        try:
            answer = await self._client.api_call("oauth.v2.access", data=arguments, headers=ours)
        except SlackApiError as problem:
            data = problem.response.data
            code = str(data.get("error", "no_reason")) if isinstance(data, dict) else "not_json"
            raise DeliveryError(f"Slack refused ({code}).", permanent=code in _FOR_GOOD, code=code) from problem
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            raise DeliveryError("Slack cannot be reached.", permanent=False, code="network") from problem
        return answer.data


def _tokens(answer: Mapping[str, Any]) -> Tokens:
    token = str(answer.get("access_token") or "")
    if not token:
        raise DeliveryError("Slack answered without a bot token.", permanent=True, code="no_bot_token")
    lasts = answer.get("expires_in")
    return Tokens(token, answer.get("refresh_token") or None, int(lasts) if lasts else None)
