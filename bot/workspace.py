"""One Slack workspace as we use it: few calls, and every refusal told apart into passing and permanent."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import slack_errors
from bot.blocks import Message
from bot.names import encode
from crm_store.errors import DeliveryError

_NO_LONGER_OURS: Final = frozenset({"invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed"})
_OURS: Final = "rapport"
_LONGEST_FILE: Final = 50_000_000
_AT_ONCE: Final = 65_536


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as Slack knows them."""

    slack_user_id: str
    name: str
    email: str
    time_zone: str
    outsider: bool
    is_bot: bool
    leads: bool = False

    @property
    def first_role(self) -> str:
        """What somebody is in the team when they join: owners and admins of the workspace are admins, others reps."""
        return "admin" if self.leads and not self.outsider else "rep"


class SlackWorkspace:
    """The calls of one installation, with its own token."""

    def __init__(
        self, client: AsyncWebClient, http: aiohttp.ClientSession, slack_team_id: str, bot_user_id: str
    ) -> None:
        self._client = client
        self._http = http
        self.slack_team_id = slack_team_id
        self.bot_user_id = bot_user_id

    async def post(
        self, channel: str, message: Message, *, thread_ts: str = "", outbox_ids: Sequence[str] = ()
    ) -> tuple[str, str]:
        """Post a message and say where it is: channel and ts."""
        answer = await self._call(
            self._client.chat_postMessage,
            channel=channel,
            text=message.text,
            blocks=list(message.blocks),
            thread_ts=thread_ts or None,
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": _OURS, "event_payload": {"outbox_ids": list(outbox_ids)}} if outbox_ids else None,
        )
        return str(answer["channel"]), str(answer["ts"])

    async def find_posted(self, channel: str, outbox_id: str) -> str | None:
        """The ts of a message whose answer was lost, told by its metadata; None where it never arrived."""
        answer = await self._call(
            self._client.conversations_history, channel=channel, limit=50, include_all_metadata=True
        )
        for one in answer.get("messages", []):
            if outbox_id in (one.get("metadata") or {}).get("event_payload", {}).get("outbox_ids", ()):
                return str(one["ts"])
        return None

    async def update(self, channel: str, ts: str, message: Message) -> None:
        """Put another content into one of our messages."""
        await self._call(
            self._client.chat_update, channel=channel, ts=ts, text=message.text, blocks=list(message.blocks)
        )

    async def whisper(self, channel: str, user: str, message: Message, *, thread_ts: str = "") -> None:
        """Show a message to one person alone."""
        await self._call(
            self._client.chat_postEphemeral,
            channel=channel,
            user=user,
            text=message.text,
            blocks=list(message.blocks),
            thread_ts=thread_ts or None,
        )

    async def respond(self, url: str, message: Message, *, replace: bool) -> None:
        """Answer by a response URL: seen by the asker alone, or in place of the pressed message."""
        body: dict[str, Any] = {"text": message.text, "blocks": list(message.blocks)}
        body |= {"replace_original": True} if replace else {"response_type": "ephemeral", "replace_original": False}
        try:
            async with self._http.post(url, json=body, timeout=aiohttp.ClientTimeout(total=10)) as answer:
                said = (await answer.text())[:200]
                if answer.status < 400:
                    return
                code = slack_errors.found_in(said)
                if answer.status == 429 or code == "ratelimited":
                    raise _asked_to_wait(answer.headers)
                lasting = not slack_errors.passes(code) if code else answer.status < 500
                raise DeliveryError("Slack no longer takes an answer there.", permanent=lasting, code=code or said[:40])
        except (aiohttp.ClientError, TimeoutError) as problem:
            raise DeliveryError("Slack cannot be reached.", permanent=False, code="network") from problem

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> tuple[str, str]:
        """Open a dialog and give its id and its hash."""
        answer = await self._call(self._client.views_open, trigger_id=trigger_id, view=dict(view))
        return str(answer["view"]["id"]), str(answer["view"].get("hash", ""))

    async def update_view(self, view_id: str, view: Mapping[str, Any], view_hash: str = "") -> None:
        """Put another content into an open dialog, unless it was changed since it had this hash."""
        await self._call(self._client.views_update, view_id=view_id, view=dict(view), hash=view_hash or None)

    async def publish_home(
        self, user: str, blocks: Sequence[Mapping[str, Any]], *, page: int = 0, view_hash: str = ""
    ) -> None:
        """Show a page of a person's Home tab, unless it was changed since it had this hash."""
        view = {"type": "home", "blocks": list(blocks), "private_metadata": encode({"page": page})}
        await self._call(self._client.views_publish, user_id=user, view=view, hash=view_hash or None)

    async def unfurl(
        self, channel: str, ts: str, unfurls: Mapping[str, Any], entities: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        """Show cards below a message with links to us: as objects where there are some, else as blocks."""
        shown: dict[str, Any] = {"metadata": {"entities": list(entities)}} if entities else {"unfurls": dict(unfurls)}
        await self._call(self._client.chat_unfurl, channel=channel, ts=ts, **shown)

    async def present_details(
        self, trigger_id: str, entity: Mapping[str, Any] | None = None, error: Mapping[str, str] | None = None
    ) -> None:
        """Fill the side pane that somebody opened, or say why it stays empty."""
        await self._call(
            self._client.entity_presentDetails,
            trigger_id=trigger_id,
            metadata=dict(entity) if entity else None,
            error=dict(error) if error else None,
        )

    async def upload(self, channel: str, content: bytes, name: str, title: str, alt_text: str, thread_ts: str) -> None:
        """Show a picture in a channel, with its text for those who do not see it."""
        if channel.startswith("U"):
            channel = await self.direct_channel(channel)
        await self._call(
            self._client.files_upload_v2,
            channel=channel,
            content=content,
            filename=name,
            title=title[:250],
            alt_txt=alt_text[:1000],
            thread_ts=thread_ts or None,
        )

    async def direct_channel(self, user: str) -> str:
        """The direct channel to a person."""
        answer = await self._call(self._client.conversations_open, users=user)
        return str(answer["channel"]["id"])

    async def profile(self, user: str) -> Profile:
        """Who a Slack user is."""
        answer = await self._call(self._client.users_info, user=user)
        return _profile(answer["user"], self.slack_team_id)

    async def user_groups(self) -> dict[str, str]:
        """The handles of the workspace's user groups, by id."""
        answer = await self._call(self._client.usergroups_list)
        return {str(one["id"]): str(one.get("handle", "")) for one in answer.get("usergroups", [])}

    async def people_of_group(self, group: str) -> list[str]:
        """The ids of who is in a user group."""
        answer = await self._call(self._client.usergroups_users_list, usergroup=group)
        return [str(one) for one in answer.get("users", [])]

    async def people(self) -> list[Profile]:
        """Everybody of the workspace."""
        found, cursor = [], ""
        while True:
            answer = await self._call(self._client.users_list, limit=200, cursor=cursor or None)
            found += [_profile(one, self.slack_team_id) for one in answer["members"] if not one.get("deleted")]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return found

    async def message(self, channel: str, ts: str, thread_ts: str = "") -> Mapping[str, Any] | None:
        """One message of a channel or thread; None where it is gone or not ours to see."""
        if thread_ts and thread_ts != ts:
            answer = await self._call(self._client.conversations_replies, channel=channel, ts=thread_ts, limit=200)
        else:
            answer = await self._call(
                self._client.conversations_history, channel=channel, latest=ts, oldest=ts, inclusive=True, limit=1
            )
        return next((one for one in answer.get("messages", []) if one.get("ts") == ts), None)

    async def thread(self, channel: str, root_ts: str, most: int = 2_000) -> list[Mapping[str, Any]]:
        """A thread from its first message on, oldest first; empty where it is gone."""
        found: list[Mapping[str, Any]] = []
        cursor = ""
        while len(found) < most:
            try:
                answer = await self._call(
                    self._client.conversations_replies, channel=channel, ts=root_ts, limit=200, cursor=cursor or None
                )
            except DeliveryError as problem:
                if problem.code == "thread_not_found":
                    return []
                raise
            found += answer.get("messages", [])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                break
        return found[:most]

    async def permalink(self, channel: str, ts: str) -> str:
        """A link that leads to a message."""
        answer = await self._call(self._client.chat_getPermalink, channel=channel, message_ts=ts)
        return str(answer["permalink"])

    async def is_accepted(self) -> bool:
        """Whether Slack still takes our token."""
        try:
            await self._call(self._client.auth_test)
        except DeliveryError as problem:
            if problem.code in _NO_LONGER_OURS:
                return False
            raise
        return True

    async def is_member_of(self, channel: str) -> bool:
        """Whether we are in this channel; one that we may not even see is one we are not in."""
        try:
            info = (await self._call(self._client.conversations_info, channel=channel))["channel"]
        except DeliveryError as problem:
            if not problem.permanent:
                raise
            return False
        return bool(info.get("is_member") or info.get("is_im"))

    async def outsiders_in(self, channel: str) -> bool:
        """Whether a guest or a member of another company reads this channel."""
        info = (await self._call(self._client.conversations_info, channel=channel))["channel"]
        if info.get("is_ext_shared") or info.get("is_shared"):
            return True
        members = (await self._call(self._client.conversations_members, channel=channel, limit=200))["members"]
        profiles = await asyncio.gather(*(self.profile(one) for one in members))
        return any(one.outsider for one in profiles)

    async def download(self, url: str) -> bytes:
        """The bytes of a file somebody dropped."""
        headers = {"Authorization": f"Bearer {self._client.token}"}
        try:
            async with self._http.get(url, headers=headers, timeout=aiohttp.ClientTimeout(total=60)) as answer:
                if answer.status >= 400:
                    raise DeliveryError("The file could not be fetched from Slack.", permanent=answer.status < 500)
                # One read gives what has arrived so far; a longer file comes in many.
                content = bytearray()
                async for some in answer.content.iter_chunked(_AT_ONCE):
                    content += some
                    if len(content) > _LONGEST_FILE:
                        raise DeliveryError("The file is larger than 50 MB.", permanent=True)
        except (aiohttp.ClientError, TimeoutError) as problem:
            raise DeliveryError("The file could not be fetched from Slack.", permanent=False) from problem
        return bytes(content)

    async def _call(self, method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any) -> Any:
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            return await method(**given)
        except SlackApiError as problem:
            raise _told(problem) from problem
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            raise DeliveryError("Slack cannot be reached.", permanent=False, code="network") from problem


def _told(problem: SlackApiError) -> DeliveryError:
    response = problem.response
    code = str(response.get("error", "")) if isinstance(response.data, dict) else "not_json"
    status = getattr(response, "status_code", 200)
    if status == 429 or code == "ratelimited":
        return _asked_to_wait(response.headers)
    passing = status >= 500 or slack_errors.passes(code)
    needed = str(response.get("needed") or "") if isinstance(response.data, dict) else ""
    return DeliveryError(slack_errors.sentence(code, needed), permanent=not passing, code=code, needed=needed)


def _asked_to_wait(headers: Mapping[str, str]) -> DeliveryError:
    try:
        wait = float(headers.get("Retry-After", 1))
    except ValueError:
        wait = 1.0
    return DeliveryError("Slack asks us to wait.", permanent=False, code="ratelimited", retry_after=wait)


def _profile(user: Mapping[str, Any], slack_team_id: str) -> Profile:
    profile = user.get("profile", {})
    outsider = bool(
        user.get("is_restricted")
        or user.get("is_ultra_restricted")
        or user.get("is_stranger")
        or str(user.get("team_id") or slack_team_id) != slack_team_id
    )
    return Profile(
        str(user.get("id", "")),
        str(profile.get("real_name") or user.get("real_name") or user.get("name", "")),
        str(profile.get("email") or ""),
        str(user.get("tz") or "UTC"),
        outsider,
        bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        bool(user.get("is_admin") or user.get("is_owner")),
    )
