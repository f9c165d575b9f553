"""What Slack may refuse with, each with its cause and what is done: one table, asked wherever an answer comes back.

The codes are those of Slack's method pages; a code that is not here is permanent and said as it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Then(StrEnum):
    """What is done about it."""

    LATER = "later"  # It passes: again, with backoff or when Slack says so.
    INSTALLER = "installer"  # It passes once somebody mends the installation; nothing is lost meanwhile.
    SHORTER = "shorter"  # Our fault: without newer blocks, then as text.
    ELSEWHERE = "elsewhere"  # The place cannot be reached: to a person, and the managers hear of it once.
    PERSON = "person"  # That way of answering is used up: to the person directly.
    ANEW = "anew"  # The message to change is gone: posted anew.
    REOPEN = "reopen"  # A dialog came too late: a button opens it.
    REREAD = "reread"  # Somebody changed the view meanwhile: read again and put anew.
    WORDS = "words"  # The file was not taken: what it shows goes as text.
    NEVER = "never"  # Kept in the record, and not tried again.


@dataclass(frozen=True, slots=True)
class Refusal:
    """A code with what is done, the cause in words, and what a person can do; a blank `cure` says that nobody need."""

    then: Then
    cause: str
    cure: str = ""


_RENEW: Final = "set the new token (SLACK_BOT_TOKEN) or install Rapport anew; `crm doctor` names the workspace"
_TROUBLE: Final = "Slack has trouble"
_OURS: Final = "the message was not made as Slack wants it, which is our fault"
_SLOW: Final = "that took too long to open"
_FILE: Final = "Slack did not take the file"

REFUSALS: Final[Mapping[str, Refusal]] = {
    "invalid_auth": Refusal(Then.INSTALLER, "Slack no longer accepts our token", _RENEW),
    "not_authed": Refusal(Then.INSTALLER, "no token was sent", _RENEW),
    "token_revoked": Refusal(Then.INSTALLER, "our token was revoked", _RENEW),
    "account_inactive": Refusal(Then.INSTALLER, "the app was removed from the workspace", _RENEW),
    "token_expired": Refusal(Then.INSTALLER, "our token has run out and was not renewed", "look at `crm doctor`"),
    "not_allowed_token_type": Refusal(
        Then.INSTALLER, "the tokens are swapped", "xoxb- belongs in SLACK_BOT_TOKEN, xapp- in SLACK_APP_TOKEN"
    ),
    "missing_scope": Refusal(
        Then.INSTALLER, "a permission is missing", "install the app anew from manifest.yaml; `crm doctor` names it"
    ),
    "no_permission": Refusal(Then.INSTALLER, "a permission is missing", "look at `crm doctor`"),
    "org_login_required": Refusal(Then.INSTALLER, "the organisation is being moved", "an owner has to finish that"),
    "team_access_not_granted": Refusal(Then.INSTALLER, "the workspace has not let us in", "an owner has to agree"),
    "access_denied": Refusal(Then.INSTALLER, "the workspace has not let us in", "an owner has to agree"),
    "not_in_channel": Refusal(Then.ELSEWHERE, "I am not in that channel", "`/invite @Rapport` there"),
    "channel_not_found": Refusal(
        Then.ELSEWHERE, "I cannot see that channel", "`/invite @Rapport` there, or choose another"
    ),
    "is_archived": Refusal(Then.ELSEWHERE, "that channel is archived", "choose another with `/crm settings channel`"),
    "restricted_action": Refusal(
        Then.ELSEWHERE, "only some may post in that channel", "let Rapport post, or choose another"
    ),
    "restricted_action_read_only_channel": Refusal(Then.ELSEWHERE, "that channel is read-only", "choose another"),
    "restricted_action_thread_only_channel": Refusal(
        Then.ELSEWHERE, "that channel takes threads only", "choose another"
    ),
    "user_not_in_channel": Refusal(Then.PERSON, "that person is not in the channel"),
    "cannot_dm_bot": Refusal(Then.NEVER, "bots take no direct messages"),
    "user_disabled": Refusal(Then.NEVER, "that person has left the workspace", "give their customers to a colleague"),
    "user_not_found": Refusal(Then.NEVER, "Slack does not know that person"),
    "users_not_found": Refusal(Then.NEVER, "no Slack user has that address", "pick one from the list"),
    "user_not_visible": Refusal(Then.NEVER, "we may not see that person"),
    "messages_tab_disabled": Refusal(
        Then.NEVER, "direct messages to us are switched off", "switch the messages tab on"
    ),
    "ratelimited": Refusal(Then.LATER, "Slack asks us to wait"),
    "rate_limited": Refusal(Then.LATER, "Slack asks us to wait"),
    "accesslimited": Refusal(Then.LATER, "Slack limits us for a while"),
    "internal_error": Refusal(Then.LATER, _TROUBLE),
    "fatal_error": Refusal(Then.LATER, _TROUBLE),
    "service_unavailable": Refusal(Then.LATER, _TROUBLE),
    "request_timeout": Refusal(Then.LATER, _TROUBLE),
    "team_added_to_org": Refusal(Then.LATER, "the workspace is being moved into an organisation"),
    "network": Refusal(Then.LATER, "Slack cannot be reached"),
    "not_json": Refusal(Then.LATER, _TROUBLE),
    "operation_timeout": Refusal(Then.LATER, "our acknowledgement came too late; the work goes on"),
    "dispatch_failed": Refusal(Then.LATER, "our acknowledgement did not arrive; the work goes on"),
    "msg_too_long": Refusal(Then.SHORTER, _OURS),
    "msg_blocks_too_long": Refusal(Then.SHORTER, _OURS),
    "invalid_blocks": Refusal(Then.SHORTER, _OURS),
    "invalid_blocks_format": Refusal(Then.SHORTER, _OURS),
    "too_many_attachments": Refusal(Then.SHORTER, _OURS),
    "no_text": Refusal(Then.NEVER, _OURS),
    "invalid_arguments": Refusal(Then.NEVER, _OURS),
    "expired_trigger_id": Refusal(Then.REOPEN, _SLOW, "press to open it"),
    "exchanged_trigger_id": Refusal(Then.REOPEN, _SLOW, "press to open it"),
    "invalid_trigger_id": Refusal(Then.REOPEN, _SLOW, "press to open it"),
    "trigger_exchanged": Refusal(Then.REOPEN, _SLOW, "press to open it"),
    "hash_conflict": Refusal(Then.REREAD, "the view was changed meanwhile"),
    "not_found": Refusal(Then.REREAD, "the view was closed meanwhile"),
    "view_too_large": Refusal(Then.SHORTER, "that is more than a dialog holds"),
    "push_limit_reached": Refusal(Then.REOPEN, "three dialogs are open already", "close one"),
    "duplicate_external_id": Refusal(Then.REREAD, "that view is open already"),
    "message_not_found": Refusal(Then.ANEW, "the message was deleted"),
    "cant_update_message": Refusal(Then.ANEW, "the message is not ours any more"),
    "edit_window_closed": Refusal(Then.ANEW, "the message is too old to be changed"),
    "cant_delete_message": Refusal(Then.NEVER, "the message is not ours"),
    "thread_not_found": Refusal(Then.NEVER, "the thread is gone"),
    "file_not_found": Refusal(Then.WORDS, _FILE),
    "file_upload_size_restricted": Refusal(Then.WORDS, _FILE, "the workspace limits the size of files"),
    "storage_limit_reached": Refusal(Then.WORDS, _FILE, "the workspace has no room for files any more"),
    "file_uploads_disabled": Refusal(Then.WORDS, _FILE, "the workspace takes no files"),
    "used_url": Refusal(Then.PERSON, "that way of answering is used up"),
    "expired_url": Refusal(Then.PERSON, "that way of answering has run out"),
}
_UNKNOWN: Final = Refusal(Then.NEVER, "Slack did not take it")
_PASSING: Final = frozenset({Then.LATER, Then.INSTALLER})


def refusal(code: str) -> Refusal:
    """What a code means."""
    return REFUSALS.get(code, _UNKNOWN)


def passes(code: str) -> bool:
    """Whether the same call may succeed later without our changing it."""
    return refusal(code).then in _PASSING


def codes(then: Then) -> frozenset[str]:
    """All codes about which this is done."""
    return frozenset(code for code, one in REFUSALS.items() if one.then is then)


def found_in(text: str) -> str:
    """The known code that an answer in words holds; empty where it holds none."""
    return next((word for word in re.findall(r"[a-z_]+", text) if word in REFUSALS), "")


def sentence(code: str, needed: str = "") -> str:
    """Cause and cure for a person to read, with the code for whoever mends it; `needed` names the permissions."""
    known = refusal(code)
    cause = known.cause[:1].upper() + known.cause[1:] + (f": {needed}" if needed else "")
    cure = f" {known.cure[:1].upper()}{known.cure[1:]}." if known.cure else ""
    return f"{cause} ({code}).{cure}"
