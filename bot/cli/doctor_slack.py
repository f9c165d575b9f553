"""What the doctor asks Slack: each token, its scopes, the sockets, the clock, and the domain of links."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from slack_sdk.errors import SlackClientError
from slack_sdk.web import WebClient

from bot import manifest
from bot.cli.check import Check
from bot.installations import sealed
from crm_store.errors import BadSetting
from crm_store.sealing import Seal
from crm_store.settings import Settings
from crm_store.values.installations import Installation, Standing

# Beyond five minutes every signature of Slack's looks forged; a minute is told before it comes to that.
_MOST_APART: Final = 60.0
_AGAIN: Final = "Install the app again and set the new SLACK_BOT_TOKEN."


@dataclass(frozen=True, slots=True)
class _Heard:
    """What Slack answered, or why it did not: `code` is Slack's, `silence` that of the network."""

    answer: Mapping[str, Any]
    headers: Mapping[str, str]
    code: str = ""
    silence: str = ""


def examine(chosen: Settings, installed: Sequence[Installation], now: datetime) -> Iterator[Check]:
    """The token of the settings, each workspace that installed us, and what they share."""
    token = chosen.slack_bot_token.get_secret_value()
    heard: list[_Heard] = []
    if token:
        heard.append(_ask(chosen, token))
        yield _token("slack", heard[-1], chosen, "the workspace", _AGAIN)
    elif installed:
        yield Check("slack", True, f"Workspaces that installed Rapport by themselves: {len(installed)}.")
    else:
        yield Check("slack", True, "No bot token is set, so Slack was not asked.")
    seal, keyless = _seal(chosen, installed)
    if keyless is not None:
        yield keyless
    for one in installed:
        yield _installation(chosen, seal, one, now, heard)
    if chosen.slack_client_id:
        yield _installing(chosen)
    if token or installed or chosen.slack_client_id:
        yield _links(chosen)
    if chosen.slack_app_token.get_secret_value():
        yield _sockets(chosen)
    if heard and (apart := _apart(heard, now)) is not None:
        yield _clock(apart)


def _ask(chosen: Settings, token: str, method: str = "auth.test") -> _Heard:
    client = WebClient(token=token, base_url=chosen.slack_api_url, timeout=10)
    try:
        answer = client.api_call(method)
    except SlackClientError as problem:
        response = getattr(problem, "response", None)
        data = getattr(response, "data", None)
        code = str(data.get("error", "no reason")) if isinstance(data, dict) else "no reason"
        return _Heard({}, _lower(getattr(response, "headers", None) or {}), code=code)
    except (OSError, ValueError) as problem:
        return _Heard({}, {}, silence=str(getattr(problem, "reason", problem)))
    data = answer.data if isinstance(answer.data, dict) else {}
    return _Heard(data, _lower(answer.headers))


def _lower(headers: Mapping[str, Any]) -> dict[str, str]:
    return {str(name).lower(): str(value[0] if isinstance(value, list) else value) for name, value in headers.items()}


def _token(name: str, heard: _Heard, chosen: Settings, where: str, again: str) -> Check:
    """Whether a bot token is taken and may do all that the manifest names."""
    if heard.silence:
        told = f"Slack does not answer at {chosen.slack_api_url}: {heard.silence}."
        return Check(name, False, told, "Look at this machine's network and at CRM_SLACK_API_URL.")
    if heard.code == "not_allowed_token_type":
        told = f"The token of {where} is of another kind than a bot token."
        return Check(name, False, told, "Set the token that begins with xoxb- as SLACK_BOT_TOKEN.")
    if heard.code:
        return Check(name, False, f"Slack does not accept the bot token of {where}: {heard.code}.", again)
    missing = _missing(heard.headers)
    if missing:
        reasons = "; ".join(f"{scope} ({why})" if why else scope for scope, why in missing.items())
        told = f"The app lacks these scopes in {where}: {reasons}."
        return Check(name, False, told, "Add them in Slack's app settings as in manifest.yaml, and install it again.")
    return Check(name, True, f"Slack knows the app in the workspace {heard.answer.get('team')}.")


def _missing(headers: Mapping[str, str]) -> dict[str, str]:
    """The scopes of the manifest that this token has not, each with what it is for."""
    if "x-oauth-scopes" not in headers:
        return {}
    granted = {scope.strip() for scope in headers["x-oauth-scopes"].split(",")}
    return {scope: why for scope, why in sorted(manifest.scopes().items()) if scope not in granted}


def _seal(chosen: Settings, installed: Sequence[Installation]) -> tuple[Seal | None, Check | None]:
    """The keys, and what to say where workspaces need some and there are none."""
    if chosen.token_ring:
        return Seal(chosen.token_ring), None
    if not any(one.tokens for one in installed):
        return None, None
    told = "The store holds sealed tokens, and CRM_TOKEN_KEYS, which opens them, is not set."
    return None, Check("token_keys", False, told, "Set the keys they were sealed with.")


def _installation(chosen: Settings, seal: Seal | None, one: Installation, now: datetime, heard: list[_Heard]) -> Check:
    name, again = (
        f"slack:{one.slack_team_id}",
        "Open /slack/install of the web address and install Rapport there again.",
    )
    if one.standing is Standing.GONE:
        told = f"{one.team_name} took Rapport away on {one.changed_at:%Y-%m-%d %H:%M} UTC ({one.because}); it waits."
        return Check(name, True, told, again)
    if seal is None:
        return Check(name, False, f"The token of {one.team_name} cannot be opened.", "Set CRM_TOKEN_KEYS.")
    try:
        token = sealed.bot_token(seal, one)
    except BadSetting as problem:
        return Check(name, False, f"{one.team_name}: {problem.sentence}", "Correct CRM_TOKEN_KEYS.")
    until = one.tokens.expires_at if one.tokens else None
    if until is not None and until < now:
        told = f"The token of {one.team_name} ran out on {until:%Y-%m-%d %H:%M} UTC."
        return Check(name, False, told, f"Keep 'crm web' running, which renews it. If it runs: {again}")
    heard.append(_ask(chosen, token))
    return _token(name, heard[-1], chosen, one.team_name, again)


def _installing(chosen: Settings) -> Check:
    page = f"{chosen.public_url.rstrip('/')}/slack/install"
    if chosen.public_url.startswith("https://"):
        return Check("installing", True, f"Workspaces install Rapport at {page}.")
    told = "CRM_PUBLIC_URL is no https address, and Slack sends installers back to such an address alone."
    return Check("installing", False, told, "Set the address under which the web role is reached from outside.")


def _links(chosen: Settings) -> Check:
    known = manifest.unfurl_domains()
    if chosen.link_domain in known or not known:
        return Check("links", True, f"Links under {chosen.link_domain} get a card.")
    told = f"CRM_LINK_DOMAIN is {chosen.link_domain}, and manifest.yaml names {', '.join(known)}."
    return Check("links", False, told, "Write the same domain in both, and in Slack's app settings.")


def _sockets(chosen: Settings) -> Check:
    """Whether a socket would be opened; the address that Slack gives for it is let go unused."""
    heard = _ask(chosen, chosen.slack_app_token.get_secret_value(), "apps.connections.open")
    if heard.silence:
        told = f"Slack does not answer at {chosen.slack_api_url}: {heard.silence}."
        return Check("sockets", False, told, "Look at this machine's network and at CRM_SLACK_API_URL.")
    if heard.code == "not_allowed_token_type":
        told = "SLACK_APP_TOKEN is of another kind than an app-level token."
        return Check("sockets", False, told, "Set the token that begins with xapp-; perhaps the two are swapped.")
    if heard.code:
        fix = "Make an app-level token with the scope connections:write, and let Socket Mode be on in the app settings."
        return Check("sockets", False, f"Slack opens no socket for SLACK_APP_TOKEN: {heard.code}.", fix)
    return Check("sockets", True, f"Slack opens sockets for the app-level token; Rapport keeps {chosen.slack_sockets}.")


def _apart(heard: Sequence[_Heard], now: datetime) -> float | None:
    """By how many seconds Slack's clock is ahead of ours; None where it told no time."""
    for one in heard:
        try:
            return (parsedate_to_datetime(one.headers.get("date", "")) - now).total_seconds()
        except (TypeError, ValueError):
            continue
    return None


def _clock(apart: float) -> Check:
    if abs(apart) <= _MOST_APART:
        return Check("clock", True, "This machine's clock agrees with Slack's.")
    told = f"This machine's clock is {abs(apart):.0f} seconds {'behind' if apart > 0 else 'ahead of'} Slack's."
    return Check("clock", False, told, "Let it follow a time server; beyond 300 seconds Slack's requests are refused.")
