"""Who is in the workspace and what the app announced: teams, seats and the app's manifest."""

from collections.abc import Mapping
from dataclasses import dataclass, field

APP_ID = "A01"
APP_TOKEN = "xapp-1-A01-local"  # noqa: S105 - the demo's published token opens nothing but this workspace
SIGNING_SECRET = "local-signing-secret"  # noqa: S105 - as above
CLIENT_ID = "1.01"
CLIENT_SECRET = "local-client-secret"  # noqa: S105 - as above

DEFAULT_SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "links:read",
    "links:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
)

DEFAULT_EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "entity_details_requested",
    "link_shared",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "reaction_removed",
    "subteam_created",
    "subteam_members_changed",
    "subteam_updated",
    "tokens_revoked",
)


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of a workspace."""

    id: str
    name: str
    real_name: str
    email: str = ""
    tz: str = "Europe/London"
    title: str = ""
    team: str = "T_RAPPORT"
    is_guest: bool = False
    is_bot: bool = False
    is_admin: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace that installed the app."""

    id: str
    name: str
    domain: str
    bot_token: str
    bot_user_id: str
    bot_id: str
    scopes: tuple[str, ...] = DEFAULT_SCOPES


@dataclass(slots=True)
class UserGroup:
    """A handle that stands for several people."""

    id: str
    team: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command people can type."""

    command: str
    description: str
    usage: str


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry of a message's menu, or of the global one."""

    callback_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the app announced to Slack."""

    name: str = "rapport"
    app_id: str = APP_ID
    app_token: str = APP_TOKEN
    signing_secret: str = SIGNING_SECRET
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    commands: tuple[SlashCommand, ...] = ()
    message_shortcuts: tuple[Shortcut, ...] = ()
    global_shortcuts: tuple[Shortcut, ...] = ()
    unfurl_domains: tuple[str, ...] = ()
    events: tuple[str, ...] = DEFAULT_EVENTS
    hears_itself: bool = True
    redirect_urls: tuple[str, ...] = field(default=())
    rotates: bool = False


@dataclass(frozen=True, slots=True)
class MailDoor:
    """Where mail of this workspace is handed in, and the address each person writes to."""

    host: str
    port: int
    addresses: Mapping[str, str] = field(default_factory=dict)

    def address_of(self, user: str) -> str:
        """The address this person writes to; the one under `*` where he has none of his own."""
        return self.addresses.get(user, self.addresses.get("*", ""))
