"""The Web API client of one installation, which has its token renewed when Slack calls it expired."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

Renew = Callable[[str], Awaitable[str | None]]


class InstalledClient(AsyncWebClient):
    """As Slack's own client; `renew` is given the token that was refused and gives a newer one, if there is one."""

    def __init__(self, renew: Renew, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._renew = renew

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Call a method, and once more where the token had expired."""
        used = self.token or ""
        try:
            return await super().api_call(api_method, **arguments)
        except SlackApiError as problem:
            data = problem.response.data
            if not isinstance(data, dict) or data.get("error") != "token_expired":
                raise
            fresh = await self._renew(used)
            if fresh is None:
                raise
        self.token = fresh
        return await super().api_call(api_method, **arguments)
