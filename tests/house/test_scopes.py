"""The manifest asks for the scopes that our calls and events need, and for no other."""

import ast
import re

import pytest

from bot.names import Shortcut
from tests.house.sources import ROOT, files, tree

# The scopes that Slack's reference names for each method we call.
SCOPES: dict[str, set[str]] = {
    "chat_postMessage": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_update": {"chat:write"},
    "chat_delete": {"chat:write"},
    "chat_unfurl": {"links:write"},
    "chat_getPermalink": set(),
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "conversations_info": {"channels:read", "groups:read", "im:read"},
    "conversations_members": {"channels:read", "groups:read", "im:read"},
    "conversations_open": {"im:write"},
    "files_upload_v2": {"files:write"},
    "reactions_add": {"reactions:write"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read", "users:read.email"},
    "users_list": {"users:read", "users:read.email"},
    "views_open": set(),
    "views_update": set(),
    "views_publish": set(),
    "auth_test": set(),
    "entity_presentDetails": set(),
}
# The scopes that events, commands and fetched files need.
BY_EVENT = {
    "app_mention": {"app_mentions:read"},
    "link_shared": {"links:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "subteam_members_changed": {"usergroups:read"},
    "subteam_updated": {"usergroups:read"},
    "app_home_opened": set[str](),
    "entity_details_requested": set[str](),
    "app_uninstalled": set[str](),
    "tokens_revoked": set[str](),
}
BY_OTHERS = {"commands", "files:read"}
FAMILIES = "chat|conversations|files|usergroups|users|views|reactions|auth|entity"


def _listed(name: str) -> list[str]:
    """The entries of a list in the manifest, whose lines are simple."""
    lines = (ROOT / "manifest.yaml").read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip() == f"{name}:")
    found = []
    for line in lines[start + 1 :]:
        entry = re.match(r"\s+- ([\w.:]+)", line)
        if not entry:
            break
        found.append(entry[1])
    return found


def _called() -> set[str]:
    """The Web API methods named in bot/, outside the local workspace."""
    return {
        node.attr
        for file in files(".py", packages=("bot",))
        if "local_slack" not in file.parts
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute)
        and re.match(rf"(?:{FAMILIES})_[a-zA-Z0-9_]+$", node.attr)
        and isinstance(node.value, ast.Attribute | ast.Name)
        and (node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id) in ("_client", "client")
    }


def test_every_method_called_has_its_scopes_written_down() -> None:
    called = _called()
    assert "chat_postMessage" in called
    assert called - set(SCOPES) == set()


def test_the_manifest_asks_for_exactly_the_scopes_that_are_used() -> None:
    needed = set(BY_OTHERS).union(*(SCOPES.get(one, set()) for one in _called()))
    needed = needed.union(*(BY_EVENT[one] for one in _listed("bot_events")))
    assert set(_listed("bot")) == needed


def test_every_event_of_the_manifest_is_known() -> None:
    assert set(_listed("bot_events")) == set(BY_EVENT)


def test_every_scope_has_its_reason_beside_it() -> None:
    lines = (ROOT / "manifest.yaml").read_text().splitlines()
    for scope in _listed("bot"):
        assert any(re.search(rf"- {re.escape(scope)}\s+# \S+", line) for line in lines), scope


@pytest.mark.parametrize("shortcut", list(Shortcut))
def test_every_shortcut_is_in_the_manifest(shortcut: Shortcut) -> None:
    assert f"callback_id: {shortcut}\n" in (ROOT / "manifest.yaml").read_text()
